package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// image is a Dockerfile with its path.
type image struct {
	*dockerfile.File
	path string
	p    *prover
}

// dockerfiles are the readable Dockerfiles in scope; those that are not readable keep anything from being proven.
func (p *prover) dockerfiles() []*image {
	var out []*image
	for _, f := range p.of(repo.KindDockerfile) {
		if im := p.dockerfile(f); im != nil {
			out = append(out, im)
		}
	}
	return out
}

func (p *prover) dockerfile(file string) *image {
	b, err := p.in.Tree.Read(file)
	if err != nil {
		p.bad = append(p.bad, err.Error())
		return nil
	}
	f, err := dockerfile.Parse(b)
	if err != nil || f.Final() == nil || f.Final().Root().Image == "" {
		why := "it has no FROM with an image"
		if err != nil {
			why = err.Error()
		}
		p.bad = append(p.bad, file+": "+why)
		return nil
	}
	return &image{File: f, path: file, p: p}
}

// everyImage is for claims that must hold in all Dockerfiles.
func (p *prover) everyImage(check func(*image) Result) Result {
	images := p.dockerfiles()
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	out := Result{Status: Proven}
	for _, im := range images {
		r := check(im)
		if r.Status != Proven {
			return r
		}
		out.Evidence = append(out.Evidence, r.Evidence...)
	}
	if len(images) == 0 {
		return unproven("there is no Dockerfile to look at")
	}
	return out
}

// someImage is for claims that must hold in one Dockerfile.
func (p *prover) someImage(check func(*image) Result) Result {
	images := p.dockerfiles()
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	near := unproven("there is no Dockerfile to look at")
	for _, im := range images {
		r := check(im)
		if r.Status == Proven {
			return r
		}
		near = r
	}
	return near
}

// value fills in the variables that a stage knows: its own ARG and ENV and those of what it builds on.
func (im *image) value(s *dockerfile.Stage, text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	vars := map[string]string{}
	line := s.Lineage()
	for i := len(line) - 1; i >= 0; i-- {
		for _, in := range line[i].Body {
			if in.Name != "ARG" && in.Name != "ENV" {
				continue
			}
			for _, v := range in.Vars {
				switch {
				case v.Set:
					vars[v.Name] = v.Text
				case in.Name == "ARG":
					vars[v.Name] = im.Expand("${" + v.Name + "}") // a global ARG, declared again
				}
			}
		}
	}
	for range 5 {
		before := text
		for k, v := range vars {
			if len(text)+len(v) > 1<<14 {
				return text
			}
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${"+k+"}", v), "$"+k, v)
		}
		if text == before {
			break
		}
	}
	return text
}

// runs are the commands of a RUN, HEALTHCHECK, CMD or ENTRYPOINT instruction.
func (im *image) commands(in *dockerfile.Instruction) []pipeline.Command {
	if s, ok := in.Script(); ok {
		return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", s.Text, false)
	}
	words := in.Command()
	if len(words) == 0 {
		return nil
	}
	if shellName(words[0]) && len(words) > 2 && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c") {
		return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", words[2], false)
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", strings.Join(quoted, " "), false)
}

func shellName(s string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, path.Base(s))
}

// runCommands are the commands of all RUN instructions of a stage and of what it builds on.
func (im *image) runCommands(s *dockerfile.Stage) []pipeline.Command {
	var out []pipeline.Command
	for _, in := range s.All("RUN") {
		out = append(out, im.commands(in)...)
	}
	return out
}

// isStage tells whether a name is an earlier stage of the file, or its number.
func (im *image) isStage(name string, before int) bool {
	for _, s := range im.Stages {
		if s.Index >= before {
			break
		}
		if s.Name != "" && strings.EqualFold(s.Name, name) || name == itoa(s.Index) {
			return true
		}
	}
	return false
}

func itoa(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}

