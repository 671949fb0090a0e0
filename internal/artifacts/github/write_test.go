package github

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"

	"github.com/autogit/autogit/internal/actions"
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan/plantest"
	"github.com/autogit/autogit/internal/criterion"
)

var update = flag.Bool("update", false, "write the golden files anew")

func claim(name string, params ...string) criterion.Claim {
	c := criterion.Claim{Name: name, Params: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	return c
}

// golden compares content with a golden file, and holds it against actionlint and the table of actions.
func golden(t *testing.T, name string, content []byte) {
	t.Helper()
	lint(t, name, content)
	pinned(t, content)
	compare(t, name, content)
}

func compare(t *testing.T, name string, content []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(content)); diff != "" {
		t.Errorf("%s differs; run with -update if that is meant:\n%s", file, diff)
	}
}

func lint(t *testing.T, name string, content []byte) {
	t.Helper()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: "", Pyflakes: ""})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint(name, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		t.Errorf("actionlint: %s", e.Error())
	}
	if t.Failed() {
		t.Logf("%s", content)
	}
}

var usesLine = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)

func pinned(t *testing.T, content []byte) {
	t.Helper()
	refs := map[string]bool{}
	for _, p := range actions.All() {
		refs[p.Ref()] = true
	}
	for _, m := range usesLine.FindAllStringSubmatch(string(content), -1) {
		if !refs[m[1]] {
			t.Errorf("uses %q is not in the table of pinned actions", m[1])
		}
	}
}

func write(t *testing.T, req *artifact.Request) []byte {
	t.Helper()
	out, err := Write(req)
	if err != nil {
		t.Fatal(err)
	}
	return out.Content
}

func TestWriteEachStack(t *testing.T) {
	for _, r := range plantest.All() {
		t.Run(r.Name, func(t *testing.T) {
			golden(t, r.Name+".yml", write(t, r.Request(".github/workflows/ci.yml")))
		})
	}
}

