package report_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/review"
	"github.com/google/go-cmp/cmp"
)

func reviewed(text string, fs ...finding.Finding) *review.Result {
	r := &review.Result{Files: 1, Tree: repo.Memory(map[string]string{"Dockerfile": text})}
	for _, f := range fs {
		f.Rule, f.Severity, f.Span.File = "T1", finding.Warning, "Dockerfile"
		r.Findings = append(r.Findings, review.Finding{Finding: f})
	}
	return r
}

func span(line, from, to int) finding.Span {
	return finding.Span{Start: finding.Pos{Line: line, Column: from}, End: finding.Pos{Line: line, Column: to}}
}

func TestReview(t *testing.T) {
	r := reviewed("FROM é AS x\n\tRUN a \\\n  b\n",
		finding.Finding{Span: span(1, 9, 11), Message: "wide \x1b[31mletters", Fix: &finding.Fix{Title: "mend"},
			Related: []finding.Related{{Span: finding.LineSpan("b.yml", 3), Message: "and here"}}},
		finding.Finding{Span: finding.Span{Start: finding.Pos{Line: 2, Column: 2}, End: finding.Pos{Line: 3, Column: 4}}, Message: "two lines"},
		finding.Finding{Span: finding.LineSpan("", 3), Message: "a line"},
		finding.Finding{Span: finding.LineSpan("", 99), Message: "past the end"},
	)
	r.Dropped = []review.DroppedFix{{Finding: r.Findings[0], Why: "it does not mend the finding"}}
	r.Fixed, r.Baselined = 2, 1
	var b strings.Builder
	report.Review(&b, report.Style{}, r)
	want := `Dockerfile:1:9: warning T1: wide ·[31mletters
     1 | FROM é AS x
       |        ^^
      see b.yml:3: and here
      fix mend (--fix --unsafe)
Dockerfile:2:2: warning T1: two lines
     2 |  RUN a \
       |  ^^^^^^^
Dockerfile:3:1: warning T1: a line
     3 |   b
Dockerfile:99:1: warning T1: past the end
note Dockerfile:1: the fix of T1 was not made: it does not mend the finding
4 warnings in 1 file (2 fixed, 1 in the baseline)
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// The line of a finding must not tell the secret that its message masks, nor one that another rule has found there.
func TestReviewShowsNoSecret(t *testing.T) {
	for name, r := range map[string]*review.Result{
		"masked in the message": reviewed("ENV A hunter2secret\n", finding.Finding{Span: span(1, 5, 6), Message: "A holds a secret (****)"}),
		"masked by another": reviewed("ENV A hunter2secret\n", finding.Finding{Span: span(1, 1, 4), Message: "old form"},
			finding.Finding{Span: span(1, 5, 6), Message: "A holds a secret (****)"}),
		"a key that is named like one": reviewed("ENV DB_PASSWORD=\"hunter2secret\" \\\n", finding.Finding{Span: span(1, 1, 4), Message: "old form"}),
		"a known token":                reviewed("RUN curl -H ghp_"+strings.Repeat("hunter2secret", 3)[:36]+"\n", finding.Finding{Span: span(1, 1, 4), Message: "x"}),
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			report.Review(&b, report.Style{}, r)
			if strings.Contains(b.String(), "hunter2") {
				t.Error(b.String())
			}
		})
	}
}

// A line may be megabytes long: what is meant is shown, the rest is cut.
func TestReviewCutsLongLines(t *testing.T) {
	long := strings.Repeat("a", 5000) + "HERE" + strings.Repeat("b", 1<<20)
	var b strings.Builder
	report.Review(&b, report.Style{Color: true}, reviewed(long+"\n", finding.Finding{Span: span(1, 5001, 5005), Message: "x"}))
	if len(b.String()) > 500 || !strings.Contains(b.String(), "HERE") || !strings.Contains(b.String(), "^^^^") {
		t.Errorf("%d bytes: %s", b.Len(), b.String()[:min(b.Len(), 600)])
	}
}
