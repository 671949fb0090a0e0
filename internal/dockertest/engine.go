package dockertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// RequireVar is the environment variable that turns a missing engine from a skip into a failure.
const RequireVar = "AUTOGIT_REQUIRE_DOCKER"

// clientVar names the docker client to use instead of the first on PATH that has BuildKit.
const clientVar = "AUTOGIT_DOCKER"

// askTimeout bounds the questions about the client and the engine.
const askTimeout = 20 * time.Second

// client is the docker client of this process. It is looked for once, because asking takes a moment; the answer never
// changes while tests run.
var client = sync.OnceValues(findClient)

// Require returns when an engine answers, and skips the test otherwise (fails it under AUTOGIT_REQUIRE_DOCKER=1).
func Require(t testing.TB) {
	t.Helper()
	_, err := client()
	if err == nil {
		return
	}
	if os.Getenv(RequireVar) == "1" {
		t.Fatalf("docker is required (%s=1): %v", RequireVar, err)
	}
	t.Skipf("needs docker: %v", err)
}

// Command returns a docker command with BuildKit switched on, ended when the test ends.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	bin, err := client()
	if err != nil {
		t.Fatalf("docker %s: %v (call Require first)", strings.Join(args, " "), err)
	}
	cmd := exec.CommandContext(t.Context(), bin, args...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=1")
	return cmd
}

// findClient returns the first client that has BuildKit and whose engine answers.
func findClient() (string, error) {
	candidates := clients()
	if len(candidates) == 0 {
		return "", errors.New("no docker client on PATH; install docker.io")
	}
	var reasons []string
	for _, bin := range candidates {
		reason := unusable(bin)
		if reason == "" {
			return bin, nil
		}
		reasons = append(reasons, bin+": "+reason)
	}
	return "", fmt.Errorf("no usable docker client: %s; scripts/engine.sh start begins an engine", strings.Join(reasons, "; "))
}

// clients lists what may be a docker client, the wanted one alone where one is named.
func clients() []string {
	if named := os.Getenv(clientVar); named != "" {
		return []string{named}
	}
	var found []string
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		bin := filepath.Join(dir, "docker")
		if path, err := exec.LookPath(bin); err == nil && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

// unusable says why a client cannot be used, or nothing.
func unusable(bin string) string {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, bin, "version", "--format", "{{.Client.Version}} {{.Server.Version}}").CombinedOutput()
	if err != nil {
		return lastLine(out, "no engine answers")
	}
	version, _, _ := strings.Cut(string(out), " ")
	major, err := strconv.Atoi(strings.SplitN(version, ".", 2)[0])
	if err != nil {
		return "its version is not a number: " + version
	}
	// Clients before 23 carry BuildKit; later ones fall back to the old builder without the buildx plugin.
	if major >= 23 && exec.CommandContext(ctx, bin, "buildx", "version").Run() != nil {
		return "version " + version + " has no buildx plugin, so no BuildKit"
	}
	return ""
}

// lastLine returns the last line of a command's output, where its error stands, or def when there is none.
func lastLine(out []byte, def string) string {
	text := strings.TrimSpace(string(out))
	if text == "" {
		return def
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}
