package agent

import (
	"context"
	"errors"
	"fmt"

	"github.com/autogit/autogit/internal/trial"
)

// try builds and starts what was proposed, where that was asked for and a Docker engine is there.
func (j *job) try(ctx context.Context) bool {
	if !j.o.Try {
		return true
	}
	j.begin(PhaseTry, 0)
	report, err := trial.Run(ctx, j.tree, j.facts, j.task.Files())
	switch {
	case errors.Is(err, trial.ErrNoDocker):
		j.end(PhaseTry, 0, false, "%v", err)
		j.warn("not tried: %v", err)
		return true
	case ctx.Err() != nil:
		return j.fail(Interrupted, "interrupted before anything was written", "run it again")
	case err != nil:
		return j.fail(TrialFailed, err.Error(), "look at the message; leave --try out to write without trying")
	}
	failed := ""
	for _, s := range report.Steps {
		j.result.Trial = append(j.result.Trial, Step{Name: s.Name, OK: s.OK, Detail: s.Detail, DurationMS: s.Duration.Milliseconds()})
		if !s.OK && failed == "" {
			failed = fmt.Sprintf("%s: %s", s.Name, s.Detail)
		}
	}
	j.end(PhaseTry, 0, failed == "", "%s", count(len(report.Steps), "step"))
	if failed != "" {
		return j.fail(TrialFailed, failed, "nothing was written: mend what the message names, or leave --try out to write without trying")
	}
	j.measured = report.Images
	j.gates.prove(j) // what only a build can prove is proven now
	j.result.Criteria = j.gates.criteria
	return true
}
