package proof

import (
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
)

// The statuses of a criterion, as the task protocol names them.
const (
	CriterionProven        = "proven"
	CriterionUnproven      = "unproven"
	CriterionNotUnderstood = "not_understood"
)

// Criterion is the decision on one acceptance criterion.
type Criterion struct {
	Text   string         `json:"text"`
	Status string         `json:"status"`
	Claims []DecidedClaim `json:"claims"`
	Reason string         `json:"reason,omitempty"`
	// Refused: the repository or the rulebook contradicts it, so that no file can satisfy it.
	Refused bool `json:"refused,omitempty"`
}

// DecidedClaim is a claim with what shows it.
type DecidedClaim struct {
	criterion.Claim
	Status   Status             `json:"status"`
	Evidence *finding.Evidence  `json:"evidence,omitempty"`
	More     []finding.Evidence `json:"more,omitempty"`
	Reason   string             `json:"reason,omitempty"`
}

// Decide understands each text and holds its claims against the files. A criterion is proven when all of its claims are.
func Decide(in Input, texts []string) []Criterion {
	out := make([]Criterion, 0, len(texts))
	for _, t := range texts {
		out = append(out, decide(in, t))
	}
	return out
}

func decide(in Input, text string) Criterion {
	u := criterion.Understand(text)
	c := Criterion{Text: text, Status: CriterionProven, Claims: []DecidedClaim{}}
	if !u.Understood {
		c.Status, c.Reason = CriterionNotUnderstood, u.Why
		return c
	}
	for _, claim := range u.Claims {
		r := Prove(in, claim)
		d := DecidedClaim{Claim: claim, Status: r.Status, Reason: r.Reason}
		if len(r.Evidence) > 0 {
			d.Evidence, d.More = &r.Evidence[0], unique(r.Evidence)
		}
		c.Claims = append(c.Claims, d)
		if r.Status == Proven {
			continue
		}
		c.Status = CriterionUnproven
		c.Refused = c.Refused || r.Status == Contradicted
		if c.Reason == "" || r.Status == Contradicted {
			c.Reason = r.Reason
		}
	}
	return c
}

// unique are the further lines of evidence, each once, at most eight.
func unique(ev []finding.Evidence) []finding.Evidence {
	var out []finding.Evidence
	seen := map[finding.Evidence]bool{ev[0]: true}
	for _, e := range ev[1:] {
		if !seen[e] && len(out) < 8 {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}
