package makefile

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"Makefile": true, "services/api/Makefile": true, "GNUmakefile": true, "build/common.mk": true,
		"Makefile.am": false, "MAKEFILE": false, "Makefile/x": false, "makefile.go": false,
	} {
		if Match(p) != want {
			t.Errorf("Match(%q) = %v", p, !want)
		}
	}
}

func TestClaimsShapeTheFile(t *testing.T) {
	tests := map[string]struct {
		claims []criterion.Claim
		want   []string
		not    []string
	}{
		"aliases":               {claims: []criterion.Claim{claim(criterion.Targets, "names", "fmt,setup,ci")}, want: []string{"fmt: format ##", "setup: install ##", "ci: check ##"}},
		"a tool to add":         {claims: []criterion.Claim{claim(criterion.Lint, "tool", "flake8")}, want: []string{"lint: ## ", "\tuv run --with flake8 flake8 .\n"}},
		"a formatter writes":    {claims: []criterion.Claim{claim(criterion.TargetRuns, "target", "format", "tool", "black")}, want: []string{"format: ## Format the code\n\tuv run ruff format .\n\tuv run --with black black .\n"}},
		"a check only looks":    {claims: []criterion.Claim{claim(criterion.FormatCheck, "tool", "black")}, want: []string{"\tuv run --with black black --check .\n"}, not: []string{"black black .\n"}},
		"lint runs mypy":        {claims: []criterion.Claim{claim(criterion.TargetRuns, "target", "lint", "tool", "mypy")}, want: []string{"\tuv run ruff check .\n\tuv run mypy\n"}},
		"tests with coverage":   {claims: []criterion.Claim{claim(criterion.TargetRuns, "target", "test", "tool", "pytest", "coverage", "true")}, want: []string{"uv run pytest --cov"}},
		"deploy with that file": {claims: []criterion.Claim{claim(criterion.TargetRuns, "target", "deploy", "file", "compose.live.yml")}, want: []string{"compose -f compose.live.yml up"}},
		"deploy with compose":   {claims: []criterion.Claim{claim(criterion.TargetRuns, "target", "deploy", "tool", "docker compose")}, want: []string{"$(DOCKER) compose -f docker-compose.prod.yml up"}},
		"a coverage threshold":  {claims: []criterion.Claim{claim(criterion.CoverageThreshold, "percent", "80")}, want: []string{"--cov-fail-under=80"}},
		"push":                  {claims: []criterion.Claim{claim(criterion.Targets, "names", "push")}, want: []string{"push: build ##", "\t$(DOCKER) push $(IMAGE):$(VERSION)\n"}},
		"another default":       {claims: []criterion.Claim{claim(criterion.DefaultTarget, "name", "test")}, want: []string{".DEFAULT_GOAL := test\n"}},
		"what is forbidden":     {claims: []criterion.Claim{{Name: criterion.Targets, Params: map[string]string{"names": "nonsense"}, Not: true}}, want: []string{"help:"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, r := pythonService()
			req := request(nil, c, r)
			req.Claims = tt.claims
			got := write(t, req)
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is missing in:\n%s", w, got)
				}
			}
			for _, n := range tt.not {
				if strings.Contains(got, n) {
					t.Errorf("%q is in:\n%s", n, got)
				}
			}
		})
	}
}

