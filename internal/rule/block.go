package rule

import "github.com/autogit/autogit/internal/syntax/yaml"

// yamlBlockEnd is the last line of the entry or the item that starts on a line; 0 for none. An entry at the top
// of a document counts, the document itself does not: a comment on the first line is not one on the file.
func yamlBlockEnd(root *yaml.Node, line int) int {
	end := 0
	root.Walk(func(n *yaml.Node) bool {
		if n != root && (n.Line > line || n.EndLine < line) {
			return false
		}
		for _, p := range n.Pairs {
			if p.Key.Line == line {
				end = max(end, p.Value.EndLine)
			}
		}
		for _, it := range n.Items {
			if it.Line == line {
				end = max(end, it.EndLine)
			}
		}
		return true
	})
	return end
}

// yamlItem is the innermost list item that a line lies in; 0 for none.
func yamlItem(root *yaml.Node, line int) (from, to int) {
	root.Walk(func(n *yaml.Node) bool {
		if n.Line > line || n.EndLine < line {
			return n == root
		}
		for _, it := range n.Items {
			if it.IsMapping() && it.Line <= line && line <= it.EndLine {
				from, to = it.Line, it.EndLine
			}
		}
		return true
	})
	return from, to
}
