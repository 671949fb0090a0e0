package artifact

import (
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact is a kind of delivery file. Adding one is a folder and a line in artifacts.All.
type Artifact struct {
	Name  string // "github", as in `autogit write github`
	Alias []string
	Title string // one line for help
	Kind  repo.Kind
	// Match tells whether this artifact writes the file at path.
	Match func(path string) bool
	// Paths are the files that `autogit write NAME` makes in a repository with these facts.
	Paths func(facts *stack.Facts) []string
	// Standard are the criteria that `autogit write NAME` holds its own work against.
	Standard func(facts *stack.Facts) []string
	// Write makes the whole file.
	Write func(*Request) (*Output, error)
	// Modify changes an existing file no more than the unproven claims need, by byte edits.
	Modify func(*Request) (*Output, error)
}

// Request is what an artifact writes from.
type Request struct {
	Path  string // the file to write
	Title string // of the task
	Tree  *repo.Tree
	Facts *stack.Facts
	// Recipes has one entry for each of Facts.Components, in order.
	Recipes []stack.Recipe
	// Claims are all claims of the task; those that speak of other files are ignored by the artifact.
	Claims []criterion.Claim
	// Siblings are all files that the task and its set will have, so that CI can build a Dockerfile that is yet to come.
	Siblings []string
	// Unproven, for Modify: the claims that the existing file does not satisfy.
	Unproven []criterion.Claim
	// Problems, for Modify: findings of error severity in the existing file that must go.
	Problems []finding.Finding
}

// Existing is the present content of the file, nil when there is none.
func (r *Request) Existing() []byte {
	b, err := r.Tree.Read(r.Path)
	if err != nil {
		return nil
	}
	return b
}

// Output is what an artifact wrote.
type Output struct {
	Content []byte
	// Suggested are files that the result needs and the task may not list: .dockerignore, .env.example.
	Suggested []File
	// Notes say what a person should know: a choice made, a thing that could not be done and why.
	Notes []string
}

// File is a whole file that an artifact proposes.
type File struct {
	Path    string
	Content []byte
	Why     string
}

// Refusal is the error for a request that is understood and must not or cannot be met: it is told to the user as the reason.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return r.Reason }

// Build arguments that every Dockerfile of AutoGit takes for its labels, so that pipelines can pass them.
const (
	ArgVersion  = "VERSION"
	ArgRevision = "REVISION"
	ArgSource   = "SOURCE"
)
