package repo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// maxExport bounds, in bytes, what Export writes.
const maxExport = 512 << 20

// Export writes the files of the Tree, laid-over ones included, below dir, an existing folder. Links, ignored files and
// files above MaxFile are not in it; an unreadable file here is an absent one there.
func (t *Tree) Export(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	var total int64
	for _, f := range t.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := t.Read(f.Path)
		if err != nil {
			continue
		}
		if total += int64(len(b)); total > maxExport {
			return fmt.Errorf("the repository has more than %d MiB: run AutoGit in a part of it with -C", maxExport>>20)
		}
		if err := root.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(f.Path, b, f.Mode|0o600); err != nil {
			return err
		}
	}
	return nil
}
