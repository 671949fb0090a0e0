package compose

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

func TestWireSpeaksTheProgramsDialect(t *testing.T) {
	const pw = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}"
	tests := []struct {
		name    string
		service string
		v       stack.Variable
		want    string
	}{
		{"plain URL", "postgres", stack.Variable{Name: "DATABASE_URL"}, "postgresql://app:" + pw + "@db:5432/app"},
		{"driver of the default", "postgres", stack.Variable{Name: "DATABASE_URL", Default: "postgresql+asyncpg://localhost/x"}, "postgresql+asyncpg://app:" + pw + "@db:5432/app"},
		{"options of the default", "postgres", stack.Variable{Name: "DATABASE_URL", Default: "postgres://localhost/x?sslmode=disable"}, "postgres://app:" + pw + "@db:5432/app?sslmode=disable"},
		{"options that Compose would interpolate", "postgres", stack.Variable{Name: "DATABASE_URL", Default: "postgres://localhost/x?a=$HOME"}, "postgres://app:" + pw + "@db:5432/app"},
		{"scheme of another service", "postgres", stack.Variable{Name: "DATABASE_URL", Default: "sqlite:///x.db"}, "postgresql://app:" + pw + "@db:5432/app"},
		{"JDBC has no user in it", "postgres", stack.Variable{Name: "SPRING_DATASOURCE_URL"}, "jdbc:postgresql://db:5432/app"},
		{"JDBC of the default", "postgres", stack.Variable{Name: "DB_URL", Default: "jdbc:postgresql://localhost:5432/x"}, "jdbc:postgresql://db:5432/app"},
		{"host", "postgres", stack.Variable{Name: "DB_HOST"}, "db"},
		{"port", "postgres", stack.Variable{Name: "DB_PORT"}, "5432"},
		{"user", "postgres", stack.Variable{Name: "PGUSER"}, "app"},
		{"database", "postgres", stack.Variable{Name: "POSTGRES_DB"}, "app"},
		{"password", "postgres", stack.Variable{Name: "PGPASSWORD", Secret: true}, pw},
		{"connection string of .NET", "postgres", stack.Variable{Name: "ConnectionStrings__Default"}, "Host=db;Port=5432;Database=app;Username=app;Password=" + pw},
		{"redis", "redis", stack.Variable{Name: "REDIS_URL"}, "redis://db:6379/0"},
		{"redis without scheme", "redis", stack.Variable{Name: "REDIS_ADDR", Default: "localhost:6379"}, "db:6379"},
		{"redis of .NET", "redis", stack.Variable{Name: "ConnectionStrings__Redis"}, "db:6379"},
		{"brokers", "kafka", stack.Variable{Name: "KAFKA_BROKERS"}, "db:9092"},
		{"address with a scheme", "nats", stack.Variable{Name: "NATS_ADDR", Default: "nats://localhost:4222"}, "nats://db:4222"},
		{"memcached", "memcached", stack.Variable{Name: "MEMCACHED_URL"}, "db:11211"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, ok := stack.ServiceFor(tt.service)
			if !ok {
				t.Fatalf("no %s in the catalogue", tt.service)
			}
			r := &artifact.Request{Tree: repo.Memory(nil)}
			got, ok := newStore(s, "db").wire(r, artifact.Part{Component: &stack.Component{}}, tt.v, true)
			if !ok || got != tt.want {
				t.Errorf("%q, %v; want %q", got, ok, tt.want)
			}
		})
	}
}

