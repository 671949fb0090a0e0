package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// eventOf is the pipeline's word for a claim's event; GitLab's merge requests are its pull requests.
func eventOf(name string) pipeline.Event {
	if name == "merge_request" {
		return pipeline.PullRequest
	}
	return pipeline.Event(name)
}

// jobHits are the places that do a job named by a claim.
func (p *prover) jobHits(job string) []hit {
	switch job {
	case criterion.ImageBuild:
		return p.imageHits()
	case criterion.Publish:
		return p.pushes()
	case criterion.Build:
		var out []hit
		t := criterion.Tool{Name: "build", Run: buildTools}
		for _, pl := range p.ci {
			for i := range pl.Jobs {
				for k := range pl.Jobs[i].Steps {
					out = append(out, p.stepHits(pl, &pl.Jobs[i], &pl.Jobs[i].Steps[k], job, []criterion.Tool{t}, false)...)
				}
			}
		}
		return append(out, p.imageHits()...)
	case criterion.IntegrationTest:
		return p.hits(criterion.Test, "")
	}
	return p.hits(job, "")
}

// trigger proves when pipelines, or a job in them, run.
func trigger(p *prover) Result {
	var ev []finding.Evidence
	for _, name := range p.claim.List("events") {
		for _, b := range branchesOf(p.claim) {
			r := p.starts(eventOf(name), b)
			if r.Status != Proven {
				return r
			}
			ev = append(ev, r.Evidence...)
		}
	}
	if p.claim.Param("only") == "" {
		return proven(ev...)
	}
	if r := p.startsElse(); r.Status != Proven {
		return r
	}
	return proven(ev...)
}

func branchesOf(c criterion.Claim) []string {
	if b := c.List("branches"); len(b) > 0 {
		return b
	}
	return []string{""}
}

// starts proves that the job of the claim, or any job, runs on an event.
func (p *prover) starts(e pipeline.Event, branch string) Result {
	if (e == pipeline.Tag || e == pipeline.Schedule || e == pipeline.Manual) && branch != "" {
		branch = ""
	}
	hs := p.triggered()
	var near []finding.Evidence
	for _, h := range hs {
		if h.why == "" && p.runsOn(h, e, branch) == pipeline.True {
			if e == pipeline.Schedule && h.p.System == pipeline.GitLab {
				continue // whether there is a schedule stands in GitLab, not in the file
			}
			return proven(p.triggerLine(h, e, branch), h.ev[0])
		}
		near = append(near, h.ev[0])
	}
	what := "no job"
	if j := p.claim.Param("job"); j != "" {
		what = "no " + j + " that counts"
	}
	if len(near) > 1 {
		near = near[:1]
	}
	for _, h := range hs {
		if h.why != "" {
			return unproven(h.why, near...)
		}
	}
	return unproven(fmt.Sprintf("%s runs on %s", what, e), near...)
}

// triggered are the hits that a trigger claim speaks of: its job's, or one for each job.
func (p *prover) triggered() []hit {
	if j := p.claim.Param("job"); j != "" {
		return p.jobHits(j)
	}
	var out []hit
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if len(j.Steps) == 0 && j.Calls.Text == "" {
				continue
			}
			out = append(out, hit{p: pl, j: j, ev: []finding.Evidence{p.at(j.File, j.Line)}})
		}
	}
	return out
}

func (p *prover) triggerLine(h hit, e pipeline.Event, branch string) finding.Evidence {
	for _, b := range append([]string{branch}, usualBranches...) {
		if ok, t := h.p.Listens(pipeline.Occasion{Event: e, Branch: b}); ok && t.Line > 0 {
			return p.at(h.p.File, t.Line)
		}
	}
	if len(h.j.Rules) > 0 {
		return p.at(h.j.File, h.j.Rules[0].Line)
	}
	if len(h.p.Workflow) > 0 {
		return p.at(h.p.File, h.p.Workflow[0].Line)
	}
	return p.at(h.j.File, h.j.Line)
}

// startsElse proves that nothing else starts what the claim speaks of.
func (p *prover) startsElse() Result {
	var allowed []pipeline.Event
	for _, n := range p.claim.List("events") {
		allowed = append(allowed, eventOf(n))
	}
	for _, h := range p.triggered() {
		for _, e := range h.p.Events() {
			if slices.Contains(allowed, e) || e == pipeline.Tag && slices.Contains(allowed, pipeline.Push) && p.claim.Param("branches") == "" {
				continue
			}
			for _, b := range append(namedBranches(h), usualBranches...) {
				o := pipeline.Occasion{Event: e, Branch: b, Possible: true}
				r := h.p.Runs(h.j, o)
				if h.s != nil {
					r = r.And(h.p.StepRuns(h.s, o))
				}
				if r != pipeline.False {
					return unproven(fmt.Sprintf("it also runs on %s", e), p.triggerLine(h, e, b), h.ev[0])
				}
			}
		}
	}
	return Result{Status: Proven}
}

// noTrigger proves that a job, or any, does not run on the events.
func noTrigger(p *prover) Result {
	var ev []finding.Evidence
	for _, h := range p.triggered() {
		for _, n := range p.claim.List("events") {
			for _, b := range slices.Concat(branchesOf(p.claim), namedBranches(h), usualBranches) {
				o := pipeline.Occasion{Event: eventOf(n), Branch: b, Possible: true}
				r := h.p.Runs(h.j, o)
				if h.s != nil {
					r = r.And(h.p.StepRuns(h.s, o))
				}
				if r != pipeline.False {
					return unproven("it may run on "+n, h.ev...)
				}
			}
		}
		ev = append(ev, h.ev[0])
	}
	for _, pl := range p.ci {
		if len(pl.Problems) > 0 {
			return unproven(pl.Problems[0])
		}
		ev = append(ev, p.at(pl.File, 1))
	}
	return proven(ev...)
}

// schedule proves a nightly run: a cron entry, and a job that then runs.
func schedule(p *prover) Result {
	want := p.claim.Param("cron")
	for _, pl := range p.ci {
		if pl.System == pipeline.GitLab {
			continue
		}
		for _, t := range pl.Triggers {
			for _, c := range t.Crons {
				if want != "" && strings.Join(strings.Fields(c.Text), " ") != want {
					continue
				}
				for i := range pl.Jobs {
					if j := &pl.Jobs[i]; len(j.Steps) > 0 && pl.Runs(j, pipeline.Occasion{Event: pipeline.Schedule}) == pipeline.True {
						return proven(p.at(pl.File, c.Line), p.at(j.File, j.Line))
					}
				}
				return unproven("the schedule is there, but no job runs on it", p.at(pl.File, c.Line))
			}
			if len(t.Crons) > 0 {
				return unproven("the schedule is another: "+t.Crons[0].Text, p.at(pl.File, t.Crons[0].Line))
			}
		}
	}
	for _, pl := range p.ci {
		if pl.System == pipeline.GitLab {
			return unproven("GitLab keeps schedules in the project's settings: no file can prove one", p.at(pl.File, 1))
		}
	}
	return unproven("no pipeline has a schedule")
}
