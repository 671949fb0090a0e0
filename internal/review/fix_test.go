package review_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules"
	"pgregory.net/rapid"
)

func TestFixes(t *testing.T) {
	unsafe := func(p *rule.Pass, start, end int) finding.Fix {
		f := replaceBy("good")(p, start, end)
		f.Safe = false
		return f
	}
	elsewhere := func(p *rule.Pass, start, end int) finding.Fix {
		f := replaceBy("good")(p, start, end)
		f.Edits = append(f.Edits, finding.Edit{File: "x.mk"})
		return f
	}
	insert := func(p *rule.Pass, start, _ int) finding.Fix { return p.Replace("mark it", start, start, "_") }
	outside := func(p *rule.Pass, start, _ int) finding.Fix { return p.Replace("cut", start, len(p.Bytes)+9, "") }
	fixAll := review.Fixing{On: true, Unsafe: true}
	tests := []struct {
		name, src string
		rules     []rule.Rule
		fix       review.Fixing
		want      string
		fixed     int
		dropped   string
	}{
		{name: "not asked", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good"))}, want: "# bad\n"},
		{name: "safe", src: "# bad bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good"))}, fix: review.Fixing{On: true}, want: "# good good\n", fixed: 2},
		{name: "unsafe is left", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, unsafe)}, fix: review.Fixing{On: true}, want: "# bad\n"},
		{name: "unsafe is asked for", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, unsafe)}, fix: fixAll, want: "# good\n", fixed: 1},
		{name: "ignored is left", src: "# autogit:ignore T1 as it is\na: # bad\nb: # bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good"))}, fix: fixAll,
			want: "# autogit:ignore T1 as it is\na: # bad\nb: # good\n", fixed: 1},
		{name: "leaves its finding", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("still bad"))}, fix: fixAll, want: "# bad\n", dropped: "does not mend"},
		{name: "makes a new error", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Info, replaceBy("worse")), word("T2", "worse", finding.Error, nil)}, fix: fixAll,
			want: "# bad\n", dropped: "new error, T2"},
		{name: "a new warning is no reason", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Info, replaceBy("worse")), word("T2", "worse", finding.Warning, nil)}, fix: fixAll,
			want: "# worse\n", fixed: 1},
		{name: "breaks the file", src: "a:\n\tbad\n", rules: []rule.Rule{word("T1", "\tbad", finding.Error, replaceBy("    b c"))}, fix: fixAll, want: "a:\n\tbad\n", dropped: "cannot be read"},
		{name: "one of many does harm", src: "# bad bad evil bad bad\n", fix: fixAll, fixed: 4, want: "# good good evil good good\n", dropped: "does not mend",
			rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good")), word("T2", "evil", finding.Error, replaceBy("evil!"))}},
		{name: "two that touch come one after the other", src: "# badevil\n", fix: fixAll, fixed: 2, want: "# goodfine\n",
			rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good")), word("T2", "evil", finding.Error, replaceBy("fine"))}},
		{name: "two insertions at one place", src: "# bad\n", fix: fixAll, fixed: 1, want: "# _bad\n",
			rules: []rule.Rule{word("T1", " bad", finding.Error, func(p *rule.Pass, start, end int) finding.Fix { return insert(p, start+1, end) }),
				word("T2", " bad", finding.Error, func(p *rule.Pass, start, end int) finding.Fix { return insert(p, start+1, end) })}},
		{name: "changes another file", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, elsewhere)}, fix: fixAll, want: "# bad\n", dropped: "more than the file"},
		{name: "edits outside of the file", src: "# bad\n", rules: []rule.Rule{word("T1", "bad", finding.Error, outside)}, fix: fixAll, want: "# bad\n", dropped: "outside"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := check(t, map[string]string{"Makefile": tt.src}, review.Options{Rules: tt.rules, Fix: tt.fix})
			if got := r.Tree.Text("Makefile"); got != tt.want || r.Fixed != tt.fixed {
				t.Errorf("%d fixed: %q, want %d: %q", r.Fixed, got, tt.fixed, tt.want)
			}
			switch {
			case tt.dropped == "" && len(r.Dropped) > 0:
				t.Errorf("dropped: %+v", r.Dropped)
			case tt.dropped != "" && (len(r.Dropped) != 1 || !strings.Contains(r.Dropped[0].Why, tt.dropped)):
				t.Errorf("dropped: %+v, want one with %q", r.Dropped, tt.dropped)
			}
			if changed := tt.src != tt.want; changed != (len(r.Changes) == 1) || changed && string(r.Changes[0].Old) != tt.src {
				t.Errorf("changes %+v", r.Changes)
			}
		})
	}
}

