package dockertest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Project is a Compose stack of a test.
type Project struct {
	t    testing.TB
	args []string
}

// RequireCompose is Require, and also asks for "docker compose".
func RequireCompose(t testing.TB) {
	t.Helper()
	Require(t)
	out, err := Command(t, "compose", "version").CombinedOutput()
	if err == nil {
		return
	}
	const advice = "needs docker compose; scripts/compose.sh provides it"
	if os.Getenv(RequireVar) == "1" {
		t.Fatalf("%s (%s=1): %v: %s", advice, RequireVar, err, lastLine(out, "no output"))
	}
	t.Skip(advice)
}

// Compose names the stack that the files in dir describe; nothing is started yet. The stack's containers, networks,
// volumes and the images built for it are removed when the test ends.
func Compose(t testing.TB, dir string, files ...string) *Project {
	t.Helper()
	project := name(t)
	p := &Project{t: t, args: []string{"compose", "--ansi=never", "--progress=plain", "-p", project, "--project-directory", dir}}
	for _, f := range files {
		p.args = append(p.args, "-f", f)
	}
	down := slices.Concat(p.args, []string{"down", "-v", "--rmi=local", "--remove-orphans", "-t", "1"})
	cleanup(t, down...)
	return p
}

// Up builds and starts the stack and waits until every service is running, or healthy where it has a health check.
func (p *Project) Up(args ...string) {
	p.t.Helper()
	if out, err := p.Run(append([]string{"up", "-d", "--build", "--pull=never", "--wait", "--wait-timeout=400"}, args...)...); err != nil {
		logs, _ := p.Run("logs", "--no-color", "--tail=40")
		p.t.Fatalf("docker compose up: %v\n%s\n%s", err, out, logs)
	}
}

// Run runs a docker compose command on the stack and returns both of its streams.
func (p *Project) Run(args ...string) (string, error) {
	p.t.Helper()
	out, err := Command(p.t, slices.Concat(p.args, args)...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// Addr returns the address on the loopback interface at which a service's published port answers.
func (p *Project) Addr(service, port string) string {
	p.t.Helper()
	addr, err := p.Run("port", service, port)
	if err != nil {
		p.t.Fatalf("docker compose port %s %s: %v: %s", service, port, err, addr)
	}
	return strings.Replace(addr, "0.0.0.0:", "127.0.0.1:", 1)
}
