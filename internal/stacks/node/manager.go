package node

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/bmatcuk/doublestar/v4"
)

// manager is a package manager and its commands.
type manager struct {
	name    string // npm, pnpm, yarn, bun
	version string // as packageManager pins it
	berry   bool   // yarn 2 and later
	lock    string // base name; empty without a lock file
}

// locks are the lock files, in the order in which they win when nothing else decides.
var locks = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"}, {"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"},
}

// findWorkspace looks for the workspace that the package is a member of: its lock file lies there.
func (p *project) findWorkspace() {
	p.root, p.rootPkg = p.scan, p.pkg
	for _, dir := range p.scan.Ancestors() {
		up := &stack.Scan{Tree: p.scan.Tree, Dir: dir}
		m, ok := readManifest(up)
		if !ok || !isMember(up, m, stack.Rel(dir, p.scan.Dir)) {
			continue
		}
		p.root, p.rootPkg = up, m
		return
	}
}

func (p *project) member() bool { return p.root.Dir != p.scan.Dir }

// isMember tells whether a workspace names the folder.
func isMember(up *stack.Scan, m *manifest, rel string) bool {
	for _, pattern := range workspacePatterns(up, m) {
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
		if ok, err := doublestar.Match(pattern, rel); err == nil && ok {
			return true
		}
	}
	return false
}

var pnpmItem = regexp.MustCompile(`^\s*-\s*["']?([^"'#\s]+)["']?`)

func workspacePatterns(up *stack.Scan, m *manifest) []string {
	var list []string
	if m.Workspaces.set && json.Unmarshal([]byte(m.Workspaces.raw), &list) != nil {
		var object struct {
			Packages []string `json:"packages"`
		}
		_ = json.Unmarshal([]byte(m.Workspaces.raw), &object)
		list = object.Packages
	}
	inside := false
	for _, l := range up.Lines("pnpm-workspace.yaml") {
		if l != "" && l[0] != ' ' && l[0] != '-' && l[0] != '#' {
			inside = strings.HasPrefix(l, "packages:")
		}
		if g := pnpmItem.FindStringSubmatch(l); inside && g != nil && !strings.HasPrefix(g[1], "!") {
			list = append(list, g[1])
		}
	}
	return list
}

// findManager decides the package manager: packageManager, then the lock file; npm is what comes with Node.
func (p *project) findManager() {
	var found []stack.Fact
	var files []string
	for _, l := range locks {
		if p.root.Has(l.file) {
			file := p.root.Path(l.file)
			found = append(found, *stack.DerivedFact(l.manager, finding.Evidence{File: file, Line: 1}))
			files = append(files, file)
		}
	}
	declared := p.declaredManager()
	fact := stack.DefaultFact("npm", "it comes with Node")
	switch {
	case declared != nil:
		fact = declared
	case len(found) > 0:
		fact = &found[0]
	}
	if len(found) > 1 && p.scan.Contradict != nil {
		p.scan.Contradict("lock_file", fileFacts(files)...)
	}
	p.manager.name = fact.Value
	for i, f := range found {
		if f.Value == fact.Value {
			p.manager.lock = path.Base(files[i])
			p.c.LockFile = stack.DeclaredFact(files[i], finding.Evidence{File: files[i], Line: 1})
			break
		}
	}
	if declared != nil && p.c.LockFile == nil && len(found) > 0 && p.scan.Contradict != nil {
		p.scan.Contradict("package_manager", *declared, found[0])
	}
	p.manager.berry = p.manager.name == "yarn" && (p.root.Has(".yarnrc.yml") || p.manager.version != "" && !strings.HasPrefix(p.manager.version, "1."))
	p.c.PackageManager = fact
}

func (p *project) managerNotes() {
	if p.c.LockFile == nil {
		p.note(stack.DerivedFact("no lock file: "+p.manager.name+" cannot install the same packages twice; run "+p.manager.name+" install once and commit its lock file", finding.Evidence{File: p.pkg.file, Line: 1}))
	}
	if e, _, ok := stack.Find(p.root.Tree, p.root.Path(".npmrc"), ignoreScripts); ok {
		p.note(stack.DeclaredFact("ignore-scripts: install scripts of packages do not run; packages with native parts need npm rebuild", e))
	}
}

var ignoreScripts = regexp.MustCompile(`^\s*ignore-scripts\s*=\s*true`)

func fileFacts(files []string) []stack.Fact {
	var out []stack.Fact
	for _, f := range files {
		out = append(out, *stack.DeclaredFact(f, finding.Evidence{File: f, Line: 1}))
	}
	return out
}

var pinnedManager = regexp.MustCompile(`^(npm|pnpm|yarn|bun)@(\d+[\w.-]*)`)

func (p *project) declaredManager() *stack.Fact {
	for _, m := range []*manifest{p.pkg, p.rootPkg} {
		if g := pinnedManager.FindStringSubmatch(m.PackageManager); g != nil {
			p.manager.version = g[2]
			return stack.DeclaredFact(g[1], m.at("packageManager"))
		}
	}
	return nil
}

func (p *project) note(f *stack.Fact) { p.c.Notes = stack.Add(p.c.Notes, *f) }

// install is the command that installs from the lock file. production leaves development packages out.
func (m manager) install(production bool) string {
	switch m.name {
	case "pnpm":
		return flags("pnpm install", m.lock != "", "--frozen-lockfile", production, "--prod")
	case "yarn":
		if m.berry {
			if production {
				return "yarn workspaces focus --production"
			}
			return flags("yarn install", m.lock != "", "--immutable", false, "")
		}
		return flags("yarn install", m.lock != "", "--frozen-lockfile", production, "--production")
	case "bun":
		return flags("bun install", m.lock != "", "--frozen-lockfile", production, "--production")
	}
	if m.lock == "" { // npm ci fails without a lock file
		return flags("npm install", true, "--no-audit --no-fund", production, "--omit=dev")
	}
	return flags("npm ci", false, "", production, "--omit=dev")
}

func flags(s string, a bool, x string, b bool, y string) string {
	if a {
		s += " " + x
	}
	if b {
		s += " " + y
	}
	return s
}

// run is the command that runs a script of package.json; exec one that runs a program of an installed package.
func (m manager) run(script string) string {
	if script == "test" && m.name == "npm" {
		return "npm test"
	}
	return m.name + " run " + script
}

func (m manager) exec(program string) string {
	switch m.name {
	case "pnpm":
		return "pnpm exec " + program
	case "yarn":
		return "yarn " + program
	case "bun":
		return "bunx " + program
	}
	return "npx --no-install " + program
}

// fetch is the command that runs a program of a package that the repository does not declare.
func (m manager) fetch(program string) string {
	switch m.name {
	case "pnpm":
		return "pnpm dlx " + program
	case "bun":
		return "bunx " + program
	}
	return "npx --yes " + program
}

// cache is where the manager keeps what it has downloaded, in an image that builds as root.
func (m manager) cache() string {
	switch m.name {
	case "pnpm":
		return "/root/.local/share/pnpm/store"
	case "yarn":
		if m.berry {
			return "/root/.yarn/berry/cache"
		}
		return "/usr/local/share/.cache/yarn"
	case "bun":
		return "/root/.bun/install/cache"
	}
	return "/root/.npm"
}