func TestBuildOfTheImage(t *testing.T) {
	c, r := goService()
	req := request(map[string]string{"Dockerfile": "FROM scratch\n"}, c, r)
	req.Claims = []criterion.Claim{claim(criterion.TargetRuns, "target", "build", "tool", "docker")}
	got := write(t, req)
	for _, want := range []string{"\ncompile: ## Build the program\n", "\nbuild: ## Build the container image\n\t$(DOCKER) build", "\nrun: compile ##"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

func TestToolBehindAScript(t *testing.T) {
	c, r := nodeWorker()
	r.Lint = []stack.Command{{Run: "npm run lint", Tool: "eslint"}}
	r.Tools = []stack.Tool{{Name: "eslint", Job: "lint", Known: true, Commands: r.Lint}}
	req := request(nil, at(".", "web", c), r)
	req.Claims = []criterion.Claim{claim(criterion.TargetRuns, "target", "lint", "tool", "eslint")}
	if got := write(t, req); strings.Count(got, "\tnpm run lint\n") != 1 {
		t.Errorf("got:\n%s", got)
	}
	req = request(map[string]string{"Makefile": "lint:\n\tnpm run typecheck\n"}, at(".", "web", c), r)
	req.Claims = []criterion.Claim{claim(criterion.TargetRuns, "target", "lint", "tool", "eslint")}
	req.Unproven = req.Claims
	out, err := Modify(req)
	if want := "lint:\n\tnpm run typecheck\n\tnpm run lint\n"; err != nil || string(out.Content) != want {
		t.Errorf("got %v:\n%s", err, out.Content)
	}
}

func TestRunBuildsOnlyWhatItRuns(t *testing.T) {
	tests := map[string]struct {
		start, clean, output string
		want                 string
	}{
		"a program in bin":      {"./bin/server", "rm -rf bin coverage.out", "", "\nrun: build ##"},
		"a file of the output":  {"node dist/server.js", "", "dist", "\nrun: build ##"},
		"a script":              {"npm start", "rm -rf dist", "", "\nrun: build ##"},
		"the source":            {"uv run python -m books", "rm -rf dist build", "", "\nrun: ##"},
		"a path of the source":  {"python src/main.py", "rm -rf dist", "", "\nrun: ##"},
		"a word that is not it": {"gunicorn start.app:dist", "rm -rf dist", "", "\nrun: ##"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, r := goService()
			r.Start, r.Clean = run(tt.start), run(tt.clean)
			if c.Output = nil; tt.output != "" {
				c.Output = fact(tt.output)
			}
			if got := write(t, request(nil, c, r)); !strings.Contains(got, tt.want) {
				t.Errorf("%q is missing in:\n%s", tt.want, got)
			}
		})
	}
}

func TestImageContextAbove(t *testing.T) {
	c, r := goService()
	r.Image = &stack.Image{Context: "."}
	w, wr := nodeWorker()
	got := write(t, request(map[string]string{"services/api/Dockerfile": "", "services/worker/Dockerfile": ""}, at("services/api", "api", c), r, w, wr))
	if want := "-t $(IMAGE_PREFIX)api:$(VERSION) -f services/api/Dockerfile .\n"; !strings.Contains(got, want) {
		t.Errorf("%q is missing in:\n%s", want, got)
	}
}

func TestMakefileOfOneComponent(t *testing.T) {
	c, r := goService()
	w, wr := nodeWorker()
	req := request(nil, at("services/api", "api", c), r, w, wr)
	req.Path = "services/worker/Makefile"
	got := write(t, req)
	if strings.Contains(got, "go test") || !strings.Contains(got, "\ntest: ## Run the tests\n\tnpm test\n") {
		t.Errorf("the Makefile in services/worker is not for worker alone:\n%s", got)
	}
}

func TestComponentsOfOneName(t *testing.T) {
	c, r := goService()
	got := write(t, request(nil, at("a/api", "api", c), r, at("b/api", "api", c), r, at("ü", "ü", c), r))
	for _, want := range []string{"\napi-test:", "\nb-api-test:", "\npart2-test:"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		claims []criterion.Claim
		want   string
	}{
		"unknown target":      {[]criterion.Claim{claim(criterion.Targets, "names", "migrate")}, "migrate"},
		"no target":           {[]criterion.Claim{claim(criterion.Targets, "names", "a b")}, "a b"},
		"tool of another":     {[]criterion.Claim{claim(criterion.TargetRuns, "target", "lint", "tool", "eslint")}, "known there: ruff, flake8"},
		"deploy with helm":    {[]criterion.Claim{claim(criterion.TargetRuns, "target", "deploy", "tool", "helm")}, "helm"},
		"coverage of nothing": {[]criterion.Claim{claim(criterion.TargetRuns, "target", "test", "coverage", "true")}, "coverage"},
		"default is unknown":  {[]criterion.Claim{claim(criterion.DefaultTarget, "name", "launch")}, "launch"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, r := pythonService()
			r.Test, r.CoverageFile = run("uv run pytest"), ""
			req := request(nil, c, r)
			req.Claims = tt.claims
			_, err := Write(req)
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.want) {
				t.Errorf("got %v, want a refusal that names %q", err, tt.want)
			}
		})
	}
	if _, err := Write(request(nil)); err == nil {
		t.Error("a repository without components got a Makefile")
	}
}

