package dockerfile

import (
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

func fact(v string) *stack.Fact {
	return &stack.Fact{Value: v, Evidence: finding.Evidence{File: "main.go", Line: 12}, Confidence: stack.Declared}
}

// goService is a service whose final image has no shell.
func goService() (stack.Component, stack.Recipe) {
	c := stack.Component{
		Path: ".", Name: "notes-api", Kind: stack.KindService, Stack: "golang", Language: fact("go"), Version: fact("1.25"),
		Port: fact("8080"), PortFromEnv: fact("PORT"), Health: fact("/healthz"), LockFile: fact("go.sum"),
	}
	im := &stack.Image{
		Args: []stack.KV{{Key: "GO_IMAGE", Value: "golang:1.25.3-alpine3.22"}, {Key: "RUN_IMAGE", Value: "gcr.io/distroless/static-debian12:nonroot"}},
		Stages: []stack.Stage{
			{
				Name: "build", From: "${GO_IMAGE}", Cross: true, Why: "Compiles on the builder's own architecture for the one that is asked for.",
				Steps: []stack.Step{
					{Text: "WORKDIR /src"},
					{Why: "Modules before source: they change seldom.", Text: "COPY go.mod go.sum ./\nRUN --mount=type=cache,target=/go/pkg/mod go mod download"},
					{Text: "COPY . ."},
					{Text: "ARG TARGETOS\nARG TARGETARCH\nRUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/server"},
				},
			},
			{
				Name: "final", From: "${RUN_IMAGE}", Why: "Holds the program and nothing else.",
				Steps: []stack.Step{{Text: "COPY --from=build --chown=65532:65532 /out/app /app"}},
			},
		},
		User: "65532:65532", Env: []stack.KV{{Key: "PORT", Value: "8080"}}, Port: "8080", Entrypoint: []string{"/app"},
		Health: []string{"/app", "-health", "http://127.0.0.1:8080/healthz"}, HealthWhy: "The program asks itself: the image has no shell and no curl.",
		Platforms: []string{"linux/amd64", "linux/arm64", "linux/riscv64"}, StaticFinal: true, Ignore: []string{"bin/", "**/*_test.go"},
	}
	return c, stack.Recipe{Image: im, DevTarget: "build", DevCommand: []string{"go", "run", "./cmd/server"}}
}

// pythonService is a service whose command carries the port.
func pythonService() (stack.Component, stack.Recipe) {
	c := stack.Component{
		Path: ".", Name: "books", Kind: stack.KindService, Stack: "python", Language: fact("python"), Version: fact("3.12"),
		Port: fact("8000"), Health: fact("/health"), LockFile: fact("uv.lock"),
	}
	im := &stack.Image{
		Args: []stack.KV{{Key: "PYTHON_IMAGE", Value: "python:3.12.12-slim-bookworm"}},
		Stages: []stack.Stage{
			{Name: "build", From: "${PYTHON_IMAGE}", Steps: []stack.Step{{Text: "WORKDIR /app"}, {Text: "COPY . ."}}},
			{Name: "final", From: "${PYTHON_IMAGE}", Steps: []stack.Step{
				{Text: "WORKDIR /app"},
				{Text: "RUN groupadd --gid 10001 app && useradd --uid 10001 --gid 10001 --no-create-home app"},
				{Text: "COPY --from=build --chown=10001:10001 /app /app"},
			}},
		},
		User: "10001:10001", Env: []stack.KV{{Key: "PYTHONUNBUFFERED", Value: "1"}, {Key: "PATH", Value: "/app/.venv/bin:${PATH}"}}, Port: "8000",
		Cmd:       []string{"uvicorn", "books.main:app", "--host", "0.0.0.0", "--port", "8000"},
		Health:    []string{"python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=3)"},
		Platforms: []string{"linux/amd64", "linux/arm64"},
	}
	return c, stack.Recipe{Image: im}
}

// request is one for a repository with the given parts.
func request(path string, files map[string]string, parts ...any) *artifact.Request {
	r := &artifact.Request{Path: path, Tree: repo.Memory(files), Facts: &stack.Facts{}}
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

func write(t *testing.T, r *artifact.Request) *artifact.Output {
	t.Helper()
	out, err := Write(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
