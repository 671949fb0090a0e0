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

// buildSteps are the steps that build images, by the job's index and the step's.
func (c *changer) buildSteps() [][2]int {
	var out [][2]int
	for i, j := range c.jobs() {
		for k, s := range j.steps() {
			if strings.HasPrefix(s.Get("uses").Text(), "docker/build-push-action@") {
				out = append(out, [2]int{i, k})
			}
		}
	}
	return out
}

// image makes builds cover the plan's platforms, or adds the job that builds.
func (c *changer) image() error {
	steps := c.buildSteps()
	if len(steps) == 0 {
		return c.job(plan.Image)
	}
	platforms := c.plan.Images[0].Platforms
	for n := range steps {
		at := c.buildSteps()[n]
		s := c.jobs()[at[0]].steps()[at[1]]
		have := s.Get("with", "platforms").Text()
		if strings.Contains(have, "${{") || s.Get("with").Has("load") {
			continue
		}
		var all []string
		for _, p := range strings.FieldsFunc(have, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' }) {
			all = append(all, p)
		}
		for _, p := range platforms {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		if err := c.setInput(s, "platforms", strings.Join(all, ",")); err != nil {
			return err
		}
		if err := c.emulate(c.jobs()[at[0]], at[1]); err != nil {
			return err
		}
	}
	return nil
}

// emulate sets QEMU and Buildx up in front of a build for several platforms, where the job does not.
func (c *changer) emulate(j *job, step int) error {
	for _, need := range []struct{ action, title string }{{"docker/setup-buildx-action", "Set up Buildx"}, {"docker/setup-qemu-action", "Set up QEMU"}} {
		if j.uses(need.action) || (need.action == "docker/setup-qemu-action" && !c.plan.Images[0].Emulated) {
			continue
		}
		text, err := c.render(func(w *writer) { w.step(need.title, func() { w.uses(need.action) }) })
		if err == nil {
			err = c.InsertItem(j.node.Get("steps"), step-1, text)
		}
		if err != nil {
			return c.because(j.node.Line, "job "+j.id, err)
		}
		j = c.again(j)
	}
	return nil
}

// layers keeps the layers of builds in the cache of GitHub Actions.
func (c *changer) layers() error {
	if len(c.buildSteps()) == 0 {
		return c.job(plan.Image)
	}
	for n := range c.buildSteps() {
		for _, kv := range [][2]string{{"cache-from", "type=gha"}, {"cache-to", "type=gha,mode=max"}} {
			at := c.buildSteps()[n]
			s := c.jobs()[at[0]].steps()[at[1]]
			if s.Get("with").Has(kv[0]) {
				continue
			}
			if err := c.setInput(s, kv[0], kv[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// noPush keeps pull requests from pushing images.
func (c *changer) noPush() error {
	if len(c.buildSteps()) == 0 {
		return c.job(plan.Image)
	}
	for n := range c.buildSteps() {
		at := c.buildSteps()[n]
		s := c.jobs()[at[0]].steps()[at[1]]
		value := "${{ github.event_name != 'pull_request' }}"
		if push := s.Get("with", "push").Text(); push == "" || push == "false" {
			value = "false"
		} else if strings.Contains(push, "github.event_name") {
			continue
		}
		if err := c.setInput(s, "push", value); err != nil {
			return err
		}
	}
	return nil
}

// scan sharpens a scan that is there, or adds the job that scans.
func (c *changer) scan(cl criterion.Claim) error {
	if tool := cl.Param("tool"); tool != "" && !strings.EqualFold(tool, "trivy") {
		return c.job(plan.Audit)
	}
	kind := plan.Scan
	if cl.Param("target") == "image" {
		kind = plan.Image
	}
	found := false
	for i := range c.jobs() {
		for k := range c.jobs()[i].steps() {
			s := c.jobs()[i].steps()[k]
			image := s.Get("with").Has("image-ref")
			if !strings.HasPrefix(s.Get("uses").Text(), "aquasecurity/trivy-action@") || image != (kind == plan.Image) {
				continue
			}
			found = true
			for _, kv := range [][2]string{{"severity", c.plan.Scan.Severities}, {"exit-code", "'1'"}} {
				if err := c.setInput(c.jobs()[i].steps()[k], kv[0], kv[1]); err != nil {
					return err
				}
			}
		}
	}
	if found {
		return nil
	}
	return c.job(kind)
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
