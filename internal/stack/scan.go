package stack

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// The caps on how much source of one component is read.
const (
	maxSources    = 1500
	maxSourceSize = 256 << 10
)

// notSource are folders whose files say nothing of how the program runs.
var notSource = map[string]bool{
	"testdata": true, "vendor": true, "node_modules": true, "third_party": true, "fixtures": true, "__fixtures__": true,
	"tests": true, "test": true, "__tests__": true, "__mocks__": true, "spec": true, "e2e": true, "cypress": true,
	"examples": true, "example": true, "docs": true, "doc": true, "bench": true, "benchmarks": true, "dist": true,
	"site-packages": true, "coverage": true, "stories": true, "target": true,
}

// Path is a path relative to the folder looked at, as a repository path; empty when it leads out of the repository.
func (s *Scan) Path(rel string) string {
	p := path.Join(s.Dir, rel)
	if p == ".." || strings.HasPrefix(p, "../") || path.IsAbs(p) {
		return ""
	}
	return p
}

// Has tells whether the folder has this file.
func (s *Scan) Has(rel string) bool { return s.Tree.Has(s.Path(rel)) }

// Text is the content of a file of the folder, empty when it is not there.
func (s *Scan) Text(rel string) string { return s.Tree.Text(s.Path(rel)) }

// Lines are the lines of a file of the folder.
func (s *Scan) Lines(rel string) []string { return s.Tree.Lines(s.Path(rel)) }

// First is the first of the names that the folder has.
func (s *Scan) First(names ...string) (string, bool) {
	for _, n := range names {
		if s.Has(n) {
			return n, true
		}
	}
	return "", false
}

// Ancestors are the folders above, the nearest first, the root last.
func (s *Scan) Ancestors() []string { return ancestors(s.Dir) }

func ancestors(dir string) []string {
	var out []string
	for dir != "." && dir != "" && dir != "/" {
		dir = path.Dir(dir)
		out = append(out, dir)
	}
	return out
}

// Find is the evidence for the first line of a repository file that matches, with the match's groups.
func Find(tree *repo.Tree, file string, re *regexp.Regexp) (finding.Evidence, []string, bool) {
	for i, line := range tree.Lines(file) {
		if m := re.FindStringSubmatch(line); m != nil {
			return At(file, i+1, line), m, true
		}
	}
	return finding.Evidence{}, nil, false
}

// FindText is Find for a plain text.
func FindText(tree *repo.Tree, file, text string) finding.Evidence {
	for i, line := range tree.Lines(file) {
		if strings.Contains(line, text) {
			return At(file, i+1, line)
		}
	}
	return finding.Evidence{File: file}
}

// Sources lists the source files below the folder that have one of the extensions, shallow ones first. Tests, examples
// and copied code are left out, and so are folders that hold one of the stops: those are components of their own.
func (s *Scan) Sources(exts, stops []string) []string {
	return Sources(s.Tree, s.Dir, exts, stops)
}

// Sources is Scan.Sources for a folder of a Tree.
func Sources(tree *repo.Tree, dir string, exts, stops []string) []string {
	files := tree.Under(dir)
	nested := map[string]bool{}
	for _, f := range files {
		if d := path.Dir(f.Path); d != dir && slices.Contains(stops, path.Base(f.Path)) {
			nested[d] = true
		}
	}
	verdict := map[string]bool{}
	var out []string
	for _, f := range files {
		if f.Size > maxSourceSize || !slices.Contains(exts, path.Ext(f.Path)) {
			continue
		}
		d := path.Dir(f.Path)
		ok, known := verdict[d]
		if !known {
			ok = isSourceDir(d, dir, nested)
			verdict[d] = ok
		}
		if ok {
			out = append(out, f.Path)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	return out[:min(len(out), maxSources)]
}

func isSourceDir(d, root string, nested map[string]bool) bool {
	for d != root {
		if nested[d] || notSource[path.Base(d)] || strings.HasPrefix(path.Base(d), ".") {
			return false
		}
		up := path.Dir(d)
		if up == d {
			break
		}
		d = up
	}
	return true
}

// Rel is a repository path relative to a folder that holds it.
func Rel(dir, p string) string {
	if dir == "." {
		return p
	}
	if p == dir {
		return "."
	}
	return strings.TrimPrefix(p, dir+"/")
}
