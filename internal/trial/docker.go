package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// docker runs the docker command line and returns what it prints; the error carries the end of its complaint.
func (t *trial) docker(args ...string) (string, error) { return t.command(t.ctx, "docker", args...) }

func (t *trial) command(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // fixed programs with arguments of our own
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=1", "BUILDKIT_PROGRESS=plain", "DOCKER_CLI_HINTS=false")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, args[0], err, lastLines(complaint.String(), 12))
	}
	return strings.TrimSpace(out.String()), nil
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (t *trial) size(tag string) (int64, error) {
	s, err := t.docker("image", "inspect", "--format", "{{.Size}}", tag)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(s, 10, 64)
}

// waitHealthy waits until a container is healthy, or for a few seconds of running when it has no health check. In a stack, where
// mayEnd is set, a container that ended well has done its one job: a migration, say.
func (t *trial) waitHealthy(name string, mayEnd bool) (string, error) {
	const state = `{{.State.Status}}{{if eq .State.Status "exited"}}:{{.State.ExitCode}}{{end}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}`
	begin := time.Now()
	for {
		s, err := t.docker("inspect", "--format", state, name)
		if err != nil {
			return "", err
		}
		status, health, _ := strings.Cut(s, " ")
		since := time.Since(begin)
		switch {
		case health == "healthy":
			return fmt.Sprintf("healthy after %s", since.Round(100*time.Millisecond)), nil
		case mayEnd && status == "exited:0":
			return "ended well", nil
		case status != "running" && status != "created":
			return "", fmt.Errorf("the container ended (%s); its log: %s", status, t.logs(name))
		case health == "none" && since > 3*time.Second:
			return "running; it has no health check", nil
		case health == "unhealthy" || since > healthLimit:
			return "", fmt.Errorf("the container is %s after %s; its log: %s", health, since.Round(time.Second), t.logs(name))
		}
		select {
		case <-t.ctx.Done():
			return "", t.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (t *trial) logs(name string) string {
	out, err := exec.CommandContext(t.ctx, "docker", "logs", "--tail", "15", name).CombinedOutput() //nolint:gosec // a name of our own
	if err != nil {
		return err.Error()
	}
	return lastLines(string(out), 15)
}

// cleanUp removes what the trial made, also after an interrupt.
func (t *trial) cleanUp() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), time.Minute)
	defer cancel()
	for _, c := range t.containers {
		_, _ = t.command(ctx, "docker", "rm", "-f", "-v", c)
	}
	for _, i := range t.images {
		_, _ = t.command(ctx, "docker", "image", "rm", "-f", i)
	}
}

// composeCommand is the Compose that is installed: the plugin, or the older program.
func (t *trial) composeCommand() ([]string, error) {
	if _, err := t.docker("compose", "version"); err == nil {
		return []string{"docker", "compose"}, nil
	}
	if _, err := exec.LookPath("docker-compose"); err == nil {
		return []string{"docker-compose"}, nil
	}
	return nil, errors.New("neither docker compose nor docker-compose is installed")
}
