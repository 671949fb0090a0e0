// Package golang is what AutoGit knows of Go modules. Sources are read with go/parser, never compiled and never run.
package golang

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// Stack finds Go modules.
func Stack() stack.Stack {
	return stack.Stack{
		Name:      "golang",
		Manifests: []string{"go.mod"},
		Detect:    detect,
		Recipe:    recipe,
		BaseImage: func(c *stack.Component) string { return goImage(c.Version.String()) },
	}
}

func detect(scan *stack.Scan) []stack.Component {
	mod, ok := readModule(scan)
	if !ok {
		return nil
	}
	src := readSources(scan)
	if len(src.files) == 0 || isTheme(scan, src) {
		return nil
	}
	modFile := scan.Path("go.mod")
	c := stack.Component{
		Path: scan.Dir, Stack: "golang", Name: moduleName(mod.path),
		Language:       stack.DerivedFact("go", stack.At(modFile, mod.moduleLine, "module "+mod.path)),
		PackageManager: stack.DerivedFact("go modules", stack.At(modFile, mod.moduleLine, "module "+mod.path)),
	}
	if scan.Has("go.sum") {
		c.LockFile = stack.DeclaredFact(scan.Path("go.sum"), finding.Evidence{File: scan.Path("go.sum")})
	}
	versions(scan, mod, &c)
	src.collect()
	describe(scan, mod, src, &c)
	return []stack.Component{c}
}

// isTheme tells Hugo's use of go.mod, which only names themes: a site's configuration and no program.
func isTheme(scan *stack.Scan, src *sources) bool {
	_, hugo := scan.First("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.toml", "config/_default/config.toml")
	if !hugo && scan.Has("config.toml") {
		hugo = strings.Contains(strings.ToLower(scan.Text("config.toml")), "baseurl")
	}
	return hugo && len(src.mains) == 0
}

// moduleName is the last part of a module path that is no major version.
func moduleName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(p))
	}
	if i := strings.Index(base, ".v"); i > 0 { // gopkg.in/yaml.v3
		base = base[:i]
	}
	return base
}
