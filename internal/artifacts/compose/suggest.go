package compose

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
)

// suggestions are the files that the stack needs beside itself.
func (b *builder) suggestions() []artifact.File {
	out := slices.Clone(b.suggested)
	if f := b.envExample(); f != nil {
		out = append(out, *f)
	}
	if f := b.gitignore(); f != nil {
		out = append(out, *f)
	}
	return out
}

// envExample names every variable of the stack, without the values that are secret: a copy of it is .env.
func (b *builder) envExample() *artifact.File {
	p := path.Join(b.r.Dir(), ".env.example")
	vars := b.allVars()
	if len(vars) == 0 || slices.Contains(b.r.Siblings, p) {
		return nil
	}
	old := []byte(b.r.Tree.Text(p))
	eol := artifact.LineEnd(old)
	var fresh strings.Builder
	for _, v := range vars {
		if definesVariable(string(old), v.name) {
			continue
		}
		fresh.WriteString(eol + "# " + strings.Join(strings.Fields(v.why), " ") + eol)
		if v.required {
			fresh.WriteString(v.name + "=" + v.example + eol)
		} else {
			fresh.WriteString("#" + v.name + "=" + v.example + eol)
		}
	}
	if fresh.Len() == 0 {
		return nil
	}
	if len(old) == 0 {
		head := "# What the stack takes from outside. Copy it to .env and fill it in; .env itself never goes into Git." + eol
		return &artifact.File{Path: p, Content: []byte(head + fresh.String()), Why: "names the variables that the stack takes from outside"}
	}
	if !strings.HasSuffix(string(old), "\n") {
		old = append(slices.Clone(old), eol...)
	}
	return &artifact.File{Path: p, Content: append(slices.Clone(old), fresh.String()...), Why: "lacks variables that the stack takes from outside"}
}

// family is this project and those of the other Compose files that the task writes into the same folder, by path: what they
// need beside them is one set of files, the same whichever of them is asked.
func (b *builder) family() []*project {
	paths := []string{b.r.Path}
	for _, s := range b.r.Siblings {
		if s != b.r.Path && repo.KindOf(s, nil) == repo.KindCompose && path.Dir(s) == b.r.Dir() {
			paths = append(paths, s)
		}
	}
	slices.Sort(paths)
	var out []*project
	for _, p := range slices.Compact(paths) {
		if p == b.r.Path {
			out = append(out, b.p)
			continue
		}
		sub := *b.r
		sub.Path = p
		if other, err := newProject(&sub); err == nil {
			out = append(out, other.p)
		}
	}
	return out
}

// allVars are the variables of the whole family. A password that one file takes from .env and another from secrets/ says so.
func (b *builder) allVars() []variable {
	all := &project{}
	for _, p := range b.family() {
		for _, v := range p.vars {
			all.addVar(v)
		}
	}
	return all.vars
}

func definesVariable(text, name string) bool {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "#"))
		l = strings.TrimPrefix(l, "export ")
		if key, _, ok := strings.Cut(l, "="); ok && strings.TrimSpace(key) == name {
			return true
		}
	}
	return false
}

// unversioned are the patterns of files that must stay out of Git.
func (b *builder) unversioned() []string {
	env, secrets := false, false
	for _, p := range b.family() {
		env = env || len(p.vars) > 0 || slices.ContainsFunc(p.services, func(s *service) bool { return len(s.envFile) > 0 })
		secrets = secrets || len(p.secrets) > 0
	}
	var out []string
	if env {
		out = append(out, ".env")
	}
	if secrets {
		out = append(out, strings.TrimPrefix(path.Join("/", b.r.Dir(), "secrets"), "/")+"/")
	}
	return out
}

// gitignore keeps .env and the secrets out of Git.
func (b *builder) gitignore() *artifact.File {
	p := ".gitignore"
	if slices.Contains(b.r.Siblings, p) {
		return nil
	}
	want := b.unversioned()
	old := []byte(b.r.Tree.Text(p))
	have := map[string]bool{}
	for l := range strings.Lines(string(old)) {
		have[strings.Trim(strings.TrimSpace(l), "/")] = true
	}
	eol := artifact.LineEnd(old)
	var missing strings.Builder
	for _, l := range want {
		key := strings.Trim(l, "/")
		if !have[key] && !have["**/"+key] && (key != ".env" || !have[".env*"] && !have["*.env"]) {
			missing.WriteString(l + eol)
		}
	}
	if missing.Len() == 0 {
		return nil
	}
	content := string(old)
	if content != "" {
		content = strings.TrimRight(content, "\r\n") + eol + eol
	}
	content += "# Secrets stay on the machines that use them." + eol + missing.String()
	return &artifact.File{Path: p, Content: []byte(content), Why: "keeps .env and secrets out of Git"}
}
