package rule

import "github.com/autogit/autogit/internal/finding"

// Verdict is what one reviewer says of the files.
type Verdict struct {
	Reviewer Reviewer          `json:"reviewer"`
	Agent    string            `json:"agent"`
	Verdict  string            `json:"verdict"`
	Findings []finding.Finding `json:"findings"`
}

// The verdicts.
const (
	Approved         = "approved"
	ChangesRequested = "changes_requested"
)

// Verdicts sorts findings by the reviewer who speaks for their rule. An error-level finding asks for changes.
func Verdicts(rules []Rule, findings []finding.Finding) []Verdict {
	out := []Verdict{
		{Reviewer: Security, Agent: "A07", Verdict: Approved, Findings: []finding.Finding{}},
		{Reviewer: Code, Agent: "A08", Verdict: Approved, Findings: []finding.Finding{}},
	}
	security := make(map[string]bool, len(rules))
	for _, r := range rules {
		security[r.ID] = r.Reviewer == Security
	}
	for _, f := range findings {
		v := &out[1]
		if security[f.Rule] {
			v = &out[0]
		}
		v.Findings = append(v.Findings, f)
		if f.Severity >= finding.Error {
			v.Verdict = ChangesRequested
		}
	}
	return out
}
