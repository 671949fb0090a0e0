package dockerfile

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

var update = flag.Bool("update", false, "write the golden files anew")

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

// parses holds content against Docker's own parser.
func parses(t *testing.T, content []byte) []instructions.Stage {
	t.Helper()
	res, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("BuildKit cannot read it: %v\n%s", err, content)
	}
	if len(res.Warnings) > 0 {
		t.Errorf("BuildKit warns: %+v", res.Warnings)
	}
	stages, _, err := instructions.Parse(res.AST, nil)
	if err != nil {
		t.Fatalf("BuildKit cannot read it: %v\n%s", err, content)
	}
	return stages
}

func TestWriteGolden(t *testing.T) {
	gc, gr := goService()
	pc, pr := pythonService()
	for name, r := range map[string]*artifact.Request{
		"go.Dockerfile":     request("Dockerfile", nil, gc, gr),
		"python.Dockerfile": request("Dockerfile", nil, pc, pr),
	} {
		t.Run(name, func(t *testing.T) {
			out := write(t, r)
			parses(t, out.Content)
			golden(t, name, out.Content)
			golden(t, name+".dockerignore", out.Suggested[0].Content)
			if again := write(t, r); !bytes.Equal(again.Content, out.Content) {
				t.Error("the second run wrote other bytes")
			}
			if !artifact.Untouched(out.Content) {
				t.Error("not sealed")
			}
		})
	}
}

func TestClaimsShapeTheImage(t *testing.T) {
	gc, gr := goService()
	pc, pr := pythonService()
	tests := []struct {
		name   string
		r      *artifact.Request
		claims []criterion.Claim
		want   []string
		not    []string
	}{
		{"interval", request("Dockerfile", nil, gc, gr), []criterion.Claim{claim(criterion.HealthCheck, "path", "/healthz", "interval", "15s")}, []string{"--interval=15s"}, nil},
		{"port by variable", request("Dockerfile", nil, gc, gr), []criterion.Claim{claim(criterion.Expose, "port", "9090")},
			[]string{"ENV PORT=9090\n", "EXPOSE 9090\n", "http://127.0.0.1:9090/healthz"}, []string{"8080"}},
		{"port by argument", request("Dockerfile", nil, pc, pr), []criterion.Claim{claim(criterion.Expose, "port", "8080")},
			[]string{`"--port", "8080"`, "EXPOSE 8080\n", "127.0.0.1:8080/health"}, []string{"8000"}},
		{"uid", request("Dockerfile", nil, pc, pr), []criterion.Claim{claim(criterion.NonRoot, "uid", "1000")},
			[]string{"USER 1000:1000\n", "--uid 1000 --gid 1000", "--chown=1000:1000"}, []string{"10001"}},
		{"label", request("Dockerfile", nil, gc, gr), []criterion.Claim{claim(criterion.Labels, "keys", "source,version,maintainer team,com.example.tier")},
			[]string{"ARG MAINTAINER_TEAM\n", `org.opencontainers.image.maintainer-team="${MAINTAINER_TEAM}"`, `com.example.tier="${TIER}"`}, nil},
		{"another route of the source", request("Dockerfile", map[string]string{"api/routes.py": `@app.get("/live")`}, pc, pr),
			[]criterion.Claim{claim(criterion.HealthCheck, "path", "/live")}, []string{"127.0.0.1:8000/live'"}, []string{"/health"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Claims = tt.claims
			got := string(write(t, tt.r).Content)
			parses(t, []byte(got))
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("no %q in\n%s", w, got)
				}
			}
			for _, n := range tt.not {
				if strings.Contains(got, n) {
					t.Errorf("%q is still in\n%s", n, got)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	gc, gr := goService()
	fixed := gc
	fixed.PortFromEnv = nil
	silent, silentRecipe := goService()
	silent.Port, silent.Health, silent.PortFromEnv = nil, nil, nil
	silentRecipe.Image.Port, silentRecipe.Image.Health = "", nil
	tests := []struct {
		name  string
		r     *artifact.Request
		claim criterion.Claim
		want  string
	}{
		{"route that the source lacks", request("Dockerfile", nil, gc, gr), claim(criterion.HealthCheck, "path", "/ready"), "it has /healthz (main.go:12)"},
		{"route that only a test has", request("Dockerfile", map[string]string{"tests/api_test.go": `get("/ready")`}, gc, gr), claim(criterion.HealthCheck, "path", "/ready"), "no such route"},
		{"port that cannot be changed", request("Dockerfile", nil, fixed, gr), claim(criterion.Expose, "port", "9090"), "listens on 8080 (main.go:12)"},
		{"root by name", request("Dockerfile", nil, gc, gr), claim(criterion.NonRoot, "uid", "root"), "DK001"},
		{"root by negation", request("Dockerfile", nil, gc, gr), criterion.Claim{Name: criterion.NonRoot, Not: true}, "DK001"},
		{"latest", request("Dockerfile", nil, gc, gr), criterion.Claim{Name: criterion.BasePinned, Not: true}, "DK002"},
		{"platform without a base", request("Dockerfile", nil, gc, gr), claim(criterion.Platform, "platforms", "linux/s390x"), "linux/s390x"},
		{"health of a program without a port", request("Dockerfile", nil, silent, silentRecipe), claim(criterion.HealthCheck), "no port"},
		{"port of a program without one", request("Dockerfile", nil, silent, silentRecipe), claim(criterion.Expose, "port", "80"), "nothing in notes-api that listens"},
		{"nothing known", request("Dockerfile", nil), claim(criterion.MultiStage), "no component"},
		{"a library", request("Dockerfile", nil, stack.Component{Path: ".", Kind: stack.KindLibrary, Stack: "golang"}, stack.Recipe{}), claim(criterion.MultiStage), "nothing in this repository starts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Claims = []criterion.Claim{tt.claim}
			out, err := Write(tt.r)
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("want a refusal, got %v and %v", out, err)
			}
			if !strings.Contains(refusal.Reason, tt.want) {
				t.Errorf("reason %q does not say %q", refusal.Reason, tt.want)
			}
		})
	}
}

func TestNoPortNoExposeNoHealthcheck(t *testing.T) {
	c, rec := goService()
	c.Kind, c.Port, rec.Image.Port, rec.Image.Health, rec.Image.Env = stack.KindCLI, nil, "", nil, nil
	got := string(write(t, request("Dockerfile", nil, c, rec)).Content)
	for _, n := range []string{"EXPOSE", "HEALTHCHECK", "ENV"} {
		if strings.Contains(got, "\n"+n) {
			t.Errorf("%s in the image of a program without a port:\n%s", n, got)
		}
	}
}

func TestChooseComponent(t *testing.T) {
	api, apiRecipe := goService()
	api.Name, api.Path = "api", "services/api"
	worker, workerRecipe := goService()
	worker.Name, worker.Path, worker.Kind = "worker", "services/worker", stack.KindWorker
	other, otherRecipe := pythonService()
	other.Name, other.Path = "books", "services/books"
	tests := []struct {
		path, title, want string
	}{
		{"services/api/Dockerfile", "", "api"},
		{"services/books/Dockerfile", "an image for the api", "books"},
		{"Dockerfile.worker", "", "worker"},
		{"docker/books.Dockerfile", "", "books"},
		{"docker/worker/Dockerfile", "", "worker"},
		{"Dockerfile", "Create production Dockerfile for the worker", "worker"},
		{"Dockerfile", "Create production Dockerfile", ""},
	}
	for _, tt := range tests {
		t.Run(tt.path+" "+tt.title, func(t *testing.T) {
			r := request(tt.path, nil, api, apiRecipe, worker, workerRecipe, other, otherRecipe)
			r.Title = tt.title
			p, err := choose(r)
			if tt.want == "" {
				var refusal *artifact.Refusal
				if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, "api (in services/api), books (in services/books)") {
					t.Fatalf("want a question that names the candidates, got %v, %v", p.Component, err)
				}
				return
			}
			if err != nil || p.Name != tt.want {
				t.Fatalf("got %v, %v; want %s", p.Component, err, tt.want)
			}
		})
	}
}

