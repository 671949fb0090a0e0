package dockerfile

import (
	"github.com/autogit/autogit/internal/artifact"
)

// Modify changes an existing Dockerfile no more than the unproven claims need. One that AutoGit wrote and nobody
// changed is written anew.
func Modify(r *artifact.Request) (*artifact.Output, error) {
	if artifact.Untouched(r.Existing()) {
		return Write(r)
	}
	return nil, refuse("%s: cannot be changed", r.Path)
}
