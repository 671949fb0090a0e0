package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// findCommands reads the scripts that build, test and check the package.
func (p *project) findCommands() {
	c, m := p.c, p.manager
	at := finding.Evidence{File: p.pkg.file, Line: 1}
	if c.LockFile != nil {
		at = c.LockFile.Evidence
	}
	c.Install = stack.DerivedFact(m.install(false), at)
	c.Build = p.scriptFact("build", "build:prod", "compile")
	if c.Build == nil && p.typed && p.pkg.has("typescript") && p.bundled.kind != stack.KindStatic && outDir(p.scan) != "" {
		c.Build = stack.DerivedFact(m.exec("tsc"), finding.Evidence{File: p.scan.Path("tsconfig.json")})
	}
	if s := p.pkg.script("test"); s != "" && !strings.Contains(s, "no test specified") {
		c.Test = p.scriptFact("test")
	}
	c.Lint = p.scriptFact("lint", "lint:check", "eslint")
	c.TypeCheck = p.scriptFact("typecheck", "type-check", "check-types", "types:check", "tsc", "check:types")
	if c.TypeCheck == nil && p.typed && p.pkg.has("typescript") && p.scan.Has("tsconfig.json") {
		c.TypeCheck = stack.DerivedFact(m.exec("tsc --noEmit"), p.pkg.at("typescript"))
	}
	c.Format = p.scriptFact("format:check", "check:format", "prettier:check", "format-check")
	if out := outDir(p.scan); out != "" && p.bundled.output == "" {
		c.Output = stack.DerivedFact(out, outDirEvidence(p.scan))
	} else if p.bundled.output != "" {
		c.Output = stack.DerivedFact(p.staticOutput(), p.pkg.at(p.bundled.dep))
	} else if dir := scriptOutput(p.pkg.script("build")); dir != "" {
		c.Output = stack.DerivedFact(dir, p.pkg.scriptAt("build"))
	}
}

var outputFlag = regexp.MustCompile(`(?:^|\s)(?:-o|--output|--outfile|--outdir|--outDir|--out-dir)[ =]["']?([\w@./-]+)`)

// scriptOutput is the folder that a build script names itself: tailwindcss -o static/app.css, esbuild --outdir=public.
func scriptOutput(script string) string {
	m := outputFlag.FindStringSubmatch(script)
	if m == nil {
		return ""
	}
	out := path.Clean(m[1])
	if path.Ext(out) != "" {
		out = path.Dir(out)
	}
	if out == "." || strings.HasPrefix(out, "..") || path.IsAbs(out) {
		return ""
	}
	return out
}

// scriptFact is the command that runs the first of the scripts that there is.
func (p *project) scriptFact(names ...string) *stack.Fact {
	for _, n := range names {
		if p.pkg.script(n) != "" {
			return stack.DeclaredFact(p.manager.run(n), p.pkg.scriptAt(n))
		}
	}
	return nil
}

var (
	outDirKey  = regexp.MustCompile(`"outDir"\s*:\s*"([^"]+)"`)
	rootDirKey = regexp.MustCompile(`"rootDir"\s*:\s*"([^"]+)"`)
	viteOutDir = regexp.MustCompile(`outDir\s*:\s*["']([^"']+)["']`)
)

var tsconfigs = []string{"tsconfig.build.json", "tsconfig.prod.json", "tsconfig.json", "tsconfig.app.json"}

// outDir is where the TypeScript compiler writes; empty when it only checks.
func outDir(s *stack.Scan) string {
	_, v := tsOption(s, outDirKey)
	return strings.Trim(strings.TrimPrefix(v, "./"), "/")
}

func outDirEvidence(s *stack.Scan) finding.Evidence {
	e, _ := tsOption(s, outDirKey)
	return e
}

func rootDir(s *stack.Scan) string {
	_, v := tsOption(s, rootDirKey)
	if v == "" {
		return "src"
	}
	return strings.Trim(strings.TrimPrefix(v, "./"), "/")
}

func tsOption(s *stack.Scan, key *regexp.Regexp) (finding.Evidence, string) {
	for _, name := range tsconfigs {
		if e, g, ok := stack.Find(s.Tree, s.Path(name), key); ok {
			return e, g[1]
		}
	}
	return finding.Evidence{}, ""
}

// staticOutput is the folder that the framework builds into, as its settings may change it.
func (p *project) staticOutput() string {
	for _, name := range []string{"vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"} {
		if _, g, ok := stack.Find(p.scan.Tree, p.scan.Path(name), viteOutDir); ok {
			return strings.TrimPrefix(g[1], "./")
		}
	}
	if p.bundled.name == "angular" {
		return p.angularOutput()
	}
	return p.bundled.output
}

var angularPath = regexp.MustCompile(`"outputPath"\s*:\s*"([^"]+)"`)

// angularOutput: the application builder puts the pages into a folder browser of its output path.
func (p *project) angularOutput() string {
	out := "dist/" + packageName(p.pkg.Name)
	if _, g, ok := stack.Find(p.scan.Tree, p.scan.Path("angular.json"), angularPath); ok {
		out = g[1]
	}
	if strings.Contains(p.scan.Text("angular.json"), ":application\"") {
		out += "/browser"
	}
	return out
}
