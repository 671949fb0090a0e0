package edit

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Change is the new content of one file. Old is what the change was made from; nil when the file must not exist.
type Change struct {
	Path string
	Old  []byte
	New  []byte
}

// Commit writes all changes below dir, or none: every file is first written in full beside its target and synced,
// then all are renamed into place, and a rename that fails takes the earlier ones back. Nothing is written through a
// link, over anything but a regular file, or outside the boundary.
func Commit(ctx context.Context, dir string, boundary Boundary, changes []Change) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open repository: %w", err)
	}
	c := &commit{root: root}
	defer func() { err = errors.Join(err, c.close()) }()
	for _, ch := range changes {
		if err := boundary.Check(ch.Path); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.stage(ch); err != nil {
			return fmt.Errorf("write %s: %w", ch.Path, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.swap()
}

// commit is a set of files that is being written.
type commit struct {
	root   *os.Root
	staged []*stagedFile
	made   []madeDir // folders that did not exist before
	done   bool
}

type stagedFile struct {
	path, base, temp, backup string
	old                      []byte // what the change was made from
	dir                      *os.Root
	swapped, moved           bool
}

type madeDir struct {
	parent *os.Root
	name   string
}

func (c *commit) stage(ch Change) error {
	s := &stagedFile{path: ch.Path, base: path.Base(ch.Path), old: ch.Old}
	c.staged = append(c.staged, s)
	var err error
	if s.dir, err = c.openDir(path.Dir(ch.Path)); err != nil {
		return err
	}
	mode, err := checkTarget(s.dir, s.base, ch.Old)
	if err != nil {
		return err
	}
	temp := ".autogit-" + rand.Text()
	f, err := s.dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return inFolder(err)
	}
	s.temp = temp
	_, err = f.Write(ch.New)
	return errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
}

// inFolder leaves the name of the temporary file, which means nothing to anybody, out of an error.
func inFolder(err error) error {
	if pe := new(fs.PathError); errors.As(err, &pe) {
		return fmt.Errorf("its folder cannot be written: %w", pe.Err)
	}
	return err
}

// openDir opens a folder below the root one part at a time, making what is missing. After each step it compares what
// was opened with what Lstat saw, so that a link put there in between is noticed.
func (c *commit) openDir(dir string) (*os.Root, error) {
	at, err := c.root.OpenRoot(".")
	if err != nil || dir == "." {
		return at, err
	}
	for part := range strings.SplitSeq(dir, "/") {
		next, made, err := enter(at, part)
		if made {
			c.made = append(c.made, madeDir{parent: at, name: part})
		} else {
			err = errors.Join(err, at.Close())
		}
		if err != nil {
			return nil, err
		}
		at = next
	}
	return at, nil
}

func enter(at *os.Root, part string) (next *os.Root, made bool, err error) {
	err = at.Mkdir(part, 0o755)
	made = err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, err
	}
	before, err := at.Lstat(part)
	if err != nil {
		return nil, made, err
	}
	if !before.IsDir() {
		return nil, made, fmt.Errorf("%s is not a folder (a link or a file): AutoGit writes only below real folders", part)
	}
	next, err = at.OpenRoot(part)
	if err != nil {
		return nil, made, err
	}
	after, err := next.Stat(".")
	if err == nil && !os.SameFile(before, after) {
		err = fmt.Errorf("%s was replaced while AutoGit was writing", part)
	}
	if err != nil {
		return nil, made, errors.Join(err, next.Close())
	}
	return next, made, nil
}

// checkTarget makes sure that the file is still what the change was made from, and returns the mode it shall have.
func checkTarget(dir *os.Root, base string, old []byte) (fs.FileMode, error) {
	info, err := dir.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist) && old == nil:
		return 0o644, nil
	case errors.Is(err, fs.ErrNotExist):
		return 0, errors.New("the file was removed while AutoGit was working: run it again")
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("it is %s: AutoGit writes only regular files", describe(info.Mode()))
	case old == nil:
		return 0, errors.New("the file appeared while AutoGit was working: run it again")
	}
	now, err := readAll(dir, base)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(now, old) {
		return 0, errors.New("the file was changed while AutoGit was working: run it again")
	}
	return info.Mode().Perm(), nil
}

func readAll(dir *os.Root, base string) ([]byte, error) {
	f, err := dir.Open(base)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	return b, errors.Join(err, f.Close())
}

func describe(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		return "a device"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "no regular file"
}

// swap renames every staged file into place. A second name keeps the old file until all are done, so that the path
// itself is never without a file, whenever the process ends.
func (c *commit) swap() error {
	for _, s := range c.staged {
		// Writing and syncing the others took time, in which an editor may have saved the file.
		if _, err := checkTarget(s.dir, s.base, s.old); err != nil {
			return fmt.Errorf("write %s: %w", s.path, err)
		}
		if err := s.keepOld(); err != nil {
			return fmt.Errorf("write %s: %w", s.path, err)
		}
		if err := s.dir.Rename(s.temp, s.base); err != nil {
			return fmt.Errorf("write %s: %w", s.path, err)
		}
		s.temp, s.swapped = "", true
	}
	c.done = true
	return nil
}

func (s *stagedFile) keepOld() error {
	backup := ".autogit-" + rand.Text()
	err := s.dir.Link(s.base, backup)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // a new file
	case err != nil: // a file system without hard links
		if err := s.dir.Rename(s.base, backup); err != nil {
			return err
		}
		s.moved = true
	}
	s.backup = backup
	return nil
}

// close leaves either everything in place or everything as it was.
func (c *commit) close() error {
	var errs []error
	for _, s := range slices.Backward(c.staged) {
		if s.dir != nil {
			errs = append(errs, s.settle(c.done), s.dir.Close())
		}
	}
	for _, m := range slices.Backward(c.made) {
		if !c.done {
			errs = append(errs, m.parent.Remove(m.name))
		}
		errs = append(errs, m.parent.Close())
	}
	errs = append(errs, c.root.Close())
	return errors.Join(errs...)
}

// settle removes what is left beside a file; before that it takes the change back unless it shall stay.
func (s *stagedFile) settle(keep bool) error {
	var errs []error
	switch {
	case keep:
	case s.backup != "" && (s.swapped || s.moved):
		errs = append(errs, s.dir.Rename(s.backup, s.base))
		s.backup = ""
	case s.swapped:
		errs = append(errs, s.dir.Remove(s.base))
	}
	for _, left := range []string{s.temp, s.backup} {
		if left != "" {
			errs = append(errs, s.dir.Remove(left))
		}
	}
	return errors.Join(errs...)
}
