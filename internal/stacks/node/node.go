package node

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// Stack finds packages of JavaScript and TypeScript.
func Stack() stack.Stack {
	return stack.Stack{
		Name:      "node",
		Manifests: []string{"package.json"},
		Detect:    detect,
		Recipe:    recipe,
		BaseImage: func(c *stack.Component) string { return image(c.Version.String(), c.PackageManager.String()) },
	}
}

// project is one package.json with what lies beside and above it.
type project struct {
	scan    *stack.Scan
	pkg     *manifest
	root    *stack.Scan // the workspace that it is a member of; its own folder when it is none
	rootPkg *manifest
	c       *stack.Component
	manager manager
	typed   bool // TypeScript
	bundled framework
}

func detect(scan *stack.Scan) []stack.Component {
	p, ok := load(scan)
	if !ok {
		return nil
	}
	files := p.sources()
	if p.isDecoy(files) {
		return nil
	}
	language := "javascript"
	if p.typed {
		language = "typescript"
	}
	p.c.Language = stack.DerivedFact(language, p.languageEvidence())
	p.managerNotes()
	p.findVersion()
	p.findCommands()
	p.readSources(files)
	p.findStart()
	p.findTools()
	p.findServices()
	p.settleKind()
	stack.SettleVariables(p.c)
	return []stack.Component{*p.c}
}

// load reads what detection and recipes both stand on: the manifest, the workspace, the package manager, the framework.
func load(scan *stack.Scan) (*project, bool) {
	pkg, ok := readManifest(scan)
	if !ok {
		return nil, false
	}
	p := &project{scan: scan, pkg: pkg, c: &stack.Component{Path: scan.Dir, Stack: "node", Name: packageName(pkg.Name)}}
	p.findWorkspace()
	p.typed = scan.Has("tsconfig.json") || pkg.has("typescript")
	p.bundled = p.framework()
	p.findManager()
	return p, true
}

func packageName(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[i+1:]
	}
	return name
}

func (p *project) languageEvidence() finding.Evidence {
	if p.typed && p.scan.Has("tsconfig.json") {
		return finding.Evidence{File: p.scan.Path("tsconfig.json")}
	}
	if p.typed {
		return p.pkg.at("typescript")
	}
	return finding.Evidence{File: p.pkg.file, Line: 1}
}

// toolPackages are dependencies that only check, format or style: a package.json of nothing else is no program.
var toolPackages = []string{
	"eslint", "prettier", "husky", "lint-staged", "tailwindcss", "@tailwindcss/", "postcss", "autoprefixer", "stylelint", "commitlint", "@commitlint/",
	"markdownlint", "cspell", "semantic-release", "@semantic-release/", "sass", "cssnano", "daisyui", "@biomejs/", "typescript", "@types/", "npm-run-all",
	"playwright", "@playwright/", "cypress", "renovate", "concurrently", "rimraf", "@changesets/", "nodemon", "pyright", "alpinejs", "htmx.org", "flowbite", "esbuild",
}

// isDecoy tells a package.json that serves another program: a workspace root without code, or a list of tools.
func (p *project) isDecoy(files []string) bool {
	if p.pkg.has("@11ty/eleventy") || p.pkg.has("hugo-bin") || p.pkg.has("hugo-extended") {
		return true // sites that are not made of scripts
	}
	if p.pkg.Workspaces.set || p.scan.Has("pnpm-workspace.yaml") {
		return len(files) == 0 || p.pkg.script("start") == "" && p.bundled.name == "" && p.pkg.Main == ""
	}
	if p.bundled.name != "" || p.pkg.script("start") != "" || p.pkg.Main != "" || p.pkg.Bin.set || p.pkg.Exports.set {
		return false
	}
	deps := p.pkg.names()
	onlyTools := !slices.ContainsFunc(deps, func(d string) bool { return !isTool(d) })
	// Without a program of its own it may still build assets for one: that is kept, as the frontend of what lies beside it.
	return onlyTools && (p.pkg.script("build") == "" || len(files) > 0 && allConfig(files)) || len(deps) == 0 && len(files) == 0
}

func isTool(dep string) bool {
	for _, t := range toolPackages {
		if dep == t || strings.HasPrefix(dep, t+"-") || strings.HasSuffix(t, "/") && strings.HasPrefix(dep, t) {
			return true
		}
	}
	return strings.Contains(dep, "eslint") || strings.Contains(dep, "prettier") || strings.Contains(dep, "stylelint")
}

// allConfig tells whether the only scripts are settings of tools: tailwind.config.js, commitlint.config.js.
func allConfig(files []string) bool {
	return !slices.ContainsFunc(files, func(f string) bool { return !strings.Contains(f, ".config.") && !strings.Contains(f, "rc.") })
}
