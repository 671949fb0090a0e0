package gitlab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamledit"
	"github.com/autogit/autogit/internal/criterion"
)

// Modify changes an existing pipeline no more than the unproven claims and the problems need. What it cannot change safely is
// said in the notes; when nothing could be changed, the error is an *artifact.Refusal.
func Modify(req *artifact.Request) (*artifact.Output, error) {
	return artifact.Change(req, Write, change)
}

func change(req *artifact.Request, src []byte) (*artifact.Output, error) {
	p, err := plan.New(req)
	if err != nil {
		return nil, err
	}
	doc, err := yamledit.Open(req.Path, req.Mended(src))
	if err != nil {
		return nil, &artifact.Refusal{Reason: "the file cannot be read, so it is not changed: " + err.Error()}
	}
	if !yamledit.Insertable(doc.Root()) {
		return nil, &artifact.Refusal{Reason: req.Path + " has no keys, so it is no pipeline that AutoGit could change"}
	}
	c := &changer{Doc: doc, req: req, plan: p, added: map[string]bool{}}
	var failed []string
	for _, cl := range req.Unproven {
		if cl.Not {
			continue
		}
		if err := c.claim(cl); err != nil {
			failed = append(failed, err.Error())
		}
	}
	for _, f := range req.Problems {
		if f.Rule == "GL003" && (f.Fix == nil || !f.Fix.Safe) {
			if err := c.timeouts(""); err != nil {
				failed = append(failed, err.Error())
			}
		}
	}
	if len(failed) > 0 && string(doc.Bytes()) == string(src) {
		return nil, &artifact.Refusal{Reason: strings.Join(failed, "; ")}
	}
	return &artifact.Output{Content: doc.Bytes(), Notes: append(append(p.Notes, c.notes...), failed...)}, nil
}

// changer changes one pipeline, one claim after the other.
type changer struct {
	*yamledit.Doc
	req   *artifact.Request
	plan  *plan.Plan
	notes []string
	added map[string]bool // ids of plan jobs that were added
}

// claim makes one claim true; claims about other files are left alone.
func (c *changer) claim(cl criterion.Claim) error {
	switch cl.Name {
	case criterion.CancelOutdated:
		return c.cancel()
	case criterion.Timeout:
		return c.timeouts(cl.Param("minutes"))
	case criterion.RunnerTags:
		return c.tags(cl.List("tags"))
	case criterion.Trigger:
		return c.trigger(cl.List("events"))
	case criterion.Schedule:
		c.notes = append(c.notes, "GitLab keeps the time of a schedule outside the file: add a pipeline schedule "+cl.Param("cron")+" (UTC) under Build > Pipeline schedules")
		return c.trigger([]string{"schedule"})
	case criterion.GatesFail:
		return c.gates()
	case criterion.Order:
		return c.orders(cl)
	case criterion.CacheDependencies:
		return c.caches()
	case criterion.Matrix:
		return c.matrix()
	case criterion.CoverageUpload:
		return c.coverage()
	}
	return c.forWork(cl)
}

// forWork is claim for what jobs do: a command in a job that fits, or a job.
func (c *changer) forWork(cl criterion.Claim) error {
	switch cl.Name {
	case criterion.Lint, criterion.FormatCheck, criterion.TypeCheck:
		return c.work(plan.Lint, cl)
	case criterion.Test, criterion.CoverageThreshold:
		return c.work(plan.Test, cl)
	case criterion.IntegrationTest:
		return c.integration()
	case criterion.Build:
		return c.jobsOf(plan.Image, plan.Build)
	case criterion.ImageBuild, criterion.NoPush, criterion.CacheLayers:
		return c.jobsOf(plan.Image)
	case criterion.Publish:
		return c.jobsOf(plan.Publish)
	case criterion.LinkCheck:
		return c.jobsOf(plan.Links)
	case criterion.Scan:
		if tool := cl.Param("tool"); tool != "" && !strings.EqualFold(tool, "trivy") {
			return c.jobsOf(plan.Audit)
		}
		if cl.Param("target") == "image" {
			return c.jobsOf(plan.Image)
		}
		return c.jobsOf(plan.Scan)
	}
	return nil
}

