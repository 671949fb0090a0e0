package golang_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/golang"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

const mod = "module example.com/shop\n\ngo 1.25.0\n"

// program is a main.go whose main has the given body.
func program(imports, body string) map[string]string {
	return map[string]string{"go.mod": mod, "main.go": "package main\n\nimport (\n" + imports + "\n)\n\nfunc main() {\n" + body + "\n}\n"}
}

func one(t *testing.T, files map[string]string) stacktest.Result {
	t.Helper()
	return stacktest.One(t, golang.Stack(), files)
}

func TestExampleService(t *testing.T) {
	tree, err := repo.Open("../../../examples/go-api")
	if err != nil {
		t.Fatal(err)
	}
	stacks := []stack.Stack{golang.Stack()}
	facts := stack.Detect(tree, stacks)
	if len(facts.Components) != 1 {
		t.Fatalf("components: %+v", facts.Components)
	}
	c := facts.Components[0]
	got := map[string]string{
		"kind": c.Kind, "version": c.Version.String(), "port": c.Port.String(), "env": c.PortFromEnv.String(), "health": c.Health.String(),
		"entry": c.Entry.String(), "start": c.Start.String(), "framework": c.Framework.String(), "services": strings.Join(stack.Values(c.Services), ","),
		"lint": c.Lint.String(), "lock": c.LockFile.String(),
	}
	want := map[string]string{
		"kind": "service", "version": "1.25", "port": "8080", "env": "PORT", "health": "/healthz", "entry": "./cmd/server", "start": "./server",
		"framework": "net/http", "services": "postgres", "lint": "golangci-lint run", "lock": "go.sum",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	stacktest.CheckImage(t, stack.Recipes(tree, facts, stacks)[0].Image)
}

// Each way that Go programs write where they listen.
func TestPortsAreFollowed(t *testing.T) {
	const nh, osi = "\t\"net/http\"\n", "\t\"os\"\n"
	tests := []struct{ name, imports, body, port, env string }{
		{"literal", nh, `http.ListenAndServe(":9001", nil)`, "9001", ""},
		{"constant", nh, "const addr = \":9002\"\n http.ListenAndServe(addr, nil)", "9002", ""},
		{"server field", nh, `srv := &http.Server{Addr: ":9003"}; srv.ListenAndServe()`, "9003", ""},
		{"address assigned", nh, `var srv http.Server; srv.Addr = ":9004"; srv.ListenAndServe()`, "9004", ""},
		{"environment with a default", nh + osi, "port := os.Getenv(\"PORT\")\nif port == \"\" { port = \"9005\" }\nhttp.ListenAndServe(\":\"+port, nil)", "9005", "PORT"},
		{"cmp.Or", nh + osi + "\t\"cmp\"\n", `http.ListenAndServe(":"+cmp.Or(os.Getenv("HTTP_PORT"), "9006"), nil)`, "9006", "HTTP_PORT"},
		{"helper", nh, `http.ListenAndServe(":"+getEnv("PORT", "9007"), nil)`, "9007", "PORT"},
		{"format", nh + "\t\"fmt\"\n", `port := 9008; http.ListenAndServe(fmt.Sprintf("0.0.0.0:%d", port), nil)`, "9008", ""},
		{"join host port", nh + "\t\"net\"\n" + osi, `http.ListenAndServe(net.JoinHostPort("", getEnv("PORT", "9009")), nil)`, "9009", "PORT"},
		{"flag", nh + "\t\"flag\"\n", `addr := flag.String("addr", ":9010", ""); flag.Parse(); http.ListenAndServe(*addr, nil)`, "9010", ""},
		{"flag variable", nh + "\t\"flag\"\n", `var addr string; flag.StringVar(&addr, "addr", ":9011", ""); http.ListenAndServe(addr, nil)`, "9011", ""},
		{"named port", nh, `http.ListenAndServe(":http", nil)`, "80", ""},
		{"gin without address", "\t\"github.com/gin-gonic/gin\"\n", `r := gin.Default(); r.Run()`, "8080", "PORT"},
		{"gin", "\t\"github.com/gin-gonic/gin\"\n", `r := gin.Default(); r.Run(":9012")`, "9012", ""},
		{"echo", "\t\"github.com/labstack/echo/v4\"\n", `e := echo.New(); e.Logger.Fatal(e.Start(":9013"))`, "9013", ""},
		{"fiber", "\t\"github.com/gofiber/fiber/v2\"\n", `app := fiber.New(); app.Listen(":9014")`, "9014", ""},
		{"grpc", "\t\"net\"\n\t\"google.golang.org/grpc\"\n", `l, _ := net.Listen("tcp", ":9015"); grpc.NewServer().Serve(l)`, "9015", ""},
		{"environment without a default", nh + osi, `http.ListenAndServe(":"+os.Getenv("PORT"), nil)`, "8080", "PORT"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, program(tt.imports, tt.body))
			if r.Port.String() != tt.port || r.PortFromEnv.String() != tt.env {
				t.Errorf("port %s from %q, want %s from %q", r.Port, r.PortFromEnv, tt.port, tt.env)
			}
			if r.Kind != stack.KindService {
				t.Errorf("kind %s", r.Kind)
			}
		})
	}
}

