package pipeline

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// Caps on what hostile files may cost.
const (
	maxJobs     = 500
	maxSteps    = 2000
	maxCommands = 20_000
	maxLookups  = 50_000
	maxNesting  = 4
)

// Load reads the pipeline of a file; the file's kind decides how. The error names the file and the line.
func Load(t *repo.Tree, file string) (*Pipeline, error) {
	b, err := t.Read(file)
	if err != nil {
		return nil, err
	}
	f, err := yaml.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(f.Duplicates) > 0 {
		d := f.Duplicates[0].Second
		return nil, fmt.Errorf("%s: line %d: the key %q is given twice", file, d.Line, d.Value)
	}
	root := f.Root()
	if !root.IsMapping() {
		return nil, fmt.Errorf("%s: line 1: a pipeline is a mapping at its top", file)
	}
	if t.Kind(file) == repo.KindGitLabCI {
		return loadGitLab(t, file, root), nil
	}
	return loadGitHub(t, file, root), nil
}

// clip trims a line for people.
func clip(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "?"))
	if len(s) <= 200 {
		return s
	}
	cut := 200
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func valueOf(n *yaml.Node) Value {
	n = n.Resolve()
	if n == nil {
		return Value{}
	}
	return Value{Text: n.Text(), Line: n.Line}
}

// valuesOf are the scalars of a mapping.
func valuesOf(n *yaml.Node) map[string]Value {
	out := map[string]Value{}
	for _, p := range n.Entries() {
		out[p.Key.Value] = valueOf(p.Value)
	}
	return out
}
