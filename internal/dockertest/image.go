package dockertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BuildOptions says how an image is built; the zero value builds the folder's Dockerfile.
type BuildOptions struct {
	File    string            // Dockerfile, relative to the context; "Dockerfile" when empty
	Target  string            // stage to stop at
	Args    map[string]string // --build-arg
	Network string            // network of RUN steps; "host" when empty, which reaches what the machine reaches
}

// Build builds an image from a folder and returns its name. The image is removed when the test ends.
func Build(t testing.TB, dir string, o BuildOptions) string {
	t.Helper()
	ref := name(t)
	args := []string{"build", "--progress=plain", "-t", ref, "--network=" + or(o.Network, "host")}
	if o.File != "" {
		args = append(args, "-f", filepath.Join(dir, o.File))
	}
	if o.Target != "" {
		args = append(args, "--target", o.Target)
	}
	for k, v := range o.Args {
		args = append(args, "--build-arg", k+"="+v)
	}
	start := time.Now()
	out, err := Command(t, append(args, dir)...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker build %s: %v\n%s", dir, err, out)
	}
	t.Logf("built %s in %s", ref, time.Since(start).Round(time.Millisecond))
	cleanup(t, "image", "rm", "-f", ref)
	return ref
}

// Size returns an image's size in bytes.
func Size(t testing.TB, ref string) int64 {
	t.Helper()
	var n int64
	out := output(t, "image", "inspect", "-f", "{{.Size}}", ref)
	if _, err := fmt.Sscan(out, &n); err != nil {
		t.Fatalf("size of %s: %q: %v", ref, out, err)
	}
	return n
}

// BaseImages makes the named base images available: kept where they are there, pulled where a registry answers, made
// as stand-ins by scripts/baseimages.sh otherwise.
func BaseImages(t testing.TB, names ...string) {
	t.Helper()
	if len(names) == 0 {
		return
	}
	script := filepath.Join(root(t), "scripts", "baseimages.sh")
	cmd := exec.CommandContext(t.Context(), script, names...)
	bin, err := client()
	if err != nil {
		t.Fatalf("base images: %v (call Require first)", err)
	}
	cmd.Env = append(os.Environ(), clientVar+"="+bin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", script, strings.Join(names, " "), err, out)
	}
}

// root returns the folder of go.mod above the test's working directory.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory: run the test inside the repository")
		}
	}
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
