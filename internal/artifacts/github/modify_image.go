package github

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/criterion"
)

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
		all := strings.FieldsFunc(have, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' })
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

// publish adds the job that publishes, and the event that starts it.
func (c *changer) publish() error {
	if err := c.job(plan.Publish); err != nil {
		return err
	}
	if c.plan.Publish.OnBranch {
		if err := c.event("push"); err != nil {
			return err
		}
	}
	if c.plan.Publish.OnTag {
		return c.event("tag")
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
