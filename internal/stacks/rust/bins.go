package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// findBins lists the programs: those that the manifest names, and where it does not forbid it those that lie in the usual places.
func (c *crate) findBins(tree *repo.Tree) {
	add := func(name, p string, e finding.Evidence) {
		known := slices.ContainsFunc(c.bins, func(b bin) bool { return b.name == name })
		if !known && source.Plain(name) && !strings.Contains(name, "/") && len(c.bins) < maxBins {
			c.bins = append(c.bins, bin{name, p, e})
		}
	}
	taken := map[string]bool{}
	for _, b := range tables(c.table["bin"]) {
		name, _ := b["name"].(string)
		p, _ := b["path"].(string)
		if p == "" {
			p = "src/bin/" + name + ".rs"
			if !tree.Has(path.Join(c.dir, p)) {
				p = "src/main.rs"
			}
		}
		taken[path.Join(c.dir, p)] = true
		add(name, path.Join(c.dir, p), c.file.Find(`"`+name+`"`).Evidence())
	}
	if auto, ok := sub(c.table, "package")["autobins"].(bool); ok && !auto {
		return
	}
	if p := path.Join(c.dir, "src/main.rs"); tree.Has(p) && !taken[p] {
		add(c.name, p, finding.Evidence{File: p})
	}
	for _, f := range tree.Under(path.Join(c.dir, "src/bin")) {
		rel := strings.TrimPrefix(f.Path, path.Join(c.dir, "src/bin")+"/")
		name, ok := strings.CutSuffix(rel, ".rs")
		if d, isDir := strings.CutSuffix(rel, "/main.rs"); isDir {
			name = d
		}
		if ok && !taken[f.Path] {
			add(name, f.Path, finding.Evidence{File: f.Path})
		}
	}
}

// findTargets lists the files of targets: without them Cargo does not read the manifest.
func (c *crate) findTargets(tree *repo.Tree) {
	for _, b := range c.bins {
		c.targets = append(c.targets, b.path)
	}
	lib := path.Join(c.dir, "src/lib.rs")
	if p, ok := sub(c.table, "lib")["path"].(string); ok {
		lib = path.Join(c.dir, p)
	}
	if tree.Has(lib) {
		c.targets = append(c.targets, lib)
	}
	for _, kind := range []struct{ key, dir string }{{"bench", "benches"}, {"test", "tests"}, {"example", "examples"}} {
		for _, t := range tables(c.table[kind.key]) {
			p, _ := t["path"].(string)
			if name, _ := t["name"].(string); p == "" {
				p = path.Join(kind.dir, name+".rs")
			}
			if tree.Has(path.Join(c.dir, p)) {
				c.targets = append(c.targets, path.Join(c.dir, p))
			}
		}
	}
}
