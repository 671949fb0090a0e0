package proof

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

func status(t testing.TB, files map[string]string, file, text string) (string, string) {
	t.Helper()
	c := prove(t, files, file, text)[0]
	if c.Refused {
		return "refused", c.Reason
	}
	return c.Status, c.Reason
}

func TestWhatTheRulebookForbidsIsRefused(t *testing.T) {
	files := good(t)
	for text, file := range map[string]string{
		"Run as root": docker, "Use latest base image": docker, "Hard-code the password": compose, "Push images from pull requests": github, "Use continue-on-error for the lint job": github,
		"Scan with Trivy but never fail": github, "Skip the lock file": docker, "Mount the docker socket": compose, "Disable TLS verification": docker, "Run in privileged mode": compose,
	} {
		if got, why := status(t, files, file, text); got != "refused" || why == "" {
			t.Errorf("%s: %s (%s)", text, got, why)
		}
	}
}

func TestWhatTheRepositoryContradictsIsRefused(t *testing.T) {
	files := good(t)
	for text, file := range map[string]string{
		"Run linting with golangci-lint":   github,
		"Run tests with jest":              github,
		"Scan with govulncheck":            github,
		"Health check on /status":          docker,
		"Expose port 3000":                 docker,
		"Test against Python 3.8 and 3.12": github,
		"make test runs jest":              makef,
	} {
		if got, why := status(t, files, file, text); got != "refused" || why == "" {
			t.Errorf("%s: %s (%s)", text, got, why)
		}
	}
}

func TestRoutesOfTheSourceAreNoContradiction(t *testing.T) {
	files := good(t)
	files["src/more.py"] = `app.get("/readyz")`
	if got, _ := status(t, files, docker, "Health check on /readyz"); got != CriterionUnproven {
		t.Errorf("a route of the source: %s", got)
	}
}

// TestNegationIsProvenByAbsenceAlone: that a claim is unproven does not prove its opposite.
func TestNegationIsProvenByAbsenceAlone(t *testing.T) {
	none := map[string]string{github: "on: push\njobs:\n  a:\n    steps:\n      - run: pytest\n"}
	soft := map[string]string{github: "on: push\njobs:\n  a:\n    steps:\n      - run: ruff check . || true\n"}
	for _, c := range []struct {
		files map[string]string
		text  string
		want  string
	}{
		{none, "Do not run linting", CriterionProven},
		{soft, "Do not run linting", CriterionUnproven},
		{soft, "Run linting with ruff", CriterionUnproven},
		{good(t), "Do not run linting", CriterionUnproven},
		{none, "Do not run ruff", CriterionProven},
		{none, "Cache nothing", CriterionProven},
		{good(t), "Cache nothing", CriterionUnproven},
		{none, "No health check", CriterionUnproven},
	} {
		if got, why := status(t, c.files, github, c.text); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.text, got, why, c.want)
		}
	}
}

func TestOnlyExcludesEveryOtherEvent(t *testing.T) {
	wf := func(on, cond string) map[string]string {
		return map[string]string{github: "on: " + on + "\njobs:\n  t:\n    " + cond + "\n    steps:\n      - run: pytest\n"}
	}
	for _, c := range []struct {
		files map[string]string
		text  string
		want  string
	}{
		{wf("pull_request", "name: t"), "Run tests on pull requests only", CriterionProven},
		{wf("[push, pull_request]", "name: t"), "Run tests on pull requests only", CriterionUnproven},
		{wf("[push, pull_request]", "if: github.event_name == 'pull_request'"), "Run tests on pull requests only", CriterionProven},
		{wf("[pull_request, workflow_dispatch]", "name: t"), "Run tests on pull requests only", CriterionUnproven},
		{wf("[pull_request, workflow_call]", "name: t"), "Run tests on pull requests only", CriterionUnproven},
		{wf("push", "name: t"), "Run tests on push only", CriterionProven},
		{wf("[push, schedule]", "name: t"), "Run tests on push only", CriterionProven}, // a schedule without a cron entry never comes
		{wf("[push, pull_request]", "name: t"), "Run tests on push only", CriterionUnproven},
	} {
		if got, why := status(t, c.files, github, c.text); got != c.want {
			t.Errorf("%s on %.60q: %s (%s), want %s", c.text, c.files[github], got, why, c.want)
		}
	}
}

