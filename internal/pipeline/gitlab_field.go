package pipeline

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax/yaml"
)

// field is a key of a job: its own, from what it extends (the last one first), from default, or from the top level.
type field struct {
	node *yaml.Node
	file string
}

func (l *gitlabLoader) jobNode(name string) (*yaml.Node, string) {
	for _, y := range l.layers {
		if k, v := y.root.Find(name); k != nil {
			return v.Resolve(), y.file
		}
	}
	return nil, ""
}

func (l *gitlabLoader) field(name, key string, depth int) field {
	n, file := l.jobNode(name)
	if l.n++; n == nil || depth > 10 || l.n > maxLookups {
		return field{}
	}
	if v := n.Get(key); v != nil {
		return field{v, file}
	}
	parents := n.Get("extends").Strings()
	for i := len(parents) - 1; i >= 0; i-- {
		if f := l.field(parents[i], key, depth+1); f.node != nil {
			return f
		}
	}
	return field{}
}

// inheritable keys come from default or the top level when a job has none.
func (l *gitlabLoader) inherited(name, key string) field {
	if f := l.field(name, key, 0); f.node != nil {
		return f
	}
	if inh := l.field(name, "inherit", 0).node.Get("default"); inh != nil {
		if inh.Text() == "false" || inh.IsSequence() && !slices.Contains(inh.Strings(), key) {
			return field{}
		}
	}
	for _, y := range l.layers {
		if v := y.root.Get("default", key); v != nil {
			return field{v, y.file}
		}
	}
	for _, y := range l.layers {
		if v := y.root.Get(key); v != nil && slices.Contains(reserved, key) {
			return field{v, y.file}
		}
	}
	return field{}
}

func (l *gitlabLoader) variables(name string, depth int) map[string]Value {
	out := map[string]Value{}
	n, _ := l.jobNode(name)
	if l.n++; depth > 10 || l.n > maxLookups {
		return out
	}
	for _, p := range n.Get("extends").Strings() {
		for k, v := range l.variables(p, depth+1) {
			out[k] = v
		}
	}
	for k, v := range valuesOf(n.Get("variables")) {
		out[k] = v
	}
	return out
}

func needs(n *yaml.Node) []string {
	var out []string
	for _, it := range n.List() {
		if it.IsMapping() {
			if it.Get("optional").Text() != "true" {
				out = append(out, it.Get("job").Text())
			}
			continue
		}
		out = append(out, it.Text())
	}
	return out
}

func (l *gitlabLoader) onlyExcept(j *Job, only, except *yaml.Node) {
	refs := func(n *yaml.Node) []string {
		if n.IsMapping() {
			return n.Get("refs").Strings()
		}
		return n.Strings()
	}
	if only != nil {
		j.HasOnly = true
		j.Only = refs(only)
	}
	if except != nil {
		j.Except = refs(except)
		if !j.HasOnly {
			j.HasOnly, j.Only = true, []string{"branches", "tags"}
		}
	}
}

func (l *gitlabLoader) rules(n *yaml.Node) []Rule {
	var out []Rule
	for _, it := range l.flat(field{n, ""}, 0) {
		r := Rule{If: it.node.Get("if").Text(), When: it.node.Get("when").Text(), Line: it.node.Line,
			HasChanges: it.node.Has("changes"), HasExists: it.node.Has("exists")}
		r.Changes = it.node.Get("changes").Strings()
		if c := it.node.Get("changes", "paths"); c != nil {
			r.Changes = c.Strings()
		}
		r.AllowFailure = it.node.Get("allow_failure").IsTrue()
		out = append(out, r)
	}
	return out
}

// flat is a list with nested lists and !reference put in place.
func (l *gitlabLoader) flat(f field, depth int) []field {
	n := f.node.Resolve()
	if l.n++; n == nil || depth > 10 || l.n > maxLookups {
		return nil
	}
	if n.Tag == "!reference" {
		path := n.Strings()
		if len(path) == 0 {
			return nil
		}
		job, file := l.jobNode(path[0])
		return l.flat(field{job.Get(path[1:]...), file}, depth+1)
	}
	if !n.IsSequence() {
		return []field{{n, f.file}}
	}
	var out []field
	for _, it := range n.List() {
		if len(out) > maxSteps {
			break
		}
		out = append(out, l.flat(field{it, f.file}, depth+1)...)
	}
	return out
}

// script is one step: GitLab runs the lines in one shell that stops at the first failure.
func (l *gitlabLoader) script(f field) Step {
	s := Step{File: f.file, Line: f.node.Line}
	dir := "."
	for _, it := range l.flat(f, 0) {
		if !it.node.IsScalar() {
			continue
		}
		text := it.node.Text()
		if d, ok := strings.CutPrefix(strings.TrimSpace(text), "cd "); ok && !strings.ContainsAny(d, " \n;&|$") {
			dir = cleanDir(dir + "/" + d)
		}
		cmds := l.x.script(place{file: it.file, node: it.node, dir: dir, errexit: true, pipefail: true}, text)
		s.Commands = append(s.Commands, cmds...)
		if len(cmds) > 0 && cmds[len(cmds)-1].Raw.Name == "exit" && !cmds[len(cmds)-1].Conditional {
			break
		}
	}
	return s
}

func gitlabServices(n *yaml.Node) []Service {
	var out []Service
	for _, it := range n.List() {
		s := Service{Image: valueOf(it), Line: it.Line}
		if it.IsMapping() {
			s.Image = valueOf(it.Get("name"))
			s.Name = it.Get("alias").Text()
		}
		s.Health = true // the runner waits for a service's port
		out = append(out, s)
	}
	return out
}

func parallel(n *yaml.Node) []Axis {
	var axes []Axis
	for _, it := range n.List() {
		for _, e := range it.Entries() {
			a := Axis{Name: e.Key.Value, Line: e.Key.Line}
			if e.Value.Resolve().IsScalar() {
				a.Values = []Value{valueOf(e.Value)}
			}
			for _, v := range e.Value.Resolve().List() {
				a.Values = append(a.Values, valueOf(v))
			}
			axes = append(axes, a)
		}
	}
	return axes
}

func caches(n *yaml.Node) []Cache {
	items := n.List()
	if items == nil && n.IsMapping() {
		items = []*yaml.Node{n}
	}
	var out []Cache
	for _, it := range items {
		c := Cache{Line: it.Line, Paths: it.Get("paths").Strings(), Key: it.Get("key").Text(), KeyFiles: it.Get("key", "files").Strings()}
		if p := it.Get("policy").Text(); p == "push" {
			continue // nothing is ever taken from it here
		}
		out = append(out, c)
	}
	return out
}
