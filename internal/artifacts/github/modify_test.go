package github

import (
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan/plantest"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
)

const ciPath = ".github/workflows/ci.yml"

// modify runs Modify on a file with claims that are all unproven.
func modify(repo, content string, claims ...criterion.Claim) (*artifact.Output, error) {
	req := plantest.Get(repo).With(ciPath, content).Request(ciPath, claims...)
	req.Unproven = claims
	return Modify(req)
}

func before(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/modify/" + name + ".before.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestModifyGolden(t *testing.T) {
	tests := []struct {
		name, file, repo string
		claims           []criterion.Claim
	}{
		{"node-hygiene", "node", "shop", []criterion.Claim{claim(criterion.LeastPermissions), claim(criterion.CancelOutdated), claim(criterion.Timeout, "minutes", "15"),
			claim(criterion.ActionsPinned), claim(criterion.CacheDependencies), claim(criterion.FailFast)}},
		{"node-work", "node", "shop", []criterion.Claim{claim(criterion.Trigger, "events", "push,pull_request"), claim(criterion.Schedule, "cron", "0 2 * * *"),
			claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.Matrix, "language", "node", "versions", "22,24"), claim(criterion.TypeCheck, "tool", "tsc"),
			claim(criterion.ImageBuild, "platforms", "linux/amd64,linux/arm64"), claim(criterion.Scan, "tool", "trivy"), claim(criterion.IntegrationTest, "service", "redis")}},
		{"python-work", "python", "textlib", []criterion.Claim{claim(criterion.FormatCheck, "tool", "black"), claim(criterion.TypeCheck, "tool", "mypy"), claim(criterion.CoverageThreshold, "percent", "80"),
			claim(criterion.CoverageUpload, "service", "codecov"), claim(criterion.Matrix, "language", "python", "versions", "3.11,3.12"), claim(criterion.GatesFail),
			claim(criterion.LinkCheck), claim(criterion.Trigger, "events", "push", "branches", "main,develop"), claim(criterion.Timeout, "minutes", "15"),
			claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.CacheDependencies)}},
		{"python-image", "python", "shop", []criterion.Claim{claim(criterion.NoPush, "event", "pull_request"), claim(criterion.CacheLayers), claim(criterion.ImageBuild, "platforms", "linux/arm64")}},
		{"python-pr-only", "python", "textlib", []criterion.Claim{claim(criterion.Trigger, "events", "pull_request", "only", "true")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := before(t, tt.file)
			out, err := modify(tt.repo, src, tt.claims...)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range out.Notes {
				t.Errorf("note: %s", n)
			}
			lintAfter(t, "modify/"+tt.name+".after.yml", out.Content)
			linesKept(t, src, string(out.Content))
		})
	}
}

// lintAfter is golden for a file that was not AutoGit's to begin with, so it may use actions that the table does not have.
func lintAfter(t *testing.T, name string, content []byte) {
	t.Helper()
	lint(t, name, content)
	compare(t, name, content)
}

// linesKept checks that every line that was there is there still, in order; lines whose value was changed begin as they did.
func linesKept(t interface{ Errorf(string, ...any) }, was, is string) {
	lines := strings.Split(is, "\n")
	at := 0
	for _, l := range strings.Split(was, "\n") {
		start := at
		key, _, _ := strings.Cut(l, ":")
		for at < len(lines) && lines[at] != l && (key == "" || key == l || !strings.HasPrefix(lines[at], key+":")) {
			at++
		}
		if at == len(lines) {
			if strings.Contains(l, "continue-on-error") || strings.Contains(l, "push:") || strings.Contains(l, "branches:") || strings.Contains(l, "- main") {
				at = start // taken away on purpose
				continue
			}
			t.Errorf("line %q is gone or moved:\n%s", l, is)
			return
		}
		at++
	}
}

func TestModifyChangesNothingWithoutNeed(t *testing.T) {
	src := before(t, "node")
	out, err := Modify(plantest.Get("shop").With(ciPath, src).Request(ciPath, claim(criterion.LeastPermissions)))
	if err != nil || string(out.Content) != src {
		t.Errorf("%v: the file changed", err)
	}
}

// Changing a file that meets the claims once more changes nothing.
func TestModifyTwice(t *testing.T) {
	claims := []criterion.Claim{claim(criterion.LeastPermissions), claim(criterion.Timeout, "minutes", "15"), claim(criterion.ActionsPinned),
		claim(criterion.Trigger, "events", "push,pull_request"), claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.TypeCheck, "tool", "tsc"),
		claim(criterion.CacheDependencies), claim(criterion.FailFast), claim(criterion.GatesFail)}
	once, err := modify("shop", before(t, "node"), claims...)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := modify("shop", string(once.Content), claims...)
	if err != nil || string(twice.Content) != string(once.Content) {
		t.Errorf("%v: the second run changed the file:\n%s", err, twice.Content)
	}
}

