// Package source reads the text files of a surveyed repository: lines, matches with the facts that they give,
// comments blanked out, environment variables and routes. It knows no language; a stack tells it what to look for.
package source

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// MaxLine is the longest line that is searched: longer ones are generated or minified.
const MaxLine = 4000

// File is a text file in lines. Code is Lines with comments blanked, for searches that a comment must not answer.
type File struct {
	Path  string
	Lines []string
	Code  []string
}

// Read is the file at path as it stands; no lines when it is not there.
func Read(tree *repo.Tree, path string) File {
	lines := tree.Lines(path)
	return File{Path: path, Lines: lines, Code: lines}
}

// Parse is Read with the comments of a language blanked.
func Parse(tree *repo.Tree, path string, s Syntax) File {
	lines := tree.Lines(path)
	return File{Path: path, Lines: lines, Code: s.blank(lines)}
}

// Match is one place that a pattern was found at. The zero Match is none.
type Match struct {
	Path   string
	Line   int
	Text   string
	Groups []string
}

// OK tells whether something was found.
func (m Match) OK() bool { return m.Line > 0 }

// Group is a part of the match; empty when there is none.
func (m Match) Group(i int) string {
	if i < len(m.Groups) {
		return m.Groups[i]
	}
	return ""
}

// Any is the first group that is not empty, for patterns of alternatives.
func (m Match) Any() string {
	for _, g := range m.Groups[min(1, len(m.Groups)):] {
		if g != "" {
			return g
		}
	}
	return ""
}

// Evidence is the place as facts carry it.
func (m Match) Evidence() finding.Evidence { return stack.At(m.Path, m.Line, m.Text) }

// Declared is the fact that the place states.
func (m Match) Declared(value string) *stack.Fact {
	return &stack.Fact{Value: value, Evidence: m.Evidence(), Confidence: stack.Declared}
}

// Derived is the fact that follows from the place.
func (m Match) Derived(value string) *stack.Fact {
	return &stack.Fact{Value: value, Evidence: m.Evidence(), Confidence: stack.Derived}
}

// Present is the fact that follows from a file being there.
func Present(path, value string) *stack.Fact {
	return &stack.Fact{Value: value, Evidence: finding.Evidence{File: path}, Confidence: stack.Derived}
}

// First is the first line that a pattern matches.
func (f File) First(re *regexp.Regexp) Match {
	for i, l := range f.Code {
		if len(l) > MaxLine {
			continue
		}
		if g := re.FindStringSubmatch(l); g != nil {
			return Match{f.Path, i + 1, f.Lines[i], g}
		}
	}
	return Match{}
}

// All are the matches of a pattern, several on a line included.
func (f File) All(re *regexp.Regexp) []Match {
	var out []Match
	for i, l := range f.Code {
		if len(l) > MaxLine {
			continue
		}
		for _, g := range re.FindAllStringSubmatch(l, -1) {
			out = append(out, Match{f.Path, i + 1, f.Lines[i], g})
		}
	}
	return out
}

// At is the match for a known line.
func (f File) At(line int) Match {
	if line < 1 || line > len(f.Lines) {
		return Match{Path: f.Path}
	}
	return Match{Path: f.Path, Line: line, Text: f.Lines[line-1]}
}

// Find is the first line that holds the text.
func (f File) Find(text string) Match {
	for i, l := range f.Code {
		if strings.Contains(l, text) {
			return f.At(i + 1)
		}
	}
	return Match{}
}

// First is the first match in the first file that has one.
func First(files []File, re *regexp.Regexp) Match {
	for _, f := range files {
		if m := f.First(re); m.OK() {
			return m
		}
	}
	return Match{}
}

// All are the matches in all files, in order.
func All(files []File, re *regexp.Regexp) []Match {
	var out []Match
	for _, f := range files {
		out = append(out, f.All(re)...)
	}
	return out
}