func TestPortFromSettingsInAnotherPackage(t *testing.T) {
	tests := map[string]string{
		"struct tags": "package config\n\ntype Config struct {\n\tPort string `env:\"APP_PORT\" envDefault:\"9101\"`\n}\n",
		"literal":     "package config\n\nimport \"os\"\n\ntype Config struct{ Port string }\n\nfunc Load() Config {\n\tc := Config{Port: \"9101\"}\n\tif p := os.Getenv(\"APP_PORT\"); p != \"\" {\n\t\tc.Port = p\n\t}\n\treturn c\n}\n",
	}
	for name, config := range tests {
		t.Run(name, func(t *testing.T) {
			files := program("\t\"net/http\"\n\t\"example.com/shop/config\"\n", `cfg := config.Load(); http.ListenAndServe(":"+cfg.Port, nil)`)
			files["config/config.go"] = config
			r := one(t, files)
			if r.Port.String() != "9101" || r.PortFromEnv.String() != "APP_PORT" {
				t.Errorf("port %s from %s", r.Port, r.PortFromEnv)
			}
		})
	}
}

func TestMetricsPortIsNotThePort(t *testing.T) {
	r := one(t, program("\t\"net/http\"\n", "go http.ListenAndServe(\":9090\", nil)\nhttp.ListenAndServe(\":8080\", nil)"))
	if r.Port.String() != "8080" {
		t.Errorf("port %s", r.Port)
	}
}

func TestPortOfADatabaseIsNotThePort(t *testing.T) {
	files := program("\t\"net/http\"\n\t\"fmt\"\n", `http.ListenAndServe(fmt.Sprintf(":%d", cfg.Port), nil)`)
	files["config.go"] = "package main\n\ntype db struct{ Port int }\ntype web struct{ Port int }\n\nvar d = db{Port: 5432}\nvar cfg = web{Port: 8081}\n"
	r := one(t, files)
	// The package-level literals are read as fields of one name: the well-known server port is not taken.
	if p := r.Port.String(); p != "8081" {
		t.Errorf("port %s", p)
	}
}

