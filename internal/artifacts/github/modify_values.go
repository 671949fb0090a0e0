package github

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/actions"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// usesNodes are the references to actions and reusable workflows that are not local and not images.
func (c *changer) usesNodes() []*yaml.Node {
	var out []*yaml.Node
	for _, j := range c.jobs() {
		if n := j.node.Get("uses"); n != nil {
			out = append(out, n)
		}
		for _, s := range j.steps() {
			if n := s.Get("uses"); n != nil {
				out = append(out, n)
			}
		}
	}
	return slices.DeleteFunc(out, func(n *yaml.Node) bool {
		return strings.HasPrefix(n.Text(), "./") || strings.HasPrefix(n.Text(), "docker://") || !strings.Contains(n.Text(), "@")
	})
}

// pin puts commits in the place of tags, at a version of the same major, so that nothing behaves otherwise than before.
func (c *changer) pin() error {
	var unknown []string
	for i := 0; i < len(c.usesNodes()); i++ {
		n := c.usesNodes()[i]
		name, tag, _ := strings.Cut(n.Text(), "@")
		if len(tag) == 40 && strings.Trim(tag, "0123456789abcdef") == "" {
			continue
		}
		p, ok := actions.SameMajor(name, tag)
		if !ok {
			unknown = append(unknown, fmt.Sprintf("%s (line %d)", n.Text(), n.Line))
			continue
		}
		if err := c.Set(n, name+"@"+p.Commit); err != nil {
			return c.because(n.Line, "uses", err)
		}
		if err := c.Note(c.usesNodes()[i], p.Version); err != nil {
			return c.because(n.Line, "uses", err)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s: no commit is known for %s: AutoGit's table (%s) has not that major version, and a hash is never guessed",
			c.req.Path, strings.Join(unknown, ", "), actions.Date)
	}
	return nil
}

// credentials makes every checkout forget its token.
func (c *changer) credentials() error {
	for i := range c.jobs() {
		for k := range c.jobs()[i].steps() {
			s := c.jobs()[i].steps()[k]
			if !strings.HasPrefix(s.Get("uses").Text(), "actions/checkout@") || s.Get("with").Has("persist-credentials") {
				continue
			}
			if err := c.setInput(s, "persist-credentials", "false"); err != nil {
				return err
			}
		}
	}
	return nil
}

// setInput adds an input to a step, or changes it. The value is YAML as written.
func (c *changer) setInput(step *yaml.Node, key, value string) error {
	with := step.Get("with")
	var err error
	switch {
	case with == nil:
		err = c.Add(step, "uses", "with:\n  "+key+": "+value+"\n")
	case with.Has(key):
		err = c.Replace(with.Get(key), value)
	default:
		err = c.Add(with, "", key+": "+value+"\n")
	}
	return c.because(step.Line, "with."+key, err)
}

// timeouts gives every job a limit; a longer one than the task's is shortened.
func (c *changer) timeouts(minutes string) error {
	limit, _ := strconv.Atoi(minutes)
	for i := range c.jobs() {
		j := c.jobs()[i]
		if j.node.Has("uses") {
			continue // a reusable workflow sets the limits of its jobs itself
		}
		n := j.node.Get("timeout-minutes")
		have, err := strconv.Atoi(n.Text())
		switch {
		case n == nil:
			err = c.Add(j.node, "runs-on", "timeout-minutes: "+strconv.Itoa(cmp.Or(limit, 20))+"\n")
		case limit > 0 && (err != nil || have > limit):
			err = c.Replace(n, strconv.Itoa(limit))
		default:
			err = nil
		}
		if err != nil {
			return c.because(j.node.Line, "job "+j.id, err)
		}
	}
	return nil
}

// caches switches the caches of setup actions on, as the repository's package manager needs them.
func (c *changer) caches() error {
	found := false
	for _, part := range c.plan.Parts {
		for _, a := range part.Recipe.Toolchain.Actions {
			ok, err := c.cache(part, a)
			if err != nil {
				return err
			}
			found = found || ok
		}
	}
	if !found {
		return fmt.Errorf("%s: no step sets up %s with an action that AutoGit knows how to make cache", c.req.Path, c.plan.Name)
	}
	return nil
}

// cacheInputs are the inputs by which setup actions are told to cache.
var cacheInputs = []string{"cache", "enable-cache", "bundler-cache", "cache-provider", "cache-dependency-path", "cache-dependency-glob"}

func (c *changer) cache(part *plan.Part, a stack.Action) (found bool, err error) {
	for i := range c.jobs() {
		for k := range c.jobs()[i].steps() {
			name, _, _ := strings.Cut(c.jobs()[i].steps()[k].Get("uses").Text(), "@")
			if !strings.EqualFold(name, a.Name) {
				continue
			}
			found = true
			for _, kv := range inputs(part, a, false) {
				s := c.jobs()[i].steps()[k]
				if !slices.Contains(cacheInputs, kv.Key) || (s.Get("with").Has(kv.Key) && s.Get("with", kv.Key).Text() != "false") {
					continue
				}
				value := yamltext.Quote(kv.Value)
				if kv.Value == "true" {
					value = "true"
				}
				if err := c.setInput(s, kv.Key, value); err != nil {
					return found, err
				}
			}
			if s := c.jobs()[i].steps()[k]; a.Name == "actions/setup-go" && s.Get("with", "cache").Text() == "false" {
				return found, c.setInput(s, "cache", "true")
			}
		}
	}
	return found, nil
}

