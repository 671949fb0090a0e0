package github

import (
	"errors"
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamledit"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
)

// Modify changes an existing workflow no more than the unproven claims and the problems need. What it cannot change safely is
// said in the notes; when nothing could be changed, the error is an *artifact.Refusal.
func Modify(req *artifact.Request) (*artifact.Output, error) {
	return artifact.Change(req, Write, change)
}

func change(req *artifact.Request, src []byte) (*artifact.Output, error) {
	p, err := plan.New(req)
	if err != nil {
		return nil, err
	}
	if err := startable(p); err != nil {
		return nil, err
	}
	doc, err := yamledit.Open(req.Path, req.Mended(src))
	if err != nil {
		return nil, &artifact.Refusal{Reason: "the file cannot be read, so it is not changed: " + err.Error()}
	}
	if !doc.Root().Get("jobs").IsMapping() {
		return nil, &artifact.Refusal{Reason: req.Path + " has no jobs, so it is no workflow that AutoGit could change"}
	}
	c := &changer{Doc: doc, req: req, plan: p}
	var failed []string
	for _, step := range c.steps() {
		if err := step(); err != nil {
			failed = append(failed, err.Error())
		}
	}
	if len(failed) > 0 && string(doc.Bytes()) == string(src) {
		return nil, &artifact.Refusal{Reason: strings.Join(failed, "; ")}
	}
	return &artifact.Output{Content: doc.Bytes(), Notes: append(append(p.Notes, c.notes...), failed...)}, nil
}

// changer changes one workflow, one claim after the other.
type changer struct {
	*yamledit.Doc
	req   *artifact.Request
	plan  *plan.Plan
	notes []string
	added map[string]bool // ids of plan jobs that were added
}

// steps are the changes that the unproven claims and the problems ask for.
func (c *changer) steps() []func() error {
	var out []func() error
	for _, cl := range c.req.Unproven {
		if f := c.forClaim(cl); f != nil && !cl.Not {
			out = append(out, f)
		} else if cl.Name == criterion.Trigger && cl.Not {
			out = append(out, func() error { return c.untrigger(cl.List("events")) })
		}
	}
	for _, p := range c.req.Problems {
		if f := c.forProblem(p); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// forClaim is the change that makes a claim true; nil for a claim about other files.
func (c *changer) forClaim(cl criterion.Claim) func() error {
	switch cl.Name {
	case criterion.LeastPermissions:
		return c.permissions
	case criterion.CancelOutdated:
		return c.concurrency
	case criterion.ActionsPinned:
		return c.pin
	case criterion.Timeout:
		return func() error { return c.timeouts(cl.Param("minutes")) }
	case criterion.Trigger:
		return func() error { return c.trigger(cl) }
	case criterion.RunnerTags:
		return func() error {
			c.notes = append(c.notes, "runs-on of existing jobs is left as it is: to move a job to other runners is for a person to decide")
			return nil
		}
	case criterion.Schedule:
		return func() error { return c.schedule(cl.Param("cron")) }
	case criterion.CacheDependencies:
		return c.caches
	case criterion.Matrix:
		return c.matrix
	case criterion.FailFast:
		return c.failFast
	case criterion.GatesFail:
		return c.gates
	case criterion.Order:
		return func() error { return c.orders(cl) }
	}
	return c.forWork(cl)
}

// forWork is the change for claims about what jobs do: a step in a job that fits, or a job.
func (c *changer) forWork(cl criterion.Claim) func() error {
	switch cl.Name {
	case criterion.Lint, criterion.FormatCheck, criterion.TypeCheck:
		return func() error { return c.work(plan.Lint, cl) }
	case criterion.Test, criterion.CoverageThreshold:
		return func() error { return c.work(plan.Test, cl) }
	case criterion.CoverageUpload:
		return c.uploadCoverage
	case criterion.IntegrationTest:
		return c.integration
	case criterion.Build:
		return func() error { return c.job(plan.Image, plan.Build) }
	case criterion.ImageBuild:
		return c.image
	case criterion.CacheLayers:
		return c.layers
	case criterion.NoPush:
		return c.noPush
	case criterion.Publish:
		return c.publish
	case criterion.LinkCheck:
		return func() error { return c.job(plan.Links) }
	case criterion.Scan:
		return func() error { return c.scan(cl) }
	}
	return nil
}

// forProblem mends what reviewers call an error, by the rule's id; nil when the finding brought its own fix or none is known.
func (c *changer) forProblem(f finding.Finding) func() error {
	if f.Fix != nil && f.Fix.Safe {
		return nil
	}
	switch f.Rule {
	case "GH001", "GH002":
		return c.pin
	case "GH003":
		return c.permissions
	case "GH006":
		return c.credentials
	case "GH008":
		return c.concurrency
	case "GH009":
		return func() error { return c.timeouts("") }
	case "GH010":
		return c.caches
	case "GH012":
		return func() error { return errors.Join(c.failFast(), c.gates()) }
	}
	return nil
}

// render is what the writer of whole workflows writes for a part of one.
func (c *changer) render(write func(*writer)) (string, error) {
	w := &writer{plan: c.plan, path: c.req.Path, said: map[string]bool{}}
	write(w)
	return w.String(), w.err
}

// because says at which place a change was not possible.
func (c *changer) because(line int, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %s: %w", c.req.Path, line, what, err)
}
