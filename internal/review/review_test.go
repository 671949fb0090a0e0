package review_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
	"github.com/google/go-cmp/cmp"
)

// check reviews files in memory, all of them unless paths are given.
func check(t testing.TB, files map[string]string, o review.Options) *review.Result {
	t.Helper()
	tree := repo.Memory(files)
	if o.Paths == nil {
		for _, f := range tree.Files() {
			o.Paths = append(o.Paths, f.Path)
		}
	}
	if o.Rules == nil {
		o.Rules = rules.All()
	}
	r, err := review.Run(t.Context(), tree, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// list is findings as "rule file:line".
func list(r *review.Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s %s:%d", f.Rule, f.Span.File, f.Span.Start.Line))
	}
	return out
}

// word finds a word in Makefiles; fix, if any, makes the fix of one place.
func word(id, text string, severity finding.Severity, fix func(p *rule.Pass, start, end int) finding.Fix) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindMakefile, Severity: severity, Reviewer: rule.Code, Check: func(p *rule.Pass) {
		for at := 0; ; {
			i := bytes.Index(p.Bytes[at:], []byte(text))
			if i < 0 {
				return
			}
			start := at + i
			at = start + len(text)
			if fix == nil {
				p.Broken(p.Span(start, at), "has "+text)
			} else {
				p.Broken(p.Span(start, at), "has "+text, fix(p, start, at))
			}
		}
	}}
}

func replaceBy(text string) func(p *rule.Pass, start, end int) finding.Fix {
	return func(p *rule.Pass, start, end int) finding.Fix { return p.Replace("write "+text, start, end, text) }
}

func TestFingerprintsSurviveMovedLines(t *testing.T) {
	one := []rule.Rule{word("T1", "bad", finding.Error, nil)}
	before := check(t, map[string]string{"Makefile": "# bad\n# bad\n# bad too\n"}, review.Options{Rules: one})
	seen := review.Baseline{}
	for _, f := range before.Findings {
		if seen.Knows(f.Fingerprint) {
			t.Errorf("two findings have the fingerprint %s", f.Fingerprint)
		}
		seen[f.Fingerprint] = true
	}
	moved := map[string]string{"Makefile": "# new\n\n#   bad\n# bad too\n# other bad\n# bad\n"}
	after := check(t, moved, review.Options{Rules: one, Baseline: seen})
	if diff := cmp.Diff([]string{"T1 Makefile:5"}, list(after)); diff != "" || after.Baselined != 3 {
		t.Errorf("%d are in the baseline\n%s", after.Baselined, diff)
	}
	if again := check(t, moved, review.Options{Rules: one, Baseline: seen}); again.Findings[0].Fingerprint != after.Findings[0].Fingerprint {
		t.Error("the fingerprint is not stable")
	}
	other := check(t, map[string]string{"x.mk": "# bad\n"}, review.Options{Rules: one, Baseline: seen})
	if len(other.Findings) != 1 {
		t.Error("the finding of another file is in the baseline")
	}
}

func TestBaselineRoundTrip(t *testing.T) {
	r := check(t, map[string]string{"Dockerfile": "FROM alpine\nADD . /\n"}, review.Options{})
	var b bytes.Buffer
	if err := review.WriteBaseline(&b, r.Findings); err != nil {
		t.Fatal(err)
	}
	base, err := review.ReadBaseline(&b)
	if err != nil || len(base) != len(r.Findings) || len(base) == 0 {
		t.Fatalf("%v, %d of %d", err, len(base), len(r.Findings))
	}
	for in, want := range map[string]string{
		"": "no baseline", "[]": "no baseline", `{"version":2}`: "version 2", `{"version":1,"findings":[{}]}`: "without a fingerprint",
	} {
		if _, err := review.ReadBaseline(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadBaseline(%q): %v, want %q", in, err, want)
		}
	}
}

func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(`{"version":1,"findings":[{"fingerprint":"a"}]}`))
	f.Add([]byte(`{"version":1,"findings":[{}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		b, err := review.ReadBaseline(bytes.NewReader(src))
		if err == nil && b.Knows("") {
			t.Error("an empty fingerprint would hide findings")
		}
	})
}

func TestSelection(t *testing.T) {
	strict := word("T2", "bad", finding.Info, nil)
	strict.Strict = true
	all := append(rule.Own(), word("T1", "bad", finding.Error, nil), strict, word("U1", "bad", finding.Error, nil))
	files := map[string]string{"Makefile": "# autogit:ignore T1\n# bad\n", "x/Makefile": "a:\n    b c\n"}
	tests := []struct {
		name string
		o    review.Options
		want []string
	}{
		{"all", review.Options{}, []string{"AG003 Makefile:1", "T1 Makefile:2", "U1 Makefile:2", "AG001 x/Makefile:2"}},
		{"strict", review.Options{Strict: true}, []string{"AG003 Makefile:1", "T1 Makefile:2", "T2 Makefile:2", "U1 Makefile:2", "AG001 x/Makefile:2"}},
		{"a glob; a broken file is always told", review.Options{Select: review.Selection{"T*"}}, []string{"T1 Makefile:2", "AG001 x/Makefile:2"}},
		{"a strict rule by name", review.Options{Select: review.Selection{"T2"}}, []string{"T2 Makefile:2", "AG001 x/Makefile:2"}},
		{"the engine's own", review.Options{Select: review.Selection{"AG*", "U1"}}, []string{"AG003 Makefile:1", "U1 Makefile:2", "AG001 x/Makefile:2"}},
		{"one file", review.Options{Paths: []string{"x/Makefile"}}, []string{"AG001 x/Makefile:2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = all
			if diff := cmp.Diff(tt.want, list(check(t, files, tt.o))); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range []string{"X*", "[", "t1"} {
		if (review.Selection{bad}).Validate(all) == nil {
			t.Errorf("--rules %s is accepted", bad)
		}
	}
}

func TestReaches(t *testing.T) {
	r := check(t, map[string]string{"Makefile": "# bad\n"}, review.Options{Rules: []rule.Rule{word("T1", "bad", finding.Warning, nil)}})
	if !r.Reaches(finding.Info) || !r.Reaches(finding.Warning) || r.Reaches(finding.Error) || r.Reaches(0) {
		t.Errorf("a warning reaches the wrong severities")
	}
}