func TestStandardPromisesOnlyWhatIsThere(t *testing.T) {
	c, _ := goService()
	facts := &stack.Facts{Components: []stack.Component{c}}
	if got := Standard(facts); !slices.Contains(got, "install, test, lint, format, build, clean targets") || slices.Contains(got, "deploy uses the production compose file") {
		t.Errorf("a service without a production Compose file: %q", got)
	}
	facts.Delivery = []stack.Delivery{{File: "docker-compose.prod.yml", Kind: "compose"}}
	if got := Standard(facts); !slices.Contains(got, "deploy uses the production compose file") {
		t.Errorf("a service with a production Compose file: %q", got)
	}
	lib := stack.Component{Kind: stack.KindLibrary, Test: fact("npm test")}
	if got := strings.Join(Standard(&stack.Facts{Components: []stack.Component{lib}}), "\n"); strings.Contains(got, "deploy") || strings.Contains(got, "lint") {
		t.Errorf("a library: %s", got)
	}
}

func TestStandardCriteriaAreUnderstood(t *testing.T) {
	c, _ := goService()
	for _, text := range Standard(&stack.Facts{Components: []stack.Component{c}, Delivery: []stack.Delivery{{File: "docker-compose.prod.yml"}}}) {
		if u := criterion.Understand(text); !u.Understood {
			t.Errorf("%q is not understood: %s", text, u.Why)
		}
	}
}

func TestStandardCriteriaAreMet(t *testing.T) {
	c, r := goService()
	req := request(nil, c, r)
	req.Claims = []criterion.Claim{
		claim(criterion.Targets, "names", "install,test,lint,format,build,deploy,clean"), claim(criterion.HelpListsAll),
		claim(criterion.DefaultTarget, "name", "help"), claim(criterion.TargetRuns, "target", "deploy", "file", "docker-compose.prod.yml"), claim(criterion.NoRoot),
	}
	if got := write(t, req); strings.Contains(got, "sudo") || !artifact.Untouched([]byte(got)) {
		t.Errorf("got:\n%s", got)
	}
}

func TestInDir(t *testing.T) {
	for _, tt := range []struct{ dir, run, want string }{
		{".", "go test ./...", "go test ./..."},
		{"api", "go test ./...", "cd api && go test ./..."},
		{"a b", "ls", "cd 'a b' && ls"},
		{"api", "a && b | c", "cd api && a && b | c"},
		{"api", "a || b", "cd api && (a || b)"},
		{"api", "a; b", "cd api && (a; b)"},
		{"api", "if x; then y; fi", "cd api && (if x; then y; fi)"},
		{"api", "a\nb", "cd api && (a; b)"},
		{"api", "x 'unclosed", "cd api && (x 'unclosed)"},
		{".", "echo $HOME $(pwd)", "echo $$HOME $$(pwd)"},
		{".", "", ""},
	} {
		if got := inDir(tt.dir, tt.run); got != tt.want {
			t.Errorf("inDir(%q, %q) = %q, want %q", tt.dir, tt.run, got, tt.want)
		}
	}
}

// Whatever a command says, the shell behind make gets it unchanged.
func TestMakeHandsCommandsOnUnchanged(t *testing.T) {
	c, r := goService()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[ -~]{0,40}`).Draw(rt, "text")
		r.Test = run("printf '%s' " + quote(text))
		if got := gnuMake(t, write(t, request(nil, c, r)), "-s", "test"); got != text {
			rt.Fatalf("got %q, want %q", got, text)
		}
	})
}
