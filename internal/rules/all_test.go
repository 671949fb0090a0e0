package rules_test

import (
	"context"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules"
)

// Every rule's own examples: Bad breaks it, Good does not, and the fix mends Bad.
func TestExamplesOfEveryRule(t *testing.T) { ruletest.Docs(t, rules.All()) }

// A good example of one rule breaks no error-level rule at all: what is shown as good must be.
func TestGoodExamplesHaveNoErrors(t *testing.T) {
	all := rules.All()
	for _, r := range all {
		files := ruletest.Files(r, r.Doc.Good)
		var paths []string
		for p := range files {
			paths = append(paths, p)
		}
		fs, err := rule.Run(context.Background(), repo.Memory(files), paths, all, rule.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fs {
			if f.Severity == finding.Error {
				t.Errorf("%s: Doc.Good breaks %s on line %d: %s", r.ID, f.Rule, f.Span.Start.Line, f.Message)
			}
		}
	}
}

// names are files of every kind, so that a fuzzer reaches every family.
var names = []string{"Dockerfile", "docker-compose.yml", ".github/workflows/ci.yml", ".gitlab-ci.yml", "Makefile", "scripts/x.sh"}

// FuzzRules wants that no input makes a rule fail, that every place lies in the file, and that edits do too.
func FuzzRules(f *testing.F) {
	all := rules.All()
	for _, r := range all {
		for i, n := range names {
			for name, src := range ruletest.Files(r, r.Doc.Bad) {
				if name == n {
					f.Add(i, src)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, which int, src string) {
		name := names[((which%len(names))+len(names))%len(names)]
		fs, err := rule.Run(context.Background(), repo.Memory(map[string]string{name: src}), []string{name}, all, rule.Options{Strict: true, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range fs {
			if found.Rule == rule.RuleFailed {
				t.Fatal(found.Message)
			}
			if found.Span.Start.Line < 1 || found.Message == "" || found.Severity == 0 {
				t.Fatalf("bad finding %+v", found)
			}
			if found.Fix == nil {
				continue
			}
			for _, e := range found.Fix.Edits {
				if e.Start < 0 || e.End > len(src) || e.Start > e.End {
					t.Fatalf("%s edits outside of the file: %+v", found.Rule, e)
				}
			}
		}
	})
}