// What AutoGit wrote and nobody changed keeps its seal, and loses nothing that an earlier task asked for.
func TestModifyOwnFile(t *testing.T) {
	first := write(t, plantest.Get("textlib").Request(ciPath, claim(criterion.CoverageUpload, "service", "codecov")))
	out, err := modify("textlib", string(first), claim(criterion.LinkCheck))
	if err != nil {
		t.Fatal(err)
	}
	s := string(out.Content)
	if !artifact.Untouched(out.Content) || !strings.Contains(s, "codecov") || !strings.Contains(s, "lychee") {
		t.Errorf("seal %v\n%s", artifact.Untouched(out.Content), s)
	}
	lint(t, "own.yml", out.Content)
}

func TestModifyRefusals(t *testing.T) {
	tests := []struct {
		name, src string
		claim     criterion.Claim
		reason    string
	}{
		{"no workflow", "a: b\n", claim(criterion.LeastPermissions), "no jobs"},
		{"broken file", "jobs: [\n", claim(criterion.LeastPermissions), "cannot be read"},
		{"a job that writes", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: git push\n", claim(criterion.LeastPermissions), "job a uses git push"},
		{"all may write", "on: push\npermissions:\n  packages: write\njobs:\n  a:\n    runs-on: x\n", claim(criterion.LeastPermissions), "every job may write packages"},
		{"unknown action", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: some/thing@v3\n", claim(criterion.ActionsPinned), "some/thing@v3 (line 6)"},
		{"flow job", "on: push\njobs:\n  a: {runs-on: x, steps: [{run: y}]}\n", claim(criterion.Timeout, "minutes", "5"), "form that AutoGit does not change"},
		{"one job for both", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm run lint\n      - run: npx --no-install vitest run --coverage\n",
			claim(criterion.Order, "first", "lint", "then", "test"), "does both"},
		{"circle", "on: push\njobs:\n  lint:\n    needs: test\n    runs-on: x\n    steps: [{run: npm run lint}]\n  test:\n    runs-on: x\n    steps: [{run: vitest}]\n",
			claim(criterion.Order, "first", "lint", "then", "test"), "waits for test already"},
	}
	for _, tt := range tests {
		out, err := modify("shop", tt.src, tt.claim)
		var refusal *artifact.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.reason) {
			t.Errorf("%s: got %v, %v; want a refusal that says %q", tt.name, out, err, tt.reason)
		}
	}
}

func TestModifyMendsProblems(t *testing.T) {
	src := "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: make\n"
	req := plantest.Get("shop").With(ciPath, src).Request(ciPath)
	for _, id := range []string{"GH001", "GH003", "GH006", "GH008", "GH009"} {
		req.Problems = append(req.Problems, finding.Finding{Rule: id, Severity: finding.Error})
	}
	out, err := Modify(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"contents: read", "persist-credentials: false", "cancel-in-progress: true", "timeout-minutes: 20", "actions/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1"} {
		if !strings.Contains(string(out.Content), want) {
			t.Errorf("no %q in\n%s", want, out.Content)
		}
	}
	lint(t, "problems.yml", out.Content)
}

// Whatever stands in a file, Modify returns, and never panics.
func FuzzModify(f *testing.F) {
	for _, name := range []string{"node", "python"} {
		b, err := os.ReadFile("testdata/modify/" + name + ".before.yml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("on: {push: }\njobs: &a\n  b: *a\n")
	all := []criterion.Claim{claim(criterion.LeastPermissions), claim(criterion.CancelOutdated), claim(criterion.ActionsPinned), claim(criterion.Timeout),
		claim(criterion.Trigger, "events", "push,pull_request,tag,manual", "branches", "dev"), claim(criterion.Schedule, "cron", "0 2 * * *"), claim(criterion.CacheDependencies),
		claim(criterion.Matrix, "language", "node", "versions", "20,22"), claim(criterion.FailFast), claim(criterion.GatesFail), claim(criterion.Lint), claim(criterion.Test),
		claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.ImageBuild), claim(criterion.CacheLayers), claim(criterion.NoPush), claim(criterion.Scan),
		claim(criterion.IntegrationTest, "service", "postgres"), claim(criterion.CoverageUpload, "service", "codecov")}
	f.Fuzz(func(t *testing.T, src string) {
		out, err := modify("shop", src, all...)
		if err == nil && len(out.Content) == 0 {
			t.Error("neither content nor a reason")
		}
	})
}

// Whatever claims come together, the lines of the file stay.
func TestModifyKeepsLines(t *testing.T) {
	pool := []criterion.Claim{claim(criterion.LeastPermissions), claim(criterion.CancelOutdated), claim(criterion.ActionsPinned), claim(criterion.Timeout, "minutes", "10"),
		claim(criterion.Trigger, "events", "push,pull_request"), claim(criterion.Schedule, "cron", "0 2 * * *"), claim(criterion.CacheDependencies), claim(criterion.FailFast),
		claim(criterion.TypeCheck), claim(criterion.ImageBuild), claim(criterion.Scan), claim(criterion.IntegrationTest, "service", "redis")}
	src := before(t, "node")
	rapid.Check(t, func(t *rapid.T) {
		out, err := modify("shop", src, rapid.SliceOfNDistinct(rapid.SampledFrom(pool), 1, 6, func(c criterion.Claim) string { return c.Name }).Draw(t, "claims")...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		linesKept(t, src, string(out.Content))
	})
}
