package proof

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// imageHits are the places that build an image.
func (p *prover) imageHits() []hit {
	return p.find(func(s *pipeline.Step) bool {
		return strings.HasPrefix(s.Uses.Text, "docker/build-push-action@") || strings.HasPrefix(s.Uses.Text, "docker/bake-action@")
	}, func(c pipeline.Command) bool {
		return buildsImage(c)
	})
}

func buildsImage(c pipeline.Command) bool {
	sub := c.Operands()
	switch c.Tool() {
	case "docker", "podman", "nerdctl":
		return len(sub) > 0 && sub[0] == "build" || len(sub) > 1 && (sub[0] == "buildx" && (sub[1] == "build" || sub[1] == "bake") || sub[0] == "compose" && slices.Contains(sub, "build"))
	case "buildah":
		return len(sub) > 0 && (sub[0] == "bud" || sub[0] == "build")
	case "buildctl", "buildctl-daemonless.sh": // BuildKit without Docker
		return len(sub) > 0 && sub[0] == "build"
	case "executor": // kaniko
		return strings.Contains(c.Name, "kaniko")
	}
	return false
}

// buildctlOpt is the value of "--opt key=value" or of another flag that buildctl takes several times.
func buildctlOpt(c pipeline.Command, flag, key string) string {
	for i, a := range c.Args {
		if v, ok := strings.CutPrefix(a, flag+"="); ok && strings.HasPrefix(v, key+"=") {
			return strings.TrimPrefix(v, key+"=")
		}
		if a == flag && i+1 < len(c.Args) && strings.HasPrefix(c.Args[i+1], key+"=") {
			return strings.TrimPrefix(c.Args[i+1], key+"=")
		}
	}
	return ""
}

// find lists the steps and commands that a test takes.
func (p *prover) find(step func(*pipeline.Step) bool, command func(pipeline.Command) bool) []hit {
	var out []hit
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			for k := range j.Steps {
				s := &j.Steps[k]
				if step(s) {
					out = append(out, p.gated(hit{p: pl, j: j, s: s, ev: []finding.Evidence{p.at(s.File, s.Uses.Line)}}))
				}
				for n := range s.Commands {
					if c := &s.Commands[n]; command(*c) {
						out = append(out, p.gated(hit{p: pl, j: j, s: s, c: c, ev: append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)}))
					}
				}
			}
		}
	}
	return out
}

// imageBuild proves that an image is built for the platforms asked for.
func imageBuild(p *prover) Result {
	hs := p.imageHits()
	near := nearest(hs, "an image build")
	for _, h := range counting(hs) {
		if why := p.buildFits(h); why != "" {
			near = unproven(why, h.ev...)
			continue
		}
		ev := h.ev
		if h.c == nil && h.s.With["platforms"].Line > 0 {
			ev = append([]finding.Evidence{p.at(h.s.File, h.s.With["platforms"].Line)}, ev...)
		}
		return proven(ev...)
	}
	return near
}

func (p *prover) buildFits(h hit) string {
	want := p.claim.List("platforms")
	have := platforms(h)
	for _, w := range want {
		if !slices.Contains(have, w) {
			return fmt.Sprintf("the image is not built for %s", w)
		}
	}
	if p.claim.Param("multi") != "" && len(have) < 2 {
		return "the image is built for one platform only"
	}
	if len(have) > 1 && !p.hasBuilder(h) {
		return "more than one platform needs buildx with a builder of its own: set it up first"
	}
	if h.c == nil && strings.HasPrefix(h.s.Uses.Text, "docker/build-push-action@") && !p.hasDockerfile(h) {
		return "the Dockerfile that it builds is not there"
	}
	return ""
}

// platforms are those of one build, a matrix filled in.
func platforms(h hit) []string {
	text := ""
	if h.c == nil {
		text = h.s.With["platforms"].Text
	} else {
		text, _ = h.c.Flag("--platform")
		if strings.HasPrefix(h.c.Tool(), "buildctl") {
			text = buildctlOpt(*h.c, "--opt", "platform")
		}
	}
	var out []string
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' && !strings.Contains(text, "${{") }) {
		f = strings.Trim(f, `'" `)
		out = append(out, resolve(h, f)...)
	}
	return out
}

var expression = regexp.MustCompile(`\$\{\{\s*(matrix|env|vars|inputs)\.([A-Za-z0-9_-]+)\s*\}\}`)

// resolve fills in what a matrix or the environment says; more than one value for a matrix.
func resolve(h hit, text string) []string {
	m := expression.FindStringSubmatch(text)
	if m == nil {
		return []string{text}
	}
	switch m[1] {
	case "matrix":
		var out []string
		for _, a := range legs(h.j) {
			if a.Name == m[2] {
				for _, v := range a.Values {
					for _, part := range strings.Split(v.Text, ",") {
						out = append(out, strings.Replace(text, m[0], strings.TrimSpace(part), 1))
					}
				}
			}
		}
		return out
	case "env":
		for _, e := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
			if v, ok := e[m[2]]; ok && !strings.Contains(v.Text, m[0]) {
				var out []string
				for _, part := range strings.Split(v.Text, ",") {
					out = append(out, strings.Replace(text, m[0], strings.TrimSpace(part), 1))
				}
				return out
			}
		}
	}
	return []string{text}
}

func (p *prover) hasBuilder(h hit) bool {
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if strings.HasPrefix(s.Uses.Text, "docker/setup-buildx-action@") {
			return true
		}
		for _, c := range s.Commands {
			if ops := c.Operands(); c.Tool() == "docker" && len(ops) > 1 && ops[0] == "buildx" && ops[1] == "create" {
				return true
			}
		}
		if s == h.s {
			break
		}
	}
	return h.c != nil && h.c.Tool() != "docker"
}

func (p *prover) hasDockerfile(h hit) bool {
	dir, file := h.s.With["context"].Text, h.s.With["file"].Text
	if strings.Contains(dir+file, "${{") || strings.Contains(dir, "://") {
		return true // said by an expression: not known here
	}
	if file == "" {
		file = path.Join(dir, "Dockerfile")
	}
	file = strings.TrimPrefix(path.Clean(file), "./")
	if p.in.Tree.Has(file) || slices.Contains(p.in.Files, file) {
		return true
	}
	return false
}

func fill(h hit, text string) string {
	for range 10 {
		m := expression.FindString(text)
		if m == "" {
			return shellEnv(h, text)
		}
		r := resolve(h, m)
		if len(r) == 0 || r[0] == m || len(text)+len(r[0]) > 1<<16 {
			r = []string{""}
		}
		text = strings.ReplaceAll(text, m, r[0])
	}
	return shellEnv(h, text)
}

// shellEnv fills in $NAME from the environment that the file sets.
func shellEnv(h hit, text string) string {
	for _, e := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
		for k, v := range e {
			if len(text)+len(v.Text) > 1<<16 {
				return text
			}
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${"+k+"}", v.Text), "$"+k, v.Text)
		}
	}
	return text
}
