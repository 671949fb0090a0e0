package dockertest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// cleanupTimeout bounds the removal of what a test made; an engine that hangs must not hang the test run.
const cleanupTimeout = 60 * time.Second

// pollEvery is the pause between two questions for a container's health.
const pollEvery = 250 * time.Millisecond

// RunOptions says how a container is started; the zero value runs the image as it is.
type RunOptions struct {
	Env   map[string]string
	Port  int      // container port to publish on a free port of 127.0.0.1; 0 publishes none
	Flags []string // further flags of docker run, such as --read-only
	Args  []string // command instead of the image's own
}

// Container is a running container of a test.
type Container struct {
	t    testing.TB
	name string
	port int
}

// Run starts a container in the background. It is removed, with its anonymous volumes, when the test ends.
func Run(t testing.TB, image string, o RunOptions) *Container {
	t.Helper()
	c := &Container{t: t, name: name(t), port: o.Port}
	args := []string{"run", "-d", "--pull=never", "--name", c.name}
	if o.Port != 0 {
		args = append(args, "-p", "127.0.0.1::"+strconv.Itoa(o.Port))
	}
	for k, v := range o.Env {
		args = append(args, "-e", k+"="+v)
	}
	args = append(append(args, o.Flags...), image)
	cleanup(t, "rm", "-f", "-v", c.name)
	if out, err := Command(t, append(args, o.Args...)...).CombinedOutput(); err != nil {
		t.Fatalf("docker run %s: %v\n%s", image, err, out)
	}
	return c
}

// Addr returns the address on the loopback interface at which the published port answers.
func (c *Container) Addr() string {
	c.t.Helper()
	if c.port == 0 {
		c.t.Fatal("no port was published: set RunOptions.Port")
	}
	// One line an address family; the first is IPv4.
	first, _, _ := strings.Cut(output(c.t, "port", c.name, strconv.Itoa(c.port)), "\n")
	return first
}

// WaitHealthy returns when the image's own health check reports healthy, and fails the test with the container's log
// when it reports unhealthy, the container ends, or the time is up.
func (c *Container) WaitHealthy(limit time.Duration) {
	c.t.Helper()
	var state string
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(pollEvery) {
		state = c.state()
		switch {
		case state == "running healthy":
			return
		case strings.HasSuffix(state, " none"):
			c.t.Fatalf("the image has no health check (container is %s)\n%s", state, c.Logs())
		case !strings.HasPrefix(state, "running ") && !strings.HasPrefix(state, "created "):
			c.t.Fatalf("container ended: %s\n%s", state, c.Logs())
		case strings.HasSuffix(state, "unhealthy"):
			c.t.Fatalf("container is %s; last check: %s\n%s", state, c.lastCheck(), c.Logs())
		}
	}
	c.t.Fatalf("not healthy after %s: %s; last check: %s\n%s", limit, state, c.lastCheck(), c.Logs())
}

// state returns the container's status and health, "running healthy".
func (c *Container) state() string {
	return output(c.t, "inspect", "-f", "{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", c.name)
}

// lastCheck returns what the last health check printed.
func (c *Container) lastCheck() string {
	return lastLine([]byte(output(c.t, "inspect", "-f", "{{range .State.Health.Log}}{{println .Output}}{{end}}", c.name)), "none yet")
}

// Logs returns what the container has printed on both streams.
func (c *Container) Logs() string {
	c.t.Helper()
	out, err := Command(c.t, "logs", c.name).CombinedOutput()
	if err != nil {
		c.t.Errorf("docker logs: %v", err)
	}
	return string(out)
}

// Exec runs a command in the container and returns its output and its error.
func (c *Container) Exec(args ...string) (string, error) {
	c.t.Helper()
	out, err := Command(c.t, append([]string{"exec", c.name}, args...)...).CombinedOutput()
	return string(out), err
}

// Inspect returns the value of a Go template over the container's description.
func (c *Container) Inspect(format string) string {
	c.t.Helper()
	return output(c.t, "inspect", "-f", format, c.name)
}

// Stop sends the image's stop signal and returns the exit code and how long the process took to end. A process that
// ignores the signal is killed after ten seconds and ends with 137.
func (c *Container) Stop() (code int, took time.Duration) {
	c.t.Helper()
	start := time.Now()
	output(c.t, "stop", "-t", "10", c.name)
	took = time.Since(start)
	code, err := strconv.Atoi(c.Inspect("{{.State.ExitCode}}"))
	if err != nil {
		c.t.Fatalf("exit code: %v", err)
	}
	return code, took
}

// output runs docker and returns its trimmed standard output; an error fails the test.
func output(t testing.TB, args ...string) string {
	t.Helper()
	cmd := Command(t, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// cleanup runs docker when the test has ended; the test's own context is over by then.
func cleanup(t testing.TB, args ...string) {
	bin, err := client()
	if err != nil {
		return
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), cleanupTimeout)
		defer cancel()
		if out, err := exec.CommandContext(ctx, bin, args...).CombinedOutput(); err != nil {
			t.Errorf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	})
}

// name returns a name that no other test has, for images and containers alike.
func name(t testing.TB) string {
	t.Helper()
	id := make([]byte, 4)
	if _, err := rand.Read(id); err != nil {
		t.Fatal(err)
	}
	return "autogit-test-" + strconv.Itoa(os.Getpid()) + "-" + hex.EncodeToString(id)
}

// Network makes a network on which containers find each other by name, and returns its name for a --network flag. Make
// it before the containers, so that it is removed after them.
func Network(t testing.TB) string {
	t.Helper()
	n := name(t)
	output(t, "network", "create", n)
	cleanup(t, "network", "rm", n)
	return n
}

// Name returns the container's name, which is its host name on a network made with Network.
func (c *Container) Name() string { return c.name }