func TestWriteByClaims(t *testing.T) {
	tests := []struct {
		name, repo, path string
		claims           []criterion.Claim
	}{
		{"publish-on-tags", "notes-api", "ci.yml", []criterion.Claim{claim(criterion.Publish, "registry", "ghcr.io", "on", "tag"), claim(criterion.Timeout, "minutes", "15")}},
		{"everything-python", "textlib", "ci.yml", []criterion.Claim{
			claim(criterion.CoverageUpload, "service", "codecov"), claim(criterion.CoverageThreshold, "percent", "80"), claim(criterion.FormatCheck, "tool", "black"),
			claim(criterion.Lint, "tool", "ruff"), claim(criterion.TypeCheck, "tool", "mypy"), claim(criterion.Matrix, "language", "python", "versions", "3.11,3.13"),
			claim(criterion.LinkCheck), claim(criterion.Schedule, "cron", "0 2 * * *"), claim(criterion.Trigger, "events", "push,pull_request", "branches", "main,develop")}},
		{"integration", "textlib", "ci.yml", []criterion.Claim{claim(criterion.IntegrationTest, "service", "postgres", "version", "16")}},
		{"build-on-pull-requests-only", "shop", "ci.yml", []criterion.Claim{claim(criterion.Trigger, "events", "pull_request", "only", "true", "job", "image-build")}},
		{"scan-image", "shop", "ci.yml", []criterion.Claim{claim(criterion.Scan, "tool", "trivy", "target", "image", "severities", "HIGH,CRITICAL")}},
		{"pull-requests-only", "notes-api", "ci.yml", []criterion.Claim{claim(criterion.Trigger, "events", "pull_request", "only", "true")}},
		{"nightly", "notes-api", "nightly.yml", []criterion.Claim{claim(criterion.Schedule, "cron", "0 2 * * *")}},
		{"release", "shop", "release.yml", nil},
		{"monorepo-publish", "monorepo", "ci.yml", []criterion.Claim{claim(criterion.Publish, "registry", "docker.io", "on", "main")}},
		{"riscv64", "notes-api", "ci.yml", []criterion.Claim{claim(criterion.ImageBuild, "platforms", "linux/amd64,linux/arm64,linux/riscv64")}},
		{"scan-before-build", "notes-api", "ci.yml", []criterion.Claim{claim(criterion.Order, "first", "scan", "then", "build")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			golden(t, "claims-"+tt.name+".yml", write(t, plantest.Get(tt.repo).Request(".github/workflows/"+tt.path, tt.claims...)))
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, repo string
		claim      criterion.Claim
		reason     string
	}{
		{"tool of another language", "notes-api", claim(criterion.Lint, "tool", "ruff"), "no tool for notes-api (go)"},
		{"no type checker", "notes-api", claim(criterion.TypeCheck), "has a tool for that"},
		{"image without Dockerfile", "textlib", claim(criterion.ImageBuild), "no Dockerfile"},
		{"publish without Dockerfile", "textlib", claim(criterion.Publish), "no Dockerfile"},
		{"unknown service", "textlib", claim(criterion.IntegrationTest, "service", "oracle"), "does not know how to start"},
		{"coverage that nobody measures", "grepx", claim(criterion.CoverageUpload, "service", "codecov"), "no coverage report"},
		{"another coverage service", "textlib", claim(criterion.CoverageUpload, "service", "coveralls"), "Codecov"},
		{"another language's matrix", "textlib", claim(criterion.Matrix, "language", "node", "versions", "20,22"), "textlib (python)"},
		{"matrix of what", "monorepo", claim(criterion.Matrix, "versions", "7,8"), "name the language"},
		{"absurd timeout", "textlib", claim(criterion.Timeout, "minutes", "9000"), "1 to 360"},
		{"circular order", "notes-api", claim(criterion.Order, "first", "build", "then", "test"), "the reverse"},
		{"service that needs a command", "textlib", claim(criterion.IntegrationTest, "service", "minio"), "no command"},
		{"unknown scanner", "notes-api", claim(criterion.Scan, "tool", "snyk"), "trivy"},
		{"unknown severity", "notes-api", claim(criterion.Scan, "severities", "SCARY"), "does not know"},
		{"unknown component", "monorepo", claim(criterion.Lint, "component", "worker"), "no such component"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Write(plantest.Get(tt.repo).Request(".github/workflows/ci.yml", tt.claim))
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.reason) {
				t.Errorf("got %v, want a refusal that says %q", err, tt.reason)
			}
		})
	}
}

func TestRefusesPlatformWithoutBaseImage(t *testing.T) {
	r := plantest.Get("shop")
	delete(r.Files, "Dockerfile") // AutoGit's own Dockerfile is to come with the task
	req := r.Request(".github/workflows/ci.yml", claim(criterion.ImageBuild, "platforms", "linux/riscv64"))
	req.Siblings = []string{"Dockerfile"}
	_, err := Write(req)
	var refusal *artifact.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, "does not exist for it") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestWriteIsStable(t *testing.T) {
	for _, r := range plantest.All() {
		a, b := write(t, r.Request(".github/workflows/ci.yml")), write(t, r.Request(".github/workflows/ci.yml"))
		if string(a) != string(b) {
			t.Errorf("%s: two runs differ", r.Name)
		}
		if !artifact.Untouched(a) {
			t.Errorf("%s: the file is not sealed", r.Name)
		}
	}
}

// A script that held an expression would run whatever somebody puts into a branch name or a title.
func TestNoExpressionInScripts(t *testing.T) {
	for _, r := range plantest.All() {
		var doc struct {
			Jobs map[string]struct {
				Steps []struct{ Run string }
			}
		}
		if err := yaml.Unmarshal(write(t, r.Request(".github/workflows/ci.yml")), &doc); err != nil {
			t.Fatal(err)
		}
		for id, j := range doc.Jobs {
			for _, s := range j.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: job %s runs %q", r.Name, id, s.Run)
				}
			}
		}
	}
}
