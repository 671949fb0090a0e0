package source

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Tree reads the source files below dir, as stack.Sources lists them.
func Tree(tree *repo.Tree, dir string, s Syntax, exts, stops []string) []File {
	paths := stack.Sources(tree, dir, exts, stops)
	out := make([]File, 0, len(paths))
	for _, p := range paths {
		out = append(out, Parse(tree, p, s))
	}
	return out
}

// The caps of Under, as stack.Sources has them.
const (
	maxFiles = 1500
	maxSize  = 256 << 10
)

// Under reads the files below dir that end in one of the extensions, without those that skip takes out by their path below dir.
// It is for languages whose folders are named after packages: "com/example" holds no example there.
func Under(tree *repo.Tree, dir string, s Syntax, exts []string, skip func(rel string) bool) []File {
	var out []File
	for _, f := range tree.Under(dir) {
		if f.Size > maxSize || !slices.Contains(exts, path.Ext(f.Path)) || skip(stack.Rel(dir, f.Path)) {
			continue
		}
		if out = append(out, Parse(tree, f.Path, s)); len(out) >= maxFiles {
			break
		}
	}
	return out
}

// Below tells whether p is dir or lies below it.
func Below(p, dir string) bool { return dir == "." || p == dir || strings.HasPrefix(p, dir+"/") }

// Exists is the first of the names that dir has, as a repository path; empty for none.
func Exists(tree *repo.Tree, dir string, names ...string) string {
	for _, n := range names {
		if p := path.Join(dir, n); tree.Has(p) {
			return p
		}
	}
	return ""
}

// maxVariables bounds how many variables one component lists.
const maxVariables = 200

// Variables adds the environment variables that the patterns find. Group 1 is the name, group 2, where the pattern has one,
// the source's own default.
func Variables(list []stack.Variable, files []File, patterns ...*regexp.Regexp) []stack.Variable {
	for _, re := range patterns {
		for _, m := range All(files, re) {
			if len(list) >= maxVariables {
				return list
			}
			if name := m.Group(1); name != "" {
				list = stack.AddVariable(list, stack.NewVariable(name, strings.Trim(m.Group(2), `"'`), m.Evidence()))
			}
		}
	}
	return list
}

// Matrix are the supported versions that admit lets in, oldest first; version itself is always among them.
func Matrix(supported []string, version string, admit func(string) bool) []string {
	out := []string{}
	for _, v := range supported {
		if admit(v) {
			out = append(out, v)
		}
	}
	if version != "" && !slices.Contains(out, version) {
		out = append(out, version)
	}
	slices.SortFunc(out, stack.CompareVersions)
	return out
}

// AddFact puts a fact in unless it is nil or its value is there.
func AddFact(list []stack.Fact, f *stack.Fact) []stack.Fact {
	if f == nil {
		return list
	}
	return stack.Add(list, *f)
}

// Dependency maps a library to the service that it is the client of.
type Dependency struct{ Name, Service string }

// Service is the service of the first entry whose name the library has; "*" at the end of a name stands for any rest.
func Service(table []Dependency, library string) string {
	for _, d := range table {
		if prefix, ok := strings.CutSuffix(d.Name, "*"); ok && strings.HasPrefix(library, prefix) || d.Name == library {
			return d.Service
		}
	}
	return ""
}
