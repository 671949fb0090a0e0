package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules"
	"github.com/google/go-cmp/cmp"
)

// The pages in docs/rules are what the rules say of themselves: go test . -run RuleDocs -update
func TestRuleDocs(t *testing.T) {
	const dir = "docs/rules"
	all := rules.All()
	pages := map[string]string{"README.md": review.Index(all, fixable(t, all))}
	for i := range all {
		pages[all[i].ID+".md"] = review.Page(&all[i])
	}
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := pages[e.Name()]; ok {
			continue
		}
		if !*update {
			t.Errorf("%s/%s is the page of no rule", dir, e.Name())
		} else if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		name = filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%v (go test . -run RuleDocs -update)", err)
		} else if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is stale (go test . -run RuleDocs -update):\n%s", name, diff)
		}
	}
}

// fixable are the rules that offer a fix for one of the bad examples.
func fixable(t *testing.T, all []rule.Rule) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, r := range all {
		tree := repo.Memory(ruletest.Files(r, r.Doc.Bad))
		var paths []string
		for _, f := range tree.Files() {
			paths = append(paths, f.Path)
		}
		res, err := review.Run(t.Context(), tree, review.Options{Rules: all, Strict: true, Paths: paths})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range res.Findings {
			out[f.Rule] = out[f.Rule] || f.Fix != nil
		}
	}
	return out
}

// What the fixes of each rule make of its bad example: go test . -run RuleDocs -update
func TestRuleDocsFixes(t *testing.T) {
	const golden = "testdata/fixes.diff"
	all := rules.All()
	var got strings.Builder
	for _, r := range all {
		tree := repo.Memory(ruletest.Files(r, r.Doc.Bad))
		var paths []string
		for _, f := range tree.Files() {
			paths = append(paths, f.Path)
		}
		res, err := review.Run(t.Context(), tree, review.Options{
			Rules: all, Select: review.Selection{r.ID}, Strict: true, Paths: paths, Fix: review.Fixing{On: true, Unsafe: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range res.Dropped {
			t.Errorf("a fix of %s is not made on its own bad example: %s", r.ID, d.Why)
		}
		for _, c := range res.Changes {
			got.WriteString(r.ID + "\n" + edit.Diff(c.Path, c.Old, c.New))
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s is stale (go test . -run RuleDocs -update):\n%s", golden, diff)
	}
}
