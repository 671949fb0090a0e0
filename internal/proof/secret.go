package proof

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

var (
	reference = regexp.MustCompile(`^\$\{?[A-Za-z_][A-Za-z0-9_]*(:?\?[^}]*|:?-)?\}?$|^\$\{\{.*\}\}$`)
	fallback  = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^}]+)\}`)
)

// literal tells whether a value is written out: not empty, not taken from elsewhere. It is stricter than package secret, to which
// "changeme" is a placeholder: a server that is started with it has that password.
func literal(v string) bool {
	v = strings.Trim(strings.TrimSpace(v), `"'`)
	if v == "" || v == "false" || v == "true" || reference.MatchString(v) || strings.HasPrefix(v, "/run/secrets/") || strings.HasPrefix(v, "!reference") {
		return false
	}
	return fallback.MatchString(v) || !strings.HasPrefix(v, "$")
}

// leaks says what in a text is a secret written out; empty when nothing is.
func leaks(text string) string {
	if found := secret.Find(text); len(found) > 0 {
		return "a secret is written out: " + found[0].What
	}
	return ""
}

// secretFiles are files that must not be copied into an image.
var secretFiles = []string{".env", ".env.*", "*.pem", "*.key", "id_rsa", "id_ed25519", "id_ecdsa", ".npmrc", ".netrc", ".pypirc", "kubeconfig", "credentials", "*.p12", "*.pfx", ".dockerconfigjson", "secrets.*"}

func secretFile(name string) bool {
	b := path.Base(name)
	if strings.HasSuffix(b, ".example") || strings.HasSuffix(b, ".sample") || strings.HasSuffix(b, ".template") || strings.HasSuffix(b, ".pub") {
		return false
	}
	return slices.ContainsFunc(secretFiles, func(g string) bool { ok, _ := path.Match(g, b); return ok })
}

// noSecrets proves that no secret gets into an image; of other files, that none is written out in them.
func noSecrets(p *prover) Result {
	if len(p.of(repo.KindDockerfile)) == 0 {
		return noLiteralSecrets(p)
	}
	return p.everyImage(func(im *image) Result {
		for _, in := range im.Instructions {
			if why := im.secretIn(in.Name, in.Source(), func() (out [][2]string) {
				for _, v := range in.Vars {
					out = append(out, [2]string{v.Name, v.Text})
				}
				return
			}()); why != "" {
				return unproven(why, finding.Evidence{File: im.path, Line: in.Line})
			}
			if in.Name == "COPY" || in.Name == "ADD" {
				for _, w := range in.Words[:max(0, len(in.Words)-1)] {
					if secretFile(w) {
						return unproven(w+" is copied into the image", p.at(im.path, in.Line))
					}
				}
				if _, from := in.Flag("from"); !from && copiesAll(in) {
					if f := p.secretInContext(im.path); f != "" {
						return unproven(f+" gets into the image: nothing in .dockerignore keeps it out", p.at(im.path, in.Line))
					}
				}
			}
			if in.Name == "RUN" {
				for _, c := range im.commands(in) {
					if why := secretWord(c); why != "" {
						return unproven(why, finding.Evidence{File: im.path, Line: in.Line})
					}
				}
			}
		}
		return proven(p.at(im.path, im.Final().Line))
	})
}

func (im *image) secretIn(name, source string, vars [][2]string) string {
	if why := leaks(source); why != "" {
		return why
	}
	for _, v := range vars {
		if name == "ARG" && secret.IsKey(v[0]) {
			return "the build argument " + v[0] + " stays in the image's history"
		}
		if name == "ENV" && secret.IsKey(v[0]) {
			return "the variable " + v[0] + " stays in the image"
		}
	}
	return ""
}

// secretWord finds a secret that a command carries on its line: PASSWORD=x cmd, --password x.
func secretWord(c pipeline.Command) string {
	assigned := func(list []shell.Assign) string {
		for _, a := range list {
			if secret.IsKey(a.Name) && literal(a.Value.Text) && !strings.Contains(a.Value.Text, "$(") {
				return a.Name + " is written out"
			}
		}
		return ""
	}
	if why := assigned(c.Raw.Env); why != "" {
		return why
	}
	for i, a := range c.Args {
		name, value, ok := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !strings.HasPrefix(a, "-") && !ok {
			continue
		}
		if !ok && i+1 < len(c.Args) {
			value = c.Args[i+1]
		}
		if strings.HasPrefix(a, "-") && secret.IsKey(name) && value != "" && literal(value) && !strings.HasPrefix(value, "-") && !strings.Contains(value, "$") || name == "requirepass" && literal(value) {
			return a + " is given a value that is written out"
		}
	}
	return ""
}

