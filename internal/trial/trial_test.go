package trial_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/dockertest"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/trial"
)

const (
	base    = "debian:bookworm-slim"
	healthy = "FROM " + base + "\nCOPY app.sh /app.sh\nUSER 65532:65532\nHEALTHCHECK --interval=1s --start-period=20s CMD [\"test\", \"-f\", \"/app.sh\"]\nENTRYPOINT [\"sh\", \"/app.sh\"]\n"
	compose = `services:
  app:
    build: .
    init: true
    environment:
      TOKEN: ${TOKEN:?set it}
      LEVEL: ${LEVEL:-info}
    secrets: [password]
secrets:
  password:
    file: ./secrets/password
`
)

// files is a repository whose program waits to be stopped; the variable and the secret must be there.
func files(more ...string) *repo.Tree {
	all := map[string]string{"app.sh": "echo ready; sleep 300 & wait\n", "Dockerfile": healthy}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return repo.Memory(all)
}

func try(t *testing.T, tree *repo.Tree, facts *stack.Facts, names ...string) *trial.Report {
	t.Helper()
	r, err := trial.Run(t.Context(), tree, facts, names)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// left are containers, images and networks that trials made and did not remove.
func left(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, args := range [][]string{
		{"ps", "-aq", "--filter", "name=autogit-try-"}, {"images", "-q", "autogit-try-*"}, {"network", "ls", "-q", "--filter", "name=autogit-try-"},
		{"volume", "ls", "-q", "--filter", "name=autogit-try-"},
	} {
		b, err := dockertest.Command(t, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	return out.String()
}

func TestImage(t *testing.T) {
	dockertest.Require(t)
	dockertest.BaseImages(t, base)
	r := try(t, files(), &stack.Facts{}, "Dockerfile")
	if !r.OK() || len(r.Steps) != 2 || r.Images["Dockerfile"] == 0 || !strings.Contains(r.Steps[1].Detail, "healthy after") {
		t.Errorf("report %+v", r)
	}
	if l := left(t); l != "" {
		t.Errorf("left behind: %s", l)
	}
}

func TestImageThatNeedsAServerIsOnlyBuilt(t *testing.T) {
	dockertest.Require(t)
	dockertest.BaseImages(t, base)
	facts := &stack.Facts{Components: []stack.Component{{Path: ".", Services: []stack.Fact{{Value: "postgres"}}}}}
	r := try(t, files(), facts, "Dockerfile")
	if !r.OK() || !strings.Contains(r.Steps[1].Detail, "postgres") {
		t.Errorf("report %+v", r)
	}
}

func TestFailuresSayWhy(t *testing.T) {
	dockertest.Require(t)
	dockertest.BaseImages(t, base)
	for name, tt := range map[string]struct{ dockerfile, say string }{
		"does not build":     {"FROM " + base + "\nRUN echo no such thing >&2; exit 7\n", "no such thing"},
		"ends at once":       {"FROM " + base + "\nENTRYPOINT [\"sh\", \"-c\", \"echo out of luck; exit 3\"]\nHEALTHCHECK CMD true\n", "out of luck"},
		"never gets healthy": {strings.Replace(strings.Replace(healthy, "--start-period=20s", "--retries=1", 1), "/app.sh\"]\nENTRY", "/none\"]\nENTRY", 1), "unhealthy"},
	} {
		t.Run(name, func(t *testing.T) {
			r := try(t, files("Dockerfile", tt.dockerfile), &stack.Facts{}, "Dockerfile")
			if r.OK() || !strings.Contains(r.Steps[len(r.Steps)-1].Detail, tt.say) {
				t.Errorf("report %+v, want %q", r, tt.say)
			}
			if l := left(t); l != "" {
				t.Errorf("left behind: %s", l)
			}
		})
	}
}

func TestStack(t *testing.T) {
	dockertest.Require(t)
	dockertest.RequireCompose(t)
	dockertest.BaseImages(t, base)
	program := "test -n \"$TOKEN\" && test \"$LEVEL\" = info && test -r /run/secrets/password && echo ready; sleep 300 & wait\n"
	r := try(t, files("docker-compose.yml", compose, "app.sh", program), &stack.Facts{}, "docker-compose.yml")
	if !r.OK() || !strings.Contains(r.Steps[0].Detail, "1 containers") {
		t.Errorf("report %+v", r)
	}
	once := strings.Replace(compose, "services:\n", "services:\n  migrate:\n    image: "+base+"\n    command: [\"true\"]\n", 1)
	r = try(t, files("docker-compose.yml", once, "app.sh", program), &stack.Facts{}, "docker-compose.yml")
	if !r.OK() || !strings.Contains(r.Steps[0].Detail, "2 containers") {
		t.Errorf("a service that does one job and ends: %+v", r)
	}
	broken := strings.Replace(compose, "init: true", "entrypoint: [\"sh\", \"-c\", \"echo broken; exit 4\"]", 1)
	r = try(t, files("docker-compose.yml", broken), &stack.Facts{}, "docker-compose.yml")
	if r.OK() || !strings.Contains(r.Steps[0].Detail, "broken") {
		t.Errorf("report %+v", r)
	}
	if l := left(t); l != "" {
		t.Errorf("left behind: %s", l)
	}
}

func TestWithoutAnEngine(t *testing.T) {
	if _, err := exec.LookPath("docker"); err != nil {
		t.Log("no docker command either")
	}
	t.Setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
	if _, err := trial.Run(context.Background(), files(), &stack.Facts{}, []string{"Dockerfile"}); !errors.Is(err, trial.ErrNoDocker) {
		t.Errorf("error = %v, want ErrNoDocker", err)
	}
}
