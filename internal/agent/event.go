package agent

import "time"

// Phase is a step of the pipeline.
type Phase string

// The phases, in order.
const (
	PhaseSurvey Phase = "survey"
	PhasePlan   Phase = "plan"
	PhaseWrite  Phase = "write"
	PhaseVerify Phase = "verify"
	PhaseReview Phase = "review"
	PhaseProve  Phase = "prove"
	PhaseTry    Phase = "try"
	PhaseCommit Phase = "commit"
)

// Event tells of progress. Elapsed is zero when a phase begins; a phase that has ended has OK and Detail.
type Event struct {
	Task    string
	Phase   Phase
	Round   int
	Begin   bool
	OK      bool
	Detail  string
	Elapsed time.Duration
}
