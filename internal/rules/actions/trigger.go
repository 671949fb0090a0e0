package actions

import (
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// trigger is one event under on; value is nil when it has no settings.
type trigger struct {
	name  string
	node  *yaml.Node
	value *yaml.Node
}

// triggers are the events that start the workflow.
func triggers(p *rule.Pass) map[string]trigger {
	on := root(p).Get("on").Resolve()
	out := map[string]trigger{}
	for _, e := range on.Entries() {
		out[e.Key.Value] = trigger{e.Key.Value, e.Key, e.Value.Resolve()}
	}
	if on.IsSequence() {
		for _, n := range on.List() {
			out[n.Text()] = trigger{name: n.Text(), node: n}
		}
	} else if on.IsScalar() {
		out[on.Text()] = trigger{name: on.Text(), node: on}
	}
	return out
}

// only tells whether the workflow has triggers and all of them are among the names.
func only(ts map[string]trigger, names ...string) bool {
	for n := range ts {
		found := false
		for _, want := range names {
			found = found || n == want
		}
		if !found {
			return false
		}
	}
	return len(ts) > 0
}

// branches tells whether pushes to branches start the workflow, not only pushed tags.
func (t trigger) branches() bool {
	return t.name == "push" && (!t.value.Has("tags") && !t.value.Has("tags-ignore") || t.value.Has("branches") || t.value.Has("branches-ignore"))
}

// releases tells whether nothing but a release or a pushed tag starts the workflow by itself.
func releases(ts map[string]trigger) bool {
	found := false
	for n, t := range ts {
		switch {
		case n == "release", n == "push" && !t.branches():
			found = true
		case n != "workflow_dispatch":
			return false
		}
	}
	return found
}
