package static

import (
	"regexp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
	"github.com/autogit/autogit/internal/stacks/source"
)

// The image has Hugo's extended edition, Go for modules, Node for assets and Dart Sass. Dated November 2026.
const defaultHugo = "0.157.0"

var (
	hugoFiles = []string{"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.toml", "config/_default/hugo.yaml", "config/_default/config.toml"}
	hugoOld   = []string{"config.toml", "config.yaml", "config.yml"}
	baseURL   = regexp.MustCompile(`(?i)^\s*["']?baseurl["']?\s*[:=]`)
	toolPin   = regexp.MustCompile(`^(?:hugo|gohugo|hugo-extended)\s+(?:extended_)?(\d+\.\d+\.\d+)`)
	hugoPin   = regexp.MustCompile(`(?i)HUGO_VERSION["']?\s*[:=]\s*["']?v?(\d+\.\d+\.\d+)`)
)

func hugo() generator {
	return generator{
		name: "hugo", language: "html",
		find: func(s *stack.Scan) (finding.Evidence, bool) {
			if f, ok := s.First(hugoFiles...); ok {
				return finding.Evidence{File: s.Path(f), Line: 1}, true
			}
			for _, f := range hugoOld { // older sites: the name says little, so content must be there too
				if e, _, ok := stack.Find(s.Tree, s.Path(f), baseURL); ok && (s.Tree.HasDir(s.Path("content")) || s.Tree.HasDir(s.Path("layouts"))) {
					return e, true
				}
			}
			return finding.Evidence{}, false
		},
		output: func(s *stack.Scan) string {
			v := setting(s, "publishDir", append(append([]string{}, hugoFiles...), hugoOld...)...)
			return folder(v, "public")
		},
		facts:  hugoFacts,
		recipe: hugoRecipe,
	}
}

func hugoFacts(s *stack.Scan, c *stack.Component) {
	c.Version = stack.DefaultFact(defaultHugo, "Hugo's release of the time; nothing pins one")
	if e, g, ok := stack.Find(s.Tree, s.Path(".tool-versions"), toolPin); ok {
		c.Version = stack.DeclaredFact(g[1], e)
	} else {
		for _, file := range []string{"netlify.toml", ".github/workflows/hugo.yml", ".github/workflows/hugo.yaml", ".github/workflows/gh-pages.yml", ".github/workflows/pages.yml", ".gitlab-ci.yml", "vercel.json"} {
			if e, g, ok := stack.Find(s.Tree, s.Path(file), hugoPin); ok {
				c.Version = stack.DeclaredFact(g[1], e)
				break
			}
		}
	}
	at := c.Framework.Evidence
	c.Build, c.Dev = stack.DerivedFact("hugo --gc --minify", at), stack.DerivedFact("hugo server", at)
	if s.Has("package.json") && s.Has("package-lock.json") {
		lock := finding.Evidence{File: s.Path("package-lock.json"), Line: 1}
		c.LockFile, c.Install = stack.DeclaredFact(s.Path("package-lock.json"), lock), stack.DerivedFact("npm ci", lock)
	} else if s.Has("go.sum") {
		c.LockFile = stack.DeclaredFact(s.Path("go.sum"), finding.Evidence{File: s.Path("go.sum"), Line: 1})
	}
	if s.Has("go.mod") {
		c.Notes = append(c.Notes, *stack.DerivedFact("go.mod names Hugo's modules (themes); it is no Go program", finding.Evidence{File: s.Path("go.mod"), Line: 1}))
	}
	if s.Has(".gitmodules") {
		c.Notes = append(c.Notes, *stack.DeclaredFact("themes are Git submodules: check out with submodules before a build", finding.Evidence{File: s.Path(".gitmodules"), Line: 1}))
	}
}

func hugoRecipe(s *stack.Scan, c *stack.Component, r *stack.Recipe) {
	base := "hugomods/hugo:exts-" + c.Version.String()
	r.Toolchain = stack.Toolchain{
		GitLabImage: "hugomods/hugo:exts-" + stack.VersionPlaceholder,
		Setup: []stack.Command{{
			Run:  `CGO_ENABLED=1 go install -tags extended github.com/gohugoio/hugo@v` + stack.VersionPlaceholder + ` && echo "$(go env GOPATH)/bin" >> "$GITHUB_PATH"`,
			Tool: "go",
			Why:  "Runners carry Go; Hugo's extended edition is compiled in exactly the version that the site pins.",
		}},
	}
	hugoCache(s, c, r)
	build := stack.Stage{Name: "build", From: "${HUGO_IMAGE}", Cross: true, Why: "Pages are the same for every architecture, so they are built once.", Steps: []stack.Step{
		{Text: "WORKDIR /site"},
	}}
	if s.Has("package.json") && s.Has("package-lock.json") {
		build.Steps = append(build.Steps, stack.Step{Why: "Manifests before pages: this layer stays cached until they change.", Text: "COPY package.json package-lock.json ./"}, stack.Step{Text: "RUN --mount=type=cache,target=/root/.npm npm ci"})
	}
	build.Steps = append(build.Steps, stack.Step{Text: "COPY . ."}, stack.Step{Why: "Themes and resized pictures stay in a cache.", Text: "RUN --mount=type=cache,target=/tmp/hugo_cache HUGO_CACHEDIR=/tmp/hugo_cache " + c.Build.String()})
	r.Image = pages.Image(pages.Site{
		Args: []stack.KV{{Key: "HUGO_IMAGE", Value: base}}, Stages: []stack.Stage{build}, From: "build", Dir: "/site/" + c.Output.String(),
		Ignore: source.Ignore(c.Output.String(), "resources", ".hugo_build.lock", "node_modules"),
	})
	r.DevTarget, r.DevMounts, r.DevReload = "build", []string{"./:/site"}, true
	r.DevCommand = []string{"hugo", "server", "--bind", "0.0.0.0", "--port", pages.Port}
	r.DevHealth = []string{"wget", "-q", "-O", "/dev/null", "http://127.0.0.1:" + pages.Port + "/"}
}

// hugoCache keeps themes that are modules, and Node's packages for styles, by the lock file that names them.
func hugoCache(s *stack.Scan, c *stack.Component, r *stack.Recipe) {
	if c.LockFile == nil {
		return
	}
	r.Toolchain.CachePaths = []string{".cache/hugo/"}
	r.Toolchain.CacheEnv = []stack.KV{{Key: "HUGO_CACHEDIR", Value: "$CI_PROJECT_DIR/.cache/hugo"}}
	r.Toolchain.CacheKeys = []string{c.LockFile.Value}
	if c.Install != nil {
		r.Toolchain.Actions = []stack.Action{{Name: "actions/setup-node", Title: "Set up Node", With: []stack.KV{
			{Key: "node-version", Value: defaultNode}, {Key: "cache", Value: "npm"}, {Key: "cache-dependency-path", Value: c.LockFile.Value}}}}
		return
	}
	r.Toolchain.Actions = []stack.Action{{Name: "actions/cache", Title: "Cache Hugo's modules", With: []stack.KV{
		{Key: "path", Value: "~/.cache/hugo_cache"}, {Key: "key", Value: "hugo-${{ runner.os }}-${{ hashFiles('" + s.Path("go.sum") + "') }}"}}}}
}
