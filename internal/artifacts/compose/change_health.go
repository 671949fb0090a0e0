package compose

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func (p *patch) healthCheck(c criterion.Claim) {
	if want := c.Param("path"); want != "" && p.model != nil {
		if err := p.model.claimRoute(c, want); err != nil {
			p.cannot("%s", strings.TrimPrefix(err.Error(), p.r.Path+": "))
			return
		}
	}
	p.each(c, func(e *entity) {
		if e.node.Get("healthcheck", "disable").IsTrue() {
			p.cannot("the health check of service %s is switched off: take that line out first", e.name)
			return
		}
		if e.node.Get("healthcheck") != nil {
			p.interval(e, c.Param("interval"))
			return
		}
		if !p.giveHealth(e) {
			return
		}
		if v := c.Param("interval"); interval.MatchString(v) && (e.app || c.Param("service") != "") {
			e.add.health.interval = v
		}
	})
}

var interval = regexp.MustCompile(`^[0-9]+(ms|s|m|h)$`)

func (p *patch) interval(e *entity, want string) {
	if !interval.MatchString(want) || e.store != "" {
		return
	}
	_, hc := own(e.node, "healthcheck")
	if _, v := own(hc, "interval"); v != nil && v.Kind == yaml.Scalar {
		if v.Text() != want {
			p.setScalar(v, want)
		}
		return
	}
	if !isBlock(hc) {
		p.cannot("the health check of service %s is shared or in braces: set interval: %s there", e.name, want)
		return
	}
	w := p.writerAt(column(hc))
	w.key("interval", want)
	p.insertLines(lastOf(hc), p.taken(w))
}

// giveHealth remembers the health check that e is to get; false says that there is none that surely works.
func (p *patch) giveHealth(e *entity) bool {
	if e.add.health != nil {
		return true
	}
	if s, ok := stack.ServiceFor(e.store); ok && len(s.Health) > 0 {
		e.add.health = &health{test: escapeDollar(p.asConfigured(e, s)), interval: "10s", timeout: "5s", retries: "5", start: "30s"}
		return true
	}
	if e.ref != nil && e.ref.health != nil && p.worksIn(e, e.ref.health.test) {
		h := *e.ref.health
		e.add.health = &h
		return true
	}
	p.cannot("service %s: no health command is known that surely works in its image: add healthcheck by hand, with a program that the image has", e.name)
	return false
}

// asConfigured is a store's health command with the user and the database that this file gives it.
func (p *patch) asConfigured(e *entity, s stack.Service) []string {
	out := slices.Clone(s.Health)
	for i := 1; i < len(out); i++ {
		for _, kv := range s.Env {
			flag := map[string]string{"POSTGRES_USER": "-U", "POSTGRES_DB": "-d"}[kv.Key]
			if flag != "" && out[i-1] == flag && out[i] == kv.Value {
				out[i] = p.configured(e, kv.Key)
			}
		}
	}
	return out
}

// configured is a variable of Postgres as the file sets it, with the image's own defaults.
func (p *patch) configured(e *entity, key string) string {
	for _, v := range variables(e.node.Get("environment")) {
		if v.key == key && v.text != "" && !strings.ContainsAny(v.text, "$") {
			return v.text
		}
	}
	if key == "POSTGRES_DB" {
		return p.configured(e, "POSTGRES_USER")
	}
	return "postgres"
}

// interpreters are programs that an image has when its Dockerfile is built for that language.
var interpreters = []string{"python", "python3", "node", "ruby", "php", "bundle", "java"}

// worksIn tells whether a health command surely works in e's image: its program is the language's own, or AutoGit writes that image.
func (p *patch) worksIn(e *entity, test []string) bool {
	if len(test) == 0 {
		return false
	}
	if slices.Contains(interpreters, path.Base(test[0])) {
		return true
	}
	file := p.dockerfile(e)
	return file != "" && artifact.Untouched([]byte(p.r.Tree.Text(file)))
}

func (p *patch) dockerfile(e *entity) string {
	b := e.node.Get("build")
	context, name := b.Text(), "Dockerfile"
	if b.IsMapping() {
		context = b.Get("context").Text()
		if f := b.Get("dockerfile").Text(); f != "" {
			name = f
		}
	}
	if b == nil {
		return ""
	}
	return path.Join(p.r.Dir(), context, name)
}
