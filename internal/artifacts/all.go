package artifacts

import (
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/compose"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/artifacts/makefile"
)

// All lists the artifacts, in the order in which help shows them.
func All() []artifact.Artifact {
	return []artifact.Artifact{
		dockerfile.Artifact(),
		dockerfile.Ignore(),
		compose.Artifact(),
		makefile.Artifact(),
	}
}
