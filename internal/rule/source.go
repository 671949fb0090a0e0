package rule

import (
	"errors"
	"fmt"
	"sync"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/makefile"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// Source is one file with its syntax tree, which is built once and shared by all rules.
type Source struct {
	Path  string
	Kind  repo.Kind
	Bytes []byte
	Lines syntax.Lines
	Err   error // why it cannot be read: an *syntax.Error, or the Tree's own

	yaml       *yaml.File
	dockerfile *dockerfile.File
	makefile   *makefile.File
	shared     map[any]any
}

// open reads and parses one file.
func open(tree *repo.Tree, path string) *Source {
	s := &Source{Path: path, Kind: tree.Kind(path), shared: map[any]any{}}
	s.Bytes, s.Err = tree.Read(path)
	if s.Err != nil {
		return s
	}
	s.Lines = syntax.NewLines(s.Bytes)
	if len(s.Bytes) > maxReview {
		s.Err = &syntax.Error{Line: 1, Column: 1, Message: fmt.Sprintf("file has %d bytes, at most %d are reviewed", len(s.Bytes), maxReview)}
		return s
	}
	switch s.Kind {
	case repo.KindDockerfile:
		s.dockerfile, s.Err = dockerfile.Parse(s.Bytes)
	case repo.KindMakefile:
		s.makefile, s.Err = makefile.Parse(s.Bytes)
	case repo.KindCompose, repo.KindWorkflow, repo.KindAction, repo.KindGitLabCI, repo.KindKubernetes, repo.KindHelmChart:
		s.yaml, s.Err = yaml.Parse(s.Bytes)
		if s.Err == nil {
			s.Err = checkNodes(s.yaml)
		}
	}
	return s
}

// The limits of a file that is reviewed. What people write stays far below; rules compare parts of a file with
// one another, so a file that is made to be slow must be refused.
const (
	maxReview = 1 << 20
	maxNodes  = 20_000
)

func checkNodes(f *yaml.File) error {
	n := 0
	for _, d := range f.Docs {
		d.Walk(func(*yaml.Node) bool { n++; return n <= maxNodes })
	}
	if n > maxNodes {
		return &syntax.Error{Line: 1, Column: 1, Message: fmt.Sprintf("file has more than %d values and is not reviewed", maxNodes)}
	}
	return nil
}

// YAML is the file as YAML. For a file of another format, or one that is broken, it has no documents.
func (s *Source) YAML() *yaml.File {
	if s == nil || s.yaml == nil {
		return &yaml.File{}
	}
	return s.yaml
}

// Dockerfile is the file as a Dockerfile; without stages when it is none.
func (s *Source) Dockerfile() *dockerfile.File {
	if s == nil || s.dockerfile == nil {
		return &dockerfile.File{}
	}
	return s.dockerfile
}

// Makefile is the file as a Makefile; without rules when it is none.
func (s *Source) Makefile() *makefile.File {
	if s == nil || s.makefile == nil {
		return &makefile.File{}
	}
	return s.makefile
}

// fault is where and why the file cannot be read; ok is false for one that can.
func (s *Source) fault() (line, column int, message string, ok bool) {
	if s.Err == nil {
		return 0, 0, "", false
	}
	var e *syntax.Error
	if errors.As(s.Err, &e) {
		return max(e.Line, 1), max(e.Column, 1), e.Message, true
	}
	return 1, 1, s.Err.Error(), true
}

// others are the files that cross-file rules have asked for.
type others struct {
	tree *repo.Tree
	mu   sync.Mutex
	open map[string]*Source
}

// maxOthers is how many files are kept open for cross-file rules.
const maxOthers = 512

func (o *others) get(path string) *Source {
	if !o.tree.Has(path) {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if s, ok := o.open[path]; ok {
		return s
	}
	s := safeOpen(o.tree, path)
	if len(o.open) < maxOthers {
		o.open[path] = s
	}
	return s
}

// safeOpen is open for hostile files: whatever a parser does, the run goes on.
func safeOpen(tree *repo.Tree, path string) (s *Source) {
	defer func() {
		if r := recover(); r != nil {
			s = &Source{Path: path, Kind: tree.Kind(path), shared: map[any]any{}, Err: fmt.Errorf("cannot be read: %v", r)}
		}
	}()
	return open(tree, path)
}
