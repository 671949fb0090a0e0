package static

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
	"github.com/autogit/autogit/internal/stacks/source"
)

var jekyllGem = regexp.MustCompile(`^\s*gem\s+["'](?:jekyll|github-pages)["']`)

func jekyll() generator {
	return generator{
		name: "jekyll", language: "html",
		find: func(s *stack.Scan) (finding.Evidence, bool) {
			e, _, ok := stack.Find(s.Tree, s.Path("Gemfile"), jekyllGem)
			return e, ok && s.Has("_config.yml")
		},
		output: func(s *stack.Scan) string {
			v := setting(s, "destination", "_config.yml")
			return folder(v, "_site")
		},
		facts: func(s *stack.Scan, c *stack.Component) {
			c.Version = stack.DefaultFact("3.4", "the Ruby line that is maintained longest")
			if f := stack.VersionFile(s.Tree, s.Dir, ".ruby-version"); f != nil {
				c.Version = f
			}
			at := c.Framework.Evidence
			c.PackageManager = stack.DerivedFact("bundler", at)
			if s.Has("Gemfile.lock") {
				c.LockFile = stack.DeclaredFact(s.Path("Gemfile.lock"), finding.Evidence{File: s.Path("Gemfile.lock"), Line: 1})
			}
			c.Install, c.Build = stack.DerivedFact("bundle install", at), stack.DerivedFact("bundle exec jekyll build", at)
			c.Dev = stack.DerivedFact("bundle exec jekyll serve --livereload", at)
		},
		recipe: jekyllRecipe,
	}
}

func jekyllRecipe(_ *stack.Scan, c *stack.Component, r *stack.Recipe) {
	r.Toolchain = stack.Toolchain{
		Actions: []stack.Action{{Name: "ruby/setup-ruby", Title: "Set up Ruby", With: []stack.KV{{Key: "ruby-version", Value: stack.VersionPlaceholder}}}},

		GitLabImage: "ruby:" + stack.VersionPlaceholder + "-bookworm",
		CachePaths:  []string{".cache/bundle/"}, CacheEnv: []stack.KV{{Key: "BUNDLE_PATH", Value: "$CI_PROJECT_DIR/.cache/bundle"}},
	}
	gems := "COPY Gemfile ./"
	if c.LockFile != nil {
		gems = "COPY Gemfile Gemfile.lock ./"
		r.Toolchain.CacheKeys = []string{c.LockFile.Value}
		r.Toolchain.Actions[0].With = append(r.Toolchain.Actions[0].With, stack.KV{Key: "bundler-cache", Value: "true"})
	}
	if c.Path != "." {
		r.Toolchain.Actions[0].With = append(r.Toolchain.Actions[0].With, stack.KV{Key: "working-directory", Value: c.Path})
	}
	install := "RUN bundle install"
	if c.LockFile != nil {
		install = "RUN BUNDLE_FROZEN=true bundle install"
	}
	r.Image = pages.Image(pages.Site{
		Args: []stack.KV{{Key: "RUBY_IMAGE", Value: "ruby:" + c.Version.String() + "-bookworm"}}, From: "build", Dir: "/site/" + c.Output.String(),
		Stages: []stack.Stage{{Name: "build", From: "${RUBY_IMAGE}", Cross: true, Why: "Pages are the same for every architecture, so they are built once.", Steps: []stack.Step{
			{Text: "WORKDIR /site"}, {Why: "Gems before pages: this layer stays cached until they change.", Text: gems},
			{Text: install}, {Text: "COPY . ."}, {Text: "RUN JEKYLL_ENV=production " + c.Build.String()},
		}}},
		Ignore: source.Ignore(c.Output.String(), ".jekyll-cache", "vendor"),
	})
	r.DevTarget, r.DevMounts, r.DevReload = "build", []string{"./:/site"}, true
	r.DevCommand = []string{"bundle", "exec", "jekyll", "serve", "--host", "0.0.0.0", "--port", pages.Port}
	r.DevHealth = []string{"ruby", "-rnet/http", "-e", "exit Net::HTTP.get_response('127.0.0.1', '/', " + pages.Port + ").is_a?(Net::HTTPSuccess)"}
}

func mkdocs() generator {
	return generator{
		name: "mkdocs", language: "html",
		find: func(s *stack.Scan) (finding.Evidence, bool) {
			// Beside a program of another language mkdocs.yml is its documentation, not a site to deploy.
			if _, ok := s.First("pyproject.toml", "setup.py", "go.mod", "Cargo.toml", "pom.xml", "package.json", "build.gradle", "build.gradle.kts", "composer.json", "Gemfile"); ok {
				return finding.Evidence{}, false
			}
			f, ok := s.First("mkdocs.yml", "mkdocs.yaml")
			return finding.Evidence{File: s.Path(f), Line: 1}, ok
		},
		output: func(s *stack.Scan) string {
			v := setting(s, "site_dir", "mkdocs.yml", "mkdocs.yaml")
			return folder(v, "site")
		},
		facts: func(s *stack.Scan, c *stack.Component) {
			c.Version = stack.DefaultFact("3.13", "a Python line that is maintained")
			if f := stack.VersionFile(s.Tree, s.Dir, ".python-version"); f != nil {
				c.Version = f
			}
			at := c.Framework.Evidence
			install := "pip install mkdocs==1.6.1"
			if strings.Contains(s.Text("mkdocs.yml")+s.Text("mkdocs.yaml"), "material") {
				install = "pip install mkdocs-material==9.6.22"
			}
			for _, f := range []string{"requirements.txt", "docs/requirements.txt", "requirements-docs.txt"} {
				if s.Has(f) {
					install = "pip install -r " + f
					c.LockFile = stack.DeclaredFact(s.Path(f), finding.Evidence{File: s.Path(f), Line: 1})
					break
				}
			}
			c.PackageManager, c.Install = stack.DerivedFact("pip", at), stack.DerivedFact(install, at)
			c.Build, c.Dev = stack.DerivedFact("mkdocs build --strict", at), stack.DerivedFact("mkdocs serve", at)
		},
		recipe: mkdocsRecipe,
	}
}

