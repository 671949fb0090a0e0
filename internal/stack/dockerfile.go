package stack

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// Dockerfile is what an existing Dockerfile says of a component.
type Dockerfile struct {
	File   string
	Expose *Fact // the first port of the final stage
	Health *Fact // the route that HEALTHCHECK asks
	Cmd    *Fact // what the final stage runs: ENTRYPOINT and CMD
	bases  []base
	args   map[string]string
}

type base struct {
	image string
	at    finding.Evidence
}

var (
	argRef     = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}?`)
	leadNum    = regexp.MustCompile(`^v?(\d+(?:\.\d+){0,3})`)
	healthPath = regexp.MustCompile(`https?://[^/\s"']+(/[A-Za-z0-9/_.-]*)`)
	quoted     = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
)

// ReadDockerfile reads the Dockerfile of a folder; nil when it has none.
func ReadDockerfile(tree *repo.Tree, dir string) *Dockerfile {
	s := Scan{Tree: tree, Dir: dir}
	name, ok := s.First("Dockerfile", "Containerfile", "Dockerfile.prod", "Dockerfile.production", "docker/Dockerfile", "build/Dockerfile")
	if !ok {
		return nil
	}
	d := &Dockerfile{File: s.Path(name), args: map[string]string{}}
	for _, in := range instructions(tree.Lines(d.File)) {
		d.read(in)
	}
	return d
}

// BaseVersion is the version in the tag of the last base image with one of these names ("golang", "python"): its first n numbers.
func (d *Dockerfile) BaseVersion(n int, names ...string) *Fact {
	if d == nil {
		return nil
	}
	for i := len(d.bases) - 1; i >= 0; i-- {
		image := d.bases[i].image
		for _, name := range names {
			_, tag, ok := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
			if !ok || !strings.HasPrefix(image[strings.LastIndex(image, "/")+1:], name+":") {
				continue
			}
			if m := leadNum.FindStringSubmatch(tag); m != nil {
				return DeclaredFact(Shorten(m[1], n), d.bases[i].at)
			}
		}
	}
	return nil
}

type instruction struct {
	name, rest string
	at         int
}

// instructions joins continued lines; here-document bodies look like instructions of unknown names and are ignored as such.
func instructions(lines []string) []instruction {
	var out []instruction
	for i := 0; i < len(lines); i++ {
		line, at := strings.TrimSpace(lines[i]), i+1
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		for strings.HasSuffix(line, "\\") && i+1 < len(lines) && len(line) < 1<<14 {
			i++
			next := strings.TrimSpace(lines[i])
			if strings.HasPrefix(next, "#") {
				continue
			}
			line = strings.TrimSuffix(line, "\\") + " " + next
		}
		name, rest, _ := strings.Cut(line, " ")
		out = append(out, instruction{name: strings.ToUpper(name), rest: strings.TrimSpace(rest), at: at})
	}
	return out
}

func (d *Dockerfile) read(in instruction) {
	at := At(d.File, in.at, in.name+" "+in.rest)
	switch in.name {
	case "ARG":
		if k, v, ok := strings.Cut(in.rest, "="); ok {
			d.args[k] = strings.Trim(v, `"'`)
		}
	case "FROM":
		d.Expose, d.Health, d.Cmd = nil, nil, nil // only the final stage runs
		for _, w := range strings.Fields(in.rest) {
			if !strings.HasPrefix(w, "--") {
				d.bases = append(d.bases, base{d.expand(w), at})
				break
			}
		}
	case "EXPOSE":
		for _, w := range strings.Fields(d.expand(in.rest)) {
			if port, _, _ := strings.Cut(w, "/"); IsPort(port) && d.Expose == nil {
				d.Expose = DeclaredFact(port, at)
			}
		}
	case "HEALTHCHECK":
		if m := healthPath.FindStringSubmatch(in.rest); m != nil {
			d.Health = DeclaredFact(m[1], at)
		}
	case "ENTRYPOINT":
		d.Cmd = DeclaredFact(command(in.rest), at)
	case "CMD":
		cmd := command(in.rest)
		if d.Cmd != nil {
			cmd = d.Cmd.Value + " " + cmd
		}
		d.Cmd = DeclaredFact(cmd, at)
	}
}

func (d *Dockerfile) expand(s string) string {
	return argRef.ReplaceAllStringFunc(s, func(ref string) string {
		m := argRef.FindStringSubmatch(ref)
		if v, ok := d.args[m[1]]; ok {
			return v
		}
		return m[2]
	})
}

// command is an exec-form or shell-form command as one line of shell.
func command(s string) string {
	if !strings.HasPrefix(s, "[") {
		return s
	}
	var words []string
	for _, m := range quoted.FindAllStringSubmatch(s, -1) {
		words = append(words, m[1])
	}
	return strings.Join(words, " ")
}
