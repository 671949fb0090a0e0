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
			{"installed in a parent stage", "FROM debian:13-slim AS b\nRUN apt-get install -y curl\nFROM b\nHEALTHCHECK CMD curl x\n", nil},
			{"unknown image", "FROM ghcr.io/a/b:1\nHEALTHCHECK CMD curl x\n", nil},
			{"full image", "FROM python:3.13\nHEALTHCHECK CMD curl x\n", nil},
			{"alpine has wget and no curl", "FROM alpine:3.22\nHEALTHCHECK CMD wget -q x\nHEALTHCHECK CMD [\"curl\", \"x\"]\n", []string{"3:13"}},
			{"alpine variant", "FROM python:3.13-alpine\nHEALTHCHECK CMD curl x\n", []string{"2:13"}},
			{"no shell", "FROM scratch\nCOPY app /app\nHEALTHCHECK CMD /app health\n", []string{"3:13 shell"}},
			{"the program itself", "FROM scratch\nCOPY app /app\nHEALTHCHECK CMD [\"/app\", \"health\"]\n", nil},
			{"distroless", "FROM gcr.io/distroless/static:nonroot\nHEALTHCHECK CMD [\"wget\", \"x\"]\n", []string{"2:13"}},
			{"distroless with busybox", "FROM gcr.io/distroless/static:debug\nHEALTHCHECK CMD [\"wget\", \"x\"]\n", nil},
			{"copied in", "FROM scratch\nCOPY --from=x:1 /bin/wget /bin/wget\nHEALTHCHECK CMD [\"/bin/wget\", \"x\"]\n", nil},
			{"Compose on what it builds", "-- docker-compose.yml --\nservices:\n  a:\n    build: .\n    healthcheck:\n      test: [CMD, curl, x]\n-- Dockerfile --\nFROM scratch\n", []string{"docker-compose.yml:5:13"}},
			{"Compose on a stage", "-- docker-compose.yml --\nservices:\n  a:\n    build: {context: ., target: t}\n    healthcheck:\n      test: curl x\n-- Dockerfile --\nFROM debian:13 AS t\nRUN apt-get install curl\nFROM scratch\n", nil},
			{"Compose on an image", "-- docker-compose.yml --\nservices:\n  a:\n    image: node:24-slim\n    healthcheck:\n      test: [CMD-SHELL, \"curl x || exit 1\"]\n", []string{"5:13"}},
		},
		"X06": {
			{"own ignore file", "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- Dockerfile.dockerignore --\n**/.env\n", nil},
			{"ignored and taken back", "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- .dockerignore --\n.env\n!.env\n", []string{"Dockerfile:2:1"}},
			{"everything ignored but some", "FROM a:1\nCOPY . .\n-- .env --\nA=1\n-- .dockerignore --\n*\n!src\n", nil},
			{"example", "FROM a:1\nCOPY . .\n-- .env.example --\nA=1\n", nil},
			{"one folder is copied", "FROM a:1\nCOPY src /src\n-- .env --\nA=1\n", nil},
			{"Git ignores one", "FROM a:1\nCOPY . .\n-- .gitignore --\n.env\n", []string{"Dockerfile:2:1 Git ignores"}},
			{"of another service", "-- a/Dockerfile --\nFROM a:1\nCOPY . .\n-- b/.env --\nA=1\n", nil},
			{"deep in the context", "FROM a:1\nCOPY . .\n-- cfg/id_rsa --\nA=1\n", []string{"Dockerfile:2:1"}},
		},
		"X08": {
			{"npm script", flow("npm run lint") + "-- package.json --\n{\"scripts\": {\"test\": \"x\"}}\n", []string{".github/workflows/ci.yml:6:22"}},
			{"npm script in its folder", flow("npm run lint\n        working-directory: web") + "-- package.json --\n{}\n-- web/package.json --\n{\"scripts\": {\"lint\": \"x\"}}\n", nil},
			{"npm script of a workspace", flow("npm run lint -w web") + "-- package.json --\n{}\n", nil},
			{"no Makefile here", flow("make tests"), nil},
			{"pattern target", flow("make build-x") + "-- Makefile --\nbuild-%:\n\tx\n", nil},
			{"make in a folder", flow("make -C sub -j 4 V=1 all") + "-- sub/Makefile --\ntest:\n\tx\n", []string{".github/workflows/ci.yml:6:35"}},
			{"after cd", flow("cd sub && make all") + "-- Makefile --\ntest:\n\tx\n", nil},
			{"script", flow("./scripts/gone.sh") + "-- scripts/x.sh --\nx\n", []string{".github/workflows/ci.yml:6:14"}},
			{"script made before", flow("curl -o scripts/gone.sh x && sh scripts/gone.sh") + "-- scripts/x.sh --\nx\n", nil},
			{"Dockerfile", flow("docker build -f Dockerfile.prod .") + "-- Dockerfile --\nFROM a:1\n", []string{".github/workflows/ci.yml:6:30"}},
			{"stage", flow("docker build --target=prod .") + "-- Dockerfile --\nFROM a:1 AS dev\n", []string{".github/workflows/ci.yml:6:27"}},
			{"stage of the build action", "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/build-push-action@v7\n        with:\n          context: .\n          target: prod\n-- Dockerfile --\nFROM a:1 AS dev\n", []string{".github/workflows/ci.yml:9:19"}},
			{"another repository", "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v7\n        with: {repository: a/b}\n      - run: make x\n-- Makefile --\ntest:\n\tx\n", nil},
			{"GitLab", "-- .gitlab-ci.yml --\nt:\n  script:\n    - make tests\n-- Makefile --\ntest:\n\tx\n", []string{".gitlab-ci.yml:3:12"}},
		},
	}
	for _, r := range crossfile.All() {
		t.Run(r.ID, func(t *testing.T) { ruletest.Table(t, r, tests[r.ID]) })
	}
}
