package crossfile_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/crossfile"
)

// flow is a workflow with one script, on line 6.
func flow(run string) string {
	return "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: " + run + "\n"
}

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"X03": {
			{Name: "installed in a parent stage", Src: "FROM debian:13-slim AS b\nRUN apt-get install -y curl\nFROM b\nHEALTHCHECK CMD curl x\n"},
			{Name: "unknown image", Src: "FROM ghcr.io/a/b:1\nHEALTHCHECK CMD curl x\n"},
			{Name: "full image", Src: "FROM python:3.13\nHEALTHCHECK CMD curl x\n"},
			{Name: "alpine has wget and no curl", Src: "FROM alpine:3.22\nHEALTHCHECK CMD wget -q x\nHEALTHCHECK CMD [\"curl\", \"x\"]\n", Want: []string{"3:13"}},
			{Name: "alpine variant", Src: "FROM python:3.13-alpine\nHEALTHCHECK CMD curl x\n", Want: []string{"2:13"}},
			{Name: "no shell", Src: "FROM scratch\nCOPY app /app\nHEALTHCHECK CMD /app health\n", Want: []string{"3:13 shell"}},
			{Name: "the program itself", Src: "FROM scratch\nCOPY app /app\nHEALTHCHECK CMD [\"/app\", \"health\"]\n"},
			{Name: "distroless", Src: "FROM gcr.io/distroless/static:nonroot\nHEALTHCHECK CMD [\"wget\", \"x\"]\n", Want: []string{"2:13"}},
			{Name: "distroless with busybox", Src: "FROM gcr.io/distroless/static:debug\nHEALTHCHECK CMD [\"wget\", \"x\"]\n"},
			{Name: "copied in", Src: "FROM scratch\nCOPY --from=x:1 /bin/wget /bin/wget\nHEALTHCHECK CMD [\"/bin/wget\", \"x\"]\n"},
			{Name: "Compose on what it builds", Src: "-- docker-compose.yml --\nservices:\n  a:\n    build: .\n    healthcheck:\n      test: [CMD, curl, x]\n-- Dockerfile --\nFROM scratch\n", Want: []string{"docker-compose.yml:5:13"}},
			{Name: "Compose on a stage", Src: "-- docker-compose.yml --\nservices:\n  a:\n    build: {context: ., target: t}\n    healthcheck:\n      test: curl x\n-- Dockerfile --\nFROM debian:13 AS t\nRUN apt-get install curl\nFROM scratch\n"},
			{Name: "Compose on an image", Src: "-- docker-compose.yml --\nservices:\n  a:\n    image: node:24-slim\n    healthcheck:\n      test: [CMD-SHELL, \"curl x || exit 1\"]\n", Want: []string{"5:13"}},
		},
		"X06": {
			{Name: "own ignore file", Src: "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- Dockerfile.dockerignore --\n**/.env\n"},
			{Name: "ignored and taken back", Src: "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- .dockerignore --\n.env\n!.env\n", Want: []string{"Dockerfile:2:1"}},
			{Name: "everything ignored but some", Src: "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- .dockerignore --\n*\n!src\n"},
			{Name: "example", Src: "FROM a:1\nCOPY . .\n-- .env.example --\nA=1\n"},
			{Name: "one folder is copied", Src: "FROM a:1\nCOPY src /src\n-- .env --\nA=1\n"},
			{Name: "Git ignores one", Src: "FROM a:1\nCOPY . .\n-- .gitignore --\n.env\n", Want: []string{"Dockerfile:2:1 Git ignores"}},
			{Name: "of another service", Src: "-- a/Dockerfile --\nFROM a:1\nCOPY . .\n-- b/.env --\nA=1\n"},
			{Name: "deep in the context", Src: "FROM a:1\nCOPY . .\n-- cfg/id_rsa --\nA=1\n", Want: []string{"Dockerfile:2:1"}},
		},
		"X08": {
			{Name: "npm script", Src: flow("npm run lint") + "-- package.json --\n{\"scripts\": {\"test\": \"x\"}}\n", Want: []string{".github/workflows/ci.yml:6:22"}},
			{Name: "npm script in its folder", Src: flow("npm run lint\n        working-directory: web") + "-- package.json --\n{}\n-- web/package.json --\n{\"scripts\": {\"lint\": \"x\"}}\n"},
			{Name: "npm script of a workspace", Src: flow("npm run lint -w web") + "-- package.json --\n{}\n"},
			{Name: "no Makefile here", Src: flow("make tests")},
			{Name: "pattern target", Src: flow("make build-x") + "-- Makefile --\nbuild-%:\n\tx\n"},
			{Name: "make in a folder", Src: flow("make -C sub -j 4 V=1 all") + "-- sub/Makefile --\ntest:\n\tx\n", Want: []string{".github/workflows/ci.yml:6:35"}},
			{Name: "after cd", Src: flow("cd sub && make all") + "-- Makefile --\ntest:\n\tx\n"},
			{Name: "script", Src: flow("./scripts/gone.sh") + "-- scripts/x.sh --\nx\n", Want: []string{".github/workflows/ci.yml:6:14"}},
			{Name: "script made before", Src: flow("curl -o scripts/gone.sh x && sh scripts/gone.sh") + "-- scripts/x.sh --\nx\n"},
			{Name: "Dockerfile", Src: flow("docker build -f Dockerfile.prod .") + "-- Dockerfile --\nFROM a:1\n", Want: []string{".github/workflows/ci.yml:6:30"}},
			{Name: "stage", Src: flow("docker build --target=prod .") + "-- Dockerfile --\nFROM a:1 AS dev\n", Want: []string{".github/workflows/ci.yml:6:27"}},
			{Name: "stage of the build action", Src: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/build-push-action@v7\n        with:\n          context: .\n          target: prod\n-- Dockerfile --\nFROM a:1 AS dev\n", Want: []string{".github/workflows/ci.yml:9:19"}},
			{Name: "another repository", Src: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v7\n        with: {repository: a/b}\n      - run: make x\n-- Makefile --\ntest:\n\tx\n"},
			{Name: "GitLab", Src: "-- .gitlab-ci.yml --\nt:\n  script:\n    - make tests\n-- Makefile --\ntest:\n\tx\n", Want: []string{".gitlab-ci.yml:3:12"}},
		},
	}
	for _, r := range crossfile.All() {
		t.Run(r.ID, func(t *testing.T) { ruletest.Table(t, r, tests[r.ID]) })
	}
}
