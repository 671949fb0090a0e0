package static

import (
	"encoding/json"
	"regexp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	eleventyFiles  = []string{".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"}
	eleventyDep    = regexp.MustCompile(`"@11ty/eleventy"\s*:`)
	eleventyOutput = regexp.MustCompile(`\boutput\s*:\s*["']([^"']+)["']`)
)

const (
	defaultNode = "24"
	nodeTag     = "24.19.0-bookworm-slim"
)

func eleventy() generator {
	return generator{
		name: "eleventy", language: "html",
		find: func(s *stack.Scan) (finding.Evidence, bool) {
			if e, _, ok := stack.Find(s.Tree, s.Path("package.json"), eleventyDep); ok {
				return e, true
			}
			f, ok := s.First(eleventyFiles...)
			return finding.Evidence{File: s.Path(f), Line: 1}, ok && s.Has("package.json")
		},
		output: func(s *stack.Scan) string {
			for _, f := range eleventyFiles {
				if _, g, ok := stack.Find(s.Tree, s.Path(f), eleventyOutput); ok {
					return folder(g[1], "_site")
				}
			}
			return "_site"
		},
		facts:  eleventyFacts,
		recipe: eleventyRecipe,
	}
}

func eleventyFacts(s *stack.Scan, c *stack.Component) {
	c.Version = stack.DefaultFact(defaultNode, "the line that Node supports longest")
	for _, f := range []*stack.Fact{stack.VersionFile(s.Tree, s.Dir, ".nvmrc"), stack.VersionFile(s.Tree, s.Dir, ".node-version"), stack.ToolVersion(s.Tree, s.Dir, "nodejs", "node")} {
		if f != nil {
			c.Version = f
			break
		}
	}
	at := c.Framework.Evidence
	c.PackageManager = stack.DerivedFact("npm", finding.Evidence{File: s.Path("package.json"), Line: 1})
	install := "npm install --no-audit --no-fund"
	if s.Has("package-lock.json") {
		c.LockFile = stack.DeclaredFact(s.Path("package-lock.json"), finding.Evidence{File: s.Path("package-lock.json"), Line: 1})
		install = "npm ci"
	}
	c.Install = stack.DerivedFact(install, c.PackageManager.Evidence)
	c.Build, c.Dev = stack.DerivedFact("npx --no-install @11ty/eleventy", at), stack.DerivedFact("npx --no-install @11ty/eleventy --serve", at)
	var pkg struct {
		Scripts map[string]string `json:"scripts"`
	}
	if json.Unmarshal([]byte(s.Text("package.json")), &pkg) != nil {
		return
	}
	for _, x := range []struct {
		script string
		fact   **stack.Fact
	}{{"build", &c.Build}, {"test", &c.Test}, {"lint", &c.Lint}} {
		if pkg.Scripts[x.script] != "" {
			*x.fact = stack.DeclaredFact("npm run "+x.script, stack.FindText(s.Tree, s.Path("package.json"), `"`+x.script+`"`))
		}
	}
}

func eleventyRecipe(_ *stack.Scan, c *stack.Component, r *stack.Recipe) {
	setup := stack.Action{Name: "actions/setup-node", Title: "Set up Node", With: []stack.KV{{Key: "node-version", Value: stack.VersionPlaceholder}}}
	manifests := "COPY package.json ./"
	if c.LockFile != nil {
		setup.With = append(setup.With, stack.KV{Key: "cache", Value: "npm"}, stack.KV{Key: "cache-dependency-path", Value: c.LockFile.Value})
		r.Toolchain.CacheKeys = []string{c.LockFile.Value}
		manifests = "COPY package.json package-lock.json ./"
	}
	r.Toolchain.Actions, r.Toolchain.GitLabImage = []stack.Action{setup}, "node:"+stack.VersionPlaceholder+"-bookworm-slim"
	r.Toolchain.CachePaths, r.Toolchain.CacheEnv = []string{".cache/npm/"}, []stack.KV{{Key: "npm_config_cache", Value: "$CI_PROJECT_DIR/.cache/npm"}}
	tag := nodeTag
	if c.Version.Confidence != stack.Default {
		tag = c.Version.Value + "-bookworm-slim"
	}
	r.Image = pages.Image(pages.Site{
		Args: []stack.KV{{Key: "NODE_IMAGE", Value: "node:" + tag}}, From: "build", Dir: "/site/" + c.Output.String(),
		Stages: []stack.Stage{{Name: "build", From: "${NODE_IMAGE}", Cross: true, Why: "Pages are the same for every architecture, so they are built once.", Steps: []stack.Step{
			{Text: "WORKDIR /site"},
			{Why: "Manifests before source: this layer stays cached until they change.", Text: manifests},
			{Text: "RUN --mount=type=cache,target=/root/.npm " + c.Install.String()},
			{Text: "COPY . ."},
			{Text: "RUN " + c.Build.String()},
		}}},
		Ignore: source.Ignore(c.Output.String(), "node_modules"),
	})
	r.DevTarget, r.DevReload = "build", true
	r.DevCommand = []string{"npx", "--no-install", "@11ty/eleventy", "--serve", "--port=" + pages.Port}
	r.DevHealth = []string{"node", "-e", "fetch('http://127.0.0.1:" + pages.Port + "/').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"}
}
