package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/dockertest"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

var emptySetting = regexp.MustCompile(`(?m)^([A-Z][A-Z0-9_]*)=$`)

// prepare does what the head of a generated Compose file asks of people: fill in .env, make the secrets.
func prepare(t *testing.T, dir, file string, settings map[string]string) *yaml.Node {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := yaml.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	root := parsed.Root()
	example, err := os.ReadFile(filepath.Join(dir, ".env.example"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	filled := emptySetting.ReplaceAllStringFunc(string(example), func(line string) string {
		if v, ok := settings[strings.TrimSuffix(line, "=")]; ok {
			return line + v
		}
		return line + "throwaway"
	})
	writeFile(t, dir, ".env", filled)
	secrets := root.Get("secrets")
	for _, name := range secrets.Keys() {
		path := filepath.Join(dir, secrets.Get(name, "file").Text())
		writeFile(t, filepath.Dir(path), filepath.Base(path), "throwaway")
		if err := os.Chmod(path, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	var images []string
	for _, s := range root.Get("services").Keys() {
		if image := root.Get("services", s, "image").Text(); image != "" && !strings.Contains(image, "$") {
			images = append(images, image)
		}
	}
	dockertest.BaseImages(t, images...)
	return root
}

// override is a Compose file that lets a stack run beside others on this machine and be asked often: free ports, the
// host's network for builds, base images by tag. What the stack is stays as it was written.
func override(t *testing.T, root *yaml.Node, app string, port int, args map[string]string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("services:\n")
	for _, name := range root.Get("services").Keys() {
		s := root.Get("services", name)
		var own strings.Builder
		if name == app {
			fmt.Fprintf(&own, "    ports: !override [\"127.0.0.1::%d\"]\n", port)
		}
		if s.Has("healthcheck") && !s.Get("healthcheck", "disable").IsTrue() {
			own.WriteString("    healthcheck: {interval: 1s, retries: 400}\n")
		}
		if s.Has("build") {
			own.WriteString("    build:\n      network: host\n")
			if len(args) > 0 {
				own.WriteString("      args:\n")
			}
			for _, k := range slices.Sorted(maps.Keys(args)) {
				fmt.Fprintf(&own, "        %s: %q\n", k, args[k])
			}
		}
		if own.Len() > 0 {
			fmt.Fprintf(&b, "  %s:\n%s", name, own.String())
		}
	}
	dir := t.TempDir()
	writeFile(t, dir, "override.yml", b.String())
	return filepath.Join(dir, "override.yml")
}

// bringUp starts a stack and asks its app.
func bringUp(t *testing.T, dir, file, app string, port int, health string, args map[string]string, settings map[string]string) *dockertest.Project {
	t.Helper()
	root := prepare(t, dir, file, settings)
	if !slices.Contains(root.Get("services").Keys(), app) {
		t.Fatalf("%s has no service %s: %v", file, app, root.Get("services").Keys())
	}
	p := dockertest.Compose(t, dir, filepath.Join(dir, file), override(t, root, app, port, args))
	p.Up()
	if code, body := ask(t, p.Addr(app, fmt.Sprint(port)), health); code != http.StatusOK {
		t.Errorf("%s: %d %s", health, code, body)
	}
	return p
}

func TestProductionStackOfTheGoExample(t *testing.T) {
	dockertest.RequireCompose(t)
	dir := service(t, "go-api")
	writeFiles(t, dir, "--with-suggested", "dockerfile", "compose")
	image := dockertest.Build(t, dir, dockertest.BuildOptions{Args: bases(t, filepath.Join(dir, "Dockerfile"))})
	p := bringUp(t, dir, "docker-compose.prod.yml", "go-api", 8080, "/healthz", nil, map[string]string{"IMAGE": image})
	checkHardened(t, p, "go-api")
	// Restarted with everything on its volumes, it finds its data again.
	if out, err := p.Run("restart"); err != nil {
		t.Fatalf("restart: %v\n%s", err, out)
	}
	p.Up()
}

func TestDevelopmentStackOfTheGoExample(t *testing.T) {
	dockertest.RequireCompose(t)
	dir := service(t, "go-api")
	writeFiles(t, dir, "--with-suggested", "dockerfile", "compose")
	args := bases(t, filepath.Join(dir, "Dockerfile"))
	bringUp(t, dir, "docker-compose.yml", "go-api", 8080, "/healthz", args, nil)
}

func TestStacksOfTheNodeExample(t *testing.T) {
	dockertest.RequireCompose(t)
	dir := service(t, "node-api")
	writeFiles(t, dir, "--with-suggested", "dockerfile", "compose")
	args := bases(t, filepath.Join(dir, "Dockerfile"))
	t.Run("development", func(t *testing.T) {
		bringUp(t, dir, "docker-compose.yml", "node-api", 3000, "/health", args, nil)
	})
	t.Run("production", func(t *testing.T) {
		image := dockertest.Build(t, dir, dockertest.BuildOptions{Args: args})
		p := bringUp(t, dir, "docker-compose.prod.yml", "node-api", 3000, "/health", nil, map[string]string{"IMAGE": image})
		checkHardened(t, p, "node-api")
	})
}

// checkHardened asks the engine, not the file, how a service's container is confined.
func checkHardened(t *testing.T, p *dockertest.Project, name string) {
	t.Helper()
	id, err := p.Run("ps", "-q", name)
	if err != nil {
		t.Fatalf("%v: %s", err, id)
	}
	out := do(t, dockertest.Command(t, "inspect", "-f", "{{json .HostConfig}}", id))
	var host struct {
		ReadonlyRootfs bool
		Memory         int64
		SecurityOpt    []string
		CapDrop        []string
		RestartPolicy  struct{ Name string }
	}
	if err := json.Unmarshal([]byte(out.stdout), &host); err != nil {
		t.Fatalf("%v\n%s", err, out.stdout)
	}
	if !host.ReadonlyRootfs || host.Memory == 0 || host.RestartPolicy.Name != "unless-stopped" || !slices.Contains(host.CapDrop, "ALL") ||
		!slices.ContainsFunc(host.SecurityOpt, func(s string) bool { return strings.HasPrefix(s, "no-new-privileges") }) {
		t.Errorf("%s is not confined as a production service: %+v", name, host)
	}
}