// secretInContext is a secret file of the build context that .dockerignore does not keep out.
func (p *prover) secretInContext(file string) string {
	var ignore []string
	for _, f := range []string{file + ".dockerignore", ".dockerignore"} {
		if p.in.Tree.Has(f) {
			ignore = p.in.Tree.Lines(f)
			break
		}
	}
	for _, f := range p.in.Tree.Files() {
		if strings.Contains(f.Path, "test") || !secretFile(f.Path) || ignored(f.Path, ignore) || strings.HasSuffix(f.Path, ".npmrc") && !strings.Contains(p.in.Tree.Text(f.Path), "_auth") {
			continue
		}
		return f.Path
	}
	return ""
}

func ignored(file string, patterns []string) bool {
	out := false
	for _, g := range patterns {
		g = strings.TrimSpace(g)
		if g == "" || strings.HasPrefix(g, "#") {
			continue
		}
		neg := strings.HasPrefix(g, "!")
		g = strings.Trim(strings.TrimPrefix(g, "!"), "/")
		if g == "*" || taken1(file, []string{g, g + "/**"}, nil) {
			out = !neg
		}
	}
	return out
}

// noLiteralSecrets proves that no file has a secret written out. Its evidence has no text: the line may hold the secret.
func noLiteralSecrets(p *prover) Result {
	return every(p.files, func(file string) Result {
		for i, l := range p.in.Tree.Lines(file) {
			if t := strings.TrimSpace(l); !strings.HasPrefix(t, "#") {
				if why := leaks(l); why != "" {
					return unproven(why, finding.Evidence{File: file, Line: i + 1})
				}
			}
		}
		line, why := 0, ""
		switch p.in.Tree.Kind(file) {
		case repo.KindCompose, repo.KindWorkflow, repo.KindGitLabCI:
			line, why = p.secretInYAML(file)
		case repo.KindDockerfile:
			line, why = p.secretInDockerfile(file)
		case repo.KindMakefile, repo.KindShell:
			line, why = secretInLines(p.in.Tree.Lines(file))
		}
		if why != "" {
			return unproven(why, finding.Evidence{File: file, Line: line})
		}
		return proven(p.at(file, 1))
	})
}

func (p *prover) secretInYAML(file string) (line int, why string) {
	if _, err := p.stackFile(file); err != nil && p.in.Tree.Kind(file) == repo.KindCompose {
		return 1, err.Error()
	}
	b, err := p.in.Tree.Read(file)
	if err != nil {
		return 1, err.Error()
	}
	f, err := yaml.Parse(b)
	if err != nil {
		return 1, file + ": " + err.Error()
	}
	return writtenOut(f)
}

func (p *prover) secretInDockerfile(file string) (line int, why string) {
	im := p.dockerfile(file)
	if im == nil {
		return 1, p.bad[0]
	}
	for _, in := range im.Instructions {
		for _, v := range in.Vars {
			if secret.IsKey(v.Name) && literal(v.Text) {
				return in.Line, v.Name + " is written out"
			}
		}
	}
	return 0, ""
}

// secretInLines finds NAME=value of a Makefile or a script.
func secretInLines(lines []string) (line int, why string) {
	for i, l := range lines {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "export ")), "=")
		name = strings.TrimRight(strings.TrimSpace(name), ":?+ ")
		if ok && !strings.ContainsAny(name, " $(#") && secret.IsKey(name) && literal(value) {
			return i + 1, name + " is written out"
		}
	}
	return 0, ""
}

// writtenOut finds a key named like a secret with a literal value, as a mapping or as a NAME=value item.
func writtenOut(f *yaml.File) (line int, why string) {
	for _, d := range f.Docs {
		d.Walk(func(n *yaml.Node) bool {
			if why != "" {
				return false
			}
			for _, e := range n.Pairs {
				if v := e.Value.Resolve(); v.IsScalar() && v.Tag != "!!null" && v.Tag != "!!bool" && secret.IsKey(e.Key.Value) && literal(v.Value) && !permissionWord(v.Value) {
					line, why = e.Key.Line, e.Key.Value+" is written out"
				}
			}
			for _, it := range n.Items {
				name, value, ok := strings.Cut(it.Text(), "=")
				if ok && !strings.ContainsAny(name, " /$") && secret.IsKey(strings.TrimLeft(name, "-")) && literal(value) {
					line, why = it.Line, name+" is written out"
				}
			}
			return true
		})
	}
	return line, why
}

// permissionWord: "id-token: write" is a permission, no secret.
func permissionWord(v string) bool {
	return v == "write" || v == "read" || v == "none" || strings.HasPrefix(v, "/")
}
