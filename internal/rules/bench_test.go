package rules_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/makefile"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// corpus is a tree of the examples of all rules, in folders of their own.
func corpus(n int) (*repo.Tree, []string) {
	files := map[string]string{}
	all := rules.All()
	for i := 0; len(files) < n; i++ {
		r := all[i%len(all)]
		for _, text := range []string{r.Doc.Bad, r.Doc.Good} {
			for name, src := range ruletest.Files(r, text) {
				if name == ".github/workflows/ci.yml" {
					files[fmt.Sprintf(".github/workflows/ci%d.yml", len(files))] = src
					continue
				}
				files[fmt.Sprintf("d%d/%s", len(files), name)] = src
			}
		}
	}
	tree := repo.Memory(files)
	var paths []string
	for _, f := range tree.Files() {
		paths = append(paths, f.Path)
	}
	return tree, paths
}

func BenchmarkRules(b *testing.B) {
	tree, paths := corpus(500)
	all := rules.All()
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if _, err := rule.Run(context.Background(), tree, paths, all, rule.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse only", func(b *testing.B) {
		for b.Loop() {
			for _, p := range paths {
				src, _ := tree.Read(p)
				switch tree.Kind(p) {
				case repo.KindDockerfile:
					_, _ = dockerfile.Parse(src)
				case repo.KindMakefile:
					_, _ = makefile.Parse(src)
				case repo.KindShell, "":
				default:
					_, _ = yaml.Parse(src)
				}
			}
		}
	})
}
