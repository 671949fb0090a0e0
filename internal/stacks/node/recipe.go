package node

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// recipe is how to work with a package.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	p, ok := load(&stack.Scan{Tree: tree, Dir: c.Path})
	if !ok {
		return stack.Recipe{}
	}
	p.c = c
	r := stack.Recipe{
		Toolchain: p.toolchain(), Install: p.one(c.Install, p.manager.name), Build: p.one(c.Build, p.manager.name),
		Matrix: matrix(c), Tools: p.tools(), Audit: []stack.Command{p.audit()},
		Clean: []stack.Command{{Run: "rm -rf " + strings.Join(p.leftovers(), " "), Tool: "rm"}},
	}
	p.checks(&r)
	p.tests(&r)
	r.Dev = p.one(c.Dev, p.manager.name)
	r.Start = p.one(c.Start, "node")
	p.images(&r)
	return r
}

func (p *project) one(f *stack.Fact, tool string) []stack.Command {
	if f == nil {
		return nil
	}
	return []stack.Command{{Run: f.Value, Tool: tool}}
}

// leftovers are the folders that builds and tests leave behind.
func (p *project) leftovers() []string {
	out := []string{"coverage"}
	if o := p.c.Output.String(); o != "" && !strings.HasPrefix(o, ".") {
		out = append(out, o)
	}
	return append(out, "node_modules/.cache")
}

// checks are the linters, the type check and the formatter: the package's own scripts before the bare tools.
func (p *project) checks(r *stack.Recipe) {
	known := func(tool string) *stack.Tool {
		i := slices.IndexFunc(r.Tools, func(t stack.Tool) bool { return t.Name == tool && t.Known })
		if i < 0 {
			return nil
		}
		return &r.Tools[i]
	}
	if p.c.Lint != nil {
		r.Lint = p.one(p.c.Lint, p.toolOf("lint", "eslint"))
	} else {
		for _, t := range []string{"eslint", "biome", "oxlint"} {
			if k := known(t); k != nil {
				r.Lint = append(r.Lint, k.Commands...)
			}
		}
	}
	r.TypeCheck = p.one(p.c.TypeCheck, "tsc")
	prettier, biome := known("prettier"), known("biome")
	switch {
	case p.c.Format != nil:
		r.FormatCheck = p.one(p.c.Format, "prettier")
	case prettier != nil:
		r.FormatCheck = prettier.Commands
	}
	switch {
	case p.pkg.script("format") != "":
		r.Format = []stack.Command{{Run: p.manager.run("format"), Tool: p.toolOf("format", "prettier")}}
	case prettier != nil:
		r.Format = []stack.Command{{Run: p.manager.exec("prettier --write ."), Tool: "prettier"}}
	case biome != nil:
		r.Format = []stack.Command{{Run: p.manager.exec("biome format --write ."), Tool: "biome"}}
	case known("eslint") != nil:
		r.Format = []stack.Command{{Run: p.manager.exec("eslint --fix ."), Tool: "eslint"}}
	}
}

// toolOf names the tool that a script runs.
func (p *project) toolOf(script, fallback string) string {
	for _, t := range []string{"eslint", "biome", "oxlint", "xo", "standard", "prettier", "stylelint", "dprint"} {
		if strings.Contains(p.pkg.script(script), t) {
			return t
		}
	}
	return fallback
}

// tests run with coverage where the installed tools have it.
func (p *project) tests(r *stack.Recipe) {
	script, has := p.pkg.script("test"), p.pkg.has
	run := func(cmd, tool, file string) {
		r.Test, r.CoverageFile = []stack.Command{{Run: cmd, Tool: tool}}, file
	}
	switch {
	case strings.HasPrefix(script, "vitest") && (has("@vitest/coverage-v8") || has("@vitest/coverage-istanbul")):
		run(p.manager.exec("vitest run --coverage --coverage.reporter=text --coverage.reporter=lcov"), "vitest", "coverage/lcov.info")
	case strings.HasPrefix(script, "vitest") && !strings.Contains(script, "run"):
		run(p.manager.exec("vitest run"), "vitest", "") // without run it watches
	case strings.HasPrefix(script, "jest") && !strings.Contains(script, "--watch"):
		run(p.manager.exec("jest --coverage"), "jest", "coverage/lcov.info")
	case strings.HasPrefix(script, "node ") && strings.Contains(script, " --test ") && !strings.ContainsAny(script, "&|;"):
		run(strings.Replace(script, " --test ", " --test --experimental-test-coverage --test-reporter=spec --test-reporter-destination=stdout"+
			" --test-reporter=lcov --test-reporter-destination=lcov.info ", 1), "node:test", "lcov.info")
	case p.c.Test != nil:
		run(p.c.Test.Value, p.testTool(), "")
	case has("vitest"):
		run(p.manager.exec("vitest run"), "vitest", "")
	case has("jest"):
		run(p.manager.exec("jest --coverage"), "jest", "coverage/lcov.info")
	}
}

func (p *project) testTool() string {
	for _, t := range []string{"vitest", "jest", "mocha", "ava", "tap", "playwright", "cypress", "bun test"} {
		if strings.Contains(p.pkg.script("test"), t) {
			return t
		}
	}
	return p.manager.name
}

func (p *project) audit() stack.Command {
	c := stack.Command{Tool: p.manager.name + " audit", Why: "Only what runs in production, and only what is high or critical, stops the pipeline."}
	switch p.manager.name {
	case "pnpm":
		c.Run = "pnpm audit --prod --audit-level high"
	case "yarn":
		c.Run = "yarn audit --groups dependencies --level high"
		if p.manager.berry {
			c.Run = "yarn npm audit --environment production --severity high"
		}
	case "bun":
		c.Run = "bun audit --audit-level=high"
	default:
		c.Run = "npm audit --omit=dev --audit-level=high"
	}
	return c
}