// matrix makes the tests run on the plan's versions: into a matrix that is there, or as a new one.
func (c *changer) matrix() error {
	for _, part := range c.plan.Parts {
		if len(part.Matrix) == 0 {
			continue
		}
		if err := c.partMatrix(part); err != nil {
			return err
		}
	}
	return nil
}

func (c *changer) partMatrix(part *plan.Part) error {
	key := part.VersionKey()
	word, _, _ := strings.Cut(key, "-")
	for _, j := range c.jobs() {
		for _, dim := range j.node.Get("strategy", "matrix").Entries() {
			if dim.Key.Value == key || dim.Key.Value == word || dim.Key.Value == word+"_version" || dim.Key.Value == "version" {
				return c.versions(j, dim, part.Matrix)
			}
		}
	}
	j := c.find(plan.Test, part)
	if j == nil {
		return c.job(plan.Test)
	}
	i := slices.IndexFunc(j.steps(), func(s *yaml.Node) bool { return s.Get("with", key) != nil })
	if i < 0 || j.node.Has("strategy") {
		return fmt.Errorf("%s:%d: job %s has no step whose input %s could take the versions of a matrix", c.req.Path, j.node.Line, j.id, key)
	}
	if err := c.Set(j.steps()[i].Get("with", key), "${{ matrix."+key+" }}"); err != nil {
		return c.because(j.node.Line, "job "+j.id, err)
	}
	text, _ := c.render(func(w *writer) { w.strategy(part) })
	return c.because(j.node.Line, "job "+j.id, c.Add(c.again(j).node, "runs-on", text))
}

// versions adds what a list of versions lacks; versions that are there and were not asked for stay.
func (c *changer) versions(j *job, dim yaml.Pair, versions []string) error {
	for _, v := range versions {
		list := c.again(j).node.Get("strategy", "matrix", dim.Key.Value)
		if slices.Contains(list.Strings(), v) {
			continue
		}
		item := v
		if list.Kind == yaml.Sequence && list.Style == yaml.Block {
			item = "- " + yamltext.Quote(v) + "\n"
		}
		if n := len(list.List()); n > 0 && list.List()[n-1].Tag == "!!int" && strings.Trim(v, "0123456789") == "" {
			item = strings.ReplaceAll(item, yamltext.Quote(v), v) // numbers beside numbers
			if err := c.AppendRaw(list, item); err != nil {
				return c.because(dim.Key.Line, "matrix."+dim.Key.Value, err)
			}
			continue
		}
		if err := c.Append(list, item); err != nil {
			return c.because(dim.Key.Line, "matrix."+dim.Key.Value, err)
		}
	}
	return nil
}

// failFast lets the first failure of a matrix end the others.
func (c *changer) failFast() error {
	for i := range c.jobs() {
		s := c.jobs()[i].node.Get("strategy")
		var err error
		switch {
		case s == nil:
			continue
		case s.Has("fail-fast"):
			if s.Get("fail-fast").Text() != "true" {
				err = c.Replace(s.Get("fail-fast"), "true")
			}
		default:
			err = c.Before(s, "matrix", "fail-fast: true\n")
		}
		if err != nil {
			return c.because(s.Line, "strategy", err)
		}
	}
	return nil
}

// harden makes the failure of a job, and of those of its steps that do the plan's work, count: a check that may fail is none.
func (c *changer) harden(j *job, pj *plan.Job) error {
	if j.node.Has("continue-on-error") {
		if err := c.Remove(j.node, "continue-on-error"); err != nil {
			return c.because(j.node.Line, "continue-on-error", err)
		}
	}
	for i := range j.steps() {
		s := c.again(j).steps()[i]
		run := s.Get("run").Text()
		does := slices.ContainsFunc(pj.Steps, func(st plan.Step) bool { return strings.Contains(run, st.Run) })
		if does && s.Has("continue-on-error") {
			if err := c.Remove(s, "continue-on-error"); err != nil {
				return c.because(s.Line, "continue-on-error", err)
			}
		}
	}
	return nil
}

// gates takes continue-on-error away, so that a check that fails is seen.
func (c *changer) gates() error {
	for i := range c.jobs() {
		if c.jobs()[i].node.Has("continue-on-error") {
			if err := c.Remove(c.jobs()[i].node, "continue-on-error"); err != nil {
				return c.because(c.jobs()[i].node.Line, "continue-on-error", err)
			}
		}
		for k := range c.jobs()[i].steps() {
			if s := c.jobs()[i].steps()[k]; s.Has("continue-on-error") {
				if err := c.Remove(s, "continue-on-error"); err != nil {
					return c.because(s.Line, "continue-on-error", err)
				}
			}
		}
	}
	return nil
}
