// Package ruletest tests rules: their own examples, and tables of edges.
package ruletest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
)

// names are the usual file names of the kinds.
var names = map[repo.Kind]string{
	repo.KindDockerfile: "Dockerfile", repo.KindCompose: "docker-compose.yml", repo.KindWorkflow: ".github/workflows/ci.yml",
	repo.KindAction: "action.yml", repo.KindGitLabCI: ".gitlab-ci.yml", repo.KindMakefile: "Makefile", repo.KindShell: "scripts/run.sh",
}

// Docs runs the examples of every rule: Bad breaks the rule, Good does not, and where a fix is offered for Bad,
// the fixed file does not break the rule any more. All rules run on both, so that one's example may not break another.
func Docs(t *testing.T, rules []rule.Rule) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range rules {
		t.Run(r.ID, func(t *testing.T) {
			if seen[r.ID] {
				t.Fatal("id is used twice")
			}
			seen[r.ID] = true
			if r.Doc.Title == "" || r.Doc.Why == "" || r.Doc.Since == "" || r.Severity == 0 || r.Reviewer == "" {
				t.Error("a rule needs a title, a reason, a version, a severity and a reviewer")
			}
			if r.Doc.Bad == "" && r.Check == nil {
				return // of the engine itself, and not to be provoked by a file
			}
			bad := Of(t, rules, r, Files(r, r.Doc.Bad))
			if len(bad) == 0 {
				t.Error("Doc.Bad does not break the rule")
			}
			for _, f := range Of(t, rules, r, Files(r, r.Doc.Good)) {
				t.Errorf("Doc.Good breaks the rule: %s:%d: %s", f.Span.File, f.Span.Start.Line, f.Message)
			}
			fixed(t, rules, r, bad)
		})
	}
}

// fixed applies the fixes of Doc.Bad and wants the rule to be satisfied.
func fixed(t *testing.T, rules []rule.Rule, r rule.Rule, bad []finding.Finding) {
	t.Helper()
	files := Files(r, r.Doc.Bad)
	all := true
	for _, f := range bad {
		all = all && f.Fix != nil
	}
	if !all || len(bad) == 0 {
		return
	}
	if left := Of(t, rules, r, Apply(t, files, bad)); len(left) > 0 {
		t.Errorf("the fix leaves the finding: %s\n%v", left[0].Message, Apply(t, files, bad))
	}
}

// Apply applies the fixes of findings to files. Edits that overlap an earlier one are left out.
func Apply(t *testing.T, files map[string]string, fs []finding.Finding) map[string]string {
	t.Helper()
	out := map[string]string{}
	for path, src := range files {
		var edits []finding.Edit
		for _, f := range fs {
			if f.Fix == nil {
				continue
			}
			for _, e := range f.Fix.Edits {
				if e.File == path && (e.Start < 0 || e.End > len(src) || e.Start > e.End) {
					t.Fatalf("edit %+v is outside of the file", e)
				}
				if e.File == path && !slices.ContainsFunc(edits, func(o finding.Edit) bool { return e.Start < o.End && o.Start < e.End || e == o }) {
					edits = append(edits, e)
				}
			}
		}
		slices.SortStableFunc(edits, func(a, b finding.Edit) int { return b.Start - a.Start })
		for _, e := range edits {
			src = src[:e.Start] + e.New + src[e.End:]
		}
		out[path] = src
	}
	return out
}

// Files is an example as files: "-- path --" lines part several, and text without one is the kind's usual file.
func Files(r rule.Rule, text string) map[string]string {
	name := names[r.Kind]
	if r.Doc.Path != "" {
		name = r.Doc.Path
	}
	return Split(name, text)
}

// Split is Files with a name for text before the first "-- path --" line.
func Split(name, text string) map[string]string {
	out := map[string]string{}
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out[name] = b.String()
		}
		b.Reset()
	}
	for line := range strings.Lines(text) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(n, " --") {
			flush()
			name = strings.TrimSuffix(n, " --")
			out[name] = ""
			continue
		}
		b.WriteString(line)
	}
	flush()
	return out
}

// Of runs all rules on the files and returns the findings of one.
func Of(t testing.TB, rules []rule.Rule, r rule.Rule, files map[string]string) []finding.Finding {
	t.Helper()
	var paths []string
	for p := range files {
		paths = append(paths, p)
	}
	fs, err := rule.Run(context.Background(), repo.Memory(files), paths, rules, rule.Options{Strict: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out []finding.Finding
	for _, f := range fs {
		if f.Rule == rule.RuleFailed {
			t.Errorf("%s:%d: %s", f.Span.File, f.Span.Start.Line, f.Message)
		}
		if f.Rule == r.ID {
			out = append(out, f)
		}
	}
	return out
}

// Edge is one case of a rule's table. Want are the findings as "line" or "line:column" or "line:column text" with
// a part of the message; with several files, "path:line…".
type Edge struct {
	Name string
	Src  string
	Want []string
}

// Table runs edges of one rule.
func Table(t *testing.T, r rule.Rule, edges []Edge) {
	t.Helper()
	for _, e := range edges {
		t.Run(e.Name, func(t *testing.T) {
			files := Files(r, e.Src)
			var got []string
			for i, f := range Of(t, []rule.Rule{r}, r, files) {
				got = append(got, describe(f, at(e.Want, i), len(files) > 1))
			}
			if diff := cmp.Diff(e.Want, got); diff != "" {
				t.Errorf("%s\n%s", diff, e.Src)
			}
		})
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// describe writes a finding in as much detail as what is wanted: all that matches becomes equal.
func describe(f finding.Finding, want string, several bool) string {
	file := ""
	if several {
		file = f.Span.File + ":"
	}
	full := fmt.Sprintf("%s%d:%d", file, f.Span.Start.Line, f.Span.Start.Column)
	place, text, hasText := strings.Cut(want, " ")
	switch {
	case hasText && strings.Contains(f.Message, text) && (place == full || place == fmt.Sprintf("%s%d", file, f.Span.Start.Line)):
		return want
	case hasText || want == "":
		return full + " " + f.Message
	case want == fmt.Sprintf("%s%d", file, f.Span.Start.Line):
		return want
	}
	return full
}
