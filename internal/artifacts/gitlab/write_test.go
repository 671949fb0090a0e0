package gitlab

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

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

func golden(t *testing.T, name string, content []byte) {
	t.Helper()
	valid(t, content)
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

// checkedJob is what GitLab itself checks of a job before it makes a pipeline.
type checkedJob struct {
	Stage   string
	Extends string
	Needs   []any
	Script  []string
	Timeout string
	Image   any
	Rules   any
	Cache   any
}

var reserved = []string{"stages", "workflow", "default", "variables", "include"}

var latest = regexp.MustCompile(`^[^$]*:[\w$][\w.$-]*$`)

// valid holds a pipeline against what makes GitLab refuse it: unknown stages, needs, templates, jobs without a script.
func valid(t *testing.T, content []byte) {
	t.Helper()
	var head struct{ Stages []string }
	var all map[string]yaml.Node
	if err := errors.Join(yaml.Unmarshal(content, &head), yaml.Unmarshal(content, &all)); err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	for name, node := range all {
		if slices.Contains(reserved, name) {
			continue
		}
		var j checkedJob
		if err := node.Decode(&j); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		image(t, name, j.Image)
		if strings.HasPrefix(name, ".") {
			continue
		}
		if len(j.Script) == 0 || j.Timeout == "" || !slices.Contains(head.Stages, j.Stage) {
			t.Errorf("job %s: script %q, timeout %q, stage %q of %q", name, j.Script, j.Timeout, j.Stage, head.Stages)
		}
		if _, ok := all[j.Extends]; j.Extends != "" && !ok {
			t.Errorf("job %s extends %s, which does not exist", name, j.Extends)
		}
		for _, need := range j.Needs {
			n, _ := need.(string)
			if m, ok := need.(map[string]any); ok {
				n, _ = m["job"].(string)
			}
			if _, ok := all[n]; !ok {
				t.Errorf("job %s needs %s, which does not exist", name, n)
			}
		}
	}
	if len(all) < 4 {
		t.Errorf("no jobs:\n%s", content)
	}
}

func image(t *testing.T, name string, img any) {
	t.Helper()
	if m, ok := img.(map[string]any); ok {
		img = m["name"]
	}
	if s, ok := img.(string); ok && (!latest.MatchString(s) || strings.HasSuffix(s, ":latest")) {
		t.Errorf("job %s: image %q is not pinned", name, s)
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
			golden(t, r.Name+".yml", write(t, r.Request(".gitlab-ci.yml")))
		})
	}
}

func TestWriteByClaims(t *testing.T) {
	tests := []struct {
		name, repo string
		claims     []criterion.Claim
	}{
		{"publish-on-tags", "notes-api", []criterion.Claim{claim(criterion.Publish, "on", "tag"), claim(criterion.Timeout, "minutes", "15")}},
		{"publish-on-main", "monorepo", []criterion.Claim{claim(criterion.Publish, "on", "main", "registry", "registry.example.com/team/shop")}},
		{"python", "textlib", []criterion.Claim{claim(criterion.CoverageThreshold, "percent", "80"), claim(criterion.FormatCheck, "tool", "black"), claim(criterion.LinkCheck),
			claim(criterion.Trigger, "events", "push,merge_request", "branches", "main,develop"), claim(criterion.Schedule, "cron", "0 2 * * *")}},
		{"integration", "textlib", []criterion.Claim{claim(criterion.IntegrationTest, "service", "postgres", "version", "16"), claim(criterion.IntegrationTest, "service", "elasticsearch")}},
		{"build-on-pull-requests-only", "shop", []criterion.Claim{claim(criterion.Trigger, "events", "pull_request", "only", "true", "job", "image-build")}},
		{"tests-on-merge-requests-only", "notes-api", []criterion.Claim{claim(criterion.Trigger, "events", "merge_request", "only", "true", "job", "test"), claim(criterion.Schedule, "cron", "0 2 * * *")}},
		{"scan-image", "shop", []criterion.Claim{claim(criterion.Scan, "tool", "trivy", "target", "image", "severities", "CRITICAL")}},
		{"merge-requests-only", "notes-api", []criterion.Claim{claim(criterion.Trigger, "events", "merge_request", "only", "true")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			golden(t, "claims-"+tt.name+".yml", write(t, plantest.Get(tt.repo).Request(".gitlab-ci.yml", tt.claims...)))
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]criterion.Claim{
		"tool of another language": claim(criterion.Lint, "tool", "rubocop"),
		"codecov":                  claim(criterion.CoverageUpload, "service", "codecov"),
		"no Dockerfile":            claim(criterion.ImageBuild),
	} {
		_, err := Write(plantest.Get("textlib").Request(".gitlab-ci.yml", c))
		var refusal *artifact.Refusal
		if !errors.As(err, &refusal) || refusal.Reason == "" {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

// GitLab keeps a schedule's time outside the file: that must be told, not silently left out.
func TestScheduleIsTold(t *testing.T) {
	out, err := Write(plantest.Get("textlib").Request(".gitlab-ci.yml", claim(criterion.Schedule, "cron", "0 2 * * *")))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(out.Notes, func(n string) bool { return strings.Contains(n, "0 2 * * *") }) {
		t.Errorf("notes do not tell of the schedule: %q", out.Notes)
	}
}

// A cache key takes two files at most; GitLab refuses a pipeline with more.
func TestCacheKeyHasAtMostTwoFiles(t *testing.T) {
	r := plantest.Get("textlib")
	r.Recipes[0].Toolchain.CacheKeys = []string{"a.lock", "b.lock", "c.lock"}
	var doc map[string]struct {
		Cache struct {
			Key struct{ Files []string }
		}
	}
	out := write(t, r.Request(".gitlab-ci.yml"))
	_ = yaml.Unmarshal(out, &doc) // other top-level keys have other shapes
	if n := len(doc[".python"].Cache.Key.Files); n != 2 {
		t.Errorf("cache key has %d files, want 2\n%s", n, out)
	}
}

// In a matrix, uv would take the version of .python-version on every leg, and get it when the image has another.
func TestMatrixTellsUVTheVersion(t *testing.T) {
	out := string(write(t, plantest.Get("textlib").Request(".gitlab-ci.yml")))
	if !strings.Contains(out, "UV_PYTHON: $PYTHON_VERSION") {
		t.Errorf("the matrix does not reach uv:\n%s", out)
	}
}
