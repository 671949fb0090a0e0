package work_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rules/work"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func TestOf(t *testing.T) {
	for command, want := range map[string]work.Kind{
		"go test ./...":                       work.Test,
		"uv run pytest -q":                    work.Test,
		"npm run test:unit":                   work.Test,
		"npm test":                            work.Test,
		"./gradlew :app:test":                 work.Test,
		"mvn -B clean verify":                 work.Test,
		"python manage.py test":               work.Test,
		"make test":                           work.Test,
		"go vet ./...":                        work.Lint,
		"npx eslint .":                        work.Lint,
		"ruff format --check .":               work.Lint,
		"ruff format .":                       work.None,
		"ruff check --fix .":                  work.None,
		"black .":                             work.None,
		"black --check .":                     work.Lint,
		"cargo fmt --check":                   work.Lint,
		"npm audit --audit-level=high":        work.Scan,
		"trivy fs .":                          work.Scan,
		"docker push r/a:1":                   work.Publish,
		"docker buildx build --push -t r/a .": work.Publish,
		"docker build -t a .":                 work.None,
		"docker compose push":                 work.Publish,
		"npm publish":                         work.Publish,
		"npm publish --dry-run":               work.None,
		"gh release create v1":                work.Publish,
		"gh release list":                     work.None,
		"kubectl apply -f k8s":                work.Publish,
		"kubectl get pods":                    work.None,
		"npm ci":                              work.None,
		"echo go test":                        work.None,
		"goreleaser release --snapshot":       work.None,
	} {
		cs := shell.Commands(command)
		if len(cs) != 1 {
			t.Fatalf("%s: %d commands", command, len(cs))
		}
		if got := work.Of(cs[0]); got != want {
			t.Errorf("%s is for %v, want %v", command, got, want)
		}
	}
}

func TestSandbox(t *testing.T) {
	if !work.Sandbox(shell.Commands("kind create cluster")[0]) || work.Sandbox(shell.Commands("kubectl apply -f a")[0]) {
		t.Error("kind makes a cluster for tests, kubectl does not")
	}
}
