package gitlab_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/github"
	"github.com/autogit/autogit/internal/artifacts/gitlab"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

const wanted = "Jobs run on runners tagged arm64 and gpu"

func request(files map[string]string, file string) *artifact.Request {
	tree := repo.Memory(files)
	facts := stacks.Survey(tree)
	claims := criterion.Understand(wanted).Claims
	return &artifact.Request{Path: file, Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts), Claims: claims, Unproven: claims}
}

func program() map[string]string {
	return map[string]string{"go.mod": "module example.com/a\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() {}\n"}
}

// Jobs go to the runners of a class, in a new pipeline and in one that is there, and the prover sees it.
func TestRunnerTags(t *testing.T) {
	existing := program()
	existing[".gitlab-ci.yml"] = "# mine\ntest:\n  script:\n    - go test ./...   # all\n"
	for name, tt := range map[string]struct {
		files map[string]string
		file  string
		make  func(*artifact.Request) (*artifact.Output, error)
	}{
		"new":      {program(), ".gitlab-ci.yml", gitlab.Write},
		"existing": {existing, ".gitlab-ci.yml", gitlab.Modify},
		"GitHub":   {program(), ".github/workflows/ci.yml", github.Write},
	} {
		t.Run(name, func(t *testing.T) {
			req := request(tt.files, tt.file)
			out, err := tt.make(req)
			if err != nil {
				t.Fatal(err)
			}
			in := proof.Input{Tree: req.Tree.With(map[string][]byte{tt.file: out.Content}), Files: []string{tt.file}, Facts: req.Facts}
			if c := proof.Decide(in, []string{wanted})[0]; c.Status != proof.CriterionProven {
				t.Errorf("%s: %s\n%s", c.Status, c.Reason, out.Content)
			}
			if name == "existing" && !strings.Contains(string(out.Content), "# mine\n") {
				t.Errorf("a comment is lost:\n%s", out.Content)
			}
		})
	}
}
