package gitlab

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact is the GitLab pipeline as a kind of delivery file.
func Artifact() artifact.Artifact {
	return artifact.Artifact{
		Name:     "gitlab",
		Alias:    []string{"gitlab-ci"},
		Title:    "GitLab CI pipeline: lint, test, build and scan with pinned images",
		Kind:     repo.KindGitLabCI,
		Match:    Match,
		Paths:    func(*stack.Facts) []string { return []string{".gitlab-ci.yml"} },
		Standard: Standard,
		Write:    Write,
		Modify:   Modify,
	}
}

// Match tells whether GitLab, or a file that GitLab includes, is a pipeline at p.
func Match(p string) bool {
	base := strings.ToLower(path.Base(p))
	return strings.HasSuffix(base, ".gitlab-ci.yml") || strings.HasSuffix(base, ".gitlab-ci.yaml")
}

// Standard are the criteria for a pipeline of these facts.
func Standard(facts *stack.Facts) []string {
	return append(plan.Standard(facts, "push and merge requests"), "Pin images to versions")
}
