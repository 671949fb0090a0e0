package gitlab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// matrix runs the jobs that test once for each version.
func (c *changer) matrix() error {
	for _, part := range c.plan.Parts {
		if len(part.Matrix) == 0 {
			continue
		}
		host := c.find(plan.Test, part)
		if host == nil {
			if err := c.jobsOf(plan.Test); err != nil {
				return err
			}
			continue
		}
		name := matrixName(part)
		var err error
		if list := host.node.Get("parallel", "matrix"); list != nil {
			err = c.versions(host, list, name, part.Matrix)
		} else {
			err = c.parallel(host, part, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parallel makes a matrix of a job whose image names the one version that it runs on now.
func (c *changer) parallel(host *job, part *plan.Part, name string) error {
	image := host.node.Get("image")
	if image.IsMapping() {
		image = image.Get("name")
	}
	repository, tag, ok := strings.Cut(image.Text(), ":")
	number, variant, _ := strings.Cut(tag, "-")
	if !ok || number == "" || strings.Trim(number, "0123456789.") != "" || host.node.Has("parallel") {
		return fmt.Errorf("%s:%d: job %s has no image with a version that could be made a matrix: give it one, such as %s",
			c.req.Path, host.node.Line, host.id, jobImage(part, part.Version.String()))
	}
	if variant != "" {
		variant = "-" + variant
	}
	if err := c.Set(image, repository+":$"+name+variant); err != nil {
		return c.because(host.node.Line, "job "+host.id, err)
	}
	text := "parallel:\n  matrix:\n    - " + name + ": " + yamltext.Flow(part.Matrix) + "\n"
	if err := c.Add(c.again(host).node, "image", text); err != nil {
		return c.because(host.node.Line, "job "+host.id, err)
	}
	if v := part.VersionVariable(); v != "" {
		return c.because(host.node.Line, "job "+host.id, c.variables(host, []stack.KV{{Key: v, Value: "$" + name}}))
	}
	return nil
}

// versions adds what a matrix that is there lacks, in the entry of the variable that holds versions.
func (c *changer) versions(host *job, list *yaml.Node, name string, versions []string) error {
	for i, entry := range list.List() {
		for _, dim := range entry.Entries() {
			if dim.Key.Value != name && !strings.Contains(strings.ToUpper(dim.Key.Value), "VERSION") {
				continue
			}
			for _, v := range versions {
				have := c.again(host).node.Get("parallel", "matrix").List()[i].Get(dim.Key.Value)
				if slices.Contains(have.Strings(), v) {
					continue
				}
				item := v
				if have.IsSequence() && have.Style == yaml.Block {
					item = "- " + yamltext.Quote(v) + "\n"
				}
				if err := c.Append(have, item); err != nil {
					return c.because(dim.Key.Line, "matrix", err)
				}
			}
			return nil
		}
	}
	return fmt.Errorf("%s:%d: the matrix of job %s has no variable for versions", c.req.Path, list.Line, host.id)
}

// coverage makes the jobs that test show and keep their report.
func (c *changer) coverage() error {
	found := false
	for _, pj := range c.plan.Jobs {
		host := c.find(plan.Test, pj.Part)
		if pj.Kind != plan.Test || pj.Coverage == "" || host == nil {
			continue
		}
		found = true
		if host.node.Has("artifacts") || !host.node.Get("script").IsSequence() {
			return fmt.Errorf("%s:%d: job %s keeps artifacts of its own, or has no list of commands: AutoGit does not change that", c.req.Path, host.node.Line, host.id)
		}
		line, measured := stack.CoverageLine(*pj.Part.Recipe)
		if measured && !host.node.Has("coverage") {
			if err := c.command(host, plan.Step{Run: line.Run, Why: line.Why}); err != nil {
				return c.because(host.node.Line, "job "+host.id, err)
			}
		}
		text := c.render(func(w *writer) { w.coverage(pj, measured && !host.node.Has("coverage")) })
		if err := c.Add(c.again(host).node, "script", text); err != nil {
			return c.because(host.node.Line, "job "+host.id, err)
		}
	}
	if !found {
		return fmt.Errorf("%s: no job was found whose tests write a coverage report", c.req.Path)
	}
	return nil
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

// integration adds services and the variables that lead to them to the jobs that test.
func (c *changer) integration() error {
	for _, part := range c.plan.Parts {
		if len(part.Services) == 0 {
			continue
		}
		host := c.find(plan.Test, part)
		if host == nil {
			return c.jobsOf(plan.Test)
		}
		for _, s := range part.Services {
			if err := c.serve(c.again(host), s); err != nil {
				return c.because(host.node.Line, "job "+host.id, err)
			}
		}
		if err := c.variables(c.again(host), part.ServiceEnv(func(name string) string { return name }, password)); err != nil {
			return c.because(host.node.Line, "job "+host.id, err)
		}
	}
	return nil
}

// serve adds one service to a job, unless one of that image is there.
func (c *changer) serve(host *job, s plan.Service) error {
	list := host.node.Get("services")
	name, _, _ := strings.Cut(s.Image, ":")
	for _, have := range list.List() {
		image := have.Text() + have.Get("name").Text()
		if image == s.Image {
			return nil
		}
		if image == name || strings.HasPrefix(image, name+":") {
			return fmt.Errorf("it has the service %s already: AutoGit does not change its version", image)
		}
	}
	item := c.render(func(w *writer) { w.Item(func() { w.service(s) }) })
	if list.IsSequence() {
		return c.Append(list, item)
	}
	return c.Before(host.node, "script", "services:\n  "+strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ")+"\n")
}
