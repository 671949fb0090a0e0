package compose

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

func TestClaimsShapeTheStack(t *testing.T) {
	tests := []struct {
		name  string
		path  string
		claim criterion.Claim
		check func(p *types.Project) error
	}{
		{"restart", "compose.yaml", claim(criterion.Restart, "policy", "always"), func(p *types.Project) error {
			return expect(p.Services["notes-api"].Restart+p.Services["postgres"].Restart, "alwaysalways")
		}},
		{"never restart", "compose.yaml", claim(criterion.Restart, "policy", "no"), func(p *types.Project) error { return expect(p.Services["postgres"].Restart, "no") }},
		{"memory of all", "compose.prod.yaml", claim(criterion.MemoryLimit, "limit", "1.5 GB"), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["postgres"].Deploy.Resources.Limits.MemoryBytes), fmt.Sprint(1536<<20))
		}},
		{"memory of the database", "compose.prod.yaml", claim(criterion.MemoryLimit, "limit", "1G", "service", "database"), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["notes-api"].Deploy.Resources.Limits.MemoryBytes), fmt.Sprint(512<<20))
		}},
		{"CPU", "compose.yaml", claim(criterion.CPULimit, "limit", "500m"), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["notes-api"].Deploy.Resources.Limits.NanoCPUs), "0.5")
		}},
		{"read-only in development", "compose.yaml", claim(criterion.ReadOnlyRoot), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["notes-api"].ReadOnly, p.Services["notes-api"].Tmpfs), "true [/tmp]")
		}},
		{"interval", "compose.yaml", claim(criterion.HealthCheck, "path", "/healthz", "interval", "45s"), func(p *types.Project) error {
			return expect(fmt.Sprint(*p.Services["notes-api"].HealthCheck.Interval, *p.Services["postgres"].HealthCheck.Interval), "45s 10s")
		}},
		{"networks by name", "compose.yaml", claim(criterion.SeparateNetworks, "names", "Edge Net,data"), func(p *types.Project) error {
			_, inner := p.Services["postgres"].Networks["data"]
			_, outer := p.Services["postgres"].Networks["edge-net"]
			return expect(fmt.Sprint(inner, outer, len(p.Services["notes-api"].Networks)), "true false 2")
		}},
		{"another service", "compose.yaml", claim(criterion.HasService, "name", "Redis"), func(p *types.Project) error {
			return expect(p.Services["notes-api"].DependsOn["redis"].Condition, "service_healthy")
		}},
		{"a version of it", "compose.yaml", claim(criterion.HasService, "name", "PostgreSQL", "version", "16"), func(p *types.Project) error {
			return expect(strings.Split(p.Services["postgres"].Image, ".")[0], "postgres:16")
		}},
		{"the program itself", "compose.yaml", claim(criterion.HasService, "name", "app"), func(p *types.Project) error { return expect(fmt.Sprint(len(p.Services)), "2") }},
		{"port", "compose.yaml", claim(criterion.Expose, "port", "9000"), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["notes-api"].Ports[0].Published, ":", p.Services["notes-api"].Ports[0].Target), "9000:8080")
		}},
		{"environment file", "compose.yaml", claim(criterion.EnvFile, "file", ".env"), func(p *types.Project) error {
			return expect(fmt.Sprint(len(p.Services["notes-api"].EnvFiles), len(p.Services["postgres"].EnvFiles)), "1 0")
		}},
		{"capabilities in development", "compose.yaml", claim(criterion.CapDrop), func(p *types.Project) error {
			return expect(fmt.Sprint(p.Services["notes-api"].CapDrop), "[ALL]")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, rec := goService()
			r := request(tt.path, nil, c, rec)
			r.Claims = []criterion.Claim{tt.claim}
			out := write(t, r)
			if err := tt.check(load(t, out.Content)); err != nil {
				t.Errorf("%v\n%s", err, out.Content)
			}
		})
	}
}

func expect(got, want string) error {
	if got != want {
		return fmt.Errorf("got %s, want %s", got, want)
	}
	return nil
}

