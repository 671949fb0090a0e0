package bench

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
)

func TestMakeTreeHasAsManyFilesAsAsked(t *testing.T) {
	dir := t.TempDir()
	const want = 500
	if err := MakeTree(dir, want); err != nil {
		t.Fatal(err)
	}
	tree, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if got := len(tree.Files()); got != want {
		t.Errorf("%d files, want %d", got, want)
	}
}
