package gitlabci_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/gitlabci"
)

func check(t testing.TB, src string) []finding.Finding {
	t.Helper()
	fs, err := rule.Run(context.Background(), repo.Memory(map[string]string{".gitlab-ci.yml": src}), []string{".gitlab-ci.yml"}, gitlabci.All(), rule.Options{Strict: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// What AutoGit itself writes breaks no rule. Files that it only changed keep what their authors wrote.
func TestGeneratedPipelinesBreakNoRule(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "artifacts", "gitlab", "testdata", "*.yml"))
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d golden pipelines, %v", len(paths), err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range check(t, string(b)) {
			t.Errorf("%s:%d:%d: %s %s", path, f.Span.Start.Line, f.Span.Start.Column, f.Rule, f.Message)
		}
	}
}

func FuzzRules(f *testing.F) {
	for _, r := range gitlabci.All() {
		for _, text := range []string{r.Doc.Bad, r.Doc.Good} {
			for _, s := range ruletest.Files(r, text) {
				f.Add([]byte(s))
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, found := range check(t, string(src)) {
			if found.Rule == rule.RuleFailed {
				t.Fatal(found.Message)
			}
			if found.Fix == nil {
				continue
			}
			for _, e := range found.Fix.Edits {
				if e.Start < 0 || e.Start > e.End || e.End > len(src) {
					t.Fatalf("%s: edit %+v is outside of the file", found.Rule, e)
				}
			}
		}
	})
}