func TestContextOfAMonorepoIsTheComponentsFolder(t *testing.T) {
	c, rec := goService()
	c.Path = "services/api"
	out := write(t, request("services/api/Dockerfile", nil, c, rec))
	if !strings.Contains(string(out.Content), "docker build -t notes-api services/api\n") {
		t.Errorf("the header builds something else:\n%s", out.Content)
	}
	if got := out.Suggested[0].Path; got != "services/api/.dockerignore" {
		t.Errorf("suggested %s", got)
	}
	rec.Image.Context = "."
	out = write(t, request("services/api/Dockerfile", nil, c, rec))
	if !strings.Contains(string(out.Content), "docker build -t notes-api -f services/api/Dockerfile .\n") || out.Suggested[0].Path != ".dockerignore" {
		t.Errorf("the context of a workspace is its root:\n%s", out.Content)
	}
}

func TestLoopbackListenerIsToldOtherwiseOrSaid(t *testing.T) {
	c, rec := goService()
	c.Listen, c.ListenFromEnv = fact("127.0.0.1"), fact("HOST")
	out := write(t, request("Dockerfile", nil, c, rec))
	if !strings.Contains(string(out.Content), "HOST=0.0.0.0") || len(out.Notes) != 1 {
		t.Errorf("HOST is not set or nothing is said: %v\n%s", out.Notes, out.Content)
	}
	c.ListenFromEnv = nil
	out = write(t, request("Dockerfile", nil, c, rec))
	if len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "nothing outside the container will reach it") {
		t.Errorf("notes: %v", out.Notes)
	}
}