// tools are what a task may ask for by name, also what the package does not declare.
func (p *project) tools() []stack.Tool {
	known := func(name string) bool { return stack.HasValue(p.c.Tools, name) }
	table := []struct{ name, job, command string }{
		{"eslint", "lint", "eslint ."}, {"biome", "lint", "biome check ."}, {"oxlint", "lint", "oxlint"}, {"stylelint", "lint", "stylelint '**/*.css'"},
		{"prettier", "format", "prettier --check ."}, {"tsc", "typecheck", "tsc --noEmit"},
		{"vitest", "test", "vitest run"}, {"jest", "test", "jest --coverage"}, {"mocha", "test", "mocha"}, {"playwright", "test", "playwright test"},
	}
	var out []stack.Tool
	for _, t := range table {
		tool := stack.Tool{Name: t.name, Job: t.job, Known: known(t.name), Commands: []stack.Command{{Run: p.manager.exec(t.command), Tool: t.name}}}
		if !tool.Known {
			tool.Commands[0].Run = p.manager.fetch(fetched(t.name, t.command))
		}
		out = append(out, tool)
	}
	if known("node:test") {
		out = append(out, stack.Tool{Name: "node:test", Job: "test", Known: true, Commands: p.one(p.c.Test, "node:test")})
	}
	a := p.audit()
	return append(out, stack.Tool{Name: a.Tool, Job: "audit", Known: true, Commands: []stack.Command{a}})
}

// fetched is a command with its package's version pinned, for a tool that is fetched at the moment of use.
func fetched(name, command string) string {
	pins := map[string]string{
		"eslint": "eslint@9.39.1", "biome": "@biomejs/biome@2.3.5", "oxlint": "oxlint@1.28.0", "stylelint": "stylelint@16.25.0", "prettier": "prettier@3.6.2",
		"vitest": "vitest@4.0.8", "jest": "jest@30.2.0", "mocha": "mocha@11.7.5", "playwright": "playwright@1.56.1",
	}
	if name == "tsc" {
		return "--package typescript@5.9.3 " + command
	}
	return strings.Replace(command, name, pins[name], 1)
}

// toolchain sets up Node, and the package manager where it does not come with Node.
func (p *project) toolchain() stack.Toolchain {
	m := p.manager
	t := stack.Toolchain{GitLabImage: "node:" + stack.VersionPlaceholder + "-bookworm-slim"}
	setup := stack.Action{Name: "actions/setup-node", Title: "Set up Node", With: []stack.KV{{Key: "node-version", Value: stack.VersionPlaceholder}}}
	if p.c.LockFile != nil {
		t.CacheKeys = []string{p.c.LockFile.Value}
		setup.With = append(setup.With, stack.KV{Key: "cache", Value: m.name}, stack.KV{Key: "cache-dependency-path", Value: p.c.LockFile.Value})
	}
	switch m.name {
	case "pnpm":
		with := []stack.KV{}
		if !p.declared() {
			with = append(with, stack.KV{Key: "version", Value: pnpmVersion})
		}
		t.Actions = []stack.Action{{Name: "pnpm/action-setup", Title: "Set up pnpm", With: with}, setup}
		t.CachePaths, t.CacheEnv = []string{".cache/pnpm/"}, []stack.KV{{Key: "npm_config_store_dir", Value: "$CI_PROJECT_DIR/.cache/pnpm"}}
	case "bun":
		t.Actions = []stack.Action{{Name: "oven-sh/setup-bun", Title: "Set up Bun", With: []stack.KV{{Key: "bun-version", Value: "1.3.1"}}}}
		t.GitLabImage = bunImage
		t.CachePaths, t.CacheEnv = []string{".cache/bun/"}, []stack.KV{{Key: "BUN_INSTALL_CACHE_DIR", Value: "$CI_PROJECT_DIR/.cache/bun"}}
	case "yarn":
		t.Actions = []stack.Action{setup}
		t.CachePaths, t.CacheEnv = []string{".cache/yarn/"}, []stack.KV{{Key: "YARN_CACHE_FOLDER", Value: "$CI_PROJECT_DIR/.cache/yarn"}}
		if m.berry { // corepack must be on before setup-node asks yarn for its cache folder
			t.Setup = []stack.Command{{Run: "corepack enable", Tool: "corepack", Why: "The yarn that packageManager names."}}
		}
	default:
		t.Actions = []stack.Action{setup}
		t.CachePaths, t.CacheEnv = []string{".cache/npm/"}, []stack.KV{{Key: "npm_config_cache", Value: "$CI_PROJECT_DIR/.cache/npm"}}
	}
	if c := p.corepack(); c != "" {
		t.GitLabSetup = []stack.Command{{Run: c, Tool: "corepack", Why: "Brings the package manager in the version that the repository pins."}}
	}
	return t
}

const pnpmVersion = "10.22.0"

func (p *project) declared() bool { return p.manager.version != "" }

// corepack is the command that brings pnpm or yarn; Node 25 and later come without corepack.
func (p *project) corepack() string {
	if p.manager.name != "pnpm" && !p.manager.berry {
		return ""
	}
	cmd := "corepack enable"
	if !p.declared() && p.manager.name == "pnpm" {
		cmd += " && corepack prepare pnpm@" + pnpmVersion + " --activate"
	}
	if stack.CompareVersions(stack.Shorten(p.c.Version.String(), 1), "25") >= 0 {
		cmd = "npm install --global corepack@0.34.5 && " + cmd
	}
	return cmd
}
