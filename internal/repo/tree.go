package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// MaxFile is the largest file, in bytes, that a Tree reads.
const MaxFile = 4 << 20

// ErrTooLarge is returned for a file above MaxFile.
var ErrTooLarge = errors.New("file is too large")

// File is one regular file of a Tree. Path is slash-separated and relative to the root.
type File struct {
	Path string
	Size int64
	Mode fs.FileMode
}

// Tree is a read-only view of a work tree. It is safe for use by several goroutines.
type Tree struct {
	root  string // empty for a Tree in memory
	files []File // sorted by Path
	index map[string]int
	read  func(path string) ([]byte, error)
	close func() error

	mu    sync.Mutex
	cache map[string]content
}

type content struct {
	data []byte
	err  error
}

func newTree(root string, files []File, read func(string) ([]byte, error)) *Tree {
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	t := &Tree{root: root, files: files, read: read, index: make(map[string]int, len(files)), cache: map[string]content{}}
	for i, f := range files {
		t.index[f.Path] = i
	}
	return t
}

// Memory is a Tree of the given files, by path.
func Memory(files map[string]string) *Tree {
	list := make([]File, 0, len(files))
	for p, s := range files {
		list = append(list, File{Path: p, Size: int64(len(s)), Mode: 0o644})
	}
	return newTree("", list, func(p string) ([]byte, error) { return []byte(files[p]), nil })
}

// With is this Tree with the given files laid over it: new ones added, existing ones replaced.
func (t *Tree) With(files map[string][]byte) *Tree {
	list := slices.Clone(t.files)
	for p, b := range files {
		f := File{Path: p, Size: int64(len(b)), Mode: 0o644}
		if i, ok := t.index[p]; ok {
			f.Mode = t.files[i].Mode
			list[i] = f
			continue
		}
		list = append(list, f)
	}
	return newTree(t.root, list, func(p string) ([]byte, error) {
		if b, ok := files[p]; ok {
			return b, nil
		}
		return t.Read(p)
	})
}

// Root is the directory that the Tree was opened at; empty for a Tree in memory.
func (t *Tree) Root() string { return t.root }

// Files lists every file, sorted by path. The caller must not change it.
func (t *Tree) Files() []File { return t.files }

// Has tells whether the Tree has a file at this path.
func (t *Tree) Has(p string) bool { _, ok := t.index[p]; return ok }

// HasDir tells whether some file lies below this folder.
func (t *Tree) HasDir(dir string) bool { return len(t.Under(dir)) > 0 }

// Under lists the files below a folder ("." is all of them), without walking again.
func (t *Tree) Under(dir string) []File {
	if dir == "." || dir == "" {
		return t.files
	}
	lo, hi := dir+"/", dir+"0" // '0' is the byte after '/'
	i := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= lo })
	j := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= hi })
	return t.files[i:j]
}

// Glob lists the paths that match a doublestar pattern, sorted.
func (t *Tree) Glob(pattern string) []string {
	var out []string
	for _, f := range t.files {
		if ok, _ := doublestar.Match(pattern, f.Path); ok {
			out = append(out, f.Path)
		}
	}
	return out
}

// Read returns a file's bytes; each file is read once. The caller must not change them.
func (t *Tree) Read(p string) ([]byte, error) {
	i, ok := t.index[p]
	if !ok {
		return nil, fmt.Errorf("read %s: %w", p, fs.ErrNotExist)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.cache[p]; ok {
		return c.data, c.err
	}
	var c content
	if t.files[i].Size > MaxFile {
		c.err = fmt.Errorf("read %s: %w: %d bytes, at most %d are read", p, ErrTooLarge, t.files[i].Size, MaxFile)
	} else {
		c.data, c.err = t.read(p)
	}
	t.cache[p] = c
	return c.data, c.err
}

// Text is Read for callers to whom an absent or unreadable file is an empty one.
func (t *Tree) Text(p string) string {
	b, err := t.Read(p)
	if err != nil {
		return ""
	}
	return string(b)
}

// Lines splits a file into lines without their line ends (LF or CRLF).
func (t *Tree) Lines(p string) []string {
	s := strings.TrimSuffix(strings.ReplaceAll(t.Text(p), "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// Kind tells a file's kind by its name and, for YAML, its content.
func (t *Tree) Kind(p string) Kind {
	if k := KindOf(p, nil); k != "" {
		return k
	}
	if !isYAML(strings.ToLower(p)) {
		return ""
	}
	return KindOf(p, []byte(t.Text(p)))
}
