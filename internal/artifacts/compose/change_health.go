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

// waits makes programs wait until what they depend on is healthy.
func (p *patch) waits(c criterion.Claim) {
	targets := p.targets(c.Param("service"))
	if len(targets) == 0 {
		p.cannot("there is no service %q to wait for: it has %s", c.Param("service"), strings.Join(p.serviceNames(), ", "))
		return
	}
	for _, e := range p.services {
		if e.store != "" || targets[e.name] != nil || !isBlock(e.node) {
			continue
		}
		p.waitFor(e, targets)
	}
	for _, e := range p.services { // in the order of the file
		if t := targets[e.name]; t != nil && t.node.Get("healthcheck") == nil {
			p.giveHealth(t)
		}
	}
}

// targets are the services that a word of a criterion means as something to wait for.
func (p *patch) targets(word string) map[string]*entity {
	out := map[string]*entity{}
	for _, e := range p.services {
		if word == "" && e.store != "" || word != "" && e.means(word) {
			out[e.name] = e
		}
	}
	return out
}

// waitFor remembers which targets e must find healthy.
func (p *patch) waitFor(e *entity, targets map[string]*entity) {
	named := e.node.Get("depends_on")
	for _, t := range p.services {
		if targets[t.name] == nil {
			continue
		}
		if named.Has(t.name) || slices.Contains(named.Strings(), t.name) || named == nil && p.needs(e, t) && !p.reaches(t.name, e.name, map[string]bool{}) {
			e.waitsFor(t.name)
		}
	}
}

func (e *entity) waitsFor(name string) {
	if !slices.Contains(e.waits, name) {
		e.waits = append(e.waits, name)
	}
}

// needs tells whether a program that names no dependency uses a store: by what the survey found, else because it is the file's only program.
func (p *patch) needs(e, t *entity) bool {
	if e.ref != nil {
		return e.part != nil && (stack.HasValue(e.part.Services, t.store) || stack.HasValue(e.part.OptionalServices, t.store))
	}
	return p.programs() == 1
}

// reaches tells whether one service depends on another, through others too: a circle would start nothing.
func (p *patch) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	d := p.root.Get("services", from, "depends_on")
	for _, next := range slices.Concat(d.Keys(), d.Strings()) {
		if p.reaches(next, to, seen) {
			return true
		}
	}
	return false
}

// programs counts the services of the file that are no stores.
func (p *patch) programs() int {
	n := 0
	for _, e := range p.services {
		if e.store == "" {
			n++
		}
	}
	return n
}

// dependencies writes what e waits for into its depends_on, in the form that it has; the short form becomes the long one,
// because only that has conditions.
func (p *patch) dependencies(e *entity) {
	if len(e.waits) == 0 {
		return
	}
	k, v := own(e.node, "depends_on")
	switch {
	case e.node.Get("depends_on") == nil:
		e.add.depends = e.waits
	case v != nil && v.Kind == yaml.Sequence:
		p.longForm(e, k, v)
	case isBlock(v):
		p.conditions(e, v)
	default:
		p.cannot("depends_on of service %s is shared or in braces: add %s with condition: service_healthy there", e.name, strings.Join(e.waits, ", "))
	}
}

// conditions sets the condition of those that are named, and adds those that are not.
func (p *patch) conditions(e *entity, depends *yaml.Node) {
	w := p.writerAt(column(depends))
	for _, name := range e.waits {
		_, dep := own(depends, name)
		_, cond := own(dep, "condition")
		switch {
		case dep == nil:
			w.in(name, func() { w.raw("condition", "service_healthy") })
		case cond == nil || cond.Kind != yaml.Scalar:
			p.cannot("depends_on.%s of service %s has no condition of its own: write condition: service_healthy there", name, e.name)
		case cond.Text() != "service_healthy":
			p.setScalar(cond, "service_healthy")
		}
	}
	if w.b.Len() > 0 {
		p.insertLines(lastOf(depends), p.taken(w))
	}
}

// longForm writes each item of a short depends_on as a mapping. Comments stay where they are.
func (p *patch) longForm(e *entity, k, seq *yaml.Node) {
	condition := func(name string) string {
		if slices.Contains(e.waits, name) {
			return "service_healthy"
		}
		return "service_started" // what the short form means
	}
	fresh := slices.DeleteFunc(slices.Clone(e.waits), func(name string) bool { return slices.Contains(seq.Strings(), name) })
	if seq.Style == yaml.Flow || len(seq.Items) == 0 {
		w := p.writerAt(k.Column + p.step)
		for _, name := range slices.Concat(seq.Strings(), fresh) {
			w.in(name, func() { w.raw("condition", condition(name)) })
		}
		p.replace(k.End+1, seq.End, p.eol+strings.TrimSuffix(p.taken(w), p.eol))
		return
	}
	for i, item := range seq.Items {
		w := p.writerAt(k.Column + p.step)
		w.line(scalar(item.Text()) + ":")
		p.replace(p.file.Lines.Start(item.Line), item.End, strings.TrimSuffix(p.taken(w), p.eol)) // a comment behind it stays there
		w = p.writerAt(k.Column + p.step)
		w.depth++
		w.raw("condition", condition(item.Text()))
		w.depth--
		if i == len(seq.Items)-1 {
			for _, name := range fresh {
				w.in(name, func() { w.raw("condition", condition(name)) })
			}
		}
		p.insertLines(item.End, p.taken(w))
	}
}
