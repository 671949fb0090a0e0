package compose

import "strings"

// writeHeader says what the file is and what must be done before its first start.
func (b *builder) writeHeader() {
	p := b.p
	file := ""
	if !isDefaultName(p.path) {
		file = " -f " + p.path
	}
	what := strings.Join(b.programs(), ", ")
	if what == "" {
		what = "the servers that this repository needs"
	}
	if p.dev {
		p.header = append(p.header, "Development stack of "+what+".")
	} else {
		p.header = append(p.header, "Production stack of "+what+", for one Docker host.")
	}
	if before := b.preparations(); len(before) > 0 {
		p.header = append(p.header, "Before the first start:")
		p.header = append(p.header, before...)
	}
	up := "  docker compose" + file + " up"
	switch {
	case p.dev && b.watches():
		p.header = append(p.header, "Start it, and let it follow changes of the source:", up+" --build --watch")
	case p.dev:
		p.header = append(p.header, "Start it:", up+" --build --wait")
	default:
		p.header = append(p.header, "Start it, or move it to another image:", up+" --detach --wait")
	}
}

func (b *builder) programs() []string {
	var out []string
	for _, s := range b.p.apps() {
		out = append(out, s.name)
	}
	return out
}

func (b *builder) watches() bool {
	for _, s := range b.p.services {
		if len(s.watch) > 0 {
			return true
		}
	}
	return false
}

// preparations are the commands that make what the stack takes from outside.
func (b *builder) preparations() []string {
	var out []string
	dir := "" // Compose looks for .env and secrets beside the file
	if d := b.r.Dir(); d != "." {
		dir = d + "/"
	}
	for _, v := range b.p.vars {
		if v.required {
			out = append(out, "  cp "+dir+".env.example "+dir+".env   # then fill it in; Git must not see .env")
			break
		}
	}
	if len(b.p.secrets) > 0 {
		out = append(out, "  mkdir -p -m 700 "+dir+"secrets")
		for _, s := range b.p.secrets {
			out = append(out, "  openssl rand -hex 24 > "+dir+"secrets/"+s)
		}
		// Compose mounts the files as they are, and containers run as users of their own.
		out = append(out, "  chmod 444 "+dir+"secrets/*    # containers read them as other users; the folder keeps people out")
	}
	return out
}

// isDefaultName tells whether `docker compose` finds the file without -f.
func isDefaultName(p string) bool {
	switch p {
	case "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml":
		return true
	}
	return false
}
