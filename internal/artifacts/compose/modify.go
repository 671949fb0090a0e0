package compose

import "github.com/autogit/autogit/internal/artifact"

// Modify changes an existing Compose file no more than the unproven claims need.
func Modify(r *artifact.Request) (*artifact.Output, error) {
	if artifact.Untouched(r.Existing()) {
		return Write(r)
	}
	return nil, refuse("%s: cannot be changed", r.Path)
}
