package crossfile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func x06() rule.Rule {
	r := rule.Rule{ID: "X06", Kind: repo.KindDockerfile, Severity: finding.Error, Reviewer: rule.Security}
	r.Doc = rule.Doc{
		Title: "secret file within reach of COPY .", Since: "0.1.0",
		Why:  "COPY . takes everything that .dockerignore does not name. A .env or a key beside the source is then in the image, for all who can pull it.",
		Bad:  "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nUSER 10001\nCMD [\"python\", \"app.py\"]\n-- .env --\nAPI_TOKEN=x\n",
		Good: "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nUSER 10001\nCMD [\"python\", \"app.py\"]\n-- .env --\nAPI_TOKEN=x\n-- .dockerignore --\n.env*\n",
	}
	r.Check = func(p *rule.Pass) {
		f := p.Dockerfile()
		shipped := f.Final().Lineage()
		for _, st := range f.Stages {
			for _, in := range st.Body {
				if !copiesContext(in) {
					continue
				}
				ignore := ignored(p)
				inImage := slices.Contains(shipped, st)
				span := p.Span(in.Start, in.Start+len(in.Name))
				if name, line := exposed(p, ignore); name != "" {
					report(p, span, inImage, fmt.Sprintf("%s is taken along by this %s: name it in .dockerignore", name, in.Name), finding.LineSpan(name, line), "this file")
				} else if line, ok := gitIgnoresEnv(p); ok && !ignore.match(".env") {
					f := finding.Finding{Severity: finding.Warning, Span: span, Message: "a .env, which Git ignores, would be taken along by this " + in.Name + ": name it in .dockerignore too"}
					f.Related = []finding.Related{{Span: finding.LineSpan(".gitignore", line), Message: "Git ignores it here"}}
					p.Report(f)
				} else {
					p.Holds(span)
				}
				return
			}
		}
	}
	return r
}

func report(p *rule.Pass, span finding.Span, inImage bool, message string, other finding.Span, what string) {
	f := finding.Finding{Span: span, Message: message, Related: []finding.Related{{Span: other, Message: what}}}
	if !inImage {
		f.Severity = finding.Warning // it stays in a build stage, which is not shipped
	}
	p.Report(f)
}

// copiesContext tells whether an instruction copies the whole context.
func copiesContext(in *dockerfile.Instruction) bool {
	if in.Name != "COPY" && in.Name != "ADD" || len(in.Words) < 2 {
		return false
	}
	if _, from := in.Flag("from"); from {
		return false
	}
	for _, src := range in.Words[:len(in.Words)-1] {
		if src == "." || src == "./" || src == "/" {
			return true
		}
	}
	return false
}

var secretFile = regexp.MustCompile(`^(?:\.env(?:\.(?:local|prod|production|staging|development|dev))?|id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|\.git-credentials|kubeconfig|.+\.(?:p12|pfx))$`)

// exposed is a secret file in the build context that nothing leaves out. The context is the Dockerfile's folder,
// or the repository where a Dockerfile lies in a folder of its own.
func exposed(p *rule.Pass, ignore patterns) (name string, line int) {
	dir := path.Dir(p.Path)
	for _, f := range p.Tree.Under(dir) {
		rel := strings.TrimPrefix(f.Path, dir+"/")
		if secretFile.MatchString(path.Base(f.Path)) && !strings.Contains(f.Path, "testdata/") && !strings.Contains(f.Path, "test/") && !strings.Contains(f.Path, "tests/") && !strings.Contains(f.Path, "examples/") && !ignore.match(rel) {
			return f.Path, 1
		}
	}
	return "", 0
}

// gitIgnoresEnv tells whether .gitignore names .env: then people have one.
func gitIgnoresEnv(p *rule.Pass) (line int, ok bool) {
	for i, l := range p.Tree.Lines(".gitignore") {
		switch strings.TrimPrefix(strings.TrimSpace(l), "/") {
		case ".env", ".env*", ".env.*", "*.env", "**/.env":
			return i + 1, true
		}
	}
	return 0, false
}

// patterns are the lines of a .dockerignore.
type patterns []string

// ignored reads the ignore file of a Dockerfile: its own, or the context's.
func ignored(p *rule.Pass) patterns {
	for _, f := range []string{p.Path + ".dockerignore", path.Join(path.Dir(p.Path), ".dockerignore"), ".dockerignore"} {
		if p.Tree.Has(f) {
			return p.Tree.Lines(f)
		}
	}
	return nil
}

// match tells whether the context leaves a file out. The last line that matches wins, as in Docker.
func (ps patterns) match(file string) bool {
	out := false
	for _, line := range ps {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		pattern, again := strings.CutPrefix(line, "!")
		pattern = strings.TrimPrefix(path.Clean(strings.TrimSpace(pattern)), "/")
		hit := pattern == "."
		for at := file; at != "." && at != "/" && !hit; at = path.Dir(at) {
			hit, _ = doublestar.Match(pattern, at)
		}
		if hit {
			out = !again
		}
	}
	return out
}
