package docker

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/install"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func dk025() rule.Rule {
	r := base("DK025", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "dependencies installed after the whole source is copied", Since: "0.1.0",
		Why:  "Every change of any file then installs all dependencies again. Copy the manifest and the lock file, install, and copy the rest after that.",
		Bad:  "FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nUSER node\n",
		Good: "FROM node:24-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nUSER node\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, st := range p.Dockerfile().Stages {
			all := copiesAll(st)
			if all == nil {
				continue
			}
			for _, s := range steps(p) {
				if s.Stage != st || mountsCache(s) {
					continue
				}
				for _, c := range s.Shell.Commands {
					if !install.Dependencies(c) {
						continue
					}
					if s.Line < all.Line {
						p.Holds(s.span(p, c))
						break
					}
					if !installedBefore(p, st, all) {
						p.Report(finding.Finding{
							Span: s.span(p, c), Message: "the dependencies are installed anew with every change of any file: copy the manifest and the lock file first, install, then copy the rest",
							Related: []finding.Related{{Span: text(p, all), Message: "everything is copied here"}},
						})
					}
					break
				}
			}
		}
	}
	return r
}

// copiesAll is the first COPY of the whole context in a stage.
func copiesAll(st *dockerfile.Stage) *dockerfile.Instruction {
	for _, in := range st.Body {
		if in.Name != "COPY" && in.Name != "ADD" || len(in.Words) < 2 {
			continue
		}
		if _, from := in.Flag("from"); from {
			continue
		}
		for _, src := range in.Words[:len(in.Words)-1] {
			if src == "." || src == "./" || src == "*" {
				return in
			}
		}
	}
	return nil
}

func installedBefore(p *rule.Pass, st *dockerfile.Stage, all *dockerfile.Instruction) bool {
	for _, s := range steps(p) {
		if s.Stage != st || s.Line > all.Line {
			continue
		}
		for _, c := range s.Shell.Commands {
			if install.Dependencies(c) {
				return true
			}
		}
	}
	return false
}

// mountsCache: with a cache mount, installing again costs little.
func mountsCache(s step) bool {
	for _, f := range s.Flags {
		if f.Name == "mount" && strings.Contains(f.Value, "type=cache") {
			return true
		}
	}
	return false
}

func dk026() rule.Rule {
	r := base("DK026", finding.Warning, rule.Code, "hadolint:DL4000", "buildkit:MaintainerDeprecated", "buildkit:LegacyKeyValueFormat")
	r.Doc = rule.Doc{
		Title: "deprecated instruction", Since: "0.1.0",
		Why:  "MAINTAINER is replaced by a label. \"ENV name value\" can set one variable only, and hides mistakes with spaces.",
		Bad:  "FROM alpine:3.22\nMAINTAINER ops@example.org\nENV MODE production\nUSER 10001\n",
		Good: "FROM alpine:3.22\nLABEL org.opencontainers.image.authors=\"ops@example.org\"\nENV MODE=\"production\"\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			if in.Name == "MAINTAINER" {
				label := "LABEL org.opencontainers.image.authors=" + quote(strings.Trim(in.Text, `"'`))
				p.Broken(name(p, in), "MAINTAINER is deprecated: use a label", p.Replace("write a label", in.Start, in.Offset(len(in.Text)-1)+1, label))
			}
			for _, v := range in.Vars {
				if !v.Legacy {
					continue
				}
				f := finding.Finding{Span: p.Span(v.Start, v.End), Message: in.Name + " " + v.Name + " without = is deprecated: write " + v.Name + "=…"}
				if in.Line == in.EndLine && !strings.ContainsAny(v.Value, `"'\`) {
					fix := p.Replace("write name=value", v.Start, v.End, v.Name+"="+quote(v.Value))
					f.Fix = &fix
				}
				p.Report(f)
			}
		}
	}
	return r
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
