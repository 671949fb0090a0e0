package main_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/task"
)

// pipelines are the criteria of a CI task on each example, with the tools that its language has.
var pipelines = map[string][]string{
	"python-api": {"Run tests on push and PR", "Run linting with ruff", "Run type checking with mypy", "Cache dependencies for speed"},
	"go-api":     {"Run tests on push and PR", "Run linting with golangci-lint", "Cache dependencies for speed"},
	"node-api":   {"Run tests on push and PR", "Run linting with eslint", "Run type checking with tsc", "Cache dependencies for speed"},
	"java-api":   {"Run tests on push and PR", "Run linting", "Cache dependencies for speed"},
	"monorepo":   {"Run tests on push and PR", "Run linting with go vet", "Run type checking with tsc", "Cache dependencies for speed"},
}

func tasksFor(example string) []task.Task {
	image := []string{"Multi-stage build for smaller image", "Non-root user for security", "Health check endpoint", "Proper signal handling"}
	dockerfiles := []string{"Dockerfile"}
	if example == "monorepo" {
		dockerfiles = []string{"services/api/Dockerfile", "services/worker/Dockerfile"}
	}
	return []task.Task{
		{ID: "T041", Title: "Create production Dockerfile", Criteria: image, Create: dockerfiles},
		{ID: "T040", Title: "Create CI pipeline", Criteria: pipelines[example], Create: []string{".github/workflows/ci.yml"}},
		{
			ID: "T042", Title: "Create Compose files", Dependencies: []string{"T041"}, Create: []string{"docker-compose.yml", "docker-compose.prod.yml"},
			Criteria: []string{"Restart unless stopped", "Limit memory to 512 MB", "No hard-coded passwords", "Only the app port is published", "Log rotation", "Hot reload in development"},
		},
		{
			ID: "T043", Title: "Create Makefile", Dependencies: []string{"T042"}, Create: []string{"Makefile"},
			Criteria: []string{"help target lists all targets", "default target is help", "install, test, build, clean targets", "deploy uses the production compose file", "no target runs as root"},
		},
	}
}

// The four kinds of task on each example: done, all criteria proven, and nothing to change the second time.
func TestTasksOnEveryExample(t *testing.T) {
	for example := range pipelines {
		t.Run(example, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), example)
			copyExample(t, "examples/"+example, dir)
			for round := range 2 {
				for _, r := range do(t, dir, tasksFor(example)) {
					if r.Status != agent.Done {
						t.Errorf("task %s is %s: %+v %s %s", r.TaskID, r.Status, r.Failure, r.Question, r.BlockedBy)
						for _, c := range r.Criteria {
							if c.Status != "proven" {
								t.Errorf("  %s: %s: %s", c.Text, c.Status, c.Reason)
							}
						}
					}
					if round == 1 && r.Diff != "" {
						t.Errorf("task %s changed something the second time:\n%s", r.TaskID, r.Diff)
					}
				}
			}
		})
	}
}

// copyExample copies the files that a survey would see, so that installed packages of a checkout stay behind.
func copyExample(t *testing.T, from, to string) {
	t.Helper()
	tree, err := repo.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if err := os.MkdirAll(to, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := tree.Export(t.Context(), to); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, dir string, tasks []task.Task) []*agent.Result {
	t.Helper()
	var out []*agent.Result
	err := agent.New(agent.Options{
		Dir: dir, Boundary: edit.DefaultBoundary(), Engine: engine.Builtin{Artifacts: artifacts.All()}, Stacks: stacks.All(),
		Artifacts: artifacts.All(), Rules: rules.All(),
	}).Run(t.Context(), tasks, func(r *agent.Result) error {
		out = append(out, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
