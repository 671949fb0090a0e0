package rule

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// Reviewer is who of the two reviewers speaks for a rule.
type Reviewer string

// The reviewers: security is A07, code is A08.
const (
	Security Reviewer = "security"
	Code     Reviewer = "code"
)

// Rule is one standard of the rulebook.
type Rule struct {
	ID   string // "DK004": never reused
	Kind repo.Kind
	// Also are further kinds of file that the rule reads.
	Also     []repo.Kind
	Severity finding.Severity
	Reviewer Reviewer
	// Strict rules run only under the strict profile.
	Strict bool
	// Peers are the nearest rules of other tools, whose ignore comments are understood: "hadolint:DL3006".
	Peers []string
	Doc   Doc
	Check func(*Pass)
}

// Doc explains a rule; explain, the documentation pages and SARIF help are made of it, and Bad and Good run as tests.
type Doc struct {
	Title string
	Why   string
	Bad   string // a whole file that breaks the rule
	Good  string // a whole file on which it holds
	Path  string // the example's file name when the kind's usual one does not do
	Since string // version of AutoGit
	Links []string
}
