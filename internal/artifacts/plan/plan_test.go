package plan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/plan/plantest"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

func claim(name string, params ...string) criterion.Claim {
	c := criterion.Claim{Name: name, Params: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	return c
}

func build(t *testing.T, req *artifact.Request) *plan.Plan {
	t.Helper()
	p, err := plan.New(req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func refused(t *testing.T, req *artifact.Request, reason string) {
	t.Helper()
	_, err := plan.New(req)
	var r *artifact.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Reason, reason) {
		t.Errorf("got %v, want a refusal that says %q", err, reason)
	}
}

// Names that a pipeline would read as an expression, a variable or an option never get into one.
func TestHostileNamesAreRefused(t *testing.T) {
	for _, path := range []string{"a${{ github.token }}", "$HOME", "a`id`", "a;id", "a'b", "a\nb", "-rf", "a/../../b", "a\"b", "a&b", "a|b", "a>b"} {
		r := plantest.Get("textlib")
		r.Facts.Components[0].Path = path
		refused(t, r.Request("ci.yml"), "rename it")
	}
	r := plantest.Get("notes-api")
	r.Facts.Components[0].Env = append(r.Facts.Components[0].Env, stack.Variable{Name: "A: b\nC", Service: "postgres"})
	refused(t, r.Request("ci.yml"), "cannot be written")
	refused(t, plantest.Get("textlib").Request("ci.yml", claim(criterion.Matrix, "versions", "3.10,$(id)")), "no version")
	refused(t, plantest.Get("notes-api").Request("ci.yml", claim(criterion.Publish, "registry", "ghcr.io/${{ x }}")), "no registry")
	refused(t, plantest.Get("notes-api").Request("ci.yml", claim(criterion.ImageBuild, "platforms", "linux/$(id)")), "no platform")
	p := build(t, plantest.Get("textlib").Request("ci.yml", claim(criterion.Trigger, "events", "push", "branches", "main,a'b")))
	if !slices.Equal(p.Events.Branches, []string{"main"}) {
		t.Errorf("branches %q", p.Events.Branches)
	}
}

func TestNothingToDo(t *testing.T) {
	refused(t, &artifact.Request{Path: "ci.yml", Tree: repo.Memory(nil), Facts: &stack.Facts{}}, "no component")
}

// A repository that says master in its other pipelines, and never main, is not given a pipeline that never runs.
func TestDefaultBranchOfOtherPipelines(t *testing.T) {
	r := plantest.Get("textlib").With(".github/workflows/old.yml", "on:\n  push:\n    branches: [master]\n")
	r.Facts.Delivery = append(r.Facts.Delivery, stack.Delivery{File: ".github/workflows/old.yml", Kind: string(repo.KindWorkflow)})
	if p := build(t, r.Request(".github/workflows/ci.yml")); !slices.Equal(p.Events.Branches, []string{"master"}) {
		t.Errorf("branches %q, want master", p.Events.Branches)
	}
}

func TestServiceVariables(t *testing.T) {
	env := func(vars ...stack.Variable) []stack.KV {
		r := plantest.Get("notes-api")
		for i := range vars {
			vars[i].Service = "postgres"
		}
		r.Facts.Components[0].Env = vars
		return build(t, r.Request("ci.yml")).Parts[0].ServiceEnv(func(string) string { return "db" }, "pw")
	}
	tests := []struct {
		v    stack.Variable
		want string
	}{
		{stack.Variable{Name: "DATABASE_URL"}, "postgresql://app:pw@db:5432/app"},
		{stack.Variable{Name: "DATABASE_URL", Default: "postgresql+asyncpg://localhost/x"}, "postgresql+asyncpg://app:pw@db:5432/app"},
		{stack.Variable{Name: "DATABASE_URL", Default: "postgres://localhost/x"}, "postgres://app:pw@db:5432/app"},
		{stack.Variable{Name: "DATABASE_URL", Default: "sqlite:///x.db"}, "postgresql://app:pw@db:5432/app"},
		{stack.Variable{Name: "SPRING_DATASOURCE_URL"}, "jdbc:postgresql://db:5432/app"},
		{stack.Variable{Name: "PGHOST"}, "db"},
		{stack.Variable{Name: "DB_PORT"}, "5432"},
		{stack.Variable{Name: "POSTGRES_USER"}, "app"},
		{stack.Variable{Name: "POSTGRES_PASSWORD", Secret: true}, "pw"},
		{stack.Variable{Name: "POSTGRES_DB"}, "app"},
		{stack.Variable{Name: "DB_ADDR"}, "db:5432"},
	}
	for _, tt := range tests {
		want := []stack.KV{{Key: tt.v.Name, Value: tt.want}}
		if diff := cmp.Diff(want, env(tt.v)); diff != "" {
			t.Errorf("%s (default %q): %s", tt.v.Name, tt.v.Default, diff)
		}
	}
	if got := env(stack.Variable{Name: "POSTGRES_PASSWORD_FILE", File: true}); len(got) != 0 {
		t.Errorf("a variable that names a file got %v", got)
	}
}

// A Dockerfile below a folder may copy from the root: then the root is what it is built from.
func TestContextOfExistingDockerfile(t *testing.T) {
	for content, want := range map[string]string{
		"FROM x\nCOPY go.mod .\n": "services/api", "FROM x\nCOPY services/api/go.mod .\n": ".", "FROM x\nCOPY . .\n": "services/api",
		"FROM x\nCOPY --from=b services/api .\n": "services/api",
	} {
		p := build(t, plantest.Get("monorepo").With("services/api/Dockerfile", content).Request("ci.yml"))
		if got := p.Images[0].Context; got != want {
			t.Errorf("%q: context %q, want %q", content, got, want)
		}
	}
}

// Images of development containers and of tests are not what a pipeline ships.
func TestSideDockerfilesAreNotBuilt(t *testing.T) {
	req := plantest.Get("textlib").Request("ci.yml")
	req.Siblings = []string{".devcontainer/Dockerfile", "Dockerfile.dev", "testdata/Dockerfile", "Dockerfile"}
	p := build(t, req)
	if len(p.Images) != 1 || p.Images[0].Dockerfile != "Dockerfile" {
		t.Errorf("images %+v", p.Images)
	}
}

func TestAskedPlatforms(t *testing.T) {
	r := plantest.Get("notes-api")
	delete(r.Files, "Dockerfile")
	platforms := func(claims ...criterion.Claim) string {
		req := r.Request("ci.yml", claims...)
		req.Siblings = []string{"Dockerfile"}
		img := build(t, req).Images[0]
		if img.Emulated {
			t.Errorf("%v: emulated, though all stages that run commands are cross-built", claims)
		}
		return strings.Join(img.Platforms, ",")
	}
	for want, claims := range map[string][]criterion.Claim{
		"linux/amd64,linux/arm64,linux/riscv64": {},
		"linux/amd64,linux/arm64":               {claim(criterion.Platform, "platforms", "aarch64")},
		"linux/amd64,linux/riscv64":             {claim(criterion.ImageBuild, "platforms", "amd64,risc-v")},
	} {
		if got := platforms(claims...); got != want {
			t.Errorf("%v: %s, want %s", claims, got, want)
		}
	}
}

func TestUniqueJobIDs(t *testing.T) {
	r := plantest.Get("monorepo")
	r.Facts.Components[0].Name, r.Facts.Components[1].Name = "2nd", "2ND"
	seen := map[string]bool{}
	for _, j := range build(t, r.Request("ci.yml")).Jobs {
		if seen[j.ID] || j.ID[0] >= '0' && j.ID[0] <= '9' {
			t.Errorf("job id %q is taken or begins with a digit", j.ID)
		}
		seen[j.ID] = true
	}
}

func TestToolThatIsNotDeclaredIsInstalled(t *testing.T) {
	r := plantest.Get("textlib")
	r.Recipes[0].Tools[0].Install = []stack.Command{{Run: "get black", Tool: "black"}}
	p := build(t, r.Request("ci.yml", claim(criterion.FormatCheck, "tool", "Black")))
	install := p.Parts[0].Recipe.Install
	if len(install) != 2 || install[1].Run != "get black" {
		t.Errorf("install %+v", install)
	}
	if len(r.Recipes[0].Install) != 1 {
		t.Error("the caller's recipe was changed")
	}
}
