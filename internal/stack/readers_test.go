package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

func TestPipelineVersionsInAllTheirForms(t *testing.T) {
	tree := repo.Memory(map[string]string{
		".github/workflows/ci.yml": `jobs:
  a:
    strategy:
      matrix:
        node: [18, "20", 22.x]
        python-version:
          - '3.10' # old
          - "3.11"
    container: node:21-slim
    steps:
      - uses: actions/setup-node@v4
        with:
          node-version: ${{ matrix.node }}
      - with: { x: y }
      - uses: actions/setup-go@v5
        with:
          go-version: 1.25.x
          go-version-file: go.mod
          node-version: lts/*
`,
		".gitlab-ci.yml":              "test:\n  image: registry.example.com:5000/python:3.12-slim-bookworm@sha256:aa\n",
		".github/workflows/README.md": "node-version: 99\n",
	})
	for tool, want := range map[string]string{"node": "18 20 22 21", "python": "3.10 3.11 3.12", "go": "1.25", "ruby": ""} {
		if got := strings.Join(Values(PipelineVersions(tree, tool)), " "); got != want {
			t.Errorf("%s: %q, want %q", tool, got, want)
		}
	}
	if v := PipelineVersion(tree, "node"); v.String() != "21" || v.Evidence.Line != 9 {
		t.Errorf("a matrix says what is tested, a job what is used: %+v", v)
	}
	if PipelineVersion(tree, "php") != nil {
		t.Error("a version from nowhere")
	}
}

func TestDockerfileIsReadThroughItsArguments(t *testing.T) {
	tree := repo.Memory(map[string]string{"svc/Dockerfile": `# syntax=docker/dockerfile:1
ARG GO_VERSION=1.25.3
ARG PORT=9000
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS build
EXPOSE 1234
FROM gcr.io/distroless/static:nonroot
EXPOSE ${PORT}/tcp 9999
HEALTHCHECK --interval=5s \
  # a comment between
  CMD ["/probe", "http://localhost:9000/health/ready"]
ENTRYPOINT ["/app"]
CMD ["serve", "--port", "9000"]
`})
	d := ReadDockerfile(tree, "svc")
	got := []string{d.BaseVersion(2, "golang").String(), d.Expose.String(), d.Health.String(), d.Cmd.String()}
	if diff := cmp.Diff([]string{"1.25", "9000", "/health/ready", "/app serve --port 9000"}, got); diff != "" {
		t.Error(diff)
	}
	if d.BaseVersion(2, "python") != nil || ReadDockerfile(tree, ".") != nil || (*Dockerfile)(nil).BaseVersion(1, "x") != nil {
		t.Error("a fact from nowhere")
	}
}

func TestVersionFilesAreFoundAboveAndCommentsPassedOver(t *testing.T) {
	tree := repo.Memory(map[string]string{
		".nvmrc": "\ufeff# node of production\n\nv20.11.1\n", "a/b/x": "", "c/.nvmrc": "lts/iron\n",
		".tool-versions": "# pins\nnodejs 21.0.0 # new\npython system\n", "m/mise.toml": "[env]\npython = '1.0'\n[tools]\npython = \"3.12\"\ngo = { version = \"1.25\" }\n",
	})
	if f := VersionFile(tree, "a/b", ".nvmrc"); f.String() != "20.11.1" || f.Evidence.Line != 3 {
		t.Errorf("%+v", f)
	}
	if f := VersionFile(tree, "c", ".nvmrc"); f != nil {
		t.Errorf("an alias is no version, and the file above does not count: %+v", f)
	}
	if f := ToolVersion(tree, "a", "nodejs"); f.String() != "21.0.0" {
		t.Errorf("%+v", f)
	}
	if f := ToolVersion(tree, ".", "python"); f != nil {
		t.Errorf("system is no version: %+v", f)
	}
	if f := ToolVersion(tree, "m", "python"); f.String() != "3.12" {
		t.Errorf("%+v", f)
	}
}