// TestWhatNeverHappensNeverHappens: a claim that something does not happen must hold for unusual runs too.
func TestWhatNeverHappensNeverHappens(t *testing.T) {
	wf := func(on, cond string) map[string]string {
		return map[string]string{github: "on: " + on + "\njobs:\n  t:\n    " + cond + "\n    steps:\n      - run: pytest\n      - run: docker push ghcr.io/x/y\n"}
	}
	for _, c := range []struct {
		files map[string]string
		text  string
		want  string
	}{
		{wf("{push: {}, pull_request: {types: [opened]}}", "name: t"), "Do not push images from pull requests", CriterionUnproven},
		{wf("{push: {}, pull_request: {types: [labeled]}}", "name: t"), "Do not push images from pull requests", CriterionUnproven},
		{wf("pull_request", "if: github.actor == 'someone'"), "Do not push images from pull requests", CriterionUnproven},
		{wf("pull_request", "if: github.head_ref == 'release'"), "Do not push images from pull requests", CriterionUnproven},
		{wf("pull_request", "if: github.event.pull_request.draft"), "Do not push images from pull requests", CriterionUnproven},
		{wf("[push, pull_request]", "if: github.event_name == 'push' && github.actor != 'someone'"), "Do not push images from pull requests", CriterionProven},
		{wf("{push: {}, pull_request: {types: [labeled]}}", "name: t"), "Run tests on push only", CriterionUnproven},
		{wf("push", "if: github.ref == 'refs/heads/prod' || startsWith(github.ref, 'refs/tags/')"), "Publish images only on tags", CriterionUnproven},
		{wf("push", "if: startsWith(github.ref, 'refs/tags/')"), "Publish images only on tags", CriterionProven},
		{wf("push", "if: github.ref_name == 'prod'"), "Do not run tests on push", CriterionUnproven},
		{wf("{push: {}, pull_request: {types: [labeled]}}", "name: t"), "Do not run tests on pull requests", CriterionUnproven},
	} {
		if got, why := status(t, c.files, github, c.text); got != c.want {
			t.Errorf("%s on %.90q: %s (%s), want %s", c.text, c.files[github], got, why, c.want)
		}
	}
}

// TestGoTestsThatRunNothing: go test can compile, list, print and leave out.
func TestGoTestsThatRunNothing(t *testing.T) {
	for flags, want := range map[string]string{
		"": CriterionProven, "-race -count=1": CriterionProven, "-run Unit": CriterionProven, "-skip Slow": CriterionProven, "-exec qemu-arm": CriterionProven,
		"-c": CriterionUnproven, "-n": CriterionUnproven, "-list=.": CriterionUnproven, "-count=0": CriterionUnproven, "-run '^$'": CriterionUnproven, "-skip '.*'": CriterionUnproven, "-exec true": CriterionUnproven,
	} {
		files := map[string]string{"go.mod": "module x\n\ngo 1.24\n", github: "on: push\njobs:\n  t:\n    steps:\n      - run: go test " + flags + " ./...\n"}
		if got, why := status(t, files, github, "Run tests"); got != want {
			t.Errorf("go test %s: %s (%s), want %s", flags, got, why, want)
		}
	}
}

