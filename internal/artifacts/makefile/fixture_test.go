package makefile

import (
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

func fact(v string) *stack.Fact {
	return &stack.Fact{Value: v, Evidence: finding.Evidence{File: "README.md", Line: 1}, Confidence: stack.Declared}
}

func run(cmds ...string) []stack.Command {
	var out []stack.Command
	for _, c := range cmds {
		out = append(out, stack.Command{Run: c})
	}
	return out
}

func goService() (stack.Component, stack.Recipe) {
	c := stack.Component{Path: ".", Name: "notes-api", Kind: stack.KindService, Stack: "golang", Language: fact("go"), Build: fact("go build ./..."), Test: fact("go test ./..."), Lint: fact("golangci-lint run"), Format: fact("gofmt -w ."), Install: fact("go mod download")}
	return c, stack.Recipe{
		Install:      run("go mod download"),
		Lint:         []stack.Command{{Run: "golangci-lint run", Tool: "golangci-lint"}, {Run: "go vet ./...", Tool: "go vet"}},
		Format:       run("gofmt -w ."),
		FormatCheck:  []stack.Command{{Run: `test -z "$(gofmt -l .)"`, Tool: "gofmt", Why: "gofmt -l prints what is not formatted and succeeds all the same."}},
		Test:         []stack.Command{{Run: "go test -race -coverprofile=coverage.out ./...", Tool: "go test", Why: "Races show only while the code runs."}},
		Build:        run("go build -trimpath -o bin/server ./cmd/server"),
		Audit:        []stack.Command{{Run: "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...", Tool: "govulncheck"}},
		Clean:        run("rm -rf bin coverage.out"),
		Start:        run("./bin/server"),
		CoverageFile: "coverage.out",
		Tools:        []stack.Tool{{Name: "staticcheck", Job: "lint", Commands: []stack.Command{{Run: "staticcheck ./...", Tool: "staticcheck"}}, Install: run("go install honnef.co/go/tools/cmd/staticcheck@v0.6.1")}},
		Image:        &stack.Image{},
	}
}

func pythonService() (stack.Component, stack.Recipe) {
	c := stack.Component{Path: ".", Name: "shortlinks", Kind: stack.KindService, Stack: "python", Language: fact("python"), Test: fact("uv run pytest"), Lint: fact("uv run ruff check ."), Format: fact("uv run ruff format ."), Install: fact("uv sync --locked")}
	return c, stack.Recipe{
		Install:      run("uv sync --locked"),
		Dev:          run("uv run uvicorn shortlinks.main:app --reload"),
		Start:        run("uv run uvicorn shortlinks.main:app --port ${PORT:-8000}"),
		Lint:         []stack.Command{{Run: "uv run ruff check .", Tool: "ruff"}},
		TypeCheck:    []stack.Command{{Run: "uv run mypy", Tool: "mypy"}},
		Format:       []stack.Command{{Run: "uv run ruff format .", Tool: "ruff"}},
		FormatCheck:  []stack.Command{{Run: "uv run ruff format --check .", Tool: "ruff"}},
		Test:         []stack.Command{{Run: "uv run pytest --cov --cov-report=xml", Tool: "pytest"}},
		Clean:        run("rm -rf .pytest_cache .ruff_cache coverage.xml", "find . -name __pycache__ -type d -prune -exec rm -rf {} +"),
		CoverageFile: "coverage.xml",
		Tools: []stack.Tool{
			{Name: "ruff", Job: "lint", Known: true, Commands: run("uv run ruff check .")},
			{Name: "black", Job: "format", Commands: []stack.Command{{Run: "uv run --with black black --check .", Tool: "black"}}},
			{Name: "flake8", Job: "lint", Commands: []stack.Command{{Run: "uv run --with flake8 flake8 .", Tool: "flake8"}}},
		},
		Image: &stack.Image{},
	}
}

func nodeWorker() (stack.Component, stack.Recipe) {
	c := stack.Component{Path: "services/worker", Name: "worker", Kind: stack.KindWorker, Stack: "node", Language: fact("typescript"), Build: fact("npm run build"), Test: fact("npm test"), Install: fact("npm ci")}
	return c, stack.Recipe{
		Install: run("npm ci"), TypeCheck: run("npm run typecheck"), Test: run("npm test"), Build: run("npm run build"),
		Clean: run("rm -rf dist"), Dev: run("npm run dev"), Start: run("node dist/src/main.js"), Image: &stack.Image{},
	}
}

// at moves a component into a folder.
func at(dir, name string, c stack.Component) stack.Component {
	c.Path, c.Name = dir, name
	return c
}

// request is one for a repository with these parts: components and recipes in turn.
func request(files map[string]string, parts ...any) *artifact.Request {
	r := &artifact.Request{Path: "Makefile", Tree: repo.Memory(files), Facts: &stack.Facts{}}
	for i := 0; i < len(parts); i += 2 {
		r.Facts.Components = append(r.Facts.Components, parts[i].(stack.Component))
		r.Recipes = append(r.Recipes, parts[i+1].(stack.Recipe))
	}
	return r
}

func claim(name string, params ...string) criterion.Claim {
	c := criterion.Claim{Name: name, Params: map[string]string{}}
	for i := 0; i+1 < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	return c
}

func write(t *testing.T, r *artifact.Request) string {
	t.Helper()
	out, err := Write(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Content)
}

func mustScan(t *testing.T, src string) *existing {
	t.Helper()
	e, err := scan([]byte(src))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, src)
	}
	return e
}
