package golang_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/golang"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestTrapHugoGoModOnlyImportsThemes(t *testing.T) {
	stacktest.None(t, golang.Stack(), map[string]string{"go.mod": "module site\n\ngo 1.22\n\nrequire github.com/x/theme v1.0.0\n", "hugo.toml": "baseURL = 'x'\n", "content/a.md": "# a"})
	stacktest.None(t, golang.Stack(), map[string]string{"go.mod": "module site\n", "config.toml": "baseURL = 'x'\n", "layouts/x.go": "package x\n"})
}

func TestTrapModuleOfToolsOnly(t *testing.T) {
	stacktest.None(t, golang.Stack(), map[string]string{"go.mod": "module t\n", "tools.go": "//go:build tools\n\npackage tools\n\nimport _ \"golang.org/x/vuln/cmd/govulncheck\"\n"})
}

func TestTrapSeveralMains(t *testing.T) {
	serve := "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(\":8080\", nil)\n}\n"
	quiet := "package main\n\nfunc main() {\n}\n"
	r := one(t, map[string]string{
		"go.mod": mod, "cmd/migrate/main.go": quiet, "cmd/shopd/main.go": serve, "cmd/worker/main.go": quiet, "scripts/gen/main.go": serve, "internal/x/x.go": "package x\n",
	})
	if r.Entry.String() != "./cmd/shopd" || r.Start.String() != "./shopd" {
		t.Errorf("entry %s, start %s", r.Entry, r.Start)
	}
	if d := cmp.Diff([]string{"./worker"}, stack.Values(r.Workers)); d != "" {
		t.Error(d)
	}
	if !r.HasNote("./cmd/migrate") {
		t.Errorf("the other program is not told of: %+v", r.Notes)
	}
	df := r.Dockerfile()
	if !strings.Contains(df, "-o /out/shopd ./cmd/shopd") || !strings.Contains(df, "-o /out/worker ./cmd/worker") || strings.Contains(df, "migrate") {
		t.Error(df)
	}
}

func TestTrapListensOnLoopback(t *testing.T) {
	nh := "\t\"net/http\"\n"
	t.Run("host from a variable", func(t *testing.T) {
		r := one(t, program(nh, `http.ListenAndServe(getEnv("HOST", "127.0.0.1")+":"+getEnv("PORT", "8080"), nil)`))
		if r.Listen.String() != "127.0.0.1" || r.ListenFromEnv.String() != "HOST" || !r.HasNote("must be told") {
			t.Errorf("%v %v %+v", r.Listen, r.ListenFromEnv, r.Notes)
		}
		if !slices.Contains(r.Recipe.Image.Env, stack.KV{Key: "HOST", Value: "0.0.0.0"}) {
			t.Errorf("image environment %v", r.Recipe.Image.Env)
		}
	})
	t.Run("address from a variable", func(t *testing.T) {
		r := one(t, program(nh, `http.ListenAndServe(getEnv("ADDR", "localhost:8081"), nil)`))
		if r.Port.String() != "8081" || r.PortFromEnv != nil {
			t.Errorf("port %v from %v", r.Port, r.PortFromEnv)
		}
		if !slices.Contains(r.Recipe.Image.Env, stack.KV{Key: "ADDR", Value: "0.0.0.0:8081"}) {
			t.Errorf("image environment %v", r.Recipe.Image.Env)
		}
	})
	t.Run("address from a flag", func(t *testing.T) {
		r := one(t, program(nh+"\t\"flag\"\n", `addr := flag.String("listen", "127.0.0.1:8082", ""); flag.Parse(); http.ListenAndServe(*addr, nil)`))
		if d := cmp.Diff([]string{"-listen=0.0.0.0:8082"}, r.Recipe.Image.Cmd); d != "" {
			t.Error(d)
		}
	})
	t.Run("fixed", func(t *testing.T) {
		if r := one(t, program(nh, `http.ListenAndServe("127.0.0.1:8083", nil)`)); !r.HasNote("listens on 127.0.0.1") {
			t.Errorf("%+v", r.Notes)
		}
	})
}

