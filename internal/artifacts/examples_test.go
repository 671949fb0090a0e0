package artifacts_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/compose"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

// TestContainersOfTheExamples writes the container files of every example and holds them against the real parsers and
// the whole rulebook, strict rules too.
func TestContainersOfTheExamples(t *testing.T) {
	dirs, err := filepath.Glob("../../examples/*/README.md")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, readme := range dirs {
		dir := filepath.Dir(readme)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			tree, err := repo.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			review(t, filepath.Base(dir), tree)
		})
	}
}

// containers are the files of both artifacts for a repository, with all that they suggest.
func containers(t *testing.T, tree *repo.Tree) map[string][]byte {
	t.Helper()
	facts := stacks.Survey(tree)
	r := &artifact.Request{Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)}
	out := map[string][]byte{}
	for _, a := range []artifact.Artifact{dockerfile.Artifact(), dockerfile.Ignore(), compose.Artifact()} {
		r.Siblings = append(r.Siblings, a.Paths(facts)...)
	}
	for _, a := range []artifact.Artifact{dockerfile.Artifact(), dockerfile.Ignore(), compose.Artifact()} {
		for _, p := range a.Paths(facts) {
			one := *r
			one.Path = p
			o, err := a.Write(&one)
			if err != nil {
				t.Errorf("%s: %v", p, err)
				continue
			}
			out[p] = o.Content
			for _, n := range o.Notes {
				t.Logf("%s: %s", p, n)
			}
			for _, f := range o.Suggested {
				if have, ok := out[f.Path]; ok && !bytes.Equal(have, f.Content) {
					t.Errorf("%s is suggested twice, and not the same", f.Path)
				}
				out[f.Path] = f.Content
			}
		}
	}
	return out
}
