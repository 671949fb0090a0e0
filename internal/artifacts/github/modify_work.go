package github

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// orderKinds are the kinds of job that a task's order speaks of.
var orderKinds = map[string]plan.Kind{
	"lint": plan.Lint, "typecheck": plan.Lint, "format-check": plan.Lint, "test": plan.Test, "build": plan.Image, "image-build": plan.Image,
	"publish": plan.Publish, "push": plan.Publish, "scan": plan.Scan, "security": plan.Scan,
}

// order makes the later job wait for the earlier one.
func (c *changer) order(first, then string) error {
	done := false
	for _, part := range append(slices.Clone(c.plan.Parts), nil) {
		a, b := c.find(orderKinds[first], part), c.find(orderKinds[then], part)
		if a == nil || b == nil || (part == nil && done) {
			continue
		}
		done = true
		if a.id == b.id {
			return fmt.Errorf("%s:%d: job %s does both %s and %s: AutoGit does not move steps about; split the job or order its steps", c.req.Path, a.node.Line, a.id, first, then)
		}
		if c.waits(a.id, b.id, map[string]bool{}) {
			return fmt.Errorf("%s:%d: job %s waits for %s already, so %s cannot come before it", c.req.Path, a.node.Line, a.id, b.id, first)
		}
		if err := c.addNeed(b, a.id); err != nil {
			return err
		}
	}
	if !done {
		return fmt.Errorf("%s: no jobs were found that do %s and %s", c.req.Path, first, then)
	}
	return nil
}

// waits tells whether job from waits for job to.
func (c *changer) waits(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(c.Root().Get("jobs", from, "needs").Strings(), func(id string) bool { return c.waits(id, to, seen) })
}

func (c *changer) addNeed(j *job, id string) error {
	needs := j.node.Get("needs")
	var err error
	switch {
	case slices.Contains(needs.Strings(), id):
		return nil
	case needs == nil:
		err = c.Before(j.node, "runs-on", "needs: "+yamltext.Quote(id)+"\n")
	case needs.IsScalar():
		err = c.Replace(needs, yamltext.Flow([]string{needs.Text(), id}))
	case needs.Style == yaml.Block:
		err = c.Append(needs, "- "+yamltext.Quote(id)+"\n")
	default:
		err = c.Append(needs, id)
	}
	return c.because(j.node.Line, "job "+j.id, err)
}

// uploadCoverage adds the upload to the jobs that test.
func (c *changer) uploadCoverage() error {
	found := false
	for _, pj := range c.plan.Jobs {
		if pj.Kind != plan.Test || pj.Coverage == "" {
			continue
		}
		found = true
		host := c.find(plan.Test, pj.Part)
		if host == nil {
			if err := c.addJob(pj); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(pj.Steps, func(s plan.Step) bool { return host.runs(s.Run, "") }) {
			// What runs there may measure nothing, so the command that is known to write the report goes behind it.
			if err := c.addSteps(host, pj, criterion.Claim{Name: criterion.Test}); err != nil {
				return err
			}
			host = c.again(host)
			c.notes = append(c.notes, "job "+host.id+" runs the tests a second time, to measure coverage: the first run can go")
		}
		copied := *pj
		part := *pj.Part
		part.Matrix = nil // the name must not speak of a dimension that the existing job may not have
		copied.Part = &part
		text, err := c.render(func(w *writer) { w.coverage(&copied) })
		if err == nil {
			err = c.Append(host.node.Get("steps"), text)
		}
		if err != nil {
			return c.because(host.node.Line, "job "+host.id, err)
		}
	}
	if !found {
		return fmt.Errorf("%s: no tests are known that write a coverage report", c.req.Path)
	}
	return nil
}

// integration adds the services, and the variables that lead to them, to the jobs that test.
func (c *changer) integration() error {
	for _, part := range c.plan.Parts {
		if len(part.Services) == 0 {
			continue
		}
		host := c.find(plan.Test, part)
		if host == nil {
			if err := c.job(plan.Test); err != nil {
				return err
			}
			continue
		}
		if err := c.serve(host, part); err != nil {
			return c.because(host.node.Line, "job "+host.id, err)
		}
	}
	return nil
}

func (c *changer) serve(host *job, part *plan.Part) error {
	for _, s := range part.Services {
		have := c.again(host).node.Get("services")
		if have.Has(s.Name) {
			if err := c.Set(have.Get(s.Name, "image"), s.Image); err != nil {
				return err
			}
			continue
		}
		entry, err := c.render(func(w *writer) { w.Map(s.Name, func() { w.service(s) }) })
		if err != nil {
			return err
		}
		if have != nil {
			err = c.Add(have, "", entry)
		} else {
			err = c.Add(c.again(host).node, "runs-on", "services:\n"+indentText(entry))
		}
		if err != nil {
			return err
		}
	}
	for _, kv := range part.ServiceEnv(func(string) string { return serviceHost }, password) {
		var err error
		switch env := c.again(host).node.Get("env"); {
		case env.Has(kv.Key):
		case env != nil:
			err = c.Add(env, "", kv.Key+": "+yamltext.Quote(kv.Value)+"\n")
		default:
			err = c.Add(c.again(host).node, "services", "env:\n  "+kv.Key+": "+yamltext.Quote(kv.Value)+"\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func indentText(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// orders makes every later job wait for every earlier one that the claim names.
func (c *changer) orders(cl criterion.Claim) error {
	for _, first := range cl.List("first") {
		for _, then := range cl.List("then") {
			if err := c.order(first, then); err != nil {
				return err
			}
		}
	}
	return nil
}