func TestLibPQIsToldThatThereIsNoTLS(t *testing.T) {
	s, _ := stack.ServiceFor("postgres")
	r := &artifact.Request{Tree: repo.Memory(map[string]string{"api/go.mod": "module x\n\nrequire github.com/lib/pq v1.10.9\n"})}
	got, _ := newStore(s, "postgres").wire(r, artifact.Part{Component: &stack.Component{Stack: "golang", Path: "api"}}, stack.Variable{Name: "DATABASE_URL"}, false)
	if want := "postgresql://app@postgres:5432/app?sslmode=disable"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// environmentOf is what the only program of a stack is told.
func environmentOf(t *testing.T, path string, c stack.Component, rec stack.Recipe) map[string]*string {
	t.Helper()
	out := write(t, request(path, nil, c, rec))
	return load(t, out.Content).Services[c.Name].Environment
}

func TestOwnVariables(t *testing.T) {
	c, rec := goService()
	c.Services = nil
	c.Env = []stack.Variable{
		{Name: "HOME"}, {Name: "not a name"}, {Name: "MODE", Default: "fast"}, {Name: "WEIRD", Default: "a${b}"}, {Name: "PORT", Default: "1"},
		{Name: "TOKEN", Secret: true}, {Name: "TOKEN_FILE", File: true}, {Name: "MUST_FILE", File: true, Required: true},
	}
	rec.Image.Env = append(rec.Image.Env, stack.KV{Key: "IN_IMAGE", Value: "1"})
	c.Env = append(c.Env, stack.Variable{Name: "IN_IMAGE", Default: "2"})
	prod := environmentOf(t, "compose.prod.yaml", c, rec)
	dev := environmentOf(t, "compose.yaml", c, rec)
	value := func(m map[string]*string, k string) string {
		v, ok := m[k]
		switch {
		case !ok:
			return "absent"
		case v == nil:
			return "handed on"
		}
		return *v
	}
	for _, tt := range []struct{ name, prod, dev string }{
		{"HOME", "absent", "absent"}, {"not a name", "absent", "absent"}, {"MODE", "fast", "fast"}, {"WEIRD", "absent", "absent"}, {"PORT", "8080", "8080"},
		{"TOKEN", "absent", "handed on"}, {"TOKEN_FILE", "/run/secrets/token", "absent"}, {"MUST_FILE", "/run/secrets/must", "/run/secrets/must"},
		{"IN_IMAGE", "absent", "absent"},
	} {
		if got := value(prod, tt.name); got != tt.prod {
			t.Errorf("production: %s is %q, want %q", tt.name, got, tt.prod)
		}
		if got := value(dev, tt.name); got != tt.dev {
			t.Errorf("development: %s is %q, want %q", tt.name, got, tt.dev)
		}
	}
}

func TestProgramsOfOneRepositoryFindEachOther(t *testing.T) {
	api, apiRecipe := goService()
	api.Name, api.Path, api.Services, api.Env = "api", "api", nil, []stack.Variable{{Name: "WEB_URL", Default: "http://127.0.0.1:8000"}}
	web, webRecipe := pythonService()
	web.Name, web.Path, web.Services, web.Workers = "web", "web", nil, nil
	web.Env = []stack.Variable{{Name: "API_URL", Default: "http://localhost:8080/v1"}, {Name: "OTHER", Default: "http://localhost:9999"}}
	p := load(t, write(t, request("compose.yaml", nil, api, apiRecipe, web, webRecipe)).Content)
	if got := *p.Services["web"].Environment["API_URL"]; got != "http://api:8080/v1" {
		t.Errorf("API_URL is %s", got)
	}
	if got := *p.Services["api"].Environment["WEB_URL"]; got != "http://web:8000" {
		t.Errorf("WEB_URL is %s", got)
	}
	if got := *p.Services["web"].Environment["OTHER"]; got != "http://localhost:9999" {
		t.Errorf("OTHER is %s", got)
	}
	if len(p.Services["api"].DependsOn)+len(p.Services["web"].DependsOn) != 1 {
		t.Errorf("they wait for each other: %v, %v", p.Services["api"].DependsOn, p.Services["web"].DependsOn)
	}
}

func TestDollarSignsOfCommandsAreNotVariables(t *testing.T) {
	c, rec := goService()
	rec.Image.Health = []string{"bash", "-c", "test $PORT"}
	rec.Image.StaticFinal = false
	rec.DevCommand = []string{"sh", "-c", "run $PORT"}
	out := string(write(t, request("compose.yaml", nil, c, rec)).Content)
	if !strings.Contains(out, `"test $$PORT"`) || !strings.Contains(out, `"run $$PORT"`) {
		t.Errorf("Compose would replace $PORT:\n%s", out)
	}
}

func TestVariablesOfTheStackItselfAreNotHandedToPrograms(t *testing.T) {
	c, rec := goService()
	at := finding.Evidence{File: ".env.example", Line: 3}
	c.Env = append(c.Env, stack.Variable{Name: "IMAGE", Evidence: at}, stack.Variable{Name: "POSTGRES_PASSWORD", Service: "postgres", Secret: true, Evidence: at},
		stack.Variable{Name: "FEATURE", Default: "on", Evidence: at})
	for _, path := range []string{"compose.yaml", "compose.prod.yaml"} {
		got := environmentOf(t, path, c, rec)
		if _, ok := got["IMAGE"]; ok {
			t.Errorf("%s: the program is told the name of its image", path)
		}
		if _, ok := got["POSTGRES_PASSWORD"]; ok {
			t.Errorf("%s: the program is told the password twice", path)
		}
		if _, ok := got["FEATURE"]; !ok {
			t.Errorf("%s: FEATURE is missing", path)
		}
	}
}
