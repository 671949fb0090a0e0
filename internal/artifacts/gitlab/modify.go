package gitlab

import "github.com/autogit/autogit/internal/artifact"

// Modify changes an existing pipeline.
func Modify(req *artifact.Request) (*artifact.Output, error) { return Write(req) }
