// Package static is what AutoGit knows of sites that are built into files or are files already: Hugo, Eleventy, Jekyll,
// MkDocs and plain pages.
package static

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
)

// Stack finds sites.
func Stack() stack.Stack {
	return stack.Stack{
		Name: "static",
		Manifests: []string{
			"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "config.yaml", "config.yml", ".eleventy.js", "eleventy.config.js", "eleventy.config.mjs",
			"eleventy.config.cjs", "package.json", "_config.yml", "mkdocs.yml", "mkdocs.yaml", "index.html",
		},
		Detect: detect,
		Recipe: recipe,
	}
}

// generator is a program that makes a site.
type generator struct {
	name     string
	language string
	// find is the evidence for it in a folder; ok is false when it is not used there.
	find   func(s *stack.Scan) (at finding.Evidence, ok bool)
	output func(s *stack.Scan) string
	facts  func(s *stack.Scan, c *stack.Component)
	recipe func(s *stack.Scan, c *stack.Component, r *stack.Recipe)
}

// generators, the most telling first. A folder of pages without one is a plain site.
func generators() []generator { return []generator{hugo(), eleventy(), jekyll(), mkdocs(), plain()} }

func detect(s *stack.Scan) []stack.Component {
	for _, g := range generators() {
		at, ok := g.find(s)
		if !ok {
			continue
		}
		c := stack.Component{Path: s.Dir, Stack: "static", Kind: stack.KindStatic, Language: stack.DerivedFact(g.language, at)}
		c.Output = stack.DerivedFact(g.output(s), at)
		c.Port = stack.DerivedFact(pages.Port, finding.Evidence{Text: "the web server of the image that AutoGit writes"})
		c.Health = stack.DerivedFact(pages.Health, finding.Evidence{Text: "the web server of the image that AutoGit writes"})
		if g.name != "" {
			c.Framework = stack.DerivedFact(g.name, at)
		}
		if g.facts != nil {
			g.facts(s, &c)
		}
		return []stack.Component{c}
	}
	return nil
}

func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	s := &stack.Scan{Tree: tree, Dir: c.Path}
	r := stack.Recipe{Matrix: matrix(c)}
	for _, g := range generators() {
		if g.name == c.Framework.String() {
			g.recipe(s, c, &r)
			break
		}
	}
	for _, f := range []struct {
		fact *stack.Fact
		list *[]stack.Command
	}{{c.Install, &r.Install}, {c.Build, &r.Build}, {c.Dev, &r.Dev}, {c.Test, &r.Test}, {c.Lint, &r.Lint}} {
		if f.fact != nil && *f.list == nil {
			*f.list = []stack.Command{{Run: f.fact.Value, Tool: strings.Fields(f.fact.Value)[0]}}
		}
	}
	if run := strict[c.Framework.String()]; run != "" && len(r.Lint) == 0 {
		r.Lint = []stack.Command{{Run: run, Tool: strings.Fields(run)[0], Why: "A site is checked by building it with every warning an error."}}
	}
	if c.Framework != nil && len(r.Clean) == 0 {
		r.Clean = []stack.Command{{Run: "rm -rf " + c.Output.String(), Tool: "rm"}}
	}
	return r
}

// strict is how each generator builds without writing, or with warnings as errors.
var strict = map[string]string{
	"hugo": "hugo --renderToMemory --panicOnWarning", "eleventy": "npx --no-install @11ty/eleventy --dryrun",
	"jekyll": "bundle exec jekyll build --strict_front_matter", "mkdocs": "mkdocs build --strict",
}

func matrix(c *stack.Component) []string {
	if c.Version == nil {
		return nil
	}
	return []string{c.Version.Value}
}

// setting is a value of a line "key: value" or "key = value" in one of the files.
func setting(s *stack.Scan, key string, files ...string) string {
	re := regexp.MustCompile(`^\s*["']?` + key + `["']?\s*[:=]\s*["']?([^"'#\s,]+)`)
	for _, f := range files {
		if _, g, ok := stack.Find(s.Tree, s.Path(f), re); ok {
			return g[1]
		}
	}
	return ""
}

// folder is a folder from a repository's settings, when it can be written into commands as it is; else the usual one.
func folder(value, usual string) string {
	value = strings.Trim(strings.TrimPrefix(value, "./"), "/")
	if value == "" || value == "." || strings.HasPrefix(path.Clean(value), "..") || strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") != "" {
		return usual
	}
	return value
}
