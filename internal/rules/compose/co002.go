package compose

import (
	"fmt"
	"path"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func co002() rule.Rule {
	r := base("CO002", finding.Error, rule.Code)
	r.Doc = rule.Doc{
		Title: "image without a version", Since: "0.1.0",
		Why:  "Without a tag, or with latest, every pull may bring another version: two machines run different software, and a rollback does not bring the old one back.",
		Bad:  "services:\n  cache:\n    image: redis\n",
		Good: "services:\n  cache:\n    image: redis:8.2\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			n := s.Node.Get("image")
			if !n.IsScalar() || n.IsNull() || s.Node.Get("build") != nil {
				continue // a built image's name says where to push it
			}
			ref, known := expand(n.Text())
			switch im := splitImage(ref); {
			case im.digest != "" || strings.Contains(im.tag, "$"):
			case im.tag == "latest":
				p.Broken(at(p, n), fmt.Sprintf("image %s moves with every release: name the version", ref))
			case im.tag == "" && known && im.name != "":
				p.Broken(at(p, n), fmt.Sprintf("image %s has no tag: name the version, %s:VERSION", ref, im.name))
			case im.tag != "":
				p.Holds(at(p, n))
			}
		}
	}
	return r
}

func co003() rule.Rule {
	r := base("CO003", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "service without a health check", Since: "0.1.0",
		Why:  "Without one nothing notices a server that hangs, and what depends on it starts before it can answer.",
		Bad:  "services:\n  db:\n    image: postgres:17.6\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
		Good: "services:\n  db:\n    image: postgres:17.6\n    volumes: [data:/var/lib/postgresql/data]\n    healthcheck:\n      test: [CMD-SHELL, pg_isready -U postgres]\nvolumes:\n  data:\n",
	}
	r.Check = func(p *rule.Pass) {
		waited := awaited(p)
		for _, s := range services(p.Source) {
			if s.partial() {
				continue
			}
			if h := s.Node.Get("healthcheck"); h != nil {
				p.Holds(at(p, h))
				continue
			}
			if imageChecks(p, s) {
				continue
			}
			switch w := waited[s.Name]; {
			case w != nil && s.Node.Get("build") != nil && ownDockerfile(p, s) != nil:
				p.Report(finding.Finding{Severity: finding.Error, Span: at(p, w), Message: "this waits until " + s.Name + " is healthy, and " + s.Name + " has no health check: add one"})
			case w != nil:
				p.Broken(at(p, w), "this waits until "+s.Name+" is healthy: unless its image has a health check, add one to the service")
			case datastore(s), s.Node.Get("build") != nil && s.Node.Get("ports") != nil && !development(p):
				p.Broken(at(p, s.Key), "service "+s.Name+" has no health check: add one, so that others can wait for it")
			}
		}
	}
	return r
}

// awaited are the services that others wait for until they are healthy, with the place where it is said.
func awaited(p *rule.Pass) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for _, s := range services(p.Source) {
		for _, e := range s.Node.Get("depends_on").Entries() {
			if c := e.Value.Get("condition"); c.Text() == "service_healthy" && out[e.Key.Value] == nil {
				out[e.Key.Value] = c
			}
		}
	}
	return out
}

// ownDockerfile is the Dockerfile that a service is built from, when the Tree has it.
func ownDockerfile(p *rule.Pass, s service) *rule.Source {
	b := s.Node.Get("build")
	context, file := b.Text(), b.Get("dockerfile").Text()
	if context == "" {
		context = b.Get("context").Text()
	}
	if context == "" {
		context = "."
	}
	if file == "" {
		file = "Dockerfile"
	}
	return p.Other(path.Join(path.Dir(p.Path), context, file))
}

// imageChecks tells whether the image that a service is built into has a HEALTHCHECK.
func imageChecks(p *rule.Pass, s service) bool {
	src := ownDockerfile(p, s)
	if s.Node.Get("build") == nil || src == nil {
		return false
	}
	f := src.Dockerfile()
	st := f.Final()
	if t := s.Node.Get("build", "target").Text(); t != "" {
		st = f.StageByName(t)
	}
	if st == nil {
		return false
	}
	h := st.Last("HEALTHCHECK")
	return h != nil && h.Command() != nil
}

func co004() rule.Rule {
	r := base("CO004", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "depends_on that does not wait for the health check", Since: "0.1.0",
		Why:  "The short form waits until the container has started, not until the server in it answers: the first connections fail.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    depends_on:\n      - db\n  db:\n    image: postgres:17.6\n    healthcheck:\n      test: [CMD, pg_isready]\n",
		Good: "services:\n  app:\n    image: app:1.0\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17.6\n    healthcheck:\n      test: [CMD, pg_isready]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			list := s.Node.Get("depends_on")
			for _, it := range list.List() {
				target, ok := find(p.Source, it.Text())
				if !ok || target.Node.Get("healthcheck") == nil || target.Node.Get("healthcheck", "disable").IsTrue() {
					continue
				}
				p.Broken(at(p, it), fmt.Sprintf("%s starts before %s is healthy: use the long form with condition: service_healthy", s.Name, it.Text()), longForm(p, list)...)
			}
		}
	}
	return r
}

// longForm rewrites a list of services as a mapping with conditions.
func longForm(p *rule.Pass, list *yaml.Node) []finding.Fix {
	var parts []string
	for _, it := range list.List() {
		cond := "service_started"
		if t, ok := find(p.Source, it.Text()); ok && t.Node.Get("healthcheck") != nil {
			cond = "service_healthy"
		}
		if list.Style == yaml.Flow {
			parts = append(parts, it.Text()+": {condition: "+cond+"}")
		} else {
			indent := strings.Repeat(" ", list.Column-1)
			parts = append(parts, it.Text()+":\n"+indent+"  condition: "+cond)
		}
	}
	text := "{" + strings.Join(parts, ", ") + "}"
	if list.Style != yaml.Flow {
		if list.Column < 2 || strings.Contains(list.Source(), "#") {
			return nil
		}
		text = strings.Join(parts, "\n"+strings.Repeat(" ", list.Column-1))
		// A list may stand as far left as its key, a mapping may not.
		if k := keyOf(p, list); k != nil && k.Column == list.Column {
			return nil
		}
	}
	return []finding.Fix{p.Replace("wait until the services are healthy", list.Start, list.End, text)}
}

func keyOf(p *rule.Pass, v *yaml.Node) *yaml.Node {
	for _, s := range services(p.Source) {
		if k, n := s.Node.Find("depends_on"); n.Resolve() == v {
			return k
		}
	}
	return nil
}
