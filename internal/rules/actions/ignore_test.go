package actions_test

import (
	"context"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/actions"
)

// Whoever has told zizmor why need not tell us too.
func TestCommentsOfZizmorAreUnderstood(t *testing.T) {
	head := "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n"
	tests := []struct {
		name, src string
		want      int // findings of GH001 and GH006 that are left
	}{
		{"none", "      - uses: a/b@v1\n", 1},
		{"behind", "      - uses: a/b@v1 # zizmor: ignore[unpinned-uses]\n", 0},
		{"several", "      - uses: a/b@v1 # zizmor: ignore[artipacked, unpinned-uses]\n", 0},
		{"another rule's", "      - uses: a/b@v1 # zizmor: ignore[artipacked]\n", 1},
		{"anywhere in the step", "      - name: x # zizmor: ignore[artipacked]\n        uses: actions/checkout@v7\n", 0},
		{"of another step", "      - uses: a/b@v1 # zizmor: ignore[unpinned-uses]\n      - uses: c/d@v1\n", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const path = ".github/workflows/ci.yml"
			fs, err := rule.Run(context.Background(), repo.Memory(map[string]string{path: head + tt.src}), []string{path}, actions.All(), rule.Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, f := range fs {
				if f.Rule == "GH001" || f.Rule == "GH006" {
					n++
				}
			}
			if n != tt.want {
				t.Errorf("%d findings, want %d", n, tt.want)
			}
		})
	}
}