func TestProcfileEnvExampleAndCompose(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"Procfile":     "web: bundle exec puma\n# no\nworker: sidekiq -c 5\n",
		".env.example": "# settings\nexport PORT=3000 # http\nDB_PASSWORD=geheim\nDATABASE_URL=\"postgres://u:geheim@db/x\"\n",
		"compose.yaml": "services:\n  db:\n    image: postgres:16-alpine # main\n  c:\n    image: \"docker.io/bitnami/redis:7\"\n  app:\n    image: ghcr.io/me/app:1\n",
	})
	if p := Procfile(tree, "."); len(p) != 2 || p[1].Name != "worker" || p[1].Fact.Value != "sidekiq -c 5" || p[1].Fact.Evidence.Line != 3 {
		t.Errorf("%+v", p)
	}
	env := EnvExample(tree, ".")
	if len(env) != 3 || env[0].Default != "3000" || !env[1].Secret || env[1].Default != "" || env[2].Default != "" {
		t.Errorf("%+v", env)
	}
	for _, v := range env {
		if strings.Contains(v.Evidence.Text, "geheim") {
			t.Errorf("evidence holds a secret: %s", v.Evidence.Text)
		}
	}
	if diff := cmp.Diff([]string{"postgres", "redis"}, Values(ComposeServices(tree, "."))); diff != "" {
		t.Error(diff)
	}
}

func TestVariablesByTheirNames(t *testing.T) {
	tests := []struct {
		name, service string
		secret, file  bool
	}{
		{"DATABASE_URL", "database", false, false}, {"POSTGRES_HOST", "postgres", false, false}, {"PGHOST", "postgres", false, false}, {"PGUSER", "postgres", false, false},
		{"REDIS_URL", "redis", false, false}, {"MONGODB_URI", "mongodb", false, false}, {"AMQP_URL", "rabbitmq", false, false}, {"CELERY_BROKER_URL", "broker", false, false},
		{"ELASTICSEARCH_URL", "elasticsearch", false, false}, {"JWT_SECRET", "", true, false}, {"GITHUB_TOKEN", "", true, false}, {"TOKEN_TTL", "", false, false},
		{"DB_PASSWORD", "database", true, false}, {"DB_PASSWORD_FILE", "database", false, true}, {"PAGE_SIZE", "", false, false}, {"PGP_MODE", "", false, false}, {"LOG_FILE", "", false, false},
	}
	for _, tt := range tests {
		v := NewVariable(tt.name, "", finding.Evidence{})
		if v.Service != tt.service || v.Secret != tt.secret || v.File != tt.file {
			t.Errorf("%s: %+v", tt.name, v)
		}
	}
}

func TestDatabaseURLMeansTheOneDatabase(t *testing.T) {
	c := Component{Services: []Fact{{Value: "mariadb"}, {Value: "redis"}}, Env: []Variable{
		NewVariable("DATABASE_URL", "", finding.Evidence{}), NewVariable("MYSQL_HOST", "", finding.Evidence{}), NewVariable("BROKER_URL", "", finding.Evidence{}),
	}}
	SettleVariables(&c)
	got := map[string]string{}
	for _, v := range c.Env {
		got[v.Name] = v.Service
	}
	if diff := cmp.Diff(map[string]string{"DATABASE_URL": "mariadb", "MYSQL_HOST": "mariadb", "BROKER_URL": "redis"}, got); diff != "" {
		t.Error(diff)
	}
	two := Component{Services: []Fact{{Value: "postgres"}, {Value: "mongodb"}}, Env: []Variable{NewVariable("DATABASE_URL", "", finding.Evidence{})}}
	SettleVariables(&two)
	if two.Env[0].Service != "" {
		t.Errorf("of two databases one is guessed: %+v", two.Env[0])
	}
}

