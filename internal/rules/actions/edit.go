package actions

import (
	"bytes"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// after is an edit that puts lines behind an entry of a block mapping, at the entry's indent. ok is false where a
// line cannot be put without reading the mapping anew, as in {flow: style} and behind an alias or a merge key.
func after(p *rule.Pass, m *yaml.Node, key string, lines ...string) (finding.Edit, bool) {
	m = m.Resolve()
	if m == nil || m.Kind != yaml.Mapping || m.Style == yaml.Flow {
		return finding.Edit{}, false
	}
	for _, pair := range m.Pairs {
		if pair.Key.Value != key || pair.Value == nil || pair.Value.Kind == yaml.Alias {
			continue
		}
		end := max(pair.Key.End, pair.Value.End)
		return insert(p, lineEnd(p.Bytes, end), pair.Key.Column-1, lines), true
	}
	return finding.Edit{}, false
}

// into is an edit that makes lines the first entries of the block mapping under a key of m. Where m has no such key
// it is written behind the entry named behind.
func into(p *rule.Pass, m *yaml.Node, key, behind string, lines ...string) (finding.Edit, bool) {
	m = m.Resolve()
	k, v := m.Find(key)
	if k == nil {
		nested := []string{key + ":"}
		for _, l := range lines {
			nested = append(nested, "  "+l)
		}
		return after(p, m, behind, nested...)
	}
	if v == nil || v.Kind != yaml.Mapping || v.Style == yaml.Flow || len(v.Pairs) == 0 || m.Style == yaml.Flow || v.Pairs[0].Key.Line == k.Line {
		return finding.Edit{}, false
	}
	return insert(p, lineEnd(p.Bytes, k.End), v.Pairs[0].Key.Column-1, lines), true
}

// insert puts whole lines behind the line that ends at an offset.
func insert(p *rule.Pass, end, indent int, lines []string) finding.Edit {
	nl := newline(p.Bytes)
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(nl)
		if l != "" {
			b.WriteString(strings.Repeat(" ", indent) + l)
		}
	}
	return finding.Edit{File: p.Path, Start: end, End: end, New: b.String()}
}

// lineEnd is where the line of an offset ends, its line break not counted. An offset right behind a line break
// belongs to the line before it: that is where a block scalar ends.
func lineEnd(src []byte, offset int) int {
	offset = min(max(offset, 0), len(src))
	if offset > 0 && src[offset-1] == '\n' {
		offset--
	}
	i := bytes.IndexByte(src[offset:], '\n')
	if i < 0 {
		return len(src)
	}
	if end := offset + i; end > 0 && src[end-1] == '\r' {
		return end - 1
	}
	return offset + i
}

func newline(src []byte) string {
	if bytes.Contains(src, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// fix is the fix of some edits; none when an edit could not be made.
func fix(title string, safe bool, edit finding.Edit, ok bool) []finding.Fix {
	if !ok {
		return nil
	}
	return []finding.Fix{{Title: title, Safe: safe, Edits: []finding.Edit{edit}}}
}
