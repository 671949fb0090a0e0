package makefile

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// tools makes sure that the recipes run each tool that a claim names, when the stack knows how.
func (p *plan) tools() error {
	for _, c := range p.req.Claims {
		if c.Name == criterion.CoverageThreshold && !c.Not {
			p.threshold(c.Param("percent"))
		}
		tool := c.Param("tool")
		if c.Not || tool == "" {
			continue
		}
		switch c.Name {
		case criterion.Lint:
			p.use("lint", tool)
		case criterion.TypeCheck:
			p.use("typecheck", tool)
		case criterion.FormatCheck:
			p.use("format-check", tool)
		case criterion.Test:
			p.use("test", tool)
		case criterion.TargetRuns:
			if name := canonical(c.Param("target")); !p.use(name, tool) && toolJob(name) != "" && !external(tool) {
				return refuse("the task asks that `make %s` runs %s, which is no tool for %s; known there: %s", c.Param("target"), tool, p.list(), p.known(toolJob(name)))
			}
		}
	}
	return nil
}

// threshold makes the tests fail below a share of coverage, where the stack knows how.
func (p *plan) threshold(percent string) {
	for _, pt := range p.parts {
		if len(pt.recipe.Test) == 0 {
			continue
		}
		if test, ok := stack.TestAbove(pt.recipe, percent); ok {
			pt.recipe.Test = test
		} else {
			p.note("the tests of %s cannot be held to %s %% coverage: nothing is known that reads what they measure", plain(pt.Name), percent)
		}
	}
}

// external tells whether a tool belongs to the delivery, not to a language.
func external(tool string) bool {
	return slices.ContainsFunc([]string{"docker", "compose", "podman", "kubectl", "helm", "git"}, func(s string) bool { return strings.Contains(strings.ToLower(tool), s) })
}

// use adds a tool's commands to every part whose language has it; it tells whether the work runs the tool then.
func (p *plan) use(name, tool string) bool {
	used := false
	for _, pt := range p.parts {
		used = pt.use(name, tool) || used
	}
	return used
}

func (pt *part) use(name, tool string) bool {
	runs := func(c stack.Command) bool { return criterion.SameTool(c.Tool, tool) || artifact.Mentions(c.Run, tool) }
	if slices.ContainsFunc(pt.commands(name), runs) {
		return true
	}
	cmds := pt.own(name)
	i := slices.IndexFunc(pt.recipe.Tools, func(t stack.Tool) bool { return criterion.SameTool(t.Name, tool) && fits(t.Job, name) })
	if i < 0 || cmds == nil {
		return false
	}
	t := pt.recipe.Tools[i]
	if !t.Known {
		pt.recipe.Install = slices.Concat(pt.recipe.Install, t.Install)
	}
	add := slices.Clone(t.Commands)
	if name == "format" {
		for i := range add {
			add[i].Run = writing(add[i].Run)
		}
	}
	*cmds = slices.Concat(*cmds, add)
	return true
}

// fits is generous where people are: a formatter's check may stand among the linters.
func fits(toolJob, name string) bool {
	switch toolJob {
	case "test":
		return name == "test" || name == "integration"
	case "audit":
		return name == "audit"
	default:
		return name == "lint" || name == "typecheck" || name == "format" || name == "format-check"
	}
}

// writing is a formatter's command that changes files, made from the one that only looks.
func writing(run string) string {
	words := strings.Fields(run)
	out := words[:0]
	for _, w := range words {
		switch {
		case w == "--check" && slices.ContainsFunc(words, func(x string) bool { return strings.HasSuffix(x, "prettier") }):
			w = "--write"
		case w == "--check", w == "--check-only", w == "--diff":
			continue
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// own is the list of commands that a target's work adds to.
func (pt *part) own(name string) *[]stack.Command {
	r := &pt.recipe
	switch name {
	case "lint":
		return &r.Lint
	case "typecheck":
		return &r.TypeCheck
	case "format":
		return &r.Format
	case "format-check":
		return &r.FormatCheck
	case "test":
		return &r.Test
	case "audit":
		return &r.Audit
	}
	return nil
}

// commands are all that a target runs.
func (pt *part) commands(name string) []stack.Command {
	r := &pt.recipe
	switch name {
	case "build", "compile":
		return r.Build
	case "run":
		return r.Start
	case "clean":
		return r.Clean
	case "deploy":
		return r.Deploy
	}
	for _, j := range jobs() {
		if j.name == name {
			return j.commands(r)
		}
	}
	return nil
}

// toolJob is what kind of tool a target runs, in the words of stack.Tool; empty when its tools are none of a language's.
func toolJob(name string) string {
	switch name {
	case "lint", "typecheck", "test", "audit":
		return name
	case "format", "format-check":
		return "format"
	}
	return ""
}

// list names the languages, for a reason.
func (p *plan) list() string {
	var out []string
	for _, pt := range p.parts {
		l := pt.Language.String()
		if l == "" {
			l = pt.Stack
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, ", ")
}

func (p *plan) known(job string) string {
	var out []string
	for _, pt := range p.parts {
		for _, t := range pt.recipe.Tools {
			if t.Job == job && !slices.Contains(out, t.Name) {
				out = append(out, t.Name)
			}
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
