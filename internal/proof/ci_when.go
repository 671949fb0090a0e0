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
			for _, b := range usualBranches {
				o := pipeline.Occasion{Event: e, Branch: b}
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
			for _, b := range append(branchesOf(p.claim), usualBranches...) {
				o := pipeline.Occasion{Event: eventOf(n), Branch: b}
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

// order proves that every job of the later kind waits for one of the earlier kind, in the same pipeline.
func order(p *prover) Result {
	var ev []finding.Evidence
	for _, then := range p.claim.List("then") {
		later := p.jobHits(then)
		if len(later) == 0 {
			return unproven("nothing does " + then)
		}
		for _, first := range p.claim.List("first") {
			earlier := counting(p.jobHits(first))
			if len(earlier) == 0 {
				return nearest(p.jobHits(first), first)
			}
			for _, h := range later {
				before, ok := precedes(earlier, h)
				if !ok {
					return unproven(fmt.Sprintf("%s does not wait for %s here", then, first), h.ev...)
				}
				ev = append(ev, before.ev[0], h.ev[0])
			}
		}
	}
	return proven(ev...)
}

// precedes finds a hit that is over, without a failure, before h starts.
func precedes(earlier []hit, h hit) (hit, bool) {
	for _, e := range earlier {
		if e.p != h.p {
			continue
		}
		if e.j == h.j {
			if earlierInJob(e, h) {
				return e, true
			}
			continue
		}
		if waitsFor(h.p, h.j, e.j, 0) && !runsAnyway(h.j) {
			return e, true
		}
	}
	return hit{}, false
}

func earlierInJob(e, h hit) bool {
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if s == e.s && s == h.s {
			if e.c == nil || h.c == nil {
				return false
			}
			for k := range s.Commands {
				if &s.Commands[k] == e.c {
					return true
				}
				if &s.Commands[k] == h.c {
					return false
				}
			}
		}
		if s == e.s {
			return true
		}
		if s == h.s {
			return false
		}
	}
	return false
}

// runsAnyway: a job that runs also when what it needs has failed.
func runsAnyway(j *pipeline.Job) bool {
	for _, c := range j.Conds {
		text := c.Text
		if strings.Contains(text, "!failure()") && !strings.Contains(text, "|| !failure()") && !strings.Contains(text, "!failure() ||") {
			// A job that must not follow a failure waits after all; only what was left out does not hold it up.
			text = strings.NewReplacer("!failure()", "", "!cancelled()", "").Replace(text)
		}
		for _, f := range []string{"always()", "failure()", "cancelled()"} {
			if strings.Contains(text, f) {
				return true
			}
		}
	}
	return j.When == "always" || j.When == "on_failure"
}

// waitsFor tells whether a job waits for another: by needs, or by GitLab's stages.
func waitsFor(pl *pipeline.Pipeline, j, other *pipeline.Job, depth int) bool {
	if depth > 20 {
		return false
	}
	for _, n := range j.Needs {
		if n == other.ID || strings.HasPrefix(other.ID, n+"/") {
			return true
		}
		if k := pl.JobByID(n); k != nil && !runsAnyway(k) && waitsFor(pl, k, other, depth+1) {
			return true
		}
	}
	if pl.System == pipeline.GitLab && !j.HasNeeds {
		a, b := slices.Index(pl.Stages, other.Stage), slices.Index(pl.Stages, j.Stage)
		return a >= 0 && a < b
	}
	return false
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

// failFast proves that what is cheap runs first and that a failure stops the rest.
func failFast(p *prover) Result {
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			if f := pl.Jobs[i].FailFast; f.Text == "false" {
				return unproven("fail-fast is switched off", p.at(pl.Jobs[i].File, f.Line))
			}
		}
	}
	if r := gatesFail(p); r.Status != Proven {
		return r
	}
	q := *p
	q.claim = criterion.Claim{Name: criterion.Order, Params: map[string]string{"first": criterion.Lint, "then": criterion.Test}}
	return order(&q)
}

// gatesFail proves that no check may fail without failing the pipeline.
func gatesFail(p *prover) Result {
	var ev []finding.Evidence
	for _, job := range []string{criterion.Lint, criterion.TypeCheck, criterion.FormatCheck, criterion.Test, criterion.Scan, criterion.LinkCheck} {
		for _, h := range p.hits(job, "") {
			soft := h.s.Soft || h.j.Soft || h.c != nil && h.c.Swallowed
			if soft {
				return unproven(h.why, h.ev...)
			}
			if job == criterion.Scan {
				if why := scanGate(h); why != "" {
					return unproven(why, h.ev...)
				}
			}
			if h.why == "" {
				ev = append(ev, h.ev[0])
			}
		}
	}
	if len(ev) == 0 {
		return unproven("there is no check that could fail")
	}
	return proven(ev...)
}
