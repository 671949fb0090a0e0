package artifacts_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/compose"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
)

// imageCriteria are demands that every image can meet.
var imageCriteria = []string{
	"Works on arm64",
	"Non-root user for security", "Health check endpoint", "Proper signal handling",
	"No build tools in the final image", "Pin base image versions", "No secrets in the image", "Labels with source and version",
}

// stackCriteria are demands that Compose files of both kinds can meet; those that speak of a database need one.
var stackCriteria = []string{
	"Restart unless stopped", "Limit memory to 512 MB", "No hard-coded passwords", "Only the app port is published", "Log rotation",
	"Environment from .env file", "No new privileges", "Drop all capabilities",
}

// TestCriteriaAreProven writes each container file of the examples and of every stack, for each criterion alone and for all of
// them, and asks the prover.
func TestCriteriaAreProven(t *testing.T) {
	trees := map[string]*repo.Tree{}
	for name, files := range repositories {
		trees[name] = repo.Memory(files)
	}
	dirs, _ := filepath.Glob("../../examples/*/README.md")
	for _, readme := range dirs {
		tree, err := repo.Open(filepath.Dir(readme))
		if err != nil {
			t.Fatal(err)
		}
		trees[filepath.Base(filepath.Dir(readme))] = tree
	}
	for name, tree := range trees {
		facts := stacks.Survey(tree)
		if len(facts.Components) == 0 {
			continue
		}
		base := artifact.Request{Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)}
		t.Run(name, func(t *testing.T) {
			for _, p := range dockerfile.Artifact().Paths(facts) {
				prove(t, base, dockerfile.Artifact(), p, append(dockerfile.Artifact().Standard(facts), imageCriteria...))
			}
			for _, p := range compose.Artifact().Paths(facts) {
				prove(t, base, compose.Artifact(), p, append(compose.Artifact().Standard(facts), criteriaFor(p, facts)...))
			}
		})
	}
}

// criteriaFor are the demands that a Compose file of this kind and these services can meet.
func criteriaFor(p string, facts *stack.Facts) []string {
	list := slices.Clone(stackCriteria)
	if strings.Contains(p, "prod") {
		list = append(list, "Read-only root file system")
	} else {
		list = append(list, "Hot reload in development")
	}
	for _, c := range facts.Components {
		if len(c.Services) > 0 {
			list = append(list, "Separate networks for frontend and backend", "Pin image versions")
		}
		if stack.HasValue(c.Services, "postgres") {
			list = append(list, "App waits for the database to be healthy", "Persist database data in a volume")
		}
	}
	return list
}

func prove(t *testing.T, r artifact.Request, a artifact.Artifact, path string, texts []string) {
	t.Helper()
	var all []criterion.Claim
	for _, text := range texts {
		u := criterion.Understand(text)
		if !u.Understood {
			t.Errorf("%q is not understood: %s", text, u.Why)
		}
		all = append(all, u.Claims...)
	}
	for _, text := range texts {
		for name, claims := range map[string][]criterion.Claim{"alone": criterion.Understand(text).Claims, "with all": all} {
			r.Path, r.Claims = path, claims
			out, err := a.Write(&r)
			if err != nil {
				t.Errorf("%s, %q %s: %v", path, text, name, err)
				continue
			}
			files := map[string][]byte{path: out.Content}
			for _, f := range out.Suggested {
				files[f.Path] = f.Content
			}
			for _, c := range criterion.Understand(text).Claims {
				in := proof.Input{Tree: r.Tree.With(files), Files: []string{path}, Facts: r.Facts}
				if res := proof.Prove(in, c); res.Status != proof.Proven {
					t.Errorf("%s, %q %s: %s is %s: %s", path, text, name, c, res.Status, res.Reason)
				}
			}
		}
	}
}
