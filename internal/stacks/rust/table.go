package rust

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stacks/source"
)

func sub(t map[string]any, key string) map[string]any { return asTable(t[key]) }

func asTable(v any) map[string]any { m, _ := v.(map[string]any); return m }

func strs(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func tables(v any) []map[string]any {
	var out []map[string]any
	switch list := v.(type) {
	case []any:
		for _, x := range list {
			if m, ok := x.(map[string]any); ok {
				out = append(out, m)
			}
		}
	case []map[string]any:
		out = list
	}
	return out
}

var header = regexp.MustCompile(`^\s*\[+\s*([^\]]+?)\s*\]`)

// at is the line of a key in a table of the manifest.
func (c *crate) at(table, key string) source.Match { return at(c.file, table, key) }

func at(f source.File, table, key string) source.Match {
	in := ""
	for i, l := range f.Code {
		if m := header.FindStringSubmatch(l); m != nil {
			in = m[1]
			if in == table+"."+key {
				return f.At(i + 1)
			}
			continue
		}
		k, _, ok := strings.Cut(l, "=")
		k = strings.Trim(strings.TrimSpace(k), `"`)
		if ok && in == table && (k == key || strings.HasPrefix(k, key+".")) {
			return f.At(i + 1)
		}
	}
	return source.Match{}
}
