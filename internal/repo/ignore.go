package repo

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile is one .gitignore: its patterns hold below its folder.
type ignoreFile struct {
	dir      string // "." or the folder it lies in
	patterns []ignorePattern
}

// ignorePattern is one line of a .gitignore, as gitignore(5) defines it.
type ignorePattern struct {
	glob    string // relative to the file's folder
	literal bool   // glob has no wildcard: compare, do not match
	suffix  string // for "*.ext": compare the end, do not match
	base    bool   // no slash inside: holds for the base name at any depth
	dirOnly bool
	negate  bool
}

// maxIgnorePatterns bounds what a hostile .gitignore can cost.
const maxIgnorePatterns = 2000

func parseIgnore(dir string, src string) ignoreFile {
	f := ignoreFile{dir: dir}
	for line := range strings.Lines(src) {
		if p, ok := parseIgnoreLine(strings.TrimRight(line, "\r\n")); ok {
			f.patterns = append(f.patterns, p)
		}
		if len(f.patterns) >= maxIgnorePatterns {
			break
		}
	}
	return f
}

func parseIgnoreLine(line string) (ignorePattern, bool) {
	var p ignorePattern
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRight(line, " \t")
	}
	if line == "" || line[0] == '#' {
		return p, false
	}
	if line[0] == '!' {
		p.negate, line = true, line[1:]
	}
	line = strings.TrimPrefix(line, `\`)
	if strings.HasSuffix(line, "/") {
		p.dirOnly, line = true, strings.TrimSuffix(line, "/")
	}
	p.base = !strings.Contains(line, "/")
	p.glob = strings.TrimPrefix(line, "/")
	if p.glob == "" || !doublestar.ValidatePattern(p.glob) {
		return p, false
	}
	p.literal = !strings.ContainsAny(p.glob, `*?[{\`)
	if p.base && strings.HasPrefix(p.glob, "*") && !strings.ContainsAny(p.glob[1:], `*?[{\`) {
		p.suffix = p.glob[1:]
	}
	return p, true
}

// match tells whether the pattern speaks of rel, a path relative to the ignore file's folder.
func (p *ignorePattern) match(rel string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if p.base {
		rel = path.Base(rel)
	}
	switch {
	case p.literal:
		return p.glob == rel
	case p.suffix != "":
		return strings.HasSuffix(rel, p.suffix)
	}
	return doublestar.MatchUnvalidated(strings.ReplaceAll(p.glob, "{", `\{`), rel)
}

// ignored asks the ignore files from the innermost folder outwards; in each the last line that matches decides.
func ignored(files []ignoreFile, p string, isDir bool) bool {
	for i := len(files) - 1; i >= 0; i-- {
		rel := p
		if files[i].dir != "." {
			rel = strings.TrimPrefix(p, files[i].dir+"/")
		}
		for j := len(files[i].patterns) - 1; j >= 0; j-- {
			if files[i].patterns[j].match(rel, isDir) {
				return !files[i].patterns[j].negate
			}
		}
	}
	return false
}