// A fix that is right in its own file may break what another file says of it.
func TestFixThatBreaksAnotherFileIsDropped(t *testing.T) {
	cross := rule.Rule{ID: "X1", Kind: repo.KindMakefile, Severity: finding.Error, Reviewer: rule.Code, Check: func(p *rule.Pass) {
		if p.Path == "use.mk" && !strings.Contains(string(p.Other("Makefile").Bytes), "bad") {
			p.Broken(p.Line(1), "what is used is gone")
		}
	}}
	r := check(t, map[string]string{"Makefile": "# bad\n", "b.mk": "# bad\n", "use.mk": "# uses it\n"},
		review.Options{Rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good")), cross}, Fix: review.Fixing{On: true}})
	if r.Tree.Text("Makefile") != "# bad\n" || r.Tree.Text("b.mk") != "# good\n" || len(r.Dropped) != 1 {
		t.Errorf("%q %q %+v", r.Tree.Text("Makefile"), r.Tree.Text("b.mk"), r.Dropped)
	}
}

// Many fixes that do harm cost a bounded number of checks, and the good ones among them are made all the same in the end.
func TestManyHarmfulFixesEnd(t *testing.T) {
	checks := 0
	evil := word("T2", "evil", finding.Error, replaceBy("evil!"))
	counted := evil.Check
	evil.Check = func(p *rule.Pass) { checks++; counted(p) }
	src := strings.Repeat("# evil\n", 500)
	r := check(t, map[string]string{"Makefile": src}, review.Options{Rules: []rule.Rule{evil}, Fix: review.Fixing{On: true}})
	if r.Tree.Text("Makefile") != src || len(r.Dropped) != 500 || checks > 1000 {
		t.Errorf("%d dropped after %d checks", len(r.Dropped), checks)
	}
}

// Whatever the file, only the bytes of accepted edits change, and a second run changes nothing.
func TestFixKeepsAllOtherBytes(t *testing.T) {
	all := []rule.Rule{word("T1", "x", finding.Error, replaceBy("yy")), word("T2", "z", finding.Error, replaceBy("zz"))}
	rapid.Check(t, func(t *rapid.T) {
		src := "# " + rapid.StringOfN(rapid.RuneFrom([]rune("xxz ab\té")), 0, 60, -1).Draw(t, "src") + "\n"
		tree := repo.Memory(map[string]string{"Makefile": src})
		o := review.Options{Rules: all, Paths: []string{"Makefile"}, Fix: review.Fixing{On: true}}
		r, err := review.Run(t.Context(), tree, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := r.Tree.Text("Makefile"), strings.ReplaceAll(src, "x", "yy"); got != want {
			t.Fatalf("%q became %q, want %q", src, got, want)
		}
		again, err := review.Run(t.Context(), r.Tree, o)
		if err != nil || len(again.Changes) > 0 {
			t.Fatalf("a second run changes %q: %v", r.Tree.Text("Makefile"), err)
		}
	})
}

// On the bad example of every rule: fixes make no new error, leave no finding that they say they mend, and a second run
// changes nothing.
func TestFixesOfTheRulebook(t *testing.T) {
	all := rules.All()
	for _, r := range all {
		t.Run(r.ID, func(t *testing.T) {
			o := review.Options{Rules: all, Strict: true, Fix: review.Fixing{On: true, Unsafe: true}}
			files := ruletest.Files(r, r.Doc.Bad)
			before := check(t, files, review.Options{Rules: all, Strict: true})
			fixed := check(t, files, o)
			for id, n := range errorsByRule(fixed) {
				if n > errorsByRule(before)[id] {
					t.Errorf("fixes make %s: %v", id, list(fixed))
				}
			}
			now := map[string]string{}
			for p := range files {
				now[p] = fixed.Tree.Text(p)
			}
			again := check(t, now, o)
			for _, c := range again.Changes {
				t.Errorf("a second run changes %s from\n%s\nto\n%s", c.Path, c.Old, c.New)
			}
		})
	}
}

func errorsByRule(r *review.Result) map[string]int {
	out := map[string]int{}
	for _, f := range r.Findings {
		if f.Severity == finding.Error {
			out[f.Rule]++
		}
	}
	return out
}

// Results are the same each time, files in their order.
func TestFixIsStable(t *testing.T) {
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("d%02d/Makefile", i)] = "# bad\n"
	}
	want := slices.Sorted(maps.Keys(files))
	for range 3 {
		r := check(t, files, review.Options{Rules: []rule.Rule{word("T1", "bad", finding.Error, replaceBy("good"))}, Fix: review.Fixing{On: true}})
		var got []string
		for _, c := range r.Changes {
			got = append(got, c.Path)
		}
		if !slices.Equal(got, want) {
			t.Fatal(got)
		}
	}
}

// FuzzFix wants of the whole rulebook, on any file: what was made stays below the errors that there were, and a second
// run changes nothing.
func FuzzFix(f *testing.F) {
	all := rules.All()
	names := []string{"Dockerfile", "docker-compose.yml", ".github/workflows/ci.yml", ".gitlab-ci.yml", "Makefile", "scripts/x.sh"}
	for _, r := range all {
		for name, src := range ruletest.Files(r, r.Doc.Bad) {
			if i := slices.Index(names, name); i >= 0 {
				f.Add(i, src)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which int, src string) {
		name := names[((which%len(names))+len(names))%len(names)]
		if len(src) > 4000 {
			t.Skip("small files are enough, and there are several checks for each")
		}
		o := review.Options{Rules: all, Strict: true, Fix: review.Fixing{On: true, Unsafe: true}}
		before := errorsByRule(check(t, map[string]string{name: src}, review.Options{Rules: all, Strict: true}))
		fixed := check(t, map[string]string{name: src}, o)
		for id, n := range errorsByRule(fixed) {
			if n > before[id] {
				t.Errorf("fixes make %s", id)
			}
		}
		if again := check(t, map[string]string{name: fixed.Tree.Text(name)}, o); len(again.Changes) > 0 {
			t.Errorf("a second run changes\n%s\nto\n%s", again.Changes[0].Old, again.Changes[0].New)
		}
	})
}
