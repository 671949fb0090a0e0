package actions_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/actions"
)

func TestExamples(t *testing.T) { ruletest.Docs(t, actions.All()) }

// A good example breaks no other rule either: people copy it as it is.
func TestGoodExamplesAreGood(t *testing.T) {
	for _, r := range actions.All() {
		for _, f := range check(t, ruletest.Files(r, r.Doc.Good)) {
			t.Errorf("the good example of %s breaks %s on line %d: %s", r.ID, f.Rule, f.Span.Start.Line, f.Message)
		}
	}
}

// check runs all rules under the strict profile.
func check(t testing.TB, files map[string]string) []finding.Finding {
	t.Helper()
	var paths []string
	for p := range files {
		paths = append(paths, p)
	}
	fs, err := rule.Run(context.Background(), repo.Memory(files), paths, actions.All(), rule.Options{Strict: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// run runs all rules on one workflow.
func run(t testing.TB, src string, strict bool) []finding.Finding {
	t.Helper()
	const path = ".github/workflows/ci.yml"
	fs, err := rule.Run(context.Background(), repo.Memory(map[string]string{path: src}), []string{path}, actions.All(), rule.Options{Strict: strict, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// What AutoGit itself writes breaks no rule. Files that it only changed keep what their authors wrote.
func TestGeneratedWorkflowsBreakNoRule(t *testing.T) {
	dir := filepath.Join("..", "..", "artifacts", "github", "testdata")
	n := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yml" || filepath.Base(filepath.Dir(path)) == "modify" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		for _, f := range check(t, map[string]string{".github/workflows/" + filepath.Base(path): string(b)}) {
			t.Errorf("%s:%d:%d: %s %s", path, f.Span.Start.Line, f.Span.Start.Column, f.Rule, f.Message)
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Fatalf("%d golden workflows, %v", n, err)
	}
}

// Every fix of a file leaves a file that can be read and that the rule accepts, with CRLF line ends and without a
// last line break too.
func TestFixesInOtherFiles(t *testing.T) {
	for _, r := range actions.All() {
		for name, change := range map[string]func(string) string{
			"crlf":    func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"no end":  func(s string) string { return strings.TrimSuffix(s, "\n") },
			"comment": func(s string) string { return strings.ReplaceAll(s, "jobs:\n", "# The jobs.\njobs: # all\n") },
		} {
			files := ruletest.Files(r, r.Doc.Bad)
			for p, s := range files {
				if p != "package-lock.json" {
					files[p] = change(s)
				}
			}
			bad := ruletest.Of(t, actions.All(), r, files)
			fixable := len(bad) > 0
			for _, f := range bad {
				fixable = fixable && f.Fix != nil
			}
			if len(bad) == 0 {
				t.Errorf("%s, %s: not found", r.ID, name)
			}
			if !fixable {
				continue
			}
			for _, f := range check(t, ruletest.Apply(t, files, bad)) {
				if f.Rule == r.ID || f.Rule == rule.SyntaxError {
					t.Errorf("%s, %s: after the fix: %s %s\n%s", r.ID, name, f.Rule, f.Message, ruletest.Apply(t, files, bad))
				}
			}
		}
	}
}

func FuzzRules(f *testing.F) {
	for _, r := range actions.All() {
		for _, text := range []string{r.Doc.Bad, r.Doc.Good} {
			for _, s := range ruletest.Files(r, text) {
				f.Add([]byte(s))
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, path := range []string{".github/workflows/ci.yml", "action.yml"} {
			for _, found := range check(t, map[string]string{path: string(src), "package-lock.json": "{}"}) {
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
		}
	})
}
