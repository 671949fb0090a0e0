package static

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/golang"
	"github.com/autogit/autogit/internal/stacks/node"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

// survey looks with all stacks that could mistake a site for a program.
func survey(t *testing.T, files map[string]string) stacktest.Result {
	t.Helper()
	facts, recipes := stacktest.Survey(files, golang.Stack(), node.Stack(), Stack())
	if len(facts.Components) != 1 {
		t.Fatalf("got %d components, want 1: %+v", len(facts.Components), facts.Components)
	}
	stacktest.CheckImage(t, recipes[0].Image)
	return stacktest.Result{Component: facts.Components[0], Recipe: recipes[0], Facts: facts}
}

func TestHugoWhoseGoModIsADecoy(t *testing.T) {
	r := survey(t, map[string]string{
		"go.mod": "module example.com/site\n\ngo 1.22\n\nrequire github.com/theNewDynamic/gohugo-theme-ananke v1.0.0\n", "go.sum": "x",
		"hugo.toml": "baseURL = 'https://example.com'\npublishDir = 'out'\n", "content/_index.md": "x", ".tool-versions": "hugo extended_0.140.0\n",
	})
	if r.Stack != "static" || r.Framework.String() != "hugo" || r.Version.String() != "0.140.0" || r.Output.String() != "out" || !r.HasNote("it is no Go program") {
		t.Errorf("component %+v", r.Component)
	}
	if d := r.Dockerfile(); !strings.Contains(d, "hugomods/hugo:exts-0.140.0") || !strings.Contains(d, "COPY --from=build /site/out") {
		t.Errorf("image:\n%s", d)
	}
}

func TestOldHugoIsToldFromOtherConfigToml(t *testing.T) {
	r := survey(t, map[string]string{"config.toml": "baseurl = \"https://example.com\"\n", "content/a.md": "x", ".gitmodules": "[submodule \"themes/x\"]\n"})
	if r.Framework.String() != "hugo" || !r.HasNote("submodules") {
		t.Errorf("component %+v", r.Component)
	}
	stacktest.None(t, Stack(), map[string]string{"config.toml": "[server]\nport = 1\n", "main.py": "x"})
}

func TestEleventy(t *testing.T) {
	r := survey(t, map[string]string{
		"package.json": `{"scripts":{"build":"eleventy","start":"eleventy --serve"},"devDependencies":{"@11ty/eleventy":"^3"}}`, "package-lock.json": "{}",
		"eleventy.config.js": "export default () => ({ dir: { input: 'src', output: 'www' } })", "src/index.md": "x", ".nvmrc": "22\n",
	})
	if r.Framework.String() != "eleventy" || r.Output.String() != "www" || r.Build.String() != "npm run build" || r.Install.String() != "npm ci" || r.Version.String() != "22" {
		t.Errorf("component %+v", r.Component)
	}
}

func TestJekyllAndMkDocs(t *testing.T) {
	r := survey(t, map[string]string{"Gemfile": "source 'x'\ngem \"jekyll\", \"~> 4.3\"\n", "Gemfile.lock": "", "_config.yml": "destination: ./public\n", "index.md": "x"})
	if r.Framework.String() != "jekyll" || r.Output.String() != "public" {
		t.Errorf("component %+v", r.Component)
	}
	r = survey(t, map[string]string{"mkdocs.yml": "site_name: x\ntheme:\n  name: material\n", "docs/index.md": "x"})
	if r.Framework.String() != "mkdocs" || !strings.Contains(r.Install.String(), "mkdocs-material==") {
		t.Errorf("component %+v", r.Component)
	}
	stacktest.None(t, Stack(), map[string]string{"mkdocs.yml": "site_name: x\n", "pyproject.toml": "[project]\n"})
}

func TestPlainPages(t *testing.T) {
	r := survey(t, map[string]string{"index.html": "<h1>x</h1>", "style.css": ""})
	if r.Kind != stack.KindStatic || r.Framework != nil || !strings.Contains(r.Dockerfile(), "COPY . /usr/share/nginx/html") {
		t.Errorf("component %+v", r.Component)
	}
	for _, dir := range []string{"dist", "templates", "src/main/resources/static", "docs"} {
		stacktest.None(t, Stack(), map[string]string{dir + "/index.html": "x"})
	}
}

// A folder from settings that could change a command is not taken.
func TestHostileOutputFolder(t *testing.T) {
	for _, v := range []string{"../../etc", "$(id)", "a;b", "/", "."} {
		r := survey(t, map[string]string{"hugo.toml": "publishDir = '" + v + "'\n"})
		if r.Output.String() != "public" && !strings.HasPrefix(r.Output.String(), "etc") {
			t.Errorf("publishDir %q gives %q", v, r.Output.String())
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("publishDir = 'x'", `{"devDependencies":{"@11ty/eleventy":"1"}}`)
	f.Fuzz(func(t *testing.T, config, pkg string) {
		tree := repo.Memory(map[string]string{"hugo.toml": config, "package.json": pkg, "eleventy.config.js": config, "_config.yml": config, "Gemfile": "gem 'jekyll'", "mkdocs.yml": config})
		for _, s := range [][]stack.Stack{{Stack()}} {
			stack.Recipes(tree, stack.Detect(tree, s), s)
		}
	})
}

func TestTemplatesAndFoldersOfASiteAreNoSites(t *testing.T) {
	r := survey(t, map[string]string{"hugo.toml": "baseURL = 'x'\n", "layouts/index.html": "<html></html>", "sub/index.html": "x", "content/a.md": "x"})
	if r.Framework.String() != "hugo" {
		t.Errorf("component %+v", r.Component)
	}
	if r = survey(t, map[string]string{"index.html": "x", "about/index.html": "x", "blog/first/index.html": "x"}); r.Path != "." {
		t.Errorf("path %q", r.Path)
	}
	for _, text := range []string{"<p>{{ user.name }}</p>", "{% block x %}", "<%= yield %>", "<?php echo 1;"} {
		stacktest.None(t, Stack(), map[string]string{"pages/index.html": text})
	}
}
