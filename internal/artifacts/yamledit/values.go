package yamledit

import (
	"strings"

	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// Set replaces a scalar, keeping the way in which it is quoted where the new value allows it.
func (d *Doc) Set(n *yaml.Node, value string) error {
	if n == nil || n.Kind != yaml.Scalar || n.Style == yaml.Literal || n.Style == yaml.Folded {
		return ErrShape
	}
	text := yamltext.Quote(value)
	switch {
	case n.Style == yaml.SingleQuoted && !strings.ContainsAny(value, "'\n"):
		text = "'" + value + "'"
	case n.Style == yaml.DoubleQuoted && !strings.ContainsAny(value, "\"\\\n"):
		text = `"` + value + `"`
	}
	return d.apply(n.Start, n.End, text)
}

// Replace puts YAML as written in the place of a node, on its line.
func (d *Doc) Replace(n *yaml.Node, text string) error {
	if n == nil || n.Kind == yaml.Alias || n.Anchor != "" || n.Style == yaml.Block {
		return ErrShape
	}
	return d.apply(n.Start, n.End, text)
}

// ReplaceBelow puts an indented block in the place of a value that stands on its key's line: "on: push" becomes "on:" and lines.
func (d *Doc) ReplaceBelow(p yaml.Pair, text string) error {
	if p.Value == nil || p.Value.Line != p.Key.Line || p.Value.EndLine != p.Value.Line || p.Value.Anchor != "" || p.Value.Kind == yaml.Alias || p.Value.LineComment != "" {
		return ErrShape
	}
	block := d.indented(p.Key.Column-1+d.Unit(), text)
	start, end := p.Value.Start, p.Value.End
	for start > 0 && d.src[start-1] == ' ' {
		start--
	}
	return d.apply(start, end, d.eol()+strings.TrimSuffix(block, d.eol()))
}

// Note writes a comment behind a scalar that has none on its line.
func (d *Doc) Note(n *yaml.Node, text string) error {
	line := d.file.Lines.Start(n.EndLine + 1)
	if rest := string(d.src[n.End:max(n.End, line)]); strings.TrimSpace(rest) != "" {
		return nil // there is a comment, or more of the line: leave it
	}
	return d.apply(n.End, n.End, " # "+text)
}

// Remove takes an entry away with its lines and the comments right above it.
func (d *Doc) Remove(m *yaml.Node, key string) error {
	if !Insertable(m) || len(m.Pairs) < 2 {
		return ErrShape
	}
	for _, p := range m.Pairs {
		if p.Key.Value != key {
			continue
		}
		first := p.Key.Line
		for first > 1 && p.Key.HeadComment != "" && d.comment(first-1) {
			first--
		}
		return d.apply(d.file.Lines.Start(first), d.file.Lines.Start(lastLine(p)+1), "")
	}
	return nil
}

// RemoveItem takes an item out of a flow sequence of at least two.
func (d *Doc) RemoveItem(seq *yaml.Node, value string) error {
	if seq == nil || seq.Kind != yaml.Sequence || len(seq.Items) < 2 {
		return ErrShape
	}
	for i, it := range seq.Items {
		if it.Value != value {
			continue
		}
		switch {
		case seq.Style == yaml.Block:
			return d.apply(d.file.Lines.Start(it.Line), d.file.Lines.Start(it.EndLine+1), "")
		case i == 0:
			return d.apply(it.Start, seq.Items[1].Start, "")
		}
		return d.apply(seq.Items[i-1].End, it.End, "")
	}
	return nil
}
