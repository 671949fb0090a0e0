package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/stack"
	"github.com/google/go-cmp/cmp"
)

// Text from a repository must not drive the terminal of the person who looks at it.
func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[2Jb": "a·[2Jb", "tab\there": "tab here", "bell\a": "bell·", "c1\u009b31m": "c1·31m", "ok ✓ ü": "ok ✓ ü", "bad\xff": "bad·", "line\nbreak": "line·break",
	} {
		if got := report.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestResult(t *testing.T) {
	r := &agent.Result{
		Status: agent.Partial, FilesCreated: []string{"Dockerfile"}, FilesModified: []string{"Makefile"},
		Criteria: []proof.Criterion{
			{Text: "Non-root user", Status: proof.CriterionProven, Claims: []proof.DecidedClaim{{
				Claim: criterion.Claim{Name: "non-root"}, Status: proof.Proven, Evidence: &finding.Evidence{File: "Dockerfile", Line: 9, Text: "USER 65532"},
			}}},
			{Text: "Frob\x1bnicate", Status: proof.CriterionNotUnderstood, Reason: `"Frobnicate" is not accounted for`},
		},
		Reviews:   []agent.Review{{Reviewer: rule.Security, Agent: "A07", Verdict: "approved", Findings: []finding.Finding{{Rule: "DK004", Severity: finding.Info, Span: finding.LineSpan("Dockerfile", 1), Message: "no digest"}}}},
		Suggested: []agent.SuggestedFile{{Path: ".dockerignore", Why: "keeps secrets out"}, {Path: "x", Written: true}},
		Notes:     []string{"listens on 127.0.0.1"}, Warnings: []string{"field \"x\" is not known"},
	}
	var b strings.Builder
	report.Result(&b, report.Style{}, r)
	want := `  created Dockerfile
  modified Makefile
  criteria
  ok   Non-root user
      Dockerfile:9  non-root  USER 65532
  FAIL Frob·nicate  not understood
      "Frobnicate" is not accounted for
  ok   security review (A07): approved
      Dockerfile:1:1  info DK004  no digest
  suggested .dockerignore: keeps secrets out (--with-suggested writes it)
  note listens on 127.0.0.1
  warning field "x" is not known
  status partial
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFailureNamesTheNextStep(t *testing.T) {
	var b strings.Builder
	report.Result(&b, report.Style{Color: true, Signs: true}, &agent.Result{
		Status: agent.Error, Failure: &agent.Failure{Type: agent.SyntaxError, Message: "Dockerfile:2: unknown instruction", Resolution: "correct it"},
	})
	for _, want := range []string{"Dockerfile:2: unknown instruction", "next: correct it", "\x1b[31merror"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q lacks %q", b.String(), want)
		}
	}
}

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := report.Progress{W: &b}
	p.Event(agent.Event{Task: "T1", Phase: agent.PhaseWrite, Begin: true})
	p.Event(agent.Event{Task: "T1", Phase: agent.PhaseWrite, Round: 1, OK: true, Detail: "1 file", Elapsed: 12 * time.Millisecond})
	p.Event(agent.Event{Task: "T1", Phase: agent.PhaseReview, Round: 2, Detail: "no"})
	want := "T1\n  ok   write    1 file 12ms\n  FAIL review (round 2) no \n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestSurvey(t *testing.T) {
	fact := func(v string) *stack.Fact {
		return &stack.Fact{Value: v, Evidence: finding.Evidence{File: "go.mod", Line: 3}, Confidence: stack.Declared}
	}
	var b strings.Builder
	report.Survey(&b, report.Style{}, &stack.Facts{
		Components: []stack.Component{{
			Path: ".", Name: "app", Kind: "service", Language: fact("go"), Version: stack.DefaultFact("1.26", "nothing says so"),
			Env: []stack.Variable{{Name: "TOKEN", Secret: true, Required: true, Evidence: finding.Evidence{File: "main.go", Line: 7}}},
		}},
		Delivery:       []stack.Delivery{{File: "Dockerfile", Kind: "dockerfile"}},
		Contradictions: []stack.Contradiction{{Fact: "version", Component: "app", Values: []stack.Fact{*fact("1.25"), *fact("1.26")}}},
	})
	for _, want := range []string{"  language         go  go.mod:3\n", "1.26  default", "TOKEN required, secret  main.go:7\n", "dockerfile       Dockerfile\n", "contradiction version of app\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the survey lacks %q:\n%s", want, b.String())
		}
	}
	b.Reset()
	report.Survey(&b, report.Style{}, &stack.Facts{})
	if b.String() != "no known stack\n" {
		t.Errorf("an empty survey says %q", b.String())
	}
}
