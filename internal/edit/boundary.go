package edit

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// Boundary says which paths a task may write. Never wins over May. A pattern without a slash holds for the base name
// in every folder; one with a slash is matched against the whole path from the repository's root.
type Boundary struct {
	May   []string
	Never []string
}

// DefaultBoundary lets a task write delivery files and nothing else.
func DefaultBoundary() Boundary {
	return Boundary{
		May: []string{
			".github/**", "Dockerfile*", "docker-compose*", "*.yaml", "*.yml", "Makefile", "scripts/**",
			".dockerignore", ".env.example",
		},
		Never: []string{"src/**", "tests/**"},
	}
}

// always are paths that no configuration opens: a file there runs on the developer's machine.
var always = []string{".git", ".git/**", "**/.git", "**/.git/**"}

// BoundaryError says why a path may not be written.
type BoundaryError struct {
	Path   string
	Reason string
}

func (e *BoundaryError) Error() string {
	return fmt.Sprintf("%q may not be written: %s", e.Path, e.Reason)
}

// Check tells whether the path may be written; the error is a *BoundaryError.
func (b Boundary) Check(p string) error {
	if reason := Malformed(p); reason != "" {
		return &BoundaryError{Path: p, Reason: reason}
	}
	// Case is folded for what is forbidden, since some file systems fold it: SRC/x is src/x there.
	lower := strings.ToLower(p)
	for _, pattern := range slices.Concat(always, b.Never) {
		if matches(strings.ToLower(pattern), lower) {
			return &BoundaryError{Path: p, Reason: fmt.Sprintf("the boundary forbids %s", pattern)}
		}
	}
	for _, pattern := range b.May {
		if matches(pattern, p) {
			return nil
		}
	}
	return &BoundaryError{Path: p, Reason: "no pattern of the boundary allows it (" + strings.Join(b.May, ", ") +
		"); widen boundary.may in .autogit.yaml, or give the task to who owns the file"}
}

func matches(pattern, p string) bool {
	if !strings.Contains(pattern, "/") {
		p = path.Base(p)
	}
	ok, err := doublestar.Match(pattern, p)
	return err == nil && ok
}

// Malformed says what is wrong with a path that does not name one file below the root on every system; empty if nothing is.
func Malformed(p string) string {
	switch {
	case p == "" || p == ".":
		return "the path is empty"
	case len(p) > 1024:
		return "the path is longer than 1024 bytes"
	case !utf8.ValidString(p):
		return "the path is not valid UTF-8"
	case strings.ContainsFunc(p, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return "the path has control or invisible characters"
	case strings.ContainsAny(p, `\:`):
		return `the path has a backslash or a colon: write folders with "/"`
	case path.IsAbs(p):
		return "the path is absolute: write it relative to the repository"
	case path.Clean(p) != p:
		return fmt.Sprintf("the path is not in its plain form (%s)", path.Clean(p))
	case p == ".." || strings.HasPrefix(p, "../"):
		return "the path leaves the repository"
	}
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") || strings.HasPrefix(part, " ") {
			return "a part of the path begins or ends with a space, or ends with a dot"
		}
	}
	return ""
}

// Validate tells whether every pattern can be understood.
func (b Boundary) Validate() error {
	for _, pattern := range slices.Concat(b.May, b.Never) {
		if !doublestar.ValidatePattern(pattern) {
			return fmt.Errorf("boundary pattern %q is not a valid glob", pattern)
		}
	}
	return nil
}