func TestTrapHealthRouteOnlyInDevelopment(t *testing.T) {
	body := func(routes string) map[string]string {
		return program("\t\"net/http\"\n\t\"os\"\n", routes+"\nhttp.ListenAndServe(\":8080\", nil)")
	}
	tests := []struct{ name, routes, want string }{
		{"development only", `if os.Getenv("APP_ENV") == "development" { http.HandleFunc("/healthz", nil) }`, ""},
		{"debug flag", `if cfg.Debug { http.HandleFunc("/health", nil) }`, ""},
		{"not development", `if !isDev { http.HandleFunc("/healthz", nil) }`, "/healthz"},
		{"else of not development", `if !isDev { _ = 1 } else { http.HandleFunc("/healthz", nil) }`, ""},
		{"both", "if isDev { http.HandleFunc(\"/healthz\", nil) }\nhttp.HandleFunc(\"/readyz\", nil)", "/readyz"},
		{"always", `http.HandleFunc("GET /healthz", nil)`, "/healthz"},
		{"only POST", `http.HandleFunc("POST /healthz", nil)`, ""},
		{"parameter", `http.HandleFunc("GET /health/{id}", nil)`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, body(tt.routes))
			if r.Health.String() != tt.want {
				t.Errorf("health %q, want %q", r.Health, tt.want)
			}
			if tt.want == "" && len(r.Recipe.Image.Health) == 0 {
				t.Error("without a route the image must at least ask for the port")
			}
		})
	}
}

func TestRoutesInGroupsHaveTheirPrefix(t *testing.T) {
	gin := program("\t\"github.com/gin-gonic/gin\"\n", "r := gin.Default()\napi := r.Group(\"/api\")\nv1 := api.Group(\"/v1\")\nv1.GET(\"/health\", nil)\nr.Run(\":80\")")
	if h := one(t, gin).Health.String(); h != "/api/v1/health" {
		t.Errorf("gin: %s", h)
	}
	chi := program("\t\"net/http\"\n\t\"github.com/go-chi/chi/v5\"\n", "r := chi.NewRouter()\nr.Route(\"/internal\", func(r chi.Router) {\n r.Get(\"/ping\", nil)\n})\nhttp.ListenAndServe(\":80\", r)")
	if h := one(t, chi).Health.String(); h != "/internal/ping" {
		t.Errorf("chi: %s", h)
	}
}

func TestTrapCgoHasNoStaticImage(t *testing.T) {
	for name, imp := range map[string]string{"sqlite": "\t_ \"github.com/mattn/go-sqlite3\"\n", "cgo": "\t\"C\"\n"} {
		t.Run(name, func(t *testing.T) {
			r := one(t, program(imp+"\t\"net/http\"\n", `http.ListenAndServe(":8080", nil)`))
			img := r.Recipe.Image
			if img.StaticFinal || !strings.HasPrefix(img.Args[1].Value, "debian:") || img.Stages[0].Cross {
				t.Errorf("static %v, base %s, cross %v", img.StaticFinal, img.Args[1].Value, img.Stages[0].Cross)
			}
			if !strings.Contains(r.Dockerfile(), "CGO_ENABLED=1") {
				t.Error(r.Dockerfile())
			}
		})
	}
	pure := one(t, program("\t_ \"modernc.org/sqlite\"\n\t\"net/http\"\n", `http.ListenAndServe(":8080", nil)`))
	if !pure.Recipe.Image.StaticFinal || !pure.Recipe.Image.Stages[0].Cross {
		t.Error("sqlite in pure Go needs no C library")
	}
}

func TestTrapFilesReadAtRunTimeAreInTheImage(t *testing.T) {
	files := program("\t\"net/http\"\n\t\"html/template\"\n", "template.Must(template.ParseGlob(\"web/templates/*.html\"))\nhttp.Handle(\"/\", http.FileServer(http.Dir(\"./static\")))\nhttp.Handle(\"/x\", http.FileServer(http.Dir(\"missing\")))\nhttp.ListenAndServe(\":8080\", nil)")
	files["web/templates/a.html"], files["static/a.css"] = "a", "a"
	r := one(t, files)
	if d := cmp.Diff([]string{"static", "web/templates"}, stack.Values(r.Assets)); d != "" {
		t.Error(d)
	}
	for _, want := range []string{"COPY static/ ./static/", "COPY web/templates/ ./web/templates/"} {
		if !strings.Contains(r.Dockerfile(), want) {
			t.Errorf("no %q in\n%s", want, r.Dockerfile())
		}
	}
}

