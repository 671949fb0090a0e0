package plan_test

import (
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

func TestTwoDockerfilesOfOnePartHaveTwoNames(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"go.mod": "module example.com/a\n\ngo 1.26\n", "main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { _ = http.ListenAndServe(\":8080\", nil) }\n",
		"Dockerfile": "FROM scratch\n", "Dockerfile.debug": "FROM scratch\n", "Dockerfile.alpine": "FROM scratch\n",
	})
	facts := stacks.Survey(tree)
	p, err := plan.New(&artifact.Request{Path: ".github/workflows/ci.yml", Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, i := range p.Images {
		if names[i.Name] {
			t.Errorf("two images are called %q", i.Name)
		}
		names[i.Name] = true
	}
	if len(p.Images) != 3 {
		t.Errorf("%d images, want 3", len(p.Images))
	}
}