// because says at which place a change was not possible.
func (c *changer) because(line int, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %s: %w", c.req.Path, line, what, err)
}

// render is what the writer of whole pipelines writes for a part of one.
func (c *changer) render(write func(*writer)) string {
	w := &writer{plan: c.plan, path: c.req.Path, said: map[string]bool{}}
	write(w)
	return w.String()
}

// cancel lets a newer push cancel what it outdates.
func (c *changer) cancel() error {
	root := c.Root()
	if d := root.Get("default"); d == nil {
		if err := c.Before(root, c.firstJob(), "default:\n  interruptible: true\n\n"); err != nil {
			return c.because(1, "default", err)
		}
	} else if !d.Has("interruptible") {
		if err := c.Add(d, "", "interruptible: true\n"); err != nil {
			return c.because(d.Line, "default", err)
		}
	}
	root = c.Root()
	switch wf := root.Get("workflow"); {
	case wf == nil:
		return c.because(1, "workflow", c.Before(root, c.firstJob(), "workflow:\n  auto_cancel:\n    on_new_commit: interruptible\n\n"))
	case wf.Has("auto_cancel"):
		return c.because(wf.Line, "workflow", c.Set(wf.Get("auto_cancel", "on_new_commit"), "interruptible"))
	default:
		return c.because(wf.Line, "workflow", c.Add(wf, "", "auto_cancel:\n  on_new_commit: interruptible\n"))
	}
}

// ruleOf is the condition of an event.
var ruleOf = map[string]string{
	"merge_request": `$CI_PIPELINE_SOURCE == "merge_request_event"`, "pull_request": `$CI_PIPELINE_SOURCE == "merge_request_event"`,
	"push": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "tag": "$CI_COMMIT_TAG", "schedule": `$CI_PIPELINE_SOURCE == "schedule"`, "manual": `$CI_PIPELINE_SOURCE == "web"`,
}

// trigger adds rules to workflow. Jobs with only or except decide for themselves, so a rule for all would not reach them.
func (c *changer) trigger(events []string) error {
	for _, j := range c.jobs() {
		if j.node.Has("only") || j.node.Has("except") {
			return fmt.Errorf("%s:%d: job %s says with only or except when it runs: GitLab does not mix that with workflow rules for merge requests; turn it into rules first",
				c.req.Path, j.node.Line, j.id)
		}
	}
	rules := c.Root().Get("workflow", "rules")
	if rules == nil {
		return c.newWorkflow()
	}
	for _, e := range events {
		cond, ok := ruleOf[e]
		list := c.Root().Get("workflow", "rules")
		has := slices.ContainsFunc(list.List(), func(r ruleNode) bool { return strings.Contains(r.Get("if").Text(), cond) })
		if !ok || has {
			continue
		}
		// A last rule without a condition takes everything, so the new one goes in front.
		if err := c.InsertItem(list, -1, "- if: "+cond+"\n"); err != nil {
			return c.because(list.Line, "workflow.rules", err)
		}
	}
	return nil
}

func (c *changer) newWorkflow() error {
	text := c.render(func(w *writer) { w.Map("rules", w.rules) })
	if wf := c.Root().Get("workflow"); wf != nil {
		return c.because(wf.Line, "workflow", c.Add(wf, "", text))
	}
	text = c.render(func(w *writer) {
		w.Comment("One pipeline for each change: a merge request gets its own, and the branch behind it none.")
		w.Map("workflow", func() { w.Map("rules", w.rules) })
		w.Blank()
	})
	return c.because(1, "workflow", c.Before(c.Root(), c.firstJob(), text))
}
