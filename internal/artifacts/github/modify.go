package github

import "github.com/autogit/autogit/internal/artifact"

// Modify changes an existing workflow.
func Modify(req *artifact.Request) (*artifact.Output, error) { return Write(req) }