func TestTrapContinuousIntegrationOlderThanGoMod(t *testing.T) {
	files := program("\t\"fmt\"\n", "fmt.Println()")
	files["Dockerfile"] = "FROM golang:1.22 AS build\n"
	r := one(t, files)
	if r.Version.String() != "1.25" {
		t.Errorf("version %s: 1.22 cannot build a module of 1.25", r.Version)
	}
	if len(r.Facts.Contradictions) != 1 || r.Facts.Contradictions[0].Fact != "version" {
		t.Errorf("contradictions: %+v", r.Facts.Contradictions)
	}
}

func TestTrapServeIsASubCommand(t *testing.T) {
	files := map[string]string{
		"go.mod": mod, "main.go": "package main\n\nimport \"example.com/shop/cmd\"\n\nfunc main() { cmd.Execute() }\n",
		"cmd/root.go":  "package cmd\n\nimport \"github.com/spf13/cobra\"\n\nvar root = &cobra.Command{Use: \"shop\"}\n\nfunc Execute() {}\n// env\n",
		"cmd/serve.go": "package cmd\n\nimport (\n\"net/http\"\n\"github.com/spf13/cobra\"\n)\n\nvar serve = &cobra.Command{Use: \"serve [flags]\", Run: func(*cobra.Command, []string) { http.ListenAndServe(\":8080\", nil) }}\n",
	}
	r := one(t, files)
	if r.Start.String() != "./shop serve" {
		t.Errorf("start %s", r.Start)
	}
	if d := cmp.Diff([]string{"serve"}, r.Recipe.Image.Cmd); d != "" {
		t.Error(d)
	}
}

func TestTrapWorkspaceIsTheBuildContext(t *testing.T) {
	tree := map[string]string{
		"go.work": "go 1.25\n\nuse (\n\t./api\n\t./lib\n)\n", "lib/go.mod": "module example.com/lib\n\ngo 1.25\n", "lib/lib.go": "package lib\n// env\n",
		"api/go.mod": "module example.com/api\n\ngo 1.25\n", "api/main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n",
	}
	facts, recipes := stacktest.Survey(tree, golang.Stack())
	if len(facts.Components) != 2 || recipes[0].Image == nil || recipes[0].Image.Context != "." {
		t.Fatalf("%+v", facts.Components)
	}
	if recipes[1].Image != nil || facts.Components[1].Kind != stack.KindLibrary {
		t.Error("a library has no image")
	}
	if df := stacktest.Text(recipes[0].Image); !strings.Contains(df, "WORKDIR /src/api") || !strings.Contains(df, "COPY . /src") {
		t.Error(df)
	}
	stacktest.CheckImage(t, recipes[0].Image)
}

func TestTrapVendoredModulesAreNotDownloaded(t *testing.T) {
	files := program("\t\"net/http\"\n", `http.ListenAndServe(":8080", nil)`)
	files["vendor/modules.txt"] = "# x\n"
	r := one(t, files)
	if strings.Contains(r.Dockerfile(), "go mod download") {
		t.Error(r.Dockerfile())
	}
	if !strings.Contains(r.Recipe.FormatCheck[0].Run, "-not -path './vendor/*'") {
		t.Error(r.Recipe.FormatCheck[0].Run)
	}
}

