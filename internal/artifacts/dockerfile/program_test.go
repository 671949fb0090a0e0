package dockerfile

import (
	"errors"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

// An image that starts the API is not what a task for the worker asks for.
func TestImageOfAnotherProgramIsRefused(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"go.mod":             "module example.com/shop\n\ngo 1.26\n",
		"cmd/api/main.go":    "package main\n\nimport \"net/http\"\n\nfunc main() { _ = http.ListenAndServe(\":8080\", nil) }\n",
		"cmd/worker/main.go": "package main\n\nfunc main() { select {} }\n",
	})
	facts := stacks.Survey(tree)
	for _, tt := range []struct {
		path, title string
		refused     bool
	}{
		{"cmd/worker/Dockerfile", "Create Dockerfile", true},
		{"Dockerfile", "Create Dockerfile for the worker", true},
		{"Dockerfile.worker", "Create Dockerfile", true},
		{"Dockerfile", "Create production Dockerfile", false},
		{"cmd/api/Dockerfile", "Create Dockerfile for the api", false},
	} {
		_, err := Write(&artifact.Request{Path: tt.path, Title: tt.title, Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)})
		var refusal *artifact.Refusal
		if errors.As(err, &refusal) != tt.refused {
			t.Errorf("%s, %q: error = %v, want a refusal: %v", tt.path, tt.title, err, tt.refused)
		}
	}
}
