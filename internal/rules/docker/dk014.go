package docker

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/install"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func dk014() rule.Rule {
	r := base("DK014", finding.Warning, rule.Code, "hadolint:DL3042")
	r.Doc = rule.Doc{
		Title: "dependencies installed without the lock file, or with a cache left behind", Since: "0.1.0",
		Why:  "npm install, yarn install and others choose versions anew where the lock file disagrees: the image is not what was tested. pip's download cache is of no use in an image.",
		Bad:  "FROM node:24-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install\nUSER node\n",
		Good: "FROM node:24-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nUSER node\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			for _, c := range s.Shell.Commands {
				if f, ok := install.Unlocked(c); ok {
					reportUnlocked(p, s, f)
					continue
				}
				if pipCache(p, s, c) {
					w, _ := word(c.Effective(), "install")
					at := s.Script.Offset(w.End-1) + 1
					p.Broken(s.span(p, c), "pip leaves its download cache in the image: add --no-cache-dir", p.Replace("add --no-cache-dir", at, at, " --no-cache-dir"))
				}
			}
		}
	}
	return r
}

func reportUnlocked(p *rule.Pass, s step, f install.Fault) {
	var fix []finding.Fix
	if f.Lock != "" && has(p, f.Lock) || strings.Contains(copied(s), f.Lock) && f.Lock != "" {
		start, end := s.Script.Offset(f.Word.Start), s.Script.Offset(f.Word.End-1)+1
		fix = append(fix, p.Replace(f.Title, start, end, f.New))
	}
	p.Broken(s.span(p, f.Command), f.Message, fix...)
}

// copied are the sources that the stage copies by name.
func copied(s step) string {
	var all []string
	for _, in := range s.Stage.Body {
		if in.Name == "COPY" {
			all = append(all, in.Words...)
		}
	}
	return strings.Join(all, " ")
}

// pipCache tells whether a command is a pip install that leaves its cache in the final image.
func pipCache(p *rule.Pass, s step, c shell.Command) bool {
	e := c.Effective()
	if c.Tool() != "pip" || e.Sub() != "install" || e.Has("--no-cache-dir") || !s.final(p) || s.cached("/pip") || s.cached("/.cache") {
		return false
	}
	for _, a := range c.Env {
		if a.Name == "PIP_NO_CACHE_DIR" {
			return false
		}
	}
	for _, st := range s.Stage.Lineage() {
		for _, in := range st.Body {
			if slices.ContainsFunc(in.Words, func(w string) bool { return strings.HasPrefix(w, "PIP_NO_CACHE_DIR") }) {
				return false
			}
		}
	}
	return !strings.Contains(s.Script.Text, "pip cache purge") && !strings.Contains(s.Script.Text, "rm -rf /root/.cache") && !strings.Contains(s.Script.Text, "rm -rf ~/.cache")
}

func dk015() rule.Rule {
	r := base("DK015", finding.Info, rule.Code, "hadolint:DL3008", "hadolint:DL3013", "hadolint:DL3016", "hadolint:DL3018", "hadolint:DL3028", "hadolint:DL3033")
	r.Strict = true
	r.Doc = rule.Doc{
		Title: "packages without versions", Since: "0.1.0",
		Why:  "Two builds of one commit may install different versions. For distribution packages this is a matter of taste: mirrors remove old versions, and a pinned base image pins most already.",
		Bad:  "FROM alpine:3.22\nRUN apk add --no-cache curl\nUSER 10001\n",
		Good: "FROM alpine:3.22\nRUN apk add --no-cache curl=8.14.1-r2\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			for _, c := range s.Shell.Commands {
				_, packages, ok := installs(c)
				if !ok {
					packages = install.PipPackages(c)
				}
				for _, pkg := range packages {
					if strings.ContainsAny(pkg, "=<>~@$*") || strings.HasPrefix(pkg, ".") || path.IsAbs(pkg) {
						continue
					}
					if w, ok := word(c, pkg); ok {
						p.Broken(s.bytes(p, w.Start, w.End), fmt.Sprintf("package %s has no version", pkg))
					}
				}
			}
		}
	}
	return r
}
