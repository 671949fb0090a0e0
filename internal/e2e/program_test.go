package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// limit ends a command that hangs; building images is the longest that any of them does.
const limit = 10 * time.Minute

// binary is the program under test, built once by TestMain's first user and removed when the tests end.
var binary = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(scratch, "autogit")
	cmd := exec.Command("go", "build", "-o", bin, "../..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build autogit: %w\n%s", err, out)
	}
	return bin, nil
})

// scratch is a folder for what all tests share.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "autogit-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// outcome is what a command left behind.
type outcome struct {
	stdout, stderr string
	code           int
}

// lastLine is the last line of standard output, where the completion signal stands.
func (o outcome) lastLine() string {
	text := strings.TrimRight(o.stdout, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// command prepares a command in a process group of its own, so that what it starts ends with it.
func command(t testing.TB, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// do runs a prepared command to its end.
func do(t testing.TB, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// must runs a command and fails the test unless it succeeds; it returns what was printed.
func must(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	o := do(t, command(t, dir, name, args...))
	if o.code != 0 {
		t.Fatalf("%s %s: exit code %d\n%s%s", name, strings.Join(args, " "), o.code, o.stdout, o.stderr)
	}
	return o.stdout
}

// autogit runs the program on a repository.
func autogit(t testing.TB, dir string, args ...string) outcome {
	t.Helper()
	return do(t, autogitCommand(t, dir, args...))
}

func autogitCommand(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return command(t, dir, bin, args...)
}

// writeFiles has the program write delivery files and demands that it ends done.
func writeFiles(t testing.TB, dir string, kinds ...string) {
	t.Helper()
	o := autogit(t, dir, append([]string{"write"}, kinds...)...)
	if o.code != 0 || o.lastLine() != `{"status":"done"}` {
		t.Fatalf("autogit write %s: exit code %d, last line %q\n%s", strings.Join(kinds, " "), o.code, o.lastLine(), o.stderr)
	}
}

// leftovers are what tools leave in an example's folder; a copy begins without them.
var leftovers = map[string]bool{
	"node_modules": true, "dist": true, "build": true, ".gradle": true, ".venv": true, "__pycache__": true,
	".pytest_cache": true, ".mypy_cache": true, ".ruff_cache": true,
}

// service copies an example and makes it a git repository of one commit.
func service(t testing.TB, example string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), example)
	copyTree(t, filepath.Join("..", "..", "examples", example), dir)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "a service")
	return dir
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		src, dst := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		switch {
		case leftovers[e.Name()]:
		case e.IsDir():
			copyTree(t, src, dst)
		case e.Type().IsRegular():
			b, err := os.ReadFile(src)
			if err != nil {
				t.Fatal(err)
			}
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dst, b, info.Mode().Perm()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// git runs git with none of the user's own settings.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := command(t, dir, "git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	o := do(t, cmd)
	if o.code != 0 {
		t.Fatalf("git %s: %s", strings.Join(args, " "), o.stderr)
	}
	return o.stdout
}

// needs skips the test when a program is not installed.
func needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("needs %s, which is not on PATH", p)
		}
	}
}
