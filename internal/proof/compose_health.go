package proof

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
)

func waitsHealthy(p *prover) Result {
	want := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		found := map[string]bool{}
		for _, s := range f.services {
			if !s.app() {
				continue
			}
			deps := s.node.Get("depends_on")
			for _, t := range f.services {
				if t.app() && len(want) == 0 || len(want) > 0 && !slices.ContainsFunc(want, t.is) {
					continue
				}
				if !slices.Contains(append(deps.Keys(), deps.Strings()...), t.name) {
					continue
				}
				cond := deps.Get(t.name, "condition")
				if cond.Text() != "service_healthy" {
					return unproven(fmt.Sprintf("service %s does not wait until %s is healthy", s.name, t.name), p.at(f.path, deps.Line))
				}
				if why := p.checkOf(f, t); why != "" {
					return unproven(fmt.Sprintf("service %s: %s", t.name, why), p.at(f.path, t.line))
				}
				ev = append(ev, p.at(f.path, cond.Line))
				for _, w := range want {
					found[w] = found[w] || t.is(w)
				}
			}
		}
		for _, w := range want {
			if !found[w] {
				return unproven("no service waits for a healthy "+w, p.at(f.path, f.services[0].line))
			}
		}
		if len(ev) == 0 {
			return unproven("no service waits until another is healthy", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

// checkOf says why a service has no health check that can fail; the image's own counts when it is built here.
func (p *prover) checkOf(f *stackFile, s service) string {
	h := s.node.Get("healthcheck")
	if h == nil {
		if im := p.built(f, s); im != nil {
			if in := im.target(s).Last("HEALTHCHECK"); in != nil && len(in.Command()) > 0 {
				return emptyCheck(im.commands(in), strings.Join(in.Command(), " "))
			}
		}
		return "it has no health check"
	}
	if h.Get("disable").IsTrue() {
		return "its health check is switched off"
	}
	words := h.Get("test").Strings()
	if h.Get("test").IsScalar() {
		words = []string{"CMD-SHELL", h.Get("test").Text()}
	}
	if len(words) < 2 || words[0] == "NONE" {
		return "its health check asks nothing"
	}
	return emptyCheck(testCommands(words), strings.Join(words[1:], " "))
}

func testCommands(words []string) []pipeline.Command {
	if words[0] == "CMD-SHELL" {
		return pipeline.Commands(repo.Memory(nil), "", 1, ".", strings.ReplaceAll(words[1], "$$", "$"), false)
	}
	quoted := make([]string, 0, len(words))
	for _, w := range words[1:] {
		quoted = append(quoted, "'"+strings.ReplaceAll(w, "'", `'\''`)+"'")
	}
	return pipeline.Commands(repo.Memory(nil), "", 1, ".", strings.Join(quoted, " "), false)
}

// built is the Dockerfile that a service builds; nil when it builds none that is here.
func (p *prover) built(f *stackFile, s service) *image {
	b := s.node.Get("build")
	if b == nil {
		return nil
	}
	dir, file := b.Text(), "Dockerfile"
	if b.IsMapping() {
		dir = b.Get("context").Text()
		if d := b.Get("dockerfile").Text(); d != "" {
			file = d
		}
	}
	full := path.Join(path.Dir(f.path), dir, file)
	if strings.HasPrefix(full, "../") || !p.in.Tree.Has(full) {
		return nil
	}
	q := &prover{in: p.in}
	return q.dockerfile(full)
}

func healthServices(p *prover) Result {
	want := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			switch {
			case len(want) > 0 && !slices.ContainsFunc(want, s.is):
				continue
			case len(want) == 0 && p.claim.Param("each") == "" && !s.app() && hasApp(f):
				continue
			}
			if why := p.checkOf(f, s); why != "" {
				return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
			}
			if why := p.healthFits(f, s); why != "" {
				return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
			}
			if h := s.node.Get("healthcheck"); h != nil {
				ev = append(ev, p.at(f.path, h.Line))
			} else {
				ev = append(ev, p.at(f.path, s.line))
			}
		}
		if len(ev) == 0 {
			return unproven("no service has a health check", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

func hasApp(f *stackFile) bool {
	return slices.ContainsFunc(f.services, service.app)
}

func (p *prover) healthFits(f *stackFile, s service) string {
	h := s.node.Get("healthcheck")
	text, interval := strings.Join(h.Get("test").Strings(), " "), h.Get("interval").Text()
	if h.Get("test") == nil {
		if im := p.built(f, s); im != nil {
			if in := im.target(s).Last("HEALTHCHECK"); in != nil {
				text = strings.Join(in.Command(), " ")
				if interval == "" {
					interval, _ = in.Flag("interval")
				}
			}
		}
	}
	if interval == "" {
		interval = "30s"
	}
	if want := p.claim.Param("path"); want != "" && !asks(text, want) {
		return "its health check does not ask " + want
	}
	if want := p.claim.Param("interval"); want != "" && seconds(interval) != seconds(want) {
		return "the interval is " + interval
	}
	if s.app() {
		return p.asksNoRoute(text)
	}
	return ""
}