func TestHealthRoutesAreRanked(t *testing.T) {
	for _, r := range []string{"/", "/users", "/health/{id}", "/health/:id", "/a/b/c/d/health", "/update", "/statuses", "/healthy-food"} {
		if HealthRank(r) >= 0 {
			t.Errorf("%s is no health route", r)
		}
	}
	for i, pair := range [][2]string{{"/healthz", "/health"}, {"/health", "/ready"}, {"/readyz", "/livez"}, {"/health", "/api/v1/health"}, {"/health", "/ping"}, {"/ready", "/status"}} {
		a, b := HealthRank(pair[0]), HealthRank(pair[1])
		if a < 0 || b < 0 || a >= b {
			t.Errorf("%d: %s is %d, %s is %d", i, pair[0], a, pair[1], b)
		}
	}
	if HealthRank("/health/") != HealthRank("/health") || HealthRank("/-/healthy") < 0 || HealthRank("/actuator/health/readiness") < 0 {
		t.Error("the usual spellings")
	}
}

func TestEvidenceNeverHoldsPasswords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9]{8,20}`).Draw(t, "secret")
		form := rapid.SampledFrom([]string{"url = \"postgres://app:%@host/db\"", "PASSWORD=%", "api_key: '%'", "db_password = \"%\"", "redis://:%@h", "secretKey: \"%\""}).Draw(t, "form")
		if got := At("f", 1, strings.ReplaceAll(form, "%", secret)).Text; strings.Contains(got, secret) {
			t.Fatalf("%s", got)
		}
	})
	for _, keep := range []string{`os.Getenv("DB_PASSWORD")`, `password = os.environ["X"]`, "secret: ${{ secrets.X }}", "http://localhost:8080/health", "git@github.com:a/b"} {
		if got := At("f", 1, keep).Text; got != keep {
			t.Errorf("%q became %q", keep, got)
		}
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	for _, p := range [][2]string{{"3.9", "3.10"}, {"1.2", "1.2.1"}, {"v9", "10"}, {"1.25", "1.25.1"}} {
		if CompareVersions(p[0], p[1]) >= 0 || CompareVersions(p[1], p[0]) <= 0 {
			t.Errorf("%v", p)
		}
	}
	if CompareVersions("1.0", "1") != 0 || !Agree("3.12", "3.12.4") || Agree("3.1", "3.12") || Shorten("v20.1.2", 1) != "20" {
		t.Error("versions")
	}
}

// FuzzReaders: whatever these files hold, the readers end and point at lines that are there.
func FuzzReaders(f *testing.F) {
	f.Add("FROM a:1\nEXPOSE 80\nCMD [\"a\"]\n")
	f.Add("web: x\nA=b\n  image: postgres:1\npython-version: [3.1]\ngo 1.2\n")
	f.Add("FROM \\\n# c\n$X\nARG X=${X:-$X}\nHEALTHCHECK CMD http://a/b\nENTRYPOINT [\"\\\"")
	f.Fuzz(func(t *testing.T, s string) {
		files := map[string]string{}
		for _, n := range []string{"Dockerfile", "Procfile", ".env.example", "compose.yaml", ".github/workflows/a.yml", ".tool-versions", "mise.toml", ".nvmrc", ".gitlab-ci.yml"} {
			files[n] = s
		}
		tree := repo.Memory(files)
		n := len(tree.Lines("Procfile"))
		check := func(fs ...*Fact) {
			for _, x := range fs {
				if x != nil && (x.Evidence.Line < 1 || x.Evidence.Line > n) {
					t.Fatalf("line %d of %d", x.Evidence.Line, n)
				}
			}
		}
		if d := ReadDockerfile(tree, "."); d != nil {
			check(d.Expose, d.Health, d.Cmd, d.BaseVersion(2, "a", "golang"))
		}
		for _, p := range Procfile(tree, ".") {
			check(&p.Fact)
		}
		for _, x := range append(ComposeServices(tree, "."), PipelineVersions(tree, "python")...) {
			check(&x)
		}
		check(ToolVersion(tree, ".", "go"), VersionFile(tree, ".", ".nvmrc"))
		EnvExample(tree, ".")
	})
}
