package github

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact is the GitHub workflow as a kind of delivery file.
func Artifact() artifact.Artifact {
	return artifact.Artifact{
		Name:     "github",
		Alias:    []string{"ci", "github-actions", "actions"},
		Title:    "GitHub Actions workflow: lint, test, build and scan with pinned actions",
		Kind:     repo.KindWorkflow,
		Match:    Match,
		Paths:    func(*stack.Facts) []string { return []string{".github/workflows/ci.yml"} },
		Standard: Standard,
		Write:    Write,
		Modify:   Modify,
	}
}

// Match tells whether GitHub reads the file at p as a workflow.
func Match(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return path.Dir(p) == ".github/workflows" && (ext == ".yml" || ext == ".yaml")
}

// Standard are the criteria for a workflow of these facts.
func Standard(facts *stack.Facts) []string {
	return append(plan.Standard(facts, "push and PR"), "Least-privilege token permissions", "Pin actions to commit SHAs")
}
