package makefile

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// job is a kind of work that recipes have commands for.
type job struct {
	name, doc string
	why       string
	commands  func(*stack.Recipe) []stack.Command
}

// jobs are the targets that come from recipes, in the order in which help shows them.
func jobs() []job {
	return []job{
		{"install", "Install the dependencies", "", func(r *stack.Recipe) []stack.Command { return r.Install }},
		{"dev", "Run with reload on changes", "", func(r *stack.Recipe) []stack.Command { return r.Dev }},
		{"test", "Run the tests", "", func(r *stack.Recipe) []stack.Command { return r.Test }},
		{"integration", "Run the tests that need the services", "", func(r *stack.Recipe) []stack.Command { return r.Integration }},
		{"lint", "Lint and check types", "Everything that reads the code without running it, so that one command answers before the slower tests.",
			func(r *stack.Recipe) []stack.Command { return slices.Concat(r.Lint, r.TypeCheck) }},
		{"typecheck", "Check types only", "", func(r *stack.Recipe) []stack.Command { return r.TypeCheck }},
		{"format", "Format the code", "", func(r *stack.Recipe) []stack.Command { return r.Format }},
		{"format-check", "Check that the code is formatted", "The pipeline's form of format: it changes no file.",
			func(r *stack.Recipe) []stack.Command { return r.FormatCheck }},
		{"audit", "Look for known vulnerabilities of dependencies", "", func(r *stack.Recipe) []stack.Command { return r.Audit }},
	}
}

func (p *plan) job(j job) {
	p.each(j.name, p.docOf(j), func(pt *part) *target {
		t := commands(pt, j.commands(&pt.recipe))
		if j.why != "" && len(t.lines) > 0 {
			t.why = append([]string{j.why}, t.why...)
		}
		return t
	})
}

// docOf is a job's help text, less what no part of this repository does.
func (p *plan) docOf(j job) string {
	some := func(f func(*stack.Recipe) bool) bool {
		return slices.ContainsFunc(p.parts, func(pt *part) bool { return f(&pt.recipe) })
	}
	switch {
	case j.name == "lint" && !some(func(r *stack.Recipe) bool { return len(r.TypeCheck) > 0 }):
		return "Lint the code"
	case j.name == "dev" && !some(func(r *stack.Recipe) bool { return r.DevReload || reloads(r.Dev) }):
		return "Run from source"
	}
	return j.doc
}

// reloads tells whether a development command says that it starts again by itself.
func reloads(cmds []stack.Command) bool {
	return slices.ContainsFunc(cmds, func(c stack.Command) bool {
		return strings.Contains(c.Run, "reload") || strings.Contains(c.Run, "watch")
	})
}

// commands are a target's lines with the reasons for them above.
func commands(pt *part, cmds []stack.Command) *target {
	t := &target{}
	for _, c := range cmds {
		if strings.TrimSpace(c.Run) == "" {
			continue
		}
		if line := inDir(pt.dir, c.Run); !slices.Contains(t.lines, line) {
			t.lines = append(t.lines, line)
		}
		if why := plain(c.Why); why != "" && !slices.Contains(t.why, why) {
			t.why = append(t.why, why)
		}
	}
	return t
}

// check is everything that a change must pass, for the moment before a push.
func (p *plan) check() {
	var needs []string
	for _, n := range []string{"format-check", "lint", "test"} {
		if p.byName[n] != nil {
			needs = append(needs, n)
		}
	}
	if len(needs) < 2 {
		return
	}
	p.add(&target{name: "check", doc: "Run every check that a change must pass", needs: needs, why: []string{"The quick checks come first, so that a slip is told at once."}})
}
