package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

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
		if waitsFor(h.p, h.j, e.j, map[string]bool{}) && !runsAnyway(h.j) {
			return e, true
		}
	}
	return hit{}, false
}

func earlierInJob(e, h hit) bool {
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if s == e.s && e.s == h.s { // both in one step: their commands decide
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
func waitsFor(pl *pipeline.Pipeline, j, other *pipeline.Job, seen map[string]bool) bool {
	if seen[j.ID] {
		return false
	}
	seen[j.ID] = true
	for _, n := range j.Needs {
		if n == other.ID || strings.HasPrefix(other.ID, n+"/") {
			return true
		}
		if k := pl.JobByID(n); k != nil && !runsAnyway(k) && waitsFor(pl, k, other, seen) {
			return true
		}
	}
	if pl.System == pipeline.GitLab && !j.HasNeeds {
		a, b := slices.Index(pl.Stages, other.Stage), slices.Index(pl.Stages, j.Stage)
		return a >= 0 && a < b
	}
	return false
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
