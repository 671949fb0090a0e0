package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// guard notices that a command wrote into the real work tree, which it is never told of.
type guard struct {
	dir   string
	files map[string]stamp
}

type stamp struct {
	size int64
	time time.Time
	mode fs.FileMode
}

// maxWatched bounds the work; a tree with more files is watched in part.
const maxWatched = 200_000

func watch(dir string) (*guard, error) {
	g := &guard{dir: dir}
	if dir == "" {
		return g, nil // a tree in memory
	}
	var err error
	g.files, err = stamps(dir)
	return g, err
}

func stamps(dir string) (map[string]stamp, error) {
	out := map[string]stamp{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read cannot be watched
		}
		if inGit := filepath.Base(filepath.Dir(p)) == ".git"; d.IsDir() {
			// Of .git only what can run code is watched: a person's git status writes the rest.
			if d.Name() == "node_modules" || inGit && d.Name() != "hooks" {
				return fs.SkipDir
			}
			return nil
		} else if inGit && d.Name() != "config" {
			return nil
		}
		if len(out) >= maxWatched {
			return fs.SkipAll
		}
		info, err := d.Info()
		if err == nil {
			out[p] = stamp{info.Size(), info.ModTime(), info.Mode()}
		}
		return nil
	})
	return out, err
}

// unchanged is an error that names a file of the work tree which changed since watch.
func (g *guard) unchanged() error {
	if g.dir == "" {
		return nil
	}
	now, err := stamps(g.dir)
	if err != nil {
		return err
	}
	for p, s := range now {
		if old, ok := g.files[p]; !ok || old != s {
			return g.fault(p)
		}
	}
	for p := range g.files {
		if _, ok := now[p]; !ok {
			return g.fault(p)
		}
	}
	return nil
}

// ErrTouchedTree is the error for a command that changed the real work tree.
var ErrTouchedTree = errors.New("the real work tree changed while the engine command ran; its proposal is not taken")

func (g *guard) fault(p string) error {
	rel, err := filepath.Rel(g.dir, p)
	if err != nil {
		rel = p
	}
	return fmt.Errorf("%w: look at %q (git status, git diff) before you go on", ErrTouchedTree, rel)
}
