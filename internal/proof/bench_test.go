package proof

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
)

// BenchmarkDecide is what a task with all criteria of these tests costs.
func BenchmarkDecide(b *testing.B) {
	tree := repo.Memory(good(b))
	for b.Loop() {
		for _, m := range mutations {
			Decide(Input{Tree: tree, Files: []string{m.file}, Facts: pythonFacts()}, []string{m.text})
		}
	}
}
