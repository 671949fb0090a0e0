package python

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// locks are the lock files in the order of trust, and the tool that wrote each.
var locks = []struct{ file, manager string }{
	{"uv.lock", "uv"}, {"poetry.lock", "poetry"}, {"Pipfile.lock", "pipenv"}, {"pdm.lock", "pdm"},
}

// pickManager: a lock file says who manages the project; two of them are a contradiction that the manifest settles.
func (p *project) pickManager(scan *stack.Scan) {
	preferred := p.declaredManager()
	found := lockManagers(scan)
	if len(found) > 1 {
		if i := slices.IndexFunc(found, func(f stack.Fact) bool { return f.Value == preferred }); i > 0 {
			found[0], found[i] = found[i], found[0]
		}
		scan.Contradict("package_manager", found...)
	}
	if len(found) > 0 {
		p.manager = &found[0]
		p.lock = stack.DeclaredFact(found[0].Evidence.File, found[0].Evidence)
		return
	}
	switch {
	case preferred != "":
		p.manager = stack.DerivedFact(preferred, stack.FindText(scan.Tree, scan.Path("pyproject.toml"), "[tool."+preferred))
	case scan.Has("Pipfile"):
		p.manager = stack.DeclaredFact("pipenv", finding.Evidence{File: scan.Path("Pipfile")})
	default:
		p.manager = stack.DerivedFact("pip", p.pipAt(scan))
	}
	if p.manager.Value == "pip" && len(p.runtime) > 0 && (p.hashes || pinned(p.deps)) {
		p.lock = stack.DerivedFact(scan.Path(p.runtime[0]), finding.Evidence{File: scan.Path(p.runtime[0])})
	}
}

// lockManagers are the tools whose lock files the folder has. A uv workspace keeps one lock at its root.
func lockManagers(scan *stack.Scan) []stack.Fact {
	var found []stack.Fact
	for _, l := range locks {
		if scan.Has(l.file) {
			found = append(found, *stack.DeclaredFact(l.manager, finding.Evidence{File: scan.Path(l.file)}))
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, dir := range scan.Ancestors() {
		s := &stack.Scan{Tree: scan.Tree, Dir: dir}
		if s.Has("uv.lock") && strings.Contains(s.Text("pyproject.toml"), "[tool.uv.workspace]") {
			return []stack.Fact{*stack.DeclaredFact("uv", finding.Evidence{File: s.Path("uv.lock")})}
		}
	}
	return nil
}

func (p *project) pipAt(scan *stack.Scan) finding.Evidence {
	if len(p.runtime) > 0 {
		return finding.Evidence{File: scan.Path(p.runtime[0])}
	}
	if m, ok := scan.First(manifests...); ok {
		return finding.Evidence{File: scan.Path(m)}
	}
	return finding.Evidence{Text: "pip comes with Python"}
}

// declaredManager is what pyproject.toml configures.
func (p *project) declaredManager() string {
	for _, m := range []string{"uv", "poetry", "pdm"} {
		if stack.HasValue(p.tools, m) {
			return m
		}
	}
	return ""
}

// pinned tells whether every requirement has an exact version, as a lock file has.
func pinned(deps []dep) bool {
	return len(deps) > 0 && !slices.ContainsFunc(deps, func(d dep) bool { return !strings.Contains(d.spec, "==") && !strings.Contains(d.spec, " @ ") })
}

func (p *project) has(names ...string) (dep, bool) { return lookup(p.deps, names) }
func (p *project) hasDev(names ...string) (dep, bool) {
	return lookup(slices.Concat(p.dev, p.deps), names)
}

func lookup(list []dep, names []string) (dep, bool) {
	for _, n := range names {
		for _, d := range list {
			if d.name == n {
				return d, true
			}
		}
	}
	return dep{}, false
}

// table walks nested TOML tables; nil when one of them is not there.
func table(t map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		next, ok := t[k].(map[string]any)
		if !ok {
			return nil
		}
		t = next
	}
	return t
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		return text(v["version"])
	}
	return ""
}

func texts(v any) []string {
	var out []string
	l, _ := v.([]any)
	for _, x := range l {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func list(v any, find func(string) finding.Evidence) []dep {
	var out []dep
	for _, s := range texts(v) {
		if d, ok := requirement(s, find(s)); ok && len(out) < 2000 {
			out = append(out, d)
		}
	}
	return out
}

func sorted(t map[string]any) []string {
	out := make([]string, 0, len(t))
	for k := range t {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
