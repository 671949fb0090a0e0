package github

import (
	"os"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

// The real surveys of the real examples make workflows that actionlint finds nothing in.
func TestWriteExamples(t *testing.T) {
	entries, err := os.ReadDir("../../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "tasks" {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			tree, err := repo.Open("../../../examples/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			facts := stacks.Survey(tree)
			if len(facts.Components) == 0 {
				t.Skip("no stack knows it")
			}
			req := &artifact.Request{Path: ".github/workflows/ci.yml", Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)}
			for _, c := range facts.Components {
				req.Siblings = append(req.Siblings, dockerfileOf(c.Path))
			}
			golden(t, "examples/"+e.Name()+".yml", write(t, req))
		})
	}
}

func dockerfileOf(dir string) string {
	if dir == "." {
		return "Dockerfile"
	}
	return dir + "/Dockerfile"
}
