package compose

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

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
