package proof

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Status of a claim.
type Status string

// The statuses. Contradicted is an understood claim that the repository or the rulebook forbids: it is refused with the reason.
const (
	Proven       Status = "proven"
	Unproven     Status = "unproven"
	Contradicted Status = "contradicted"
)

// Input is what claims are held against.
type Input struct {
	Tree  *repo.Tree // the repository as it would be
	Files []string   // the delivery files in question; a claim is looked for in these only
	Facts *stack.Facts
	// Measured are facts that a try of the files has shown; nil when nothing was tried.
	Measured *Measured
}

// Measured is what building and running the files has shown.
type Measured struct {
	// ImageBytes is the size of the image of each Dockerfile, by path.
	ImageBytes map[string]int64
}

// Result is the decision on one claim.
type Result struct {
	Status   Status
	Evidence []finding.Evidence // at least one when Proven; the nearest lines when not
	Reason   string             // why not
}
