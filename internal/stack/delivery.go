package stack

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/repo"
)

// delivery lists the delivery files. Shell scripts are left out: most have nothing to do with delivery.
func delivery(tree *repo.Tree) []Delivery {
	out := []Delivery{}
	asked := 0
	for _, f := range tree.Files() {
		kind := repo.KindOf(f.Path, nil)
		if kind == "" && isYAML(f.Path) && f.Size <= maxYAMLSize && asked < maxYAML {
			asked++
			kind = tree.Kind(f.Path)
		}
		if kind == "" || kind == repo.KindShell || isDeliveryDecoy(f.Path) {
			continue
		}
		out = append(out, Delivery{File: f.Path, Kind: string(kind)})
	}
	return out
}

func isYAML(p string) bool { return strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".yaml") }

func isDeliveryDecoy(p string) bool {
	for _, part := range strings.Split(path.Dir(p), "/") {
		if decoyDirs[part] {
			return true
		}
	}
	return false
}