// bases are all images that the file takes from elsewhere, with the line that names each.
func (im *image) bases() []base {
	var out []base
	for _, s := range im.Stages {
		if s.Parent == nil {
			out = append(out, base{s.Image, s.Line})
		}
		for _, in := range s.Body {
			if in.Name == "COPY" || in.Name == "ADD" {
				if from, ok := in.Flag("from"); ok && !im.isStage(im.Expand(from), s.Index) {
					out = append(out, base{im.value(s, im.Expand(from)), in.Line})
				}
			}
			for _, f := range in.Flags {
				if f.Name != "mount" {
					continue
				}
				for _, part := range strings.Split(f.Value, ",") {
					if from, ok := strings.CutPrefix(part, "from="); ok && !im.isStage(im.Expand(from), s.Index) {
						out = append(out, base{im.value(s, im.Expand(from)), in.Line})
					}
				}
			}
		}
	}
	return out
}

type base struct {
	image string
	line  int
}

// pinned says why an image reference may be another image tomorrow; empty when it is fixed.
func pinned(ref string) string {
	switch {
	case ref == "scratch":
		return ""
	case strings.Contains(ref, "$"):
		return "its version comes from a variable without a default"
	case strings.Contains(ref, "@sha256:"):
		return ""
	}
	last := ref[strings.LastIndexByte(ref, '/')+1:]
	_, tag, ok := strings.Cut(last, ":")
	switch {
	case !ok || tag == "":
		return "it has no tag, which means latest"
	case tag == "latest" || strings.HasPrefix(tag, "latest-") || strings.HasSuffix(tag, "-latest"):
		return "its tag is latest"
	case !strings.ContainsAny(tag, "0123456789"):
		return "its tag " + tag + " moves with every release"
	}
	return ""
}

func basePinned(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		out := Result{Status: Proven}
		for _, b := range im.bases() {
			if why := pinned(b.image); why != "" {
				return unproven(b.image+": "+why, p.at(im.path, b.line))
			}
			out.Evidence = append(out.Evidence, p.at(im.path, b.line))
		}
		return out
	})
}

// multiStage proves that the final image takes what other stages have built, and is not one of them.
func multiStage(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		if len(im.Stages) < 2 {
			return unproven("there is one stage only", p.at(im.path, final.Line))
		}
		line := final.Lineage()
		for _, in := range final.All("COPY") {
			from, ok := in.Flag("from")
			if !ok {
				continue
			}
			from = im.Expand(from)
			for _, s := range im.Stages {
				if (strings.EqualFold(s.Name, from) || from == itoa(s.Index)) && !slices.Contains(line, s) {
					return proven(p.at(im.path, in.Line), p.at(im.path, final.Line))
				}
			}
		}
		return unproven("the final stage takes nothing from the other stages", p.at(im.path, final.Line))
	})
}

// rootless are bases whose images already run as another user than root.
func rootless(image string) bool {
	return strings.HasSuffix(image, ":nonroot") || strings.Contains(image, ":nonroot-") || strings.Contains(image, "nonroot@") || strings.HasPrefix(image, "nginxinc/nginx-unprivileged:")
}

// knownUsers are named users that bases bring.
var knownUsers = []string{"nobody", "node", "www-data", "nginx", "daemon", "nonroot", "postgres", "redis", "app", "bun", "deno", "caddy", "gradle", "jetty", "tomcat"}

func nonRoot(p *prover) Result {
	if len(p.of(repo.KindDockerfile)) == 0 {
		return nonRootServices(p)
	}
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		in := final.Last("USER")
		if in == nil {
			if root := final.Root(); rootless(root.Image) && p.claim.Param("uid") == "" {
				return proven(p.at(im.path, root.Line))
			}
			return unproven("the final stage has no USER: it runs as root", p.at(im.path, final.Line))
		}
		ev := p.at(im.path, in.Line)
		user := strings.Trim(im.value(final, strings.TrimSpace(in.Text)), `"'`)
		name, _, _ := strings.Cut(user, ":")
		switch {
		case strings.Contains(user, "$"):
			return unproven("the user comes from a variable without a default", ev)
		case isRoot(name):
			return unproven("the last USER of the final stage is root", ev)
		case p.claim.Param("uid") != "" && strings.TrimLeft(name, "0") != p.claim.Param("uid"):
			return unproven("the user is "+name+", not "+p.claim.Param("uid"), ev)
		case !numeric(name) && !im.makesUser(final, name):
			return unproven("nothing makes the user "+name, ev)
		}
		return proven(ev)
	})
}

