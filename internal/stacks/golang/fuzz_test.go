package golang_test

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/golang"
)

// FuzzSurvey: whatever go.mod and sources hold, the survey ends, and what it says it can show.
func FuzzSurvey(f *testing.F) {
	f.Add(mod, "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8080\", nil) }", "golang 1.25")
	f.Add("module x\ngo 1.99\ntoolchain go1\n", "package main\nvar a = b\nvar b = a\nfunc main() { x := x + y; y := x; http.ListenAndServe(x, nil) }", "")
	f.Add("module \"", "//go:build (((\npackage main", "go")
	f.Add(mod, "package main\n//go:embed *\nfunc main(){ r.Group(\"/\"+os.Getenv(\"A\"), f); fmt.Sprintf(\"%d%d%d\"); flag.String(\"a\") }", "")
	f.Fuzz(func(t *testing.T, module, source, versions string) {
		tree := repo.Memory(map[string]string{"go.mod": module, "main.go": source, "cmd/a/main.go": source, ".tool-versions": versions, "Dockerfile": source, "go.work": module})
		stacks := []stack.Stack{golang.Stack()}
		facts := stack.Detect(tree, stacks)
		for _, c := range facts.Components {
			for _, fact := range []*stack.Fact{c.Version, c.Port, c.Health, c.Entry} {
				if fact != nil && fact.Confidence != stack.Default && !tree.Has(fact.Evidence.File) {
					t.Errorf("evidence in %q, which is no file", fact.Evidence.File)
				}
			}
			if c.Port != nil && !stack.IsPort(c.Port.Value) {
				t.Errorf("port %q", c.Port.Value)
			}
		}
		stack.Recipes(tree, facts, stacks)
	})
}
