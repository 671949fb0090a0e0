package repo

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// MaxFiles is the largest number of files that a Tree lists.
const MaxFiles = 500_000

// skipDirs are folders that are never part of what a team writes by hand.
var skipDirs = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, ".venv": true, "venv": true,
	"__pycache__": true, ".tox": true, ".mypy_cache": true, ".ruff_cache": true, ".pytest_cache": true,
	".gradle": true, ".idea": true, ".terraform": true, ".next": true, ".nuxt": true,
}

// Open walks the work tree at dir once. Links are listed nowhere and followed never.
func Open(dir string) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	var files []File
	fsys := root.FS()
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read hides its files, it does not stop the walk
		}
		if d.IsDir() {
			if p != "." && skipDirs[path.Base(p)] {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // it vanished during the walk
		}
		if len(files) >= MaxFiles {
			return fmt.Errorf("repository has more than %d files: run AutoGit in a part of it with -C", MaxFiles)
		}
		files = append(files, File{Path: p, Size: info.Size(), Mode: info.Mode().Perm()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newTree(dir, files, func(p string) ([]byte, error) { return readCapped(root, p) }), nil
}

// readCapped reads through the root, so that a link made after the walk leads nowhere outside.
func readCapped(root *os.Root, p string) ([]byte, error) {
	f, err := root.Open(p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxFile {
		return nil, fmt.Errorf("read %s: %w", p, ErrTooLarge)
	}
	return b, nil
}
