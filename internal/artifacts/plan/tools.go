package plan

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// toolClaims are the claims that may name a tool, with the job of stack.Tool that does it.
var toolClaims = []struct{ claim, job, work string }{
	{criterion.FormatCheck, "format", "check the format"},
	{criterion.Lint, "lint", "lint"},
	{criterion.TypeCheck, "typecheck", "check types"},
	{criterion.Test, "test", "run tests"},
}

// tools adds the tools that the task names to the recipes of the parts they are for.
func (p *Plan) tools(req *artifact.Request) error {
	for _, tc := range toolClaims {
		for _, c := range criterion.Find(req.Claims, tc.claim) {
			if err := p.tool(c, tc.job, tc.work); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Plan) tool(c criterion.Claim, job, work string) error {
	name := c.Param("tool")
	parts := p.named(c.Param("component"))
	if len(parts) == 0 {
		return refuse("the task asks to %s in %q, and the repository has no such component: it has %s", work, c.Param("component"), p.list())
	}
	found := false
	for _, part := range parts {
		cmds := commandsOf(part.Recipe, job)
		if name == "" {
			found = found || len(*cmds) > 0
			continue
		}
		found = part.use(job, name, cmds) || found
	}
	switch {
	case found:
		return nil
	case name == "":
		return refuse("the task asks to %s, and neither the repository nor its stack (%s) has a tool for that", work, p.list())
	}
	return refuse("the task asks to %s with %s, which is no tool for %s; known there: %s", work, name, p.list(), known(parts, job))
}

// use makes sure that a part runs the tool; ok is false when the tool is none of the part's language.
func (part *Part) use(job, name string, cmds *[]stack.Command) (ok bool) {
	runs := func(c stack.Command) bool { return criterion.SameTool(c.Tool, name) || artifact.Mentions(c.Run, name) }
	if slices.ContainsFunc(*cmds, runs) {
		return true
	}
	i := slices.IndexFunc(part.Recipe.Tools, func(t stack.Tool) bool { return criterion.SameTool(t.Name, name) && sameJob(t, job) })
	if i < 0 {
		return false
	}
	t := part.Recipe.Tools[i]
	if !t.Known {
		part.Recipe.Install = append(slices.Clone(part.Recipe.Install), t.Install...)
	}
	*cmds = append(slices.Clone(*cmds), t.Commands...)
	return true
}

// sameJob is generous where people are: "linting with black" means its check of the format.
func sameJob(t stack.Tool, job string) bool {
	return t.Job == job || (t.Job != "test" && t.Job != "audit" && job != "test" && job != "audit")
}

func commandsOf(r *stack.Recipe, job string) *[]stack.Command {
	switch job {
	case "format":
		return &r.FormatCheck
	case "lint":
		return &r.Lint
	case "typecheck":
		return &r.TypeCheck
	case "audit":
		return &r.Audit
	}
	return &r.Test
}

// named are the parts that a claim speaks of: all of them when it names none.
func (p *Plan) named(name string) []*Part {
	if name == "" {
		return p.Parts
	}
	var out []*Part
	for _, part := range p.Parts {
		if strings.EqualFold(part.Name, name) || part.Path == name || isLanguage(part, name) {
			out = append(out, part)
		}
	}
	return out
}

// list names the parts for messages: "api (go), web (node)".
func (p *Plan) list() string {
	if len(p.Parts) == 0 {
		return "no known component"
	}
	var names []string
	for _, part := range p.Parts {
		names = append(names, part.Name+" ("+languageOf(part)+")")
	}
	return strings.Join(names, ", ")
}

func known(parts []*Part, job string) string {
	var names []string
	for _, part := range parts {
		for _, t := range part.Recipe.Tools {
			if sameJob(t, job) && !slices.Contains(names, t.Name) {
				names = append(names, t.Name)
			}
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