func TestTrapFrontendMustBeBuiltFirst(t *testing.T) {
	files := program("\t\"net/http\"\n\t\"embed\"\n", `http.ListenAndServe(":8080", nil)`)
	files["web/embed.go"] = "package web\n\nimport \"embed\"\n\n//go:embed all:dist\nvar FS embed.FS\n"
	files["web/package.json"] = "{}"
	node := stack.Stack{Name: "node", Manifests: []string{"package.json"}, BaseImage: func(*stack.Component) string { return "node:24.1.0-slim" },
		Detect: func(*stack.Scan) []stack.Component {
			f := func(v string) *stack.Fact { return &stack.Fact{Value: v} }
			return []stack.Component{{Kind: stack.KindStatic, Build: f("npm run build"), Install: f("npm ci"), Output: f("dist")}}
		}}
	facts, recipes := stacktest.Survey(files, golang.Stack(), node)
	if len(facts.Components) != 1 || facts.Components[0].Frontend == nil {
		t.Fatalf("%+v", facts.Components)
	}
	stacktest.CheckImage(t, recipes[0].Image)
	df := stacktest.Text(recipes[0].Image)
	built := strings.Index(df, "COPY --from=frontend /web/web/dist /src/web/dist")
	compiled := strings.Index(df, "go build -trimpath -ldflags=\"-s -w\" -o /out/shop .")
	if built < 0 || compiled < built {
		t.Error(df)
	}
}

func TestLibraryHasNoImage(t *testing.T) {
	r := one(t, map[string]string{"go.mod": mod, "shop.go": "package shop\n\n// Price is a number.\nfunc Price() int { return 1 }\n"})
	if r.Kind != stack.KindLibrary || r.Recipe.Image != nil || r.Start != nil {
		t.Errorf("%s %v", r.Kind, r.Start)
	}
	if r.Recipe.Lint[0].Run != "go vet ./..." {
		t.Errorf("lint %v", r.Recipe.Lint)
	}
}

func TestCommandIsNoService(t *testing.T) {
	r := one(t, program("\t\"fmt\"\n", "fmt.Println()"))
	if r.Kind != stack.KindCLI || r.Port != nil || r.Recipe.Image.Health != nil {
		t.Errorf("%s %v %v", r.Kind, r.Port, r.Recipe.Image.Health)
	}
}

func TestNamesAssignedManyTimesDoNotHang(t *testing.T) {
	body := "x := \"a\"\n" + strings.Repeat("x = x + x + y\ny = y + x\n", 400) + "http.ListenAndServe(x, nil)"
	start := time.Now()
	one(t, program("\t\"net/http\"\n", body))
	if d := time.Since(start); d > 60*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestIntegrationTestsBehindABuildTag(t *testing.T) {
	files := program("\t\"fmt\"\n", "fmt.Println()")
	files["store_test.go"] = "//go:build integration\n\npackage main\n"
	if r := one(t, files).Recipe; len(r.Integration) != 1 || r.Integration[0].Run != "go test -race -tags=integration ./..." {
		t.Errorf("%v", r.Integration)
	}
	files["store_test.go"] = "package main\n\n//go:build integration\n"
	if r := one(t, files).Recipe; r.Integration != nil {
		t.Errorf("a comment is no build tag: %v", r.Integration)
	}
}

func TestDeployIsTheRepositorysOwnScript(t *testing.T) {
	files := program("\t\"fmt\"\n", "fmt.Println()")
	if d := one(t, files).Recipe.Deploy; d != nil {
		t.Errorf("%v", d)
	}
	files["scripts/deploy.sh"] = "#!/bin/bash\n"
	if d := one(t, files).Recipe.Deploy; len(d) != 1 || d[0].Run != "bash scripts/deploy.sh" {
		t.Errorf("%v", d)
	}
}

func TestTrapLinterConfigurationOfVersionOne(t *testing.T) {
	for config, want := range map[string]string{
		"version: \"2\"\nlinters: {}\n": "golangci-lint/v2/cmd", "linters:\n  enable: [errcheck]\n": "golangci-lint/cmd/golangci-lint@v1.",
	} {
		files := program("\t\"fmt\"\n", "fmt.Println()")
		files[".golangci.yml"] = config
		if run := one(t, files).Recipe.Lint[0].Run; !strings.Contains(run, want) {
			t.Errorf("%q: %s", config, run)
		}
	}
}
