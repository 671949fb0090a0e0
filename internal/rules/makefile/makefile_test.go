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
			{Name: "phony through a variable", Src: "T = test lint\n.PHONY: $(T)\ntest:\n\tx\nlint:\n\ty\n"},
			{Name: "file made by its recipe", Src: "app: main.c\n\tcc -o app main.c\n"},
			{Name: "file made with $@", Src: "thing:\n\ttouch $@\n"},
			{Name: "pattern and path", Src: "%.o: %.c\n\tcc\nbin/app:\n\tgo build\n"},
			{Name: "action by its name though the recipe names it", Src: "test:\n\tgo test test\n", Want: []string{"1:1"}},
			{Name: "special targets", Src: ".DEFAULT:\n\tx\n.ONESHELL:\n"},
			{Name: "group of phony targets", Src: ".PHONY: a b\na:\n\tx\nb:\n\tx\nboth: a b\n", Want: []string{"6:1"}},
			{Name: "once for a target with two rules", Src: "test:\n\tx\ntest: a\na:\n\techo a > a\n", Want: []string{"1:1"}},
		},
		"MK002": {
			{Name: "file and folder", Src: "a: src go.mod\n\tx > a\n-- src/x --\n-- go.mod --\nm\n"},
			{Name: "wildcards and generated files", Src: "a: $(SRC) *.c gen/x.h b.o\n\tx > a\n"},
			{Name: "submake", Src: ".PHONY: a\na:\n\t$(MAKE) b\n\t$(MAKE) -C sub c\n\tmake V=1 a\n", Want: []string{"3:10 there is no such target"}},
			{Name: "rules from elsewhere", Src: "include x.mk\na: b\n\tx\n"},
			{Name: "script that is there", Src: ".PHONY: a\na:\n\t./scripts/x.sh\n-- scripts/x.sh --\nx\n"},
			{Name: "script that is not", Src: ".PHONY: a\na:\n\t@sh scripts/x.sh\n", Want: []string{"3:6"}},
			{Name: "script made by a rule", Src: "a: gen.sh\n\t./gen.sh\ngen.sh:\n\techo > $@\n"},
			{Name: "behind a test for it", Src: ".PHONY: a\na:\n\ttest -f ./x.sh && ./x.sh\n"},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
