package gitlab

import (
	"errors"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan/plantest"
	"github.com/autogit/autogit/internal/criterion"
)

const ciPath = ".gitlab-ci.yml"

func modify(repo, content string, claims ...criterion.Claim) (*artifact.Output, error) {
	req := plantest.Get(repo).With(ciPath, content).Request(ciPath, claims...)
	req.Unproven = claims
	return Modify(req)
}

func before(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/modify/python.before.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestModifyGolden(t *testing.T) {
	tests := map[string][]criterion.Claim{
		"hygiene": {claim(criterion.CancelOutdated), claim(criterion.Timeout, "minutes", "15"), claim(criterion.GatesFail), claim(criterion.CacheDependencies),
			claim(criterion.Trigger, "events", "push,merge_request")},
		"work": {claim(criterion.TypeCheck, "tool", "mypy"), claim(criterion.FormatCheck, "tool", "black"), claim(criterion.CoverageThreshold, "percent", "80"),
			claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.IntegrationTest, "service", "postgres", "version", "16"), claim(criterion.LinkCheck),
			claim(criterion.Scan, "tool", "trivy"), claim(criterion.Scan, "tool", "pip-audit")},
	}
	tests["versions"] = []criterion.Claim{claim(criterion.Matrix, "language", "python", "versions", "3.11,3.12"), claim(criterion.CoverageUpload)}
	for name, claims := range tests {
		t.Run(name, func(t *testing.T) {
			src := before(t)
			out, err := modify("textlib", src, claims...)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range out.Notes {
				t.Errorf("note: %s", n)
			}
			compare(t, "modify/"+name+".after.yml", out.Content)
			twice, err := modify("textlib", string(out.Content), claims[:1]...)
			if err != nil || string(twice.Content) != string(out.Content) {
				t.Errorf("%v: the second run changed the file", err)
			}
			for _, line := range strings.Split(src, "\n") {
				if !strings.Contains(string(out.Content), line) && !strings.Contains(line, "allow_failure") && !strings.Contains(line, "timeout: 2h") && !strings.Contains(line, `image: "python`) {
					t.Errorf("line %q is gone", line)
				}
			}
		})
	}
}

func TestModifyOwnFile(t *testing.T) {
	first := write(t, plantest.Get("textlib").Request(ciPath, claim(criterion.CoverageThreshold, "percent", "80")))
	out, err := modify("textlib", string(first), claim(criterion.LinkCheck))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, out.Content)
	if s := string(out.Content); !artifact.Untouched(out.Content) || !strings.Contains(s, "--cov-fail-under=80") || !strings.Contains(s, "lychee") {
		t.Errorf("seal %v\n%s", artifact.Untouched(out.Content), s)
	}
}

func TestModifyRefusals(t *testing.T) {
	tests := []struct {
		name, src string
		claim     criterion.Claim
		reason    string
	}{
		{"empty", "# nothing\n", claim(criterion.Timeout), "has no keys"},
		{"broken", "a: [\n", claim(criterion.Timeout), "cannot be read"},
		{"only", "test:\n  script: [make]\n  only: [main]\n", claim(criterion.Trigger, "events", "merge_request"), "only or except"},
		{"job of that name", "docs:\n  script: [make docs]\n", claim(criterion.LinkCheck), "does something else"},
		{"matrix without image", "test:\n  script: [make]\n", claim(criterion.Matrix, "language", "python", "versions", "3.11,3.12"), "no image with a version"},
		{"artifacts", "test:\n  script: [make]\n  artifacts: {paths: [x]}\n", claim(criterion.CoverageUpload), "artifacts of its own"},
	}
	for _, tt := range tests {
		_, err := modify("textlib", tt.src, tt.claim)
		var refusal *artifact.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.reason) {
			t.Errorf("%s: got %v; want a refusal that says %q", tt.name, err, tt.reason)
		}
	}
}

// Whatever stands in a file, Modify returns, and what it returns can be read.
func FuzzModify(f *testing.F) {
	b, err := os.ReadFile("testdata/modify/python.before.yml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add("stages: [a]\nx: &y\n  script: [b]\nz: *y\n")
	all := []criterion.Claim{claim(criterion.CancelOutdated), claim(criterion.Timeout), claim(criterion.GatesFail), claim(criterion.CacheDependencies), claim(criterion.Trigger, "events", "push,tag,merge_request,schedule"),
		claim(criterion.Lint), claim(criterion.Test), claim(criterion.Order, "first", "lint", "then", "test"), claim(criterion.Scan), claim(criterion.IntegrationTest, "service", "redis")}
	f.Fuzz(func(t *testing.T, src string) {
		out, err := modify("textlib", src, all...)
		if err != nil {
			return
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(out.Content, &doc); err != nil {
			t.Errorf("%v\n%s", err, out.Content)
		}
	})
}
