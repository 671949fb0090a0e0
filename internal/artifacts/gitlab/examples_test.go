package gitlab

import (
	"os"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

// examples calls test with the real survey of each of the repository's examples.
func examples(t *testing.T, test func(t *testing.T, req *artifact.Request)) {
	t.Helper()
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
			req := &artifact.Request{Path: Artifact().Paths(facts)[0], Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)}
			for _, c := range facts.Components {
				req.Siblings = append(req.Siblings, dockerfileOf(c.Path))
			}
			test(t, req)
		})
	}
}

func dockerfileOf(dir string) string {
	if dir == "." {
		return "Dockerfile"
	}
	return dir + "/Dockerfile"
}

// What the writer's own standard asks for must be understood, or `autogit write` could never be done.
func TestStandardIsUnderstood(t *testing.T) {
	examples(t, func(t *testing.T, req *artifact.Request) {
		for _, text := range Standard(req.Facts) {
			if u := criterion.Understand(text); len(u.Claims) == 0 {
				t.Errorf("%q is not understood: %s", text, u.Why)
			}
		}
	})
}

// The real surveys of the real examples make pipelines that GitLab would take.
func TestWriteExamples(t *testing.T) {
	examples(t, func(t *testing.T, req *artifact.Request) { valid(t, write(t, req)) })
}
