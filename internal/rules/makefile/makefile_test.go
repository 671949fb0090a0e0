package makefile_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/makefile"
)

func byID(t *testing.T, id string) rule.Rule {
	t.Helper()
	for _, r := range makefile.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return rule.Rule{}
}

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"MK001": {
			{"phony through a variable", "T = test lint\n.PHONY: $(T)\ntest:\n\tx\nlint:\n\ty\n", nil},
			{"file made by its recipe", "app: main.c\n\tcc -o app main.c\n", nil},
			{"file made with $@", "thing:\n\ttouch $@\n", nil},
			{"pattern and path", "%.o: %.c\n\tcc\nbin/app:\n\tgo build\n", nil},
			{"action by its name though the recipe names it", "test:\n\tgo test test\n", []string{"1:1"}},
			{"special targets", ".DEFAULT:\n\tx\n.ONESHELL:\n", nil},
			{"group of phony targets", ".PHONY: a b\na:\n\tx\nb:\n\tx\nboth: a b\n", []string{"6:1"}},
			{"once for a target with two rules", "test:\n\tx\ntest: a\na:\n\techo a > a\n", []string{"1:1"}},
		},
		"MK002": {
			{"file and folder", "a: src go.mod\n\tx > a\n-- src/x --\n-- go.mod --\nm\n", nil},
			{"wildcards and generated files", "a: $(SRC) *.c gen/x.h b.o\n\tx > a\n", nil},
			{"submake", ".PHONY: a\na:\n\t$(MAKE) b\n\t$(MAKE) -C sub c\n\tmake V=1 a\n", []string{"3:10 there is no such target"}},
			{"rules from elsewhere", "include x.mk\na: b\n\tx\n", nil},
			{"script that is there", ".PHONY: a\na:\n\t./scripts/x.sh\n-- scripts/x.sh --\nx\n", nil},
			{"script that is not", ".PHONY: a\na:\n\t@sh scripts/x.sh\n", []string{"3:6"}},
			{"script made by a rule", "a: gen.sh\n\t./gen.sh\ngen.sh:\n\techo > $@\n", nil},
			{"behind a test for it", ".PHONY: a\na:\n\ttest -f ./x.sh && ./x.sh\n", nil},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
