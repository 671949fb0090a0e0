package e2e

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/dockertest"
)

// offline are the programs of generated pipelines that ask a service beyond the package registries.
func offline(t *testing.T) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, "vuln.go.dev"); err != nil {
		const why = "the databases of vulnerabilities cannot be reached"
		return map[string]string{"govulncheck": why, "npm audit": why}
	}
	return nil
}

func TestWorkflowStepsOfTheGoExample(t *testing.T) {
	needs(t, "bash", "go", "gcc")
	dockertest.Require(t)
	dir := service(t, "go-api")
	writeFiles(t, dir, "github")
	r := newRunner(t, dir, ".github/workflows/ci.yml")
	r.offline = offline(t)
	r.run()
	r.mustHaveRun("gofmt -l", "golangci-lint", "go test")
}

func TestWorkflowStepsOfTheNodeExample(t *testing.T) {
	needs(t, "bash", "node", "npm")
	dir := service(t, "node-api")
	writeFiles(t, dir, "github")
	r := newRunner(t, dir, ".github/workflows/ci.yml")
	r.offline = offline(t)
	r.run()
	r.mustHaveRun("npm ci", "npm run lint", "npm run typecheck", "test/*.test.ts")
}

// mustHaveRun demands that a passed step ran each command: a runner that leaves everything out would pass as well.
func (r *runner) mustHaveRun(commands ...string) {
	r.t.Helper()
	var all strings.Builder
	for _, scripts := range r.ran {
		all.WriteString(strings.Join(scripts, "\n") + "\n")
	}
	for _, c := range commands {
		if !strings.Contains(all.String(), c) {
			r.t.Errorf("no step ran %q; steps ran:\n%s", c, all.String())
		}
	}
}

// The runner itself must be able to fail, or the tests above prove nothing.
func TestRunnerFailsWithItsSteps(t *testing.T) {
	const text = `on: push
jobs:
  good:
    runs-on: ubuntu-24.04
    env: {GREETING: "hi ${{ github.run_id }}"}
    steps:
      - run: test "$GREETING" = "hi 4711"
      - if: github.event_name == 'push'
        run: exit 1
`
	dir := t.TempDir()
	writeFile(t, dir, "ci.yml", text)
	r := newRunner(t, dir, "ci.yml")
	r.run()
	if len(r.ran["good"]) != 1 {
		t.Errorf("ran %q, want the first step alone", r.ran)
	}
	o := do(t, command(t, dir, "bash", "-e", "-c", "false | true; echo passed"))
	if o.code != 0 || !strings.Contains(o.stdout, "passed") {
		t.Errorf("bash -e without pipefail: code %d, output %q", o.code, o.stdout)
	}
}
