package dockertest_test

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/dockertest"
)

// bases are the images that the test data name.
var bases = []string{"docker/dockerfile:1", "golang:1.26-bookworm", "gcr.io/distroless/static-debian12:nonroot"}

// probe is a TB that records a fatal failure instead of failing the test that it stands in.
type probe struct {
	testing.TB
	failure string
}

func (p *probe) Fatal(args ...any) { p.failure = fmt.Sprint(args...); runtime.Goexit() }

func (p *probe) Fatalf(format string, args ...any) {
	p.failure = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failureOf returns what f failed with, or nothing.
func failureOf(t *testing.T, f func(testing.TB)) string {
	p := &probe{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(p)
	}()
	<-done
	return p.failure
}

func server(t *testing.T) string {
	t.Helper()
	dockertest.Require(t)
	dockertest.BaseImages(t, bases...)
	return dockertest.Build(t, filepath.Join("testdata", "server"), dockertest.BuildOptions{})
}

func get(t *testing.T, addr string) string {
	t.Helper()
	client := &http.Client{Timeout: 5 * time.Second}
	res, err := client.Get("http://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

func TestBuildAndRunToHealthy(t *testing.T) {
	image := server(t)
	if size := dockertest.Size(t, image); size <= 0 || size > 50<<20 {
		t.Errorf("image has %d bytes, want a small one", size)
	}
	c := dockertest.Run(t, image, dockertest.RunOptions{Port: 8080, Flags: []string{"--read-only"}})
	c.WaitHealthy(30 * time.Second)
	if got := get(t, c.Addr()); got != "uid 65532" {
		t.Errorf("answer = %q, want that of user 65532", got)
	}
	if logs := c.Logs(); !strings.Contains(logs, "listening") {
		t.Errorf("logs = %q", logs)
	}
	if code, took := c.Stop(); code != 0 || took > 5*time.Second {
		t.Errorf("stop: exit code %d after %s, want 0 at once", code, took)
	}
}

func TestWaitHealthyFails(t *testing.T) {
	image := server(t)
	tests := map[string]struct {
		run  dockertest.RunOptions
		want string
	}{
		"on an unhealthy container": {dockertest.RunOptions{Env: map[string]string{"BROKEN": "1"}}, "running unhealthy"},
		"on one that ends":          {dockertest.RunOptions{Args: []string{"check", "http://127.0.0.1:1/"}}, "container ended: exited"},
		"without a health check":    {dockertest.RunOptions{Flags: []string{"--no-healthcheck"}}, "no health check"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := failureOf(t, func(tb testing.TB) { dockertest.Run(tb, image, tt.run).WaitHealthy(20 * time.Second) })
			if !strings.Contains(c, tt.want) {
				t.Errorf("failure = %q, want %q in it", c, tt.want)
			}
		})
	}
}

func TestBuildFailureShowsTheOutput(t *testing.T) {
	dockertest.Require(t)
	dir := t.TempDir()
	got := failureOf(t, func(tb testing.TB) { dockertest.Build(tb, dir, dockertest.BuildOptions{}) })
	if !strings.Contains(got, "Dockerfile") {
		t.Errorf("failure = %q, want the missing Dockerfile named", got)
	}
}

func TestEverythingIsRemoved(t *testing.T) {
	image := server(t)
	var ref, container string
	t.Run("inner", func(t *testing.T) {
		ref = dockertest.Build(t, filepath.Join("testdata", "server"), dockertest.BuildOptions{})
		container = dockertest.Run(t, ref, dockertest.RunOptions{}).Inspect("{{.Id}}")
	})
	for _, gone := range []string{ref, container} {
		if err := dockertest.Command(t, "inspect", gone).Run(); err == nil {
			t.Errorf("%s is still there after its test", gone)
		}
	}
	if err := dockertest.Command(t, "inspect", image).Run(); err != nil {
		t.Error("the outer test's image is gone: cleanup took what another made")
	}
}

func TestComposeStack(t *testing.T) {
	dockertest.RequireCompose(t)
	dockertest.BaseImages(t, append([]string{"postgres:17-alpine", "redis:7-alpine"}, bases...)...)
	p := dockertest.Compose(t, filepath.Join("testdata", "stack"), filepath.Join("testdata", "stack", "compose.yaml"))
	p.Up()
	if got := get(t, p.Addr("web", "8080")); got != "uid 65532" {
		t.Errorf("answer = %q", got)
	}
	query := func(password string) (string, error) {
		return p.Run("exec", "-T", "-e", "PGPASSWORD="+password, "db", "psql", "-h", "db", "-U", "app", "-d", "notes", "-tAc", "select current_user")
	}
	if got, err := query("correct horse"); err != nil || got != "app" {
		t.Errorf("query = %q, %v; want app", got, err)
	}
	if got, err := query("wrong"); err == nil {
		t.Errorf("a wrong password was taken: %q", got)
	}
	if got, err := p.Run("exec", "-T", "cache", "redis-cli", "set", "k", "v"); err != nil || got != "OK" {
		t.Errorf("redis set = %q, %v", got, err)
	}
}

func TestBaseImagesSecondRunIsQuick(t *testing.T) {
	dockertest.Require(t)
	dockertest.BaseImages(t, bases...)
	start := time.Now()
	dockertest.BaseImages(t, bases...)
	if took := time.Since(start); took > 90*time.Second {
		t.Errorf("a second run took %s: images are made again", took)
	}
}

func TestBaseImagesNamesWhatItCannotProvide(t *testing.T) {
	dockertest.Require(t)
	got := failureOf(t, func(tb testing.TB) { dockertest.BaseImages(tb, "example.invalid/none:1") })
	if !strings.Contains(got, "example.invalid/none:1") || !strings.Contains(got, "stand-in") {
		t.Errorf("failure = %q, want the image and the reason named", got)
	}
}

// A machine without an engine must be told from a broken one, so the two ways to run are tried in a child process.
func TestRequireWithoutAnEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the test binary again")
	}
	exe, err := filepath.Abs("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for required, want := range map[string]string{"": "needs docker", "1": "docker is required"} {
		cmd := exec.Command(exe, "-test.run=^TestRequireChild$", "-test.v")
		cmd.Env = []string{"AUTOGIT_TEST_CHILD=1", "PATH=", "DOCKER_HOST=unix:///nonexistent.sock", dockertest.RequireVar + "=" + required}
		out, err := cmd.CombinedOutput()
		if failed := err != nil; failed != (required == "1") || !strings.Contains(string(out), want) {
			t.Errorf("required=%q: error %v, output %s", required, err, out)
		}
	}
}