// TestMakefilesThatHideFailures: settings for all recipes at once count as those of one.
func TestMakefilesThatHideFailures(t *testing.T) {
	for setting, want := range map[string]string{
		"": CriterionProven, "MAKEFLAGS += --no-builtin-rules -j4 -Otarget": CriterionProven, "SHELL := /usr/bin/env bash": CriterionProven, "MAKEFLAGS += -j$(shell nproc)": CriterionProven,
		".IGNORE:": CriterionUnproven, ".IGNORE: test": CriterionUnproven, "MAKEFLAGS += -i": CriterionUnproven, "MAKEFLAGS += -sn": CriterionUnproven, "MAKEFLAGS += --ignore-errors": CriterionUnproven, "SHELL = /bin/true": CriterionUnproven,
	} {
		files := map[string]string{"go.mod": "module x\n\ngo 1.24\n", makef: ".PHONY: test\ntest:\n\tgo test ./...\n" + setting + "\n"}
		if got, why := status(t, files, makef, "make test runs the tests"); got != want {
			t.Errorf("%s: %s (%s), want %s", setting, got, why, want)
		}
	}
}

// TestAScanOfNothingProvesNothing: without a checkout the folder is empty, and clean.
func TestAScanOfNothingProvesNothing(t *testing.T) {
	const scan = "      - run: trivy fs --exit-code 1 .\n"
	for steps, want := range map[string]string{scan: CriterionUnproven, "      - uses: actions/checkout@v4\n" + scan: CriterionProven, "      - run: git clone https://example.com/x .\n" + scan: CriterionProven} {
		if got, why := status(t, map[string]string{github: "on: push\njobs:\n  s:\n    steps:\n" + steps}, github, "Scan with Trivy"); got != want {
			t.Errorf("%s: %s (%s), want %s", steps, got, why, want)
		}
	}
}

// TestExposedPortsAreTCP: health checks and web servers speak TCP; a port of UDP is another port.
func TestExposedPortsAreTCP(t *testing.T) {
	for line, want := range map[string]string{"EXPOSE 8080": CriterionProven, "EXPOSE 8080/TCP": CriterionProven, "EXPOSE 8080/udp": CriterionUnproven} {
		files := map[string]string{docker: "FROM debian:13\n" + line + "\n"}
		if got, why := status(t, files, docker, "Expose port 8080"); got != want {
			t.Errorf("%s: %s (%s), want %s", line, got, why, want)
		}
	}
}

// TestUniversalClaimsHoldInEveryFile and existential ones in one.
func TestUniversalClaimsHoldInEveryFile(t *testing.T) {
	files := good(t)
	files["worker/Dockerfile"] = "FROM python:latest\nCMD [\"python\", \"w.py\"]\n"
	files[".github/workflows/old.yml"] = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n"
	both := docker + " worker/Dockerfile"
	flows := github + " .github/workflows/old.yml"
	for _, c := range []struct{ file, text, want string }{
		{both, "Pin base image versions", CriterionUnproven},
		{both, "Non-root user", CriterionUnproven},
		{both, "Expose port 8080", CriterionProven},
		{both, "Health check endpoint", CriterionProven},
		{flows, "Pin actions to commit SHAs", CriterionUnproven},
		{flows, "Least-privilege token permissions", CriterionUnproven},
		{flows, "Jobs must time out after 15 minutes", CriterionUnproven},
		{flows, "Run linting with ruff", CriterionProven},
		{flows, "Do not push images from pull requests", CriterionProven},
	} {
		if got, why := status(t, files, c.file, c.text); got != c.want {
			t.Errorf("%s on %s: %s (%s), want %s", c.text, c.file, got, why, c.want)
		}
	}
}

// TestAClaimSpeaksOfItsKindOfFile: with several kinds among the files, each claim is held against its own.
func TestAClaimSpeaksOfItsKindOfFile(t *testing.T) {
	files := good(t)
	files[compose] = strings.Replace(files[compose], "POSTGRES_PASSWORD_FILE: /run/secrets/db", "POSTGRES_PASSWORD: hunter2", 1)
	all := strings.Join([]string{github, docker, compose, makef}, " ")
	if got, why := status(t, files, all, "No secrets in the image"); got != CriterionProven {
		t.Errorf("the Dockerfile has none: %s (%s)", got, why)
	}
	if got, _ := status(t, files, all, "No hard-coded passwords"); got != CriterionUnproven {
		t.Error("the Compose file has one")
	}
	if got, why := status(t, files, docker, "Run linting with ruff"); got != CriterionUnproven || !strings.Contains(why, "github-workflow") {
		t.Errorf("a Dockerfile proves nothing of pipelines: %s (%s)", got, why)
	}
}

