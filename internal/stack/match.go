package stack

import (
	"path"
	"slices"
	"strings"
)

// matcher finds the stacks of a base name: by one map look-up for plain names, by globs for the few that are globs.
type matcher struct {
	exact map[string][]int
	globs []glob
}

type glob struct {
	pattern string
	stack   int
}

func newMatcher(stacks []Stack) *matcher {
	m := &matcher{exact: map[string][]int{}}
	for i, s := range stacks {
		for _, name := range s.Manifests {
			if strings.ContainsAny(name, "*?[") {
				m.globs = append(m.globs, glob{name, i})
			} else {
				m.exact[name] = append(m.exact[name], i)
			}
		}
	}
	return m
}

func (m *matcher) find(base string) []int {
	out := m.exact[base]
	for _, g := range m.globs {
		if suffix := g.pattern[1:]; g.pattern[0] == '*' && !strings.ContainsAny(suffix, "*?[\\") {
			if strings.HasSuffix(base, suffix) { // "*.csproj": most globs are this, and most files are not
				out = append(slices.Clip(out), g.stack)
			}
			continue
		}
		if ok, err := path.Match(g.pattern, base); err == nil && ok {
			out = append(slices.Clip(out), g.stack)
		}
	}
	return out
}