func TestRefusals(t *testing.T) {
	c, rec := goService()
	tests := []struct {
		name  string
		r     *artifact.Request
		claim criterion.Claim
		want  string
	}{
		{"unknown service", request("compose.yaml", nil, c, rec), claim(criterion.HasService, "name", "oracle"), `"oracle"`},
		{"unknown version", request("compose.yaml", nil, c, rec), claim(criterion.HasService, "name", "postgres", "version", "x"), "postgres x"},
		{"route that the source lacks", request("compose.yaml", nil, c, rec), claim(criterion.HealthCheck, "path", "/ready"), "/healthz of notes-api (main.go:12)"},
		{"no policy", request("compose.yaml", nil, c, rec), claim(criterion.Restart, "policy", "often"), "often"},
		{"no amount", request("compose.yaml", nil, c, rec), claim(criterion.MemoryLimit, "limit", "lots"), "lots"},
		{"file outside", request("compose.yaml", nil, c, rec), claim(criterion.EnvFile, "file", "../.env"), "no file of this repository"},
		{"override", request("compose.override.yaml", nil, c, rec), claim(criterion.Restart), "override"},
		{"nothing that runs", request("compose.yaml", nil, stack.Component{Path: ".", Name: "x", Kind: stack.KindLibrary}, stack.Recipe{}), claim(criterion.Restart), "would be empty"},
		{"nothing known", request("compose.yaml", nil), claim(criterion.Restart), "no component"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Claims = []criterion.Claim{tt.claim}
			out, err := Write(tt.r)
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.want) {
				t.Fatalf("want a refusal that says %q, got %v and %v", tt.want, out, err)
			}
		})
	}
}

