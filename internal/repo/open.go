package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// MaxFiles is the largest number of files that a Tree lists, MaxDepth how deep it goes.
const (
	MaxFiles = 500_000
	MaxDepth = 64
)

// skipDirs are folders of tools and installed packages: never what a team writes by hand.
var skipDirs = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, ".venv": true, "venv": true,
	"__pycache__": true, ".tox": true, ".mypy_cache": true, ".ruff_cache": true, ".pytest_cache": true,
	".gradle": true, ".idea": true, ".terraform": true, ".next": true, ".nuxt": true,
}

// Open walks the work tree at dir once. It obeys .gitignore files; links are listed nowhere and followed never.
// Close the Tree when it is no longer read.
func Open(dir string) (*Tree, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w: name an existing folder with -C", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open repository: %s is a file: name a folder with -C", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	w := walker{root: root}
	if err := w.walk(".", nil, 0); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	t := newTree(dir, w.files, func(p string) ([]byte, error) { return readCapped(root, p) })
	t.close = root.Close
	return t, nil
}

// Close frees the folder that Open opened. Reading afterwards fails.
func (t *Tree) Close() error {
	if t.close == nil {
		return nil
	}
	return t.close()
}

type walker struct {
	root  *os.Root
	files []File
}

// walk lists one folder. A folder that cannot be read hides its files; it does not stop the walk.
func (w *walker) walk(dir string, ignores []ignoreFile, depth int) error {
	if depth > MaxDepth {
		return nil
	}
	entries, err := readDir(w.root, dir)
	if err != nil {
		if dir == "." {
			return fmt.Errorf("read repository: %w", err)
		}
		return nil
	}
	for _, e := range entries {
		if e.Name() == ".gitignore" && e.Type().IsRegular() {
			src, err := readCapped(w.root, path.Join(dir, ".gitignore"))
			if err == nil {
				ignores = append(ignores[:len(ignores):len(ignores)], parseIgnore(dir, string(src)))
			}
		}
	}
	for _, e := range entries {
		if err := w.entry(path.Join(dir, e.Name()), e, ignores, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) entry(p string, e fs.DirEntry, ignores []ignoreFile, depth int) error {
	switch {
	case e.IsDir():
		if skipDirs[e.Name()] || ignored(ignores, p, true) {
			return nil
		}
		return w.walk(p, ignores, depth+1)
	case !e.Type().IsRegular() || ignored(ignores, p, false):
		return nil
	}
	info, err := e.Info()
	if err != nil {
		return nil //nolint:nilerr // it vanished during the walk
	}
	if len(w.files) >= MaxFiles {
		return fmt.Errorf("repository has more than %d files: run AutoGit in a part of it with -C", MaxFiles)
	}
	w.files = append(w.files, File{Path: p, Size: info.Size(), Mode: info.Mode().Perm()})
	return nil
}

func readDir(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return f.ReadDir(-1)
}

// readCapped reads through the root, so that a link made after the walk leads nowhere outside, and only regular
// files, so that a pipe put in a file's place does not block.
func readCapped(root *os.Root, p string) ([]byte, error) {
	info, err := root.Lstat(p)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", p)
	}
	f, err := root.OpenFile(p, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxFile {
		return nil, fmt.Errorf("read %s: %w: at most %d bytes are read", p, ErrTooLarge, MaxFile)
	}
	return b, nil
}