func TestVersionsOfGo(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
		image string
	}{
		{"go directive", map[string]string{}, "1.25", "golang:1.25.13-trixie"},
		{"toolchain line", map[string]string{"go.mod": mod + "\ntoolchain go1.26.2\n"}, "1.26.2", "golang:1.26.2-trixie"},
		{".go-version", map[string]string{".go-version": "# pinned\n1.26.1\n"}, "1.26.1", "golang:1.26.1-trixie"},
		{".tool-versions", map[string]string{".tool-versions": "nodejs 20.0.0\ngolang 1.26.3\n"}, "1.26.3", "golang:1.26.3-trixie"},
		{"existing Dockerfile", map[string]string{"Dockerfile": "ARG GO=1.26\nFROM golang:${GO}-alpine AS b\nFROM scratch\n"}, "1.26", "golang:1.26.8-trixie"},
		{"no directive", map[string]string{"go.mod": "module x\n"}, "1.26", "golang:1.26.8-trixie"},
		{"old", map[string]string{"go.mod": "module x\n\ngo 1.21\n"}, "1.21", "golang:1.21.13-bookworm"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := program("\t\"fmt\"\n", "fmt.Println()")
			for k, v := range tt.files {
				files[k] = v
			}
			r := one(t, files)
			if r.Version.String() != tt.want {
				t.Errorf("version %s, want %s", r.Version, tt.want)
			}
			if got := r.Recipe.Image.Args[0].Value; got != tt.image {
				t.Errorf("image %s, want %s", got, tt.image)
			}
		})
	}
}

func TestMatrixHasTheSupportedVersionsAboveTheDirective(t *testing.T) {
	r := one(t, program("\t\"fmt\"\n", "fmt.Println()"))
	if d := cmp.Diff([]string{"1.25", "1.26", "1.27"}, r.Recipe.Matrix); d != "" {
		t.Error(d)
	}
	files := program("\t\"fmt\"\n", "fmt.Println()")
	files["go.mod"] = mod + "\ntoolchain go1.26.2\n"
	if d := cmp.Diff([]string{"1.26.2"}, one(t, files).Recipe.Matrix); d != "" {
		t.Error("a pinned toolchain is the only version", d)
	}
}

func TestServicesByDriver(t *testing.T) {
	files := program("\t\"net/http\"\n\t_ \"github.com/jackc/pgx/v5/stdlib\"\n\t\"github.com/redis/go-redis/v9\"\n", `_ = redis.Nil; http.ListenAndServe(":1", nil)`)
	files["audit.go"] = "//go:build audit\n\npackage main\n\nimport _ \"github.com/twmb/franz-go/pkg/kgo\"\n\n// kafka\n"
	r := one(t, files)
	if d := cmp.Diff([]string{"postgres", "redis"}, stack.Values(r.Services)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"kafka"}, stack.Values(r.OptionalServices)); d != "" {
		t.Error("behind a build tag it is optional", d)
	}
}

func TestMariaDBByComposeFile(t *testing.T) {
	files := program("\t\"net/http\"\n\t_ \"github.com/go-sql-driver/mysql\"\n", `http.ListenAndServe(":1", nil)`)
	files["compose.yaml"] = "services:\n  db:\n    image: mariadb:11\n"
	if d := cmp.Diff([]string{"mariadb"}, stack.Values(one(t, files).Services)); d != "" {
		t.Error(d)
	}
}

func TestVariablesWithDefaultsAndSecrets(t *testing.T) {
	r := one(t, program("\t\"net/http\"\n\t\"os\"\n\t_ \"github.com/lib/pq\"\n", `
	level := os.Getenv("LOG_LEVEL")
	if level == "" { level = "info" }
	_, _ = os.LookupEnv("SESSION_SECRET")
	_ = getEnv("DATABASE_URL", "postgres://app:hunter22@localhost/app")
	_ = mustEnv("API_TOKEN")
	http.ListenAndServe(":1", nil)`))
	if v := r.Variable("LOG_LEVEL"); v.Default != "info" {
		t.Errorf("LOG_LEVEL: %+v", v)
	}
	if v := r.Variable("SESSION_SECRET"); !v.Secret {
		t.Errorf("SESSION_SECRET: %+v", v)
	}
	if v := r.Variable("DATABASE_URL"); v.Service != "postgres" || v.Default != "" || strings.Contains(v.Evidence.Text, "hunter22") {
		t.Errorf("DATABASE_URL gives its password away: %+v", v)
	}
	if v := r.Variable("API_TOKEN"); !v.Required || !v.Secret {
		t.Errorf("API_TOKEN: %+v", v)
	}
}
