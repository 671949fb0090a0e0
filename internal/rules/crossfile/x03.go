package crossfile

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func x03() rule.Rule {
	r := rule.Rule{ID: "X03", Kind: repo.KindDockerfile, Also: []repo.Kind{repo.KindCompose}, Severity: finding.Error, Reviewer: rule.Code}
	r.Doc = rule.Doc{
		Title: "health check that the image cannot run", Since: "0.1.0",
		Why:  "Slim images have no curl, scratch and distroless have not even a shell. The check fails always, the container is never healthy, and what waits for it never starts.",
		Bad:  "FROM python:3.13-slim\nUSER 10001\nEXPOSE 8000\nHEALTHCHECK CMD curl -f http://127.0.0.1:8000/health\nCMD [\"python\", \"-m\", \"app\"]\n",
		Good: "FROM python:3.13-slim\nUSER 10001\nEXPOSE 8000\nHEALTHCHECK CMD [\"python\", \"-c\", \"import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health')\"]\nCMD [\"python\", \"-m\", \"app\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		if p.Kind == repo.KindCompose {
			composeChecks(p)
			return
		}
		for _, st := range p.Dockerfile().Stages {
			for _, in := range st.Body {
				if in.Name == "HEALTHCHECK" && len(in.Command()) > 0 {
					what, missing := lacks(st, in.Command(), in.Shell)
					span := p.Span(in.Start, in.Start+len(in.Name))
					if in.Text != "" {
						span = p.Span(in.Offset(0), in.Offset(len(in.Text)-1)+1)
					}
					if missing {
						p.Broken(span, what)
					} else {
						p.Holds(span)
					}
				}
			}
		}
	}
	return r
}

// composeChecks reads the health checks of Compose services: of those built here, and of those on a known image.
func composeChecks(p *rule.Pass) {
	for _, e := range p.YAML().Root().Get("services").Entries() {
		s := e.Value.Resolve()
		test := s.Get("healthcheck", "test")
		command, sh := checkCommand(test)
		if len(command) == 0 {
			continue
		}
		src, st := builtFrom(p, s)
		if src == nil && s.Get("build") == nil {
			if ref := s.Get("image").Text(); ref != "" && !strings.Contains(ref, "$") {
				st = &dockerfile.Stage{Image: ref, Base: ref}
			}
		}
		if st == nil {
			continue
		}
		what, missing := lacks(st, command, sh)
		if !missing {
			continue
		}
		f := finding.Finding{Span: p.Span(test.Start, test.End), Message: what}
		if src != nil && st.From != nil {
			f.Related = []finding.Related{{Span: finding.LineSpan(src.Path, st.Line), Message: "the image is built here"}}
		}
		p.Report(f)
	}
}

// checkCommand is what a Compose health check runs, and whether a shell does.
func checkCommand(test *yaml.Node) (command []string, sh bool) {
	words := test.Strings()
	switch {
	case test.IsScalar() && len(words) == 1:
		return words, true
	case len(words) > 1 && words[0] == "CMD":
		return words[1:], false
	case len(words) > 1 && words[0] == "CMD-SHELL":
		return words[1:], true
	}
	return nil, false
}

// lacks tells whether an image surely lacks what a command needs.
func lacks(st *dockerfile.Stage, command []string, sh bool) (message string, missing bool) {
	has := contents(st.Root().Image)
	if has == nil {
		return "", false
	}
	image := st.Root().Image
	if sh {
		if !has["sh"] && !brings(st, "sh") && !brings(st, "busybox") {
			return "this check needs a shell, and " + image + " has none: write it as a JSON array that calls a program of the image", true
		}
		for _, c := range shell.Commands(strings.Join(command, " ")) {
			if tool := path.Base(c.Effective().Name); watched[tool] && !has[tool] && !brings(st, tool) && !c.Conditional {
				return "this check calls " + tool + ", which " + image + " does not have: use a program that is there, or install it", true
			}
		}
		return "", false
	}
	tool := path.Base(command[0])
	if watched[tool] && !has[tool] && !brings(st, tool) && !brings(st, "busybox") {
		return "this check calls " + tool + ", which " + image + " does not have: use a program that is there, or install it", true
	}
	return "", false
}

// watched are the programs that checks call and that images lack.
var watched = map[string]bool{"curl": true, "wget": true, "nc": true, "sh": true, "bash": true, "ash": true}

var (
	distroless = regexp.MustCompile(`^gcr\.io/distroless/[^:@]+(?::([^@]*))?`)
	slim       = regexp.MustCompile(`^(?:docker\.io/)?(?:library/)?(?:python|node|ruby|debian|ubuntu|perl|rust|openjdk)(?::([^@]*))?`)
)

// contents are the watched programs that an image has; nil when that is not known. What is not sure counts as there.
func contents(ref string) map[string]bool {
	ref, _, _ = strings.Cut(ref, "@")
	if ref == "scratch" {
		return map[string]bool{}
	}
	if m := distroless.FindStringSubmatch(ref); m != nil {
		if strings.Contains(m[1], "debug") {
			return nil
		}
		return map[string]bool{}
	}
	m := slim.FindStringSubmatch(ref)
	name, tag, _ := strings.Cut(path.Base(ref), ":")
	switch {
	case name == "alpine" && !strings.Contains(strings.TrimPrefix(ref, "docker.io/library/"), "/"), m != nil && strings.Contains(tag, "alpine"):
		return map[string]bool{"sh": true, "ash": true, "wget": true, "nc": true}
	case m != nil && (name == "debian" || name == "ubuntu" || strings.Contains(tag, "slim")):
		return map[string]bool{"sh": true, "bash": true}
	}
	return nil
}

// brings tells whether a step of the image speaks of a program: it installs or copies it.
func brings(st *dockerfile.Stage, tool string) bool {
	re := regexp.MustCompile(`(?:^|[^A-Za-z0-9_])` + regexp.QuoteMeta(tool) + `(?:$|[^A-Za-z0-9_])`)
	for _, s := range st.Lineage() {
		for _, in := range s.Body {
			if in.Name != "RUN" && in.Name != "COPY" && in.Name != "ADD" {
				continue
			}
			if re.MatchString(in.Text) {
				return true
			}
			for _, h := range in.Heredocs {
				if re.MatchString(h.Content) {
					return true
				}
			}
			// A folder of programs copied from elsewhere may hold anything.
			if _, from := in.Flag("from"); from && (strings.HasSuffix(in.Text, "/bin") || strings.HasSuffix(in.Text, "/bin/") && strings.Contains(in.Text, "/bin/ ") || strings.HasSuffix(strings.TrimSpace(in.Text), " /")) {
				return true
			}
		}
	}
	return false
}
