package examples_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// made are folders and files that tools leave in an example; a copy begins without them.
var made = []string{"node_modules", "dist", "build", ".gradle", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache"}

// settings are variables of this process that would change what an example does.
var settings = []string{"PORT=", "HOST=", "DATABASE_URL=", "DATABASE_PASSWORD_FILE=", "REDIS_URL=", "REDIS_PASSWORD_FILE=", "API_URL=", "GOFLAGS=", "PYTHONPATH="}

// copyOf copies an example into a temporary folder: tests write caches and built files.
func copyOf(t *testing.T, example string) string {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir(example, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(example, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(made, d.Name()) && rel != "." {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, rel), 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func environ(extra ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return slices.ContainsFunc(settings, func(name string) bool { return strings.HasPrefix(kv, name) })
	})
	return append(env, append([]string{"GOWORK=off", "GOTOOLCHAIN=local"}, extra...)...)
}

// command is a process in a group of its own, so that what it starts can be ended with it.
func command(ctx context.Context, dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, environ(env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// output runs a command to its end.
func output(t *testing.T, dir string, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	b, err := command(ctx, dir, env, name, args...).CombinedOutput()
	return string(b), err
}

func mustRun(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	out, err := output(t, dir, env, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the examples are not run")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not on PATH: install it to run this example", p)
		}
	}
}

// log collects what a process writes, while another goroutine may read it.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// service is a started example.
type service struct {
	url  string
	log  *log
	cmd  *exec.Cmd
	done chan error
}

// start runs a service on a free port. At the end of the test it must end by itself after SIGTERM.
func start(t *testing.T, dir string, env []string, name string, args ...string) *service {
	t.Helper()
	port := freePort(t)
	return startOn(t, port, dir, append(env, "PORT="+strconv.Itoa(port)), name, args...)
}

func startOn(t *testing.T, port int, dir string, env []string, name string, args ...string) *service {
	t.Helper()
	s := &service{url: "http://127.0.0.1:" + strconv.Itoa(port), log: &log{}, done: make(chan error, 1)}
	s.cmd = command(context.Background(), dir, env, name, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	t.Cleanup(func() { s.stop(t) })
	return s
}

// stop asks for the end, and enforces it when asking is not enough: the group has nothing in it that this test did not start.
func (s *service) stop(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.done:
		// 143 is how a JVM ends after SIGTERM, graceful or not.
		if err != nil && s.cmd.ProcessState.ExitCode() != 143 {
			t.Errorf("after SIGTERM %s ended with %v\n%s", s.cmd.Path, err, s.log)
		}
	case <-time.After(10 * time.Second):
		t.Errorf("%s does not end after SIGTERM\n%s", s.cmd.Path, s.log)
	}
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
}

// get asks until the service answers, at most half a minute.
func (s *service) get(t *testing.T, path string) (int, string) {
	t.Helper()
	return s.do(t, http.MethodGet, path, "")
}

func (s *service) do(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			return resp.StatusCode, string(b)
		}
		select {
		case err := <-s.done:
			s.done <- err
			t.Fatalf("the service ended: %v\n%s", err, s.log)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("no answer: %v\n%s", err, s.log)
		}
	}
}

// want asks once the service is up, and compares.
func (s *service) want(t *testing.T, path string, status int, part string) {
	t.Helper()
	if code, body := s.get(t, path); code != status || !strings.Contains(body, part) {
		t.Errorf("GET %s: %d %s, want %d with %q\n%s", path, code, body, status, part, s.log)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}
