package artifacts

import (
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/compose"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/artifacts/github"
	"github.com/autogit/autogit/internal/artifacts/gitlab"
	"github.com/autogit/autogit/internal/artifacts/makefile"
)

// All lists the artifacts: those that others build on come first, since a pipeline builds the Dockerfile.
func All() []artifact.Artifact {
	return []artifact.Artifact{
		dockerfile.Artifact(),
		dockerfile.Ignore(),
		compose.Artifact(),
		makefile.Artifact(),
		github.Artifact(),
		gitlab.Artifact(),
	}
}
