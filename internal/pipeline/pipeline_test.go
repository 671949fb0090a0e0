package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
)

func load(t testing.TB, file string, files map[string]string) *Pipeline {
	t.Helper()
	p, err := Load(repo.Memory(files), file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const wf = ".github/workflows/ci.yml"

// on is a workflow with one job under a trigger and a condition.
func on(trigger, cond string) map[string]string {
	if cond != "" {
		cond = "    if: " + cond + "\n"
	}
	return map[string]string{wf: "on:\n" + trigger + "jobs:\n  a:\n" + cond + "    runs-on: x\n    steps:\n      - run: pytest\n"}
}

func TestWhenAGitHubJobRuns(t *testing.T) {
	all := "  push:\n  pull_request:\n  schedule: [{cron: '0 2 * * *'}]\n  workflow_dispatch:\n"
	for _, c := range []struct {
		trigger, cond string
		o             Occasion
		want          Truth
	}{
		{all, "", Occasion{Event: Push}, True},
		{all, "", Occasion{Event: Tag}, True},
		{all, "", Occasion{Event: Release}, False},
		{"  push: {branches: [main]}\n", "", Occasion{Event: Tag}, False},
		{"  push: {tags: ['v*']}\n", "", Occasion{Event: Push}, False},
		{"  push: {tags: ['v*']}\n", "", Occasion{Event: Tag}, True},
		{"  push: {branches: [main], tags: ['v*']}\n", "", Occasion{Event: Tag}, True},
		{"  push: {branches: [main]}\n", "", Occasion{Event: Push, Branch: "other"}, False},
		{"  push: {branches: ['**', '!main']}\n", "", Occasion{Event: Push, Branch: "main"}, False},
		{"  push: {branches-ignore: [main]}\n", "", Occasion{Event: Push, Branch: "main"}, False},
		{"  push: {branches-ignore: ['**']}\n", "", Occasion{Event: Push}, False},
		{"  pull_request: {types: [closed]}\n", "", Occasion{Event: PullRequest}, False},
		{"  pull_request: {types: [opened, synchronize]}\n", "", Occasion{Event: PullRequest}, True},
		{"  pull_request: {types: [labeled]}\n", "", Occasion{Event: PullRequest, Possible: true}, True},
		{all, "github.actor == 'someone'", Occasion{Event: PullRequest}, False},
		{all, "github.actor == 'someone'", Occasion{Event: PullRequest, Possible: true}, Unknown},
		{all, "github.head_ref == 'release'", Occasion{Event: PullRequest, Possible: true}, Unknown},
		{all, "github.event_name == 'push' && github.actor == 'someone'", Occasion{Event: PullRequest, Possible: true}, False},
		{"  schedule: []\n", "", Occasion{Event: Schedule}, False},
		{all, "false", Occasion{Event: Push}, False},
		{all, "${{ false }}", Occasion{Event: Push}, False},
		{all, "github.event_name == 'push'", Occasion{Event: PullRequest}, False},
		{all, "${{ github.event_name == 'push' || github.event_name == 'pull_request' }}", Occasion{Event: PullRequest}, True},
		{all, "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'", Occasion{Event: Push, Branch: "main"}, True},
		{all, "github.ref == 'refs/heads/main'", Occasion{Event: Push}, False},
		{all, "startsWith(github.ref, 'refs/tags/')", Occasion{Event: Tag}, True},
		{all, "startsWith(github.ref, 'refs/tags/')", Occasion{Event: Push}, False},
		{all, "github.ref_type == 'tag'", Occasion{Event: Tag}, True},
		{all, "always()", Occasion{Event: Push}, True},
		{all, "failure()", Occasion{Event: Push}, False},
		{all, "${{ !cancelled() && !failure() }}", Occasion{Event: Push}, True},
		{all, "vars.RUN == 'yes'", Occasion{Event: Push}, Unknown},
		{all, "vars.RUN == 'yes' && false", Occasion{Event: Push}, False},
		{all, "(", Occasion{Event: Push}, Unknown},
		{all, "yes ${{ false }}", Occasion{Event: Push}, Unknown},
		{all, "github.actor != 'dependabot[bot]'", Occasion{Event: Push}, True},
		{all, "github.event.pull_request.draft == false", Occasion{Event: PullRequest}, True},
	} {
		p := load(t, wf, on(c.trigger, c.cond))
		if got := p.Runs(&p.Jobs[0], c.o); got != c.want {
			t.Errorf("on %q if %q at %+v: %v, want %v", c.trigger, c.cond, c.o, got, c.want)
		}
	}
}

func TestAJobWaitsForWhatItNeedsToRun(t *testing.T) {
	p := load(t, wf, map[string]string{wf: "on: [push, pull_request]\njobs:\n  a:\n    if: github.event_name == 'push'\n  b:\n    needs: a\n  c:\n    needs: a\n    if: always()\n  d:\n    needs: d\n"})
	for id, want := range map[string]Truth{"b": False, "c": True, "d": Unknown} {
		if got := p.Runs(p.JobByID(id), Occasion{Event: PullRequest}); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

func TestPathFilterJobsCountAsRunning(t *testing.T) {
	p := load(t, wf, map[string]string{wf: `on: push
jobs:
  changes:
    steps:
      - {id: f, uses: dorny/paths-filter@x}
  other:
    steps: [{run: "true"}]
  api: {needs: changes, if: "needs.changes.outputs.api == 'true'"}
  web: {needs: other, if: "needs.other.outputs.web == 'true'"}
`})
	if p.Runs(p.JobByID("api"), Occasion{Event: Push}) != True || p.Runs(p.JobByID("web"), Occasion{Event: Push}) != Unknown {
		t.Error("only the outputs of a path filter are known")
	}
}

func TestWhenAGitLabJobRuns(t *testing.T) {
	for _, c := range []struct {
		file string
		o    Occasion
		want Truth
	}{
		{"a: {script: x}", Occasion{Event: Push}, True},
		{"a: {script: x}", Occasion{Event: PullRequest}, False},
		{"workflow: {rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]}\na: {script: x}", Occasion{Event: PullRequest}, True},
		{"workflow: {rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]}\na: {script: x}", Occasion{Event: Push}, False},
		{"a: {script: x, rules: [{if: $CI_MERGE_REQUEST_IID}]}", Occasion{Event: PullRequest}, True},
		{"a: {script: x, rules: [{if: $CI_MERGE_REQUEST_IID, when: never}, {when: on_success}]}", Occasion{Event: PullRequest}, False},
		{"a: {script: x, rules: [{if: $CI_COMMIT_TAG}]}", Occasion{Event: Tag}, True},
		{"a: {script: x, rules: [{if: '$CI_COMMIT_TAG =~ /^v\\d+/'}]}", Occasion{Event: Tag}, True},
		{"a: {script: x, rules: [{if: '$CI_COMMIT_TAG =~ /^release/'}]}", Occasion{Event: Tag}, False},
		{"a: {script: x, rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}", Occasion{Event: Push, Branch: "main"}, True},
		{"a: {script: x, rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}", Occasion{Event: Push}, False},
		{"a: {script: x, rules: [{when: manual}]}", Occasion{Event: Push}, False},
		{"a: {script: x, when: manual}", Occasion{Event: Push}, False},
		{"a: {script: x, only: [merge_requests]}", Occasion{Event: PullRequest}, True},
		{"a: {script: x, only: [tags]}", Occasion{Event: Push}, False},
		{"a: {script: x, except: [branches]}", Occasion{Event: Push}, False},
		{"a: {script: x, rules: [{if: $MAYBE}]}", Occasion{Event: Push}, Unknown},
		{"a: {script: x, rules: [{if: $MAYBE}, {when: always}]}", Occasion{Event: Push}, True},
	} {
		p := load(t, ".gitlab-ci.yml", map[string]string{".gitlab-ci.yml": c.file})
		if got := p.Runs(&p.Jobs[0], c.o); got != c.want {
			t.Errorf("%s at %+v: %v, want %v", c.file, c.o, got, c.want)
		}
	}
}

// commandLines is what a pipeline runs, with a mark for what may fail unseen (~) or may not run (?).
func commandLines(p *Pipeline) []string {
	var out []string
	for _, j := range p.Jobs {
		for _, s := range j.Steps {
			for _, c := range s.Commands {
				l := c.String()
				if c.Swallowed {
					l = "~" + l
				}
				if c.Conditional {
					l = "?" + l
				}
				out = append(out, l)
			}
		}
	}
	return out
}

func TestGitLabExtendsDefaultReferenceAndInclude(t *testing.T) {
	p := load(t, ".gitlab-ci.yml", map[string]string{
		".gitlab-ci.yml": `include: [{local: /ci/base.yml}]
default: {image: "python:3.12", before_script: [make setup]}
.cmd: {script: [ruff check .]}
lint: {extends: .base, script: [!reference [.cmd, script], mypy src]}
own: {extends: [.base, .other], before_script: [], script: [a]}
`,
		"ci/base.yml": ".base: {stage: lint, cache: {key: {files: [uv.lock]}, paths: [.c]}}\n.other: {stage: deploy}\nincluded: {script: [pytest]}\n",
	})
	if diff := cmp.Diff([]string{"make setup", "ruff check .", "mypy src", "a", "make setup", "pytest"}, commandLines(p)); diff != "" {
		t.Error(diff)
	}
	l := p.JobByID("lint")
	if l.Stage != "lint" || p.JobByID("own").Stage != "deploy" || l.Image.Text != "python:3.12" || len(l.Caches) != 1 || p.JobByID("included").File != "ci/base.yml" {
		t.Errorf("%+v", l)
	}
}

func TestCommandsThatMayFailUnseen(t *testing.T) {
	for script, want := range map[string]string{
		"ruff check .":                          "ruff check .",
		"ruff check . || true":                  "~ruff check .|?true",
		"ruff check . | tee x":                  "~ruff check .|tee x",
		"set -o pipefail\nruff check . | tee x": "set -o pipefail|ruff check .|tee x",
		"set +e\nruff check .\necho ok":         "set +e|~ruff check .|~echo ok",
		"exit 0\nruff check .":                  "exit 0",
		"cd api && ruff check .":                "cd api|ruff check .",
		"ruff check . && mypy src":              "ruff check .|mypy src",
		"ruff check . && mypy src\necho done":   "~ruff check .|mypy src|echo done",
		"if true; then ruff check .; fi":        "~true|?ruff check .",
		"test -n \"$X\" && ruff check .":        "test -n $X|?ruff check .",
		"f() { ruff check .; }":                 "",
		"sh -c 'ruff check .'":                  "sh -c ruff check .|ruff check .",
		"sh -c 'ruff check .'\necho ok":         "sh -c ruff check .|ruff check .|echo ok",
		"sh -c 'ruff check .; true'":            "sh -c ruff check .; true|~ruff check .|true",
		"sh -ec 'ruff check .; true'":           "sh -ec ruff check .; true|ruff check .|true",
		"sh -c 'set -e; ruff check .; true'":    "sh -c set -e; ruff check .; true|~set -e|ruff check .|true",
		"trap 'exit 0' EXIT\nruff check .":      "trap exit 0 EXIT|~ruff check .",
		"trap 'rm -f x; exit' EXIT\nruff check": "trap rm -f x; exit EXIT|ruff check",
		"ruff check . || (echo bad && exit 1)":  "ruff check .|?echo bad|?exit 1",
		"# ruff check .\ntrue":                  "true",
		"cat <<EOF\nruff check .\nEOF":          "cat",
	} {
		p := load(t, wf, map[string]string{wf: "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          " + strings.ReplaceAll(script, "\n", "\n          ") + "\n"})
		got := strings.Join(commandLines(p), "|")
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", script, got, want)
		}
	}
}

func TestCommandsAreFollowedIntoTheRepository(t *testing.T) {
	files := map[string]string{
		wf:             "on: push\ndefaults: {run: {working-directory: api}}\njobs:\n  a:\n    steps:\n      - run: make lint\n      - run: npm run check\n        working-directory: web\n      - run: ./ci.sh\n        working-directory: .\n      - run: make -n lint\n",
		"api/Makefile": "lint: deps\n\truff check .\n\t-mypy src\ndeps:\n\tuv sync --locked\n",
		"web/package.json": `{
  "scripts": {
    "check": "eslint . && npm test",
    "test": "vitest run"
  }
}`,
		"ci.sh": "#!/bin/sh\nset -e\nshellcheck ci.sh\n",
	}
	p := load(t, wf, files)
	want := []string{"make lint", "uv sync --locked", "ruff check .", "~mypy src", "npm run check", "eslint .", "npm test", "vitest run", "./ci.sh", "set -e", "shellcheck ci.sh", "make -n lint"}
	if diff := cmp.Diff(want, commandLines(p)); diff != "" {
		t.Error(diff)
	}
	ruff := p.Jobs[0].Steps[0].Commands[2]
	if ruff.File != "api/Makefile" || ruff.Line != 2 || len(ruff.Via) != 1 || ruff.Via[0].File != wf || ruff.Via[0].Line != 6 {
		t.Errorf("the evidence of both lines: %s:%d via %+v", ruff.File, ruff.Line, ruff.Via)
	}
	if v := p.Jobs[0].Steps[1].Commands[3]; v.File != "web/package.json" || v.Line != 4 {
		t.Errorf("vitest at %s:%d", v.File, v.Line)
	}
}

func TestMakeCallingItselfEnds(t *testing.T) {
	p := load(t, wf, map[string]string{wf: "on: push\njobs: {a: {steps: [{run: make a}]}}\n", "Makefile": "a: b\n\tmake a\nb: a\n\tmake b\n", "package.json": `{"scripts":{"x":"npm run x"}}`})
	if n := len(commandLines(p)); n == 0 || n > 20 {
		t.Errorf("%d commands", n)
	}
}

func TestCompositeActionsAndReusableWorkflowsAreSeenThrough(t *testing.T) {
	files := map[string]string{
		wf:                                "on: push\npermissions: {contents: read}\njobs:\n  a:\n    if: github.event_name == 'push'\n    steps:\n      - uses: ./.github/actions/lint\n        continue-on-error: true\n  b:\n    needs: a\n    uses: ./.github/workflows/test.yml\n",
		".github/actions/lint/action.yml": "runs:\n  using: composite\n  steps:\n    - {run: ruff check ., shell: bash}\n    - uses: evil/action@main\n",
		".github/workflows/test.yml":      "on: workflow_call\njobs:\n  unit:\n    steps: [{run: pytest}]\n",
	}
	p := load(t, wf, files)
	if diff := cmp.Diff([]string{"ruff check .", "pytest"}, commandLines(p)); diff != "" {
		t.Error(diff)
	}
	if !p.Jobs[0].Steps[1].Soft {
		t.Error("the steps of a composite action inherit continue-on-error")
	}
	var uses []string
	for _, u := range p.Uses {
		uses = append(uses, u.Text)
	}
	if !strings.Contains(strings.Join(uses, " "), "evil/action@main") {
		t.Errorf("%v", uses)
	}
	if j := p.JobByID("b/unit"); j == nil || p.Runs(j, Occasion{Event: Push}) != True || len(j.Needs) != 1 {
		t.Errorf("%+v", j)
	}
}

func TestMatrixExcludes(t *testing.T) {
	p := load(t, wf, map[string]string{wf: "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        v: [1, 2, 3]\n        exclude: [{v: 2}]\n        include: [{v: 4}]\n"})
	a := p.Jobs[0].Axes[0]
	if len(a.Values) != 2 || a.Values[1].Text != "3" || len(p.Jobs[0].Include) != 1 {
		t.Errorf("%+v", p.Jobs[0])
	}
}

// TestManyWaysToTheSameJobEnd: jobs in layers that need all of the layer before, targets and extends likewise.
func TestManyWaysToTheSameJobEnd(t *testing.T) {
	var gh, gl, mk strings.Builder
	gh.WriteString("on: push\njobs:\n")
	for layer := range 40 {
		for k := range 8 {
			fmt.Fprintf(&gh, "  j%d-%d:\n    steps: [{run: make t0-0}]\n", layer, k)
			fmt.Fprintf(&gl, "j%d-%d:\n  script: [a, !reference [j%d-%d, script]]\n", layer, k, layer+1, k)
			fmt.Fprintf(&mk, "t%d-%d:", layer, k)
			gl.WriteString("  extends: [")
			gh.WriteString("    needs: [")
			for n := range 8 {
				if layer > 0 {
					fmt.Fprintf(&gh, "j%d-%d,", layer-1, n)
				}
				fmt.Fprintf(&gl, "j%d-%d,", layer+1, n)
				fmt.Fprintf(&mk, " t%d-%d", layer+1, n)
			}
			gh.WriteString("]\n")
			gl.WriteString("]\n")
			mk.WriteString("\n")
		}
	}
	files := map[string]string{wf: gh.String(), ".gitlab-ci.yml": gl.String(), "Makefile": mk.String()}
	start := time.Now()
	p := load(t, wf, files)
	if got := p.Runs(p.JobByID("j39-0"), Occasion{Event: Push}); got != True {
		t.Error(got)
	}
	load(t, ".gitlab-ci.yml", files)
	if d := time.Since(start); d > 90*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestBrokenFilesAreErrorsThatNameThem(t *testing.T) {
	for _, src := range []string{"", "a", "- a", "a: [", "\xff\xfe", "on: {"} {
		if _, err := Load(repo.Memory(map[string]string{wf: src}), wf); err == nil || !strings.Contains(err.Error(), wf) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("on: push\njobs:\n  a:\n    if: (github.x == 'a' && !b) || c\n    steps: [{run: 'make a || true'}]\n", "a: b\n\tmake b | x\n")
	f.Add("a: &a {script: [!reference [a, script]], extends: a, rules: [{if: '$A =~ /(/'}]}\ninclude: .gitlab-ci.yml\n", "x")
	f.Fuzz(func(t *testing.T, src, other string) {
		tree := repo.Memory(map[string]string{wf: src, ".gitlab-ci.yml": src, "Makefile": other, "package.json": other, "a.sh": other, ".github/actions/a/action.yml": other})
		for _, file := range []string{wf, ".gitlab-ci.yml"} {
			p, err := Load(tree, file)
			if err != nil {
				continue
			}
			for i := range p.Jobs {
				for _, e := range p.Events() {
					p.Runs(&p.Jobs[i], Occasion{Event: e})
				}
			}
		}
	})
}