func TestSourceComesFromTheManifest(t *testing.T) {
	tests := map[string]struct{ file, text, want string }{
		"npm":              {"package.json", `{"repository": {"type": "git",\n "url": "git+https://github.com/acme/books.git"}}`, "ARG SOURCE=https://github.com/acme/books\n"},
		"npm, short":       {"package.json", "{\n\"repository\": \"https://gitlab.com/acme/books\"\n}", "ARG SOURCE=https://gitlab.com/acme/books\n"},
		"Go":               {"go.mod", "module github.com/acme/books/v2\n", "ARG SOURCE=https://github.com/acme/books\n"},
		"no forge":         {"go.mod", "module example.com/books\n", "ARG SOURCE\n"},
		"bug tracker only": {"package.json", "{\n\"url\": \"https://github.com/acme/books/issues\"\n}", "ARG SOURCE\n"},
		"hostile":          {"package.json", "{\n\"url\": \"https://github.com/a/b\\nRUN evil\"\n}", "ARG SOURCE\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, rec := pythonService()
			got := string(write(t, request("Dockerfile", map[string]string{tt.file: strings.ReplaceAll(tt.text, `\n`, "\n")}, c, rec)).Content)
			if !strings.Contains(got, tt.want) {
				t.Errorf("no %q in\n%s", tt.want, got)
			}
		})
	}
}

func TestHostileNamesStayInTheirPlace(t *testing.T) {
	c, rec := goService()
	c.Name = "x\"\nRUN evil\n# ${SECRET} \\"
	c.Language = fact("go\nRUN evil")
	out := write(t, request("Dockerfile", nil, c, rec))
	for _, s := range parses(t, out.Content) {
		for _, cmd := range s.Commands {
			if run, ok := cmd.(*instructions.RunCommand); ok && strings.Contains(strings.Join(run.CmdLine, " "), "evil") {
				t.Errorf("a name became an instruction:\n%s", out.Content)
			}
		}
	}
}

func TestWritingLeavesTheRecipeAlone(t *testing.T) {
	c, rec := pythonService()
	_, want := pythonService()
	r := request("Dockerfile", nil, c, rec)
	r.Claims = []criterion.Claim{claim(criterion.NonRoot, "uid", "1000"), claim(criterion.Expose, "port", "9000")}
	write(t, r)
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Errorf("other artifacts read this recipe too:\n%s", diff)
	}
}

func TestDockerignoreHasNoLineTwice(t *testing.T) {
	c, rec := goService()
	rec.Image.Ignore = []string{".env", "*.pem", "bin/", "**/bin", "bin", "!keep", "!keep", "  "}
	got := string(write(t, request("Dockerfile", nil, c, rec)).Suggested[0].Content)
	_, tail, _ := strings.Cut(got, "only used by developers of notes-api.\n")
	tail, _, _ = strings.Cut(tail, "# autogit:seal")
	if want := "bin/\n**/bin\n!keep\n!keep\n"; tail != want {
		t.Errorf("%q, want %q", tail, want)
	}
}

func TestDockerignoreThatIsThere(t *testing.T) {
	c, rec := goService()
	tests := map[string]struct{ old, want string }{
		"lets secrets through":  {"node_modules\r\n", "node_modules\r\n\r\n# Secrets must never"},
		"no line end":           {"bin", "bin\n\n# Secrets must never"},
		"thinks of secrets":     {".env\n", ""},
		"thinks of all of them": {"**/.env*\n", ""},
		"allow-list":            {"*\n!src\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out := write(t, request("Dockerfile", map[string]string{".dockerignore": tt.old}, c, rec))
			switch {
			case tt.want == "" && len(out.Suggested) > 0:
				t.Errorf("changed it to %q", out.Suggested[0].Content)
			case tt.want != "" && (len(out.Suggested) == 0 || !strings.HasPrefix(string(out.Suggested[0].Content), tt.want)):
				t.Errorf("suggested %v", out.Suggested)
			}
		})
	}
}

func TestDockerignoreLeavesInWhatTheProgramReads(t *testing.T) {
	c, rec := goService()
	files := map[string]string{"secrets/secrets.go": "package secrets\n", ".npmrc": "registry=https://npm.example.com\n", "certs/ca.pem": "x"}
	got := string(write(t, request("Dockerfile", files, c, rec)).Suggested[0].Content)
	for _, line := range []string{"secrets/\n", ".npmrc\n", "*.pem\n"} {
		if strings.Contains(got, line) {
			t.Errorf("%q takes away what the build needs:\n%s", line, got)
		}
	}
	files[".npmrc"] = "//npm.example.com/:_authToken=abc\n"
	if got := string(write(t, request("Dockerfile", files, c, rec)).Suggested[0].Content); !strings.Contains(got, "**/.npmrc\n") {
		t.Errorf("a token enters the build context:\n%s", got)
	}
}