func mkdocsRecipe(s *stack.Scan, c *stack.Component, r *stack.Recipe) {
	r.Toolchain = stack.Toolchain{
		Actions:     []stack.Action{{Name: "actions/setup-python", Title: "Set up Python", With: []stack.KV{{Key: "python-version", Value: stack.VersionPlaceholder}}}},
		GitLabImage: "python:" + stack.VersionPlaceholder + "-slim-bookworm",
		CachePaths:  []string{".cache/pip/"}, CacheEnv: []stack.KV{{Key: "PIP_CACHE_DIR", Value: "$CI_PROJECT_DIR/.cache/pip"}},
	}
	build := stack.Stage{Name: "build", From: "${PYTHON_IMAGE}", Cross: true, Why: "Pages are the same for every architecture, so they are built once.", Steps: []stack.Step{{Text: "WORKDIR /site"}}}
	if f := c.LockFile; f != nil {
		r.Toolchain.CacheKeys = []string{f.Value}
		rel := stack.Rel(s.Dir, f.Value)
		build.Steps = append(build.Steps, stack.Step{Why: "Packages before pages: this layer stays cached until they change.", Text: "COPY " + rel + " ./" + rel})
	}
	build.Steps = append(build.Steps, stack.Step{Text: "RUN --mount=type=cache,target=/root/.cache/pip " + c.Install.String()}, stack.Step{Text: "COPY . ."}, stack.Step{Text: "RUN " + c.Build.String()})
	r.Image = pages.Image(pages.Site{
		Args: []stack.KV{{Key: "PYTHON_IMAGE", Value: "python:" + c.Version.String() + "-slim-bookworm"}}, Stages: []stack.Stage{build},
		From: "build", Dir: "/site/" + c.Output.String(), Ignore: source.Ignore(c.Output.String(), ".venv", "__pycache__"),
	})
	r.DevTarget, r.DevMounts, r.DevReload = "build", []string{"./:/site"}, true
	r.DevCommand = []string{"mkdocs", "serve", "--dev-addr", "0.0.0.0:" + pages.Port}
	r.DevHealth = []string{"python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:" + pages.Port + "/', timeout=3)"}
}

// plain is a folder of pages that nothing builds.
func plain() generator {
	return generator{
		language: "html",
		find: func(s *stack.Scan) (finding.Evidence, bool) {
			if !s.Has("index.html") || s.Has("package.json") || s.Has("angular.json") || template.MatchString(s.Text("index.html")) || partOfSite(s) {
				return finding.Evidence{}, false
			}
			for _, part := range strings.Split(s.Dir, "/") {
				if builtDirs[part] {
					return finding.Evidence{}, false
				}
			}
			return finding.Evidence{File: s.Path("index.html"), Line: 1}, true
		},
		output: func(*stack.Scan) string { return "." },
		recipe: func(_ *stack.Scan, c *stack.Component, r *stack.Recipe) {
			// Pages alone: whatever else lies in the folder must not be served.
			r.Image = pages.Image(pages.Site{Dir: ".", Ignore: source.Ignore("node_modules", "Makefile", ".gitignore", ".autogit.yaml", "*.sh", "**/*.sql", "**/*.bak")})
		},
	}
}

// template is what a program fills in before a browser sees the page.
var template = regexp.MustCompile(`\{\{|\{%|<%|<\?php|th:text=`)

// partOfSite tells whether a folder lies in a site: in one that a generator makes, or below the first page of a plain one.
func partOfSite(s *stack.Scan) bool {
	for _, dir := range s.Ancestors() {
		up := &stack.Scan{Tree: s.Tree, Dir: dir}
		if up.Has("index.html") {
			return true
		}
		for _, g := range []generator{hugo(), eleventy(), jekyll(), mkdocs()} {
			if _, ok := g.find(up); ok {
				return true
			}
		}
	}
	return false
}

// builtDirs hold pages that something built, or templates of a program.
var builtDirs = map[string]bool{
	"dist": true, "build": true, "public": true, "_site": true, "site": true, "out": true, "templates": true, "coverage": true, "htmlcov": true, "static": true,
	"resources": true, "views": true, "layouts": true, "_layouts": true, "_includes": true, "themes": true, "partials": true, "target": true, "webapp": true, "wwwroot": true, "src": true, "assets": true, "test": true, "tests": true, "docs": true,
}