func TestAFileOutsideTheTaskProvesNothing(t *testing.T) {
	files := good(t)
	files[".github/workflows/empty.yml"] = "on: push\njobs:\n  a:\n    steps:\n      - run: \"true\"\n"
	if got, _ := status(t, files, ".github/workflows/empty.yml", "Run linting with ruff"); got != CriterionUnproven {
		t.Errorf("%s", got)
	}
}

func TestAToolBehindMakeIsProvenWithBothLines(t *testing.T) {
	files := map[string]string{
		github:     "on: push\njobs:\n  a:\n    steps:\n      - run: make lint\n",
		"Makefile": "lint:\n\truff check .\n",
	}
	c := prove(t, files, github, "Run linting with ruff")[0]
	if c.Status != CriterionProven || c.Claims[0].Evidence.File != "Makefile" || len(c.Claims[0].More) != 1 || c.Claims[0].More[0].File != github || c.Claims[0].More[0].Line != 5 {
		t.Fatalf("%+v", c)
	}
	files["Makefile"] = "lint:\n\t-ruff check .\n"
	if got, _ := status(t, files, github, "Run linting with ruff"); got == CriterionProven {
		t.Error("make ignores the failure")
	}
	files["Makefile"] = "lint:\n\truff check .; echo done\n"
	if got, _ := status(t, files, github, "Run linting with ruff"); got == CriterionProven {
		t.Error("echo decides how the line ends")
	}
}

// TestAnUnpinnedActionHiddenInACompositeAction is found.
func TestAnUnpinnedActionHiddenInACompositeAction(t *testing.T) {
	files := good(t)
	files[".github/actions/x/action.yml"] = "runs:\n  using: composite\n  steps:\n    - uses: evil/action@main\n"
	files[github] = strings.Replace(files[github], "- run: poetry install\n", "- uses: ./.github/actions/x\n", 1)
	c := prove(t, files, github, "Pin actions to commit SHAs")[0]
	if c.Status == CriterionProven || c.Claims[0].Evidence.File != ".github/actions/x/action.yml" {
		t.Errorf("%+v", c)
	}
}

