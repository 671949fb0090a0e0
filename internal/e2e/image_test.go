package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/dockertest"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// soon makes an image's own health check be asked each second; what it asks stays the image's.
var soon = []string{"--health-interval=1s", "--health-start-period=0s", "--health-retries=90"}

// hardened are the limits under which a production container has to run.
var hardened = []string{"--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"}

// bases provides the base images of the Dockerfile at path and returns the build arguments that a machine without the
// pinned digests needs: a stand-in can have a tag's name, never its digest.
func bases(t testing.TB, path string) map[string]string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := dockerfile.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	images := map[string]bool{}
	if frontend := file.Directive("syntax"); frontend != "" {
		images[frontend] = true
	}
	for _, s := range file.Stages {
		if s.Parent == nil && s.Image != "scratch" {
			images[s.Image] = true
		}
	}
	args := map[string]string{}
	for _, in := range file.Args {
		for _, v := range in.Vars {
			if tag, _, pinned := strings.Cut(v.Value, "@sha256:"); pinned && images[v.Value] {
				args[v.Name] = tag
				delete(images, v.Value)
				images[tag] = true
			}
		}
	}
	var names []string
	for name := range images {
		if strings.Contains(name, "@sha256:") {
			t.Errorf("base %s is pinned by digest and no ARG can replace it", name)
		}
		names = append(names, name)
	}
	dockertest.BaseImages(t, names...)
	return args
}

// buildImage has the program write a service's Dockerfile and builds it.
func buildImage(t *testing.T, dir string) string {
	t.Helper()
	writeFiles(t, dir, "dockerfile")
	return dockertest.Build(t, dir, dockertest.BuildOptions{Args: bases(t, filepath.Join(dir, "Dockerfile"))})
}

// checkImage holds a running container against what every production image of AutoGit promises.
func checkImage(t *testing.T, image string, c *dockertest.Container) {
	t.Helper()
	if user := c.Inspect("{{.Config.User}}"); user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("runs as user %q", user)
	}
	var labels map[string]string
	if err := json.Unmarshal([]byte(c.Inspect("{{json .Config.Labels}}")), &labels); err != nil || labels["org.opencontainers.image.title"] == "" {
		t.Errorf("labels %v (%v), want the image's title in them", labels, err)
	}
	if code, took := c.Stop(); took > 9*time.Second || code == 137 {
		t.Errorf("docker stop took %s and ended with %d: the stop signal does not reach the process", took, code)
	}
	t.Logf("%s has %.1f MB", image, float64(dockertest.Size(t, image))/1e6)
}

// ask returns status and body of a GET.
func ask(t testing.TB, addr, path string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	res, err := client.Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestGoImageRunsToHealthy(t *testing.T) {
	dockertest.Require(t)
	image := buildImage(t, service(t, "go-api"))
	const postgres = "postgres:17-alpine"
	dockertest.BaseImages(t, postgres)
	network := "--network=" + dockertest.Network(t)
	db := dockertest.Run(t, postgres, dockertest.RunOptions{
		Env:   map[string]string{"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "only-here", "POSTGRES_DB": "app"},
		Flags: []string{network, "--health-cmd=pg_isready -h 127.0.0.1 -U app -d app", "--health-interval=1s", "--health-retries=90"},
	})
	db.WaitHealthy(2 * time.Minute)

	c := dockertest.Run(t, image, dockertest.RunOptions{
		Port: 8080, Env: map[string]string{"DATABASE_URL": "postgres://app:only-here@" + db.Name() + ":5432/app"},
		Flags: slices.Concat([]string{network}, soon, hardened),
	})
	c.WaitHealthy(2 * time.Minute)
	if code, body := ask(t, c.Addr(), "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d %s", code, body)
	}
	checkImage(t, image, c)
}

// A health check that cannot fail is worth nothing: without its database the service answers 503.
func TestGoImageIsUnhealthyWithoutItsDatabase(t *testing.T) {
	dockertest.Require(t)
	image := buildImage(t, service(t, "go-api"))
	c := dockertest.Run(t, image, dockertest.RunOptions{Flags: append(slices.Clone(soon), "--health-retries=2")})
	for end := time.Now().Add(time.Minute); ; time.Sleep(250 * time.Millisecond) {
		switch health := c.Inspect("{{.State.Health.Status}}"); {
		case health == "unhealthy":
			return
		case health == "healthy" || time.Now().After(end):
			t.Fatalf("the container is %s\n%s", health, c.Logs())
		}
	}
}

func TestNodeImageRunsToHealthy(t *testing.T) {
	dockertest.Require(t)
	image := buildImage(t, service(t, "node-api"))
	c := dockertest.Run(t, image, dockertest.RunOptions{Port: 3000, Flags: slices.Concat(soon, hardened)})
	c.WaitHealthy(2 * time.Minute)
	if code, body := ask(t, c.Addr(), "/convert?value=1&from=km&to=m"); code != http.StatusOK || !strings.Contains(body, "1000") {
		t.Errorf("/convert: %d %s", code, body)
	}
	checkImage(t, image, c)
}