func TestMemory(t *testing.T) {
	for in, want := range map[string]string{
		"512M": "512M", "512 MB": "512M", "512mb": "512M", "512MiB": "512M", "2g": "2G", "1.5GB": "1536M", "0.5G": "512M", "1024": "1024B", "x": "", "-1M": "", "1.5": "",
	} {
		if got, err := memory(in); got != want || (err == nil) != (want != "") {
			t.Errorf("memory(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestLibraryThatNeedsADatabaseGetsOnlyThat(t *testing.T) {
	c := stack.Component{Path: ".", Name: "orm", Kind: stack.KindLibrary, Stack: "golang", Services: facts("postgres")}
	p := load(t, write(t, request("compose.yaml", nil, c, stack.Recipe{})).Content)
	if len(p.Services) != 1 || p.Services["postgres"].Image == "" {
		t.Errorf("services: %v", p.ServiceNames())
	}
}

func TestEveryServiceOfTheCatalogueCanBeAskedFor(t *testing.T) {
	for _, path := range []string{"compose.yaml", "compose.prod.yaml"} {
		for _, name := range stack.ServiceNames() {
			c, rec := goService()
			c.Services, c.Env = nil, nil
			r := request(path, nil, c, rec)
			r.Claims = []criterion.Claim{claim(criterion.HasService, "name", name)}
			p := load(t, write(t, r).Content)
			if s := p.Services[name]; s.Image == "" || s.HealthCheck == nil || len(s.Ports) > 0 {
				t.Errorf("%s: %s: %+v", path, name, s)
			}
		}
	}
}

func TestNamesThatCollideOrAreOdd(t *testing.T) {
	for _, name := range []string{"postgres", "日本", "true", "1e3", "a b:c", "-", "NULL"} {
		c, rec := goService()
		c.Name = name
		out := write(t, request("compose.yaml", nil, c, rec))
		if p := load(t, out.Content); len(p.Services) != 2 {
			t.Errorf("%q: %v", name, p.ServiceNames())
		}
	}
}

func TestTwoProgramsOnOnePortGetDifferentHostPorts(t *testing.T) {
	a, ar := goService()
	b, br := goService()
	a.Path, a.Name, b.Path, b.Name = "a", "a", "b", "b"
	p := load(t, write(t, request("compose.yaml", nil, a, ar, b, br)).Content)
	if x, y := p.Services["a"].Ports[0].Published, p.Services["b"].Ports[0].Published; x == y {
		t.Errorf("both are published on %s", x)
	}
}

func TestDevelopmentWithSomebodyElsesDockerfile(t *testing.T) {
	c, rec := goService()
	p := load(t, write(t, request("compose.yaml", map[string]string{"Dockerfile": "FROM golang\n"}, c, rec)).Content)
	s := p.Services["notes-api"]
	if s.Build.Target != "" || len(s.Command) != 0 || s.Develop == nil {
		t.Errorf("it builds a stage that the file has not: %+v", s.Build)
	}
	p = load(t, write(t, request("compose.yaml", map[string]string{"Dockerfile": "FROM golang as Build\nFROM x\n"}, c, rec)).Content)
	if s := p.Services["notes-api"]; s.Build.Target != "build" {
		t.Errorf("it does not use the stage that is there: %+v", s.Build)
	}
}

func TestDevelopmentSuggestsTheDockerfileThatIsMissing(t *testing.T) {
	c, rec := goService()
	out := write(t, request("compose.yaml", nil, c, rec))
	var found bool
	for _, f := range out.Suggested {
		found = found || f.Path == "Dockerfile" && strings.Contains(string(f.Content), "FROM")
	}
	if !found || len(out.Notes) == 0 {
		t.Errorf("suggested %v, notes %q", out.Suggested, out.Notes)
	}
}

func TestComposeFileInAFolder(t *testing.T) {
	c, rec := goService()
	out := write(t, request("deploy/compose.yaml", nil, c, rec))
	if s := string(out.Content); !strings.Contains(s, "context: ..\n") || !strings.Contains(s, "docker compose -f deploy/compose.yaml up") {
		t.Errorf("paths are not relative to the file:\n%s", s)
	}
	if s := string(out.Content); !strings.Contains(s, "cp deploy/.env.example deploy/.env ") {
		t.Errorf("the header prepares another folder:\n%s", s)
	}
	for _, f := range out.Suggested {
		if strings.HasSuffix(f.Path, ".env.example") && f.Path != "deploy/.env.example" {
			t.Errorf("Compose does not read %s", f.Path)
		}
	}
}

func TestWorkerIsNotAskedForTheWebServersHealth(t *testing.T) {
	c, rec := pythonService()
	p := load(t, write(t, request("compose.prod.yaml", nil, c, rec)).Content)
	w := p.Services["books-worker"]
	if w.HealthCheck == nil || !w.HealthCheck.Disable || len(w.Ports) != 0 || w.Command[0] != "celery" {
		t.Errorf("worker: %+v %+v", w.HealthCheck, w.Command)
	}
}

func TestPathsFitWhatTheRepositoryHas(t *testing.T) {
	tests := []struct {
		name string
		c    stack.Component
		want int
	}{
		{"a service", stack.Component{Kind: stack.KindService}, 2},
		{"a site", stack.Component{Kind: stack.KindStatic}, 2},
		{"a library that needs a server", stack.Component{Kind: stack.KindLibrary, Services: facts("redis")}, 1},
		{"a library", stack.Component{Kind: stack.KindLibrary}, 0},
		{"a command-line program", stack.Component{Kind: stack.KindCLI}, 0},
	}
	for _, tt := range tests {
		if got := paths(&stack.Facts{Components: []stack.Component{tt.c}}); len(got) != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestSiteWhoseDevelopmentServerListensElsewhere(t *testing.T) {
	c, rec := goService()
	c.Kind, c.Services, c.Env, c.PortFromEnv = stack.KindStatic, nil, nil, nil
	rec.DevCommand = []string{"npm", "run", "dev"}
	s := load(t, write(t, request("compose.yaml", nil, c, rec)).Content).Services["notes-api"]
	if s.Build.Target != "" || len(s.Command) > 0 || s.Develop == nil {
		t.Errorf("nobody knows where this server listens: %+v %v", s.Build, s.Command)
	}
	rec.DevCommand = []string{"hugo", "server", "--port=8080"}
	s = load(t, write(t, request("compose.yaml", nil, c, rec)).Content).Services["notes-api"]
	if s.Build.Target != "build" || len(s.Command) != 3 {
		t.Errorf("this one listens where it is published: %+v %v", s.Build, s.Command)
	}
}
