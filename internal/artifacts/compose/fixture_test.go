package compose

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

var update = flag.Bool("update", false, "write the golden files anew")

func fact(v string) *stack.Fact {
	return &stack.Fact{Value: v, Evidence: finding.Evidence{File: "main.go", Line: 12}, Confidence: stack.Declared}
}

func facts(values ...string) []stack.Fact {
	var out []stack.Fact
	for _, v := range values {
		out = append(out, *fact(v))
	}
	return out
}

// goService reads its database password from a file.
func goService() (stack.Component, stack.Recipe) {
	c := stack.Component{
		Path: ".", Name: "notes-api", Kind: stack.KindService, Stack: "golang", Language: fact("go"),
		Port: fact("8080"), PortFromEnv: fact("PORT"), Health: fact("/healthz"), LockFile: fact("go.sum"),
		Services: facts("postgres"),
		Env: []stack.Variable{
			{Name: "DATABASE_PASSWORD_FILE", Service: "postgres", File: true},
			{Name: "DATABASE_URL", Service: "postgres", Required: true, Default: "postgres://localhost:5432/notes?sslmode=disable"},
			{Name: "LOG_LEVEL", Default: "info"},
			{Name: "PORT", Default: "8080"},
			{Name: "SESSION_KEY", Secret: true, Required: true},
			{Name: "TRACE_ENDPOINT"},
		},
	}
	im := &stack.Image{
		Args: []stack.KV{{Key: "GO_IMAGE", Value: "golang:1.25.3-alpine3.22"}, {Key: "RUN_IMAGE", Value: "gcr.io/distroless/static-debian12:nonroot"}},
		Stages: []stack.Stage{
			{Name: "build", From: "${GO_IMAGE}", Steps: []stack.Step{{Text: "WORKDIR /src"}, {Text: "COPY . ."}, {Text: "RUN go build -o /out/app ."}}},
			{Name: "final", From: "${RUN_IMAGE}", Steps: []stack.Step{{Text: "COPY --from=build --chown=65532:65532 /out/app /app"}}},
		},
		User: "65532:65532", Env: []stack.KV{{Key: "PORT", Value: "8080"}}, Port: "8080", Entrypoint: []string{"/app"},
		Health: []string{"/app", "-health", "http://127.0.0.1:8080/healthz"}, Platforms: []string{"linux/amd64", "linux/arm64"}, StaticFinal: true,
	}
	return c, stack.Recipe{Image: im, DevTarget: "build", DevCommand: []string{"go", "run", "."}, DevMounts: []string{".:/src", "go-cache:/root/.cache"}}
}

// pythonService has a worker, an optional cache and no file variables.
func pythonService() (stack.Component, stack.Recipe) {
	c := stack.Component{
		Path: "services/books", Name: "books", Kind: stack.KindService, Stack: "python", Language: fact("python"),
		Port: fact("8000"), Health: fact("/health"), LockFile: fact("services/books/uv.lock"),
		Services: facts("postgres", "redis"), OptionalServices: facts("rabbitmq"),
		Workers: facts("celery -A books.tasks worker"),
		Env: []stack.Variable{
			{Name: "AMQP_URL", Service: "rabbitmq"},
			{Name: "DATABASE_URL", Service: "postgres", Default: "postgresql+asyncpg://localhost/books"},
			{Name: "REDIS_HOST", Service: "redis"},
			{Name: "REDIS_PORT", Service: "redis"},
		},
	}
	im := &stack.Image{
		Args: []stack.KV{{Key: "PYTHON_IMAGE", Value: "python:3.12.12-slim-bookworm"}},
		Stages: []stack.Stage{
			{Name: "dev", From: "${PYTHON_IMAGE}", Steps: []stack.Step{{Text: "WORKDIR /app"}, {Text: "COPY . ."}}},
			{Name: "final", From: "${PYTHON_IMAGE}", Steps: []stack.Step{{Text: "COPY --from=dev --chown=10001:10001 /app /app"}}},
		},
		User: "10001:10001", Port: "8000", Cmd: []string{"uvicorn", "books.main:app", "--host", "0.0.0.0", "--port", "8000"},
		Health:    []string{"python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health')"},
		Platforms: []string{"linux/amd64"}, Writable: []string{"/app/var"},
	}
	return c, stack.Recipe{
		Image: im, DevTarget: "dev", DevCommand: []string{"uvicorn", "books.main:app", "--reload", "--host", "0.0.0.0"},
		DevMounts: []string{"./src:/app/src"}, DevReload: true,
	}
}

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

// load reads content as Docker Compose does; variables that must be set get the value x.
func load(t *testing.T, content []byte) *types.Project {
	t.Helper()
	env := types.Mapping{}
	for _, name := range []string{
		"POSTGRES_PASSWORD", "SESSION_KEY", "A_PASSWORD", "JWT_SECRET", "IMAGE", "BOOKS_IMAGE", "NOTES_API_IMAGE", "RABBITMQ_DEFAULT_PASS", "MYSQL_PASSWORD", "MARIADB_PASSWORD",
		"MONGO_INITDB_ROOT_PASSWORD", "MINIO_ROOT_PASSWORD", "CLICKHOUSE_PASSWORD",
	} {
		env[name] = "x"
	}
	p, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir: t.TempDir(), ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: content}}, Environment: env,
	}, func(o *loader.Options) { o.SkipResolveEnvironment = true; o.SetProjectName("test", false) })
	if err != nil {
		t.Fatalf("Compose cannot read it: %v\n%s", err, content)
	}
	return p
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update after reading it:\n%s", file, diff)
	}
}
