package agent

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/verify"
)

// Status of a task.
type Status string

// The statuses of a task, as documented in docs/task-protocol.md.
const (
	Done       Status = "done"              // every criterion proven, every file verified, both reviewers approve
	Partial    Status = "partial"           // files written, but a criterion is unproven or not understood
	Blocked    Status = "blocked"           // needs something that this task may not do, or a dependency that is not done
	Escalation Status = "escalation_needed" // a person must decide: the question says what
	Error      Status = "error"             // nothing written
)

// ErrorType says what kind of failure a result of status error is.
type ErrorType string

// The types of error.
const (
	InvalidTask       ErrorType = "INVALID_TASK"
	MissingFile       ErrorType = "MISSING_FILE"
	PermissionDenied  ErrorType = "PERMISSION_DENIED"
	SyntaxError       ErrorType = "SYNTAX_ERROR"
	ReviewRejected    ErrorType = "REVIEW_REJECTED"
	DependencyMissing ErrorType = "DEPENDENCY_MISSING"
	Timeout           ErrorType = "TIMEOUT"
	TrialFailed       ErrorType = "TRIAL_FAILED"
	Interrupted       ErrorType = "INTERRUPTED"
	Internal          ErrorType = "INTERNAL"
)

// Result is what came of one task: one JSON object on standard output.
type Result struct {
	Agent         string            `json:"agent"`
	TaskID        string            `json:"task_id"`
	Status        Status            `json:"status"`
	FilesCreated  []string          `json:"files_created"`
	FilesModified []string          `json:"files_modified"`
	Criteria      []proof.Criterion `json:"criteria"`
	Verification  []verify.Check    `json:"verification"`
	Reviews       []Review          `json:"reviews"`
	Facts         []NamedFact       `json:"facts"`
	Suggested     []SuggestedFile   `json:"suggested_files"`
	Trial         []Step            `json:"trial,omitempty"`
	Question      string            `json:"question,omitempty"`
	BlockedBy     string            `json:"blocked_by,omitempty"`
	Failure       *Failure          `json:"error,omitempty"`
	Notes         []string          `json:"notes,omitempty"`
	Warnings      []string          `json:"warnings,omitempty"`
	DryRun        bool              `json:"dry_run,omitempty"`
	Engine        string            `json:"engine"`
	Attempts      int               `json:"attempts"`
	DurationMS    int64             `json:"duration_ms"`

	// Diff is the unified diff of all changes, for people.
	Diff string `json:"-"`
}

// Review is one reviewer's verdict with the findings that it rests on.
type Review struct {
	Reviewer rule.Reviewer     `json:"reviewer"`
	Agent    string            `json:"agent"`
	Verdict  string            `json:"verdict"` // approved or changes_requested
	Findings []finding.Finding `json:"findings"`
}

// NamedFact is a fact of the survey that the files were written from.
type NamedFact struct {
	Name      string           `json:"name"`
	Component string           `json:"component,omitempty"` // when the repository has several
	Value     string           `json:"value"`
	Evidence  finding.Evidence `json:"evidence"`
}

// SuggestedFile is a file that the result needs and the task does not list.
type SuggestedFile struct {
	Path    string `json:"path"`
	Why     string `json:"why"`
	Content string `json:"content"`
	Written bool   `json:"written"`
}

// Step is one thing that a trial did.
type Step struct {
	Name       string `json:"name"`
	OK         bool   `json:"ok"`
	Detail     string `json:"detail,omitempty"`
	DurationMS int64  `json:"duration_ms"`
}

// Failure says why nothing was written, and what to do next.
type Failure struct {
	Type       ErrorType `json:"type"`
	Message    string    `json:"message"`
	Attempted  []string  `json:"attempted_actions"`
	Resolution string    `json:"suggested_resolution"`
}
