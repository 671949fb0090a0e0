package stacks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

const (
	goMod    = "module example.com/shop\n\ngo 1.26\n"
	goServer = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(\":8080\", nil)\n}\n"
	vite     = `{"name":"web","scripts":{"dev":"vite","build":"vite build"},"devDependencies":{"vite":"^7","react":"^19"}}`
)

// what is a line for each component: where it is, which stack, which kind, and the frontend that is built into it.
func what(facts *stack.Facts) []string {
	var out []string
	for _, c := range facts.Components {
		line := c.Path + " " + c.Stack + " " + c.Kind
		if c.Frontend != nil {
			line += " with " + c.Frontend.Path + " -> " + c.Frontend.Output
		}
		out = append(out, line)
	}
	return out
}

func TestRepositoriesOfSeveralLanguages(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a package.json that only lints", map[string]string{
			"go.mod": goMod, "main.go": goServer, "package.json": `{"scripts":{"lint":"prettier --check ."},"devDependencies":{"prettier":"3"}}`,
		}, []string{". golang service"}},
		{"an embedded frontend", map[string]string{
			"go.mod": goMod, "main.go": goServer, "web/embed.go": "package web\n\nimport \"embed\"\n\n//go:embed all:dist\nvar FS embed.FS\n",
			"web/package.json": vite, "web/package-lock.json": `{"lockfileVersion":3}`, "web/index.html": "<html>", "web/src/main.ts": "x",
		}, []string{". golang service with web -> web/dist"}},
		{"styles built beside Django", map[string]string{
			"requirements.txt": "django\ngunicorn\n", "manage.py": "", "site/settings.py": "", "site/wsgi.py": "application = get_wsgi_application()\n",
			"package.json": `{"scripts":{"build":"tailwindcss -i in.css -o static/out.css"},"devDependencies":{"tailwindcss":"3"}}`,
		}, []string{". python service with . -> static"}},
		{"a frontend that FastAPI serves", map[string]string{
			"requirements.txt": "fastapi\nuvicorn\n", "main.py": "app = FastAPI()\napp.mount(\"/\", StaticFiles(directory=\"frontend/dist\"))\n",
			"frontend/package.json": vite, "frontend/package-lock.json": `{"lockfileVersion":3}`, "frontend/index.html": "<html>",
		}, []string{". python service with frontend -> frontend/dist"}},
		{"a frontend of its own", map[string]string{
			"api/go.mod": goMod, "api/main.go": goServer, "web/package.json": vite, "web/package-lock.json": `{"lockfileVersion":3}`, "web/index.html": "<html>",
		}, []string{"api golang service", "web node static"}},
		{"a workspace and a service", map[string]string{
			"package.json": `{"name":"root","private":true,"workspaces":["packages/*"]}`, "package-lock.json": `{"lockfileVersion":3}`,
			"packages/api/package.json": `{"name":"api","scripts":{"start":"node s.js"},"dependencies":{"express":"5","lib":"*"}}`, "packages/api/s.js": "app.listen(3000)",
			"packages/lib/package.json": `{"name":"lib","main":"i.js"}`, "packages/lib/i.js": "module.exports = 1", "worker/pyproject.toml": "[project]\nname='w'\ndependencies=['celery[redis]']\n", "worker/app.py": "app = Celery('w')\n",
		}, []string{"packages/api node service", "packages/lib node library", "worker python worker"}},
		{"Hugo with modules", map[string]string{
			"go.mod": "module site\n\ngo 1.22\n\nrequire github.com/a/theme v1.0.0 // indirect\n", "hugo.toml": "baseURL = 'https://x'\n", "content/_index.md": "# x\n",
		}, []string{". static static"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := repo.Memory(tt.files)
			facts := stacks.Survey(tree)
			if d := cmp.Diff(tt.want, what(facts)); d != "" {
				t.Error(d)
			}
			for _, r := range stacks.Recipes(tree, facts) {
				stacktest.CheckImage(t, r.Image)
			}
		})
	}
}

func TestFrontendIsBuiltInAStageOfItsOwn(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"go.mod": goMod, "main.go": goServer, "web/embed.go": "package web\n\nimport \"embed\"\n\n//go:embed all:dist\nvar FS embed.FS\n",
		"web/package.json": vite, "web/package-lock.json": `{"lockfileVersion":3}`, "web/index.html": "<html>",
	})
	df := stacktest.Text(stacks.Recipes(tree, stacks.Survey(tree))[0].Image)
	for _, want := range []string{"ARG FRONTEND_IMAGE=node:", "COPY web/package.json web/package-lock.json ./", "npm ci", "RUN npm run build", "COPY --from=frontend /web/web/dist /src/web/dist"} {
		if !strings.Contains(df, want) {
			t.Errorf("no %q in\n%s", want, df)
		}
	}
}

// AutoGit's own repository is one program; its examples are not components of it.
func TestOwnRepository(t *testing.T) {
	tree, err := repo.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	facts := stacks.Survey(tree)
	for _, c := range facts.Components {
		if strings.HasPrefix(c.Path, "examples/") || strings.Contains(c.Path, "testdata") {
			t.Errorf("%s is no component", c.Path)
		}
	}
	if len(facts.Components) == 0 || facts.Components[0].Stack != "golang" || facts.Components[0].Name != "autogit" {
		t.Errorf("%v", what(facts))
	}
}