func TestImageSizeNeedsABuild(t *testing.T) {
	files := good(t)
	in := Input{Tree: repo.Memory(files), Files: []string{docker}}
	claim := criterion.Understand("Final image under 50 MB").Claims[0]
	if r := Prove(in, claim); r.Status != Unproven || !strings.Contains(r.Reason, "--try") {
		t.Errorf("%+v", r)
	}
	for size, want := range map[int64]Status{40 << 20: Proven, 50 << 20: Proven, 51 << 20: Unproven, 0: Unproven} {
		in.Measured = &Measured{ImageBytes: map[string]int64{docker: size}}
		if r := Prove(in, claim); r.Status != want {
			t.Errorf("%d bytes: %+v", size, r)
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	files := good(t)
	files[docker] = strings.Replace(files[docker], "WORKDIR", "ENV API_KEY=hunter2\nWORKDIR", 1)
	files[compose] = strings.Replace(files[compose], "POSTGRES_PASSWORD_FILE: /run/secrets/db", "POSTGRES_PASSWORD: hunter2", 1)
	for file, text := range map[string]string{docker: "No secrets in the image", compose: "No hard-coded passwords"} {
		b, err := json.Marshal(prove(t, files, file, text))
		if err != nil || strings.Contains(string(b), "hunter2") {
			t.Errorf("%s: %s", text, b)
		}
	}
}

// TestTheJSONIsThatOfTheTaskProtocol keeps the names of the fields.
func TestTheJSONIsThatOfTheTaskProtocol(t *testing.T) {
	files := map[string]string{makef: ".PHONY: help\nhelp:\n\t@echo help\n"}
	got, err := json.Marshal(Decide(Input{Tree: repo.Memory(files), Files: []string{makef}}, []string{"default target is help", "Make it good"}))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"text":"default target is help","status":"proven","claims":[{"claim":"default-target","params":{"name":"help"},"status":"proven","evidence":{"file":"Makefile","line":2,"text":"help:"}}]},` +
		`{"text":"Make it good","status":"not_understood","claims":[],"reason":"\"good\" is not accounted for; the nearest wording that is understood is \"make test runs pytest with coverage\""}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenFilesProveNothing(t *testing.T) {
	for _, m := range mutations {
		for _, broken := range []string{"", "\xff\xfe\x00", "a: [", "FROM", ": :\n  - x", "jobs: 3"} {
			files := good(t)
			for _, f := range strings.Fields(m.file) {
				files[f] = broken
			}
			if got, _ := status(t, files, m.file, m.text); got == CriterionProven {
				t.Errorf("%s on %s = %q: proven", m.text, m.file, broken)
			}
		}
	}
}

func TestEveryClaimHasAProof(t *testing.T) {
	checks := checkers()
	for _, e := range criterion.Examples() {
		for _, c := range criterion.Understand(e).Claims {
			if checks[c.Name] == nil {
				t.Errorf("no proof for %s", c.Name)
			}
			if len(ScopeOf(c)) == 0 {
				t.Errorf("no scope for %s", c.Name)
			}
		}
	}
}

// TestEmptyInputsDoNotPanic: no facts, no files, no tree.
func TestEmptyInputsDoNotPanic(t *testing.T) {
	for name := range checkers() {
		for _, in := range []Input{{}, {Tree: repo.Memory(nil)}, {Tree: repo.Memory(nil), Files: []string{"gone", docker}, Facts: &stack.Facts{}}} {
			if r := Prove(in, criterion.Claim{Name: name}); r.Status == Proven || r.Reason == "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	if r := Prove(Input{Tree: repo.Memory(nil)}, criterion.Claim{Name: "no-such-claim"}); r.Status != Unproven {
		t.Errorf("%+v", r)
	}
}

// FuzzProve: no content of a file makes a proof panic or hang, and what is proven has evidence.
func FuzzProve(f *testing.F) {
	files := good(f)
	var names []string
	for n := range checkers() {
		names = append(names, n)
	}
	slices.Sort(names)
	kinds := []string{github, gitlab, docker, compose, makef}
	for i, name := range kinds {
		for n := range names {
			f.Add(files[name], "lint", uint16(n), uint8(i))
		}
	}
	f.Add("a: &a [*a]\nservices: {a: {<<: *a}}", "x", uint16(3), uint8(3))
	f.Add("FROM a AS a\nFROM a\nCOPY --from=0 a b\nHEALTHCHECK CMD a||b", "ARG X=$X", uint16(9), uint8(2))
	f.Fuzz(func(t *testing.T, src, other string, n uint16, k uint8) {
		name, file := names[int(n)%len(names)], kinds[int(k)%len(kinds)]
		tree := repo.Memory(map[string]string{file: src, "x.mk": other, "package.json": other, ".dockerignore": other, "src/app.py": other})
		claim := criterion.Claim{Name: name, Not: n > 30_000, Params: map[string]string{"path": "/healthz", "port": "8080", "events": "push,tag", "first": "lint", "then": "test", "versions": "3.12", "language": "python",
			"percent": "80", "names": "help,test", "target": "test", "tool": other, "service": "database", "limit": "1G", "max": "1M", "keys": "source", "platforms": "linux/arm64", "registry": "ghcr.io", "interval": "30s", "name": "help", "cron": "0 2 * * *"}}
		r := Prove(Input{Tree: tree, Files: []string{file}, Facts: pythonFacts()}, claim)
		if r.Status == Proven && len(r.Evidence) == 0 {
			t.Fatalf("%s on %s: proven by nothing", name, file)
		}
	})
}
