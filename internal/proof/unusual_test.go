package proof

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// What happens on a run that fails or is cancelled happens: "never" holds on those runs too.
func TestNeverHoldsOnRunsThatFail(t *testing.T) {
	const file = ".github/workflows/ci.yml"
	for cond, want := range map[string]bool{"failure()": false, "cancelled()": false, "github.event_name == 'push'": true} {
		src := "on: [push, pull_request]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker build -t ghcr.io/a/b .\n" +
			"      - if: " + cond + "\n        run: docker push ghcr.io/a/b\n"
		in := Input{Tree: repo.Memory(map[string]string{file: src, "Dockerfile": "FROM scratch\n"}), Files: []string{file}, Facts: &stack.Facts{}}
		if got := Decide(in, []string{"Do not push images from pull requests"})[0]; (got.Status == CriterionProven) != want {
			t.Errorf("if: %s: %s (%s), want proven: %v", cond, got.Status, got.Reason, want)
		}
	}
}