func isRoot(name string) bool {
	name = strings.TrimSpace(strings.ToLower(name))
	return name == "" || name == "root" || strings.Trim(name, "0+") == "" || name == "0x0"
}

func numeric(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// makesUser: a user that nobody makes keeps the container from starting.
func (im *image) makesUser(s *dockerfile.Stage, name string) bool {
	if slices.Contains(knownUsers, name) {
		return true
	}
	for _, c := range im.runCommands(s) {
		if slices.Contains([]string{"useradd", "adduser", "addgroup", "usermod"}, c.Tool()) && slices.ContainsFunc(c.Args, func(a string) bool { return im.value(s, a) == name }) {
			return true
		}
		if strings.Contains(c.Script, "/etc/passwd") && strings.Contains(c.Script, name) {
			return true
		}
	}
	for _, in := range s.All("COPY") {
		if slices.Contains(in.Words, "/etc/passwd") {
			return true
		}
	}
	return false
}

func labels(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		want := p.claim.List("keys")
		if len(want) == 0 {
			want = []string{""}
		}
		out := Result{Status: Proven}
		for _, key := range want {
			line := 0
			for _, in := range final.All("LABEL") {
				for _, v := range in.Vars {
					name := v.Name[strings.LastIndexByte(v.Name, '.')+1:]
					value := strings.Trim(v.Text, `"' `)
					if (key == "" || name == key) && value != "" && (!strings.HasPrefix(value, "$") || im.declares(final, value)) {
						line = in.Line
					}
				}
			}
			if line == 0 {
				return unproven("the final stage has no label for "+key, p.at(im.path, final.Line))
			}
			out.Evidence = append(out.Evidence, p.at(im.path, line))
		}
		return out
	})
}

// declares tells whether a stage knows the variable of "${NAME}".
func (im *image) declares(s *dockerfile.Stage, ref string) bool {
	name := strings.Trim(ref, "${}")
	name, _, _ = strings.Cut(name, ":")
	for _, kind := range []string{"ARG", "ENV"} {
		for _, in := range s.All(kind) {
			for _, v := range in.Vars {
				if v.Name == name {
					return true
				}
			}
		}
	}
	return false
}

func expose(p *prover) Result {
	port := p.claim.Param("port")
	why := p.wrongPort(port)
	if len(p.of(repo.KindDockerfile)) == 0 {
		return exposeServices(p, port, why)
	}
	if why != "" {
		return contradicted(why)
	}
	return p.someImage(func(im *image) Result {
		final := im.Final()
		var have []string
		line := final.Line
		for _, in := range final.All("EXPOSE") {
			for _, w := range in.Words {
				n, _, _ := strings.Cut(strings.Trim(im.value(final, w), `"'`), "/")
				have = append(have, n)
				if n == port || port == "" {
					line = in.Line
				}
			}
		}
		switch {
		case port != "" && !slices.Contains(have, port), len(have) == 0:
			return unproven("the final stage does not expose port "+port, p.at(im.path, line))
		case p.claim.Param("only") != "" && len(slices.Compact(slices.Sorted(slices.Values(have)))) > 1:
			return unproven("it exposes other ports too", p.at(im.path, line))
		}
		return proven(p.at(im.path, line))
	})
}

// wrongPort says when the app is declared to listen on another port and cannot be told otherwise.
func (p *prover) wrongPort(port string) string {
	if p.in.Facts == nil || port == "" {
		return ""
	}
	why := ""
	for i := range p.in.Facts.Components {
		c := &p.in.Facts.Components[i]
		if c.Port == nil {
			continue
		}
		if c.Port.Value == port || c.PortFromEnv != nil || c.Port.Confidence == "default" {
			return ""
		}
		why = "the app listens on port " + c.Port.Value + " (" + c.Port.Evidence.File + ":" + itoa(max(c.Port.Evidence.Line, 0)) + "), not on " + port
	}
	return why
}
