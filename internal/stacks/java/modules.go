package java

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// lists tells whether the pom names a folder as one of its modules.
func (p *pom) lists(dir string) bool {
	return slices.ContainsFunc(p.modules, func(m text) bool {
		full := path.Join(path.Dir(p.file), m.value)
		return full == dir || path.Dir(full) == dir && strings.HasSuffix(full, ".xml")
	})
}

// readPoms reads the pom of dir and those of its modules, each with its parent in the repository.
func readPoms(tree *repo.Tree, dir string) []*pom {
	root := readPom(tree, path.Join(dir, "pom.xml"))
	if root == nil {
		return nil
	}
	out := []*pom{root}
	seen := map[string]bool{root.file: true}
	for i := 0; i < len(out) && len(out) < 200; i++ {
		for _, m := range out[i].modules {
			f := path.Join(path.Dir(out[i].file), m.value, "pom.xml")
			if strings.HasSuffix(m.value, ".xml") {
				f = path.Join(path.Dir(out[i].file), m.value)
			}
			if seen[f] || !source.Plain(m.value) {
				continue
			}
			seen[f] = true
			if q := readPom(tree, f); q != nil {
				out = append(out, q)
			}
		}
	}
	for _, q := range out[1:] {
		q.up = parentOf(q, out)
	}
	return out
}

func parentOf(p *pom, all []*pom) *pom {
	for _, q := range all {
		if q != p && q.artifact.value == p.parent.artifact && p.parent.artifact != "" {
			return q
		}
	}
	return nil
}
