package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// use is what stands behind uses: name@ref.
type use struct {
	node      *yaml.Node
	name, ref string // the name in lower case, as GitHub compares it
	job       *job
	step      step
}

// local tells whether it is of this repository.
func (u use) local() bool { return strings.HasPrefix(u.name, "./") || strings.HasPrefix(u.name, "../") }

// repository is owner/name, without the folder behind it.
func (u use) repository() string {
	parts := strings.SplitN(u.name, "/", 3)
	if len(parts) < 2 {
		return u.name
	}
	return parts[0] + "/" + parts[1]
}

func (u use) owner() string { owner, _, _ := strings.Cut(u.name, "/"); return owner }

// refStart is where the ref begins in the file.
func (u use) refStart() int { return u.node.Offset(len(u.node.Text()) - len(u.ref)) }

// parseUse takes a uses value apart; ok is false for images and for what is no text.
func parseUse(n *yaml.Node) (use, bool) {
	n = n.Resolve()
	text := n.Text()
	if text == "" || strings.HasPrefix(text, "docker://") || strings.Contains(text, "${{") {
		return use{}, false
	}
	name, ref, _ := strings.Cut(text, "@")
	return use{node: n, name: strings.ToLower(name), ref: ref}, true
}

// uses is the action that a step runs.
func (s step) uses() (use, bool) {
	u, ok := parseUse(s.node.Get("uses"))
	u.job, u.step = s.job, s
	return u, ok
}

// runs tells whether the step runs this action.
func (s step) runs(name string) bool {
	u, ok := s.uses()
	return ok && u.name == name
}

// input is a value under with.
func (s step) input(name string) *yaml.Node {
	for _, e := range s.node.Get("with").Entries() {
		if strings.EqualFold(e.Key.Value, name) {
			return e.Value.Resolve()
		}
	}
	return nil
}

// uses are all actions and reusable workflows that a file calls.
func uses(p *rule.Pass) []use {
	var out []use
	for _, j := range jobs(p) {
		if u, ok := parseUse(j.node.Get("uses")); ok {
			u.job = j
			out = append(out, u)
		}
	}
	for _, s := range allSteps(p) {
		if u, ok := s.uses(); ok {
			out = append(out, u)
		}
	}
	return out
}
