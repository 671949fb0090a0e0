package compose

import (
	"bytes"
	"errors"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// text is an existing YAML file and the edits to it. What is added takes over the file's own style.
type text struct {
	path  string
	src   []byte
	root  *yaml.Node
	file  *yaml.File
	eol   string
	step  int
	flat  bool
	edits []finding.Edit
}

func newText(path string, src []byte) (*text, error) {
	f, err := yaml.Parse(src)
	if err != nil {
		var at *yaml.Error
		if errors.As(err, &at) {
			return nil, refuse("%s:%d: %s: correct it first, so that it can be changed", path, at.Line, at.Message)
		}
		return nil, refuse("%s: %v", path, err)
	}
	if len(f.Docs) > 1 {
		return nil, refuse("%s: it holds several YAML documents, and Compose reads one: split it first", path)
	}
	if !f.Root().IsMapping() || f.Root().Style == yaml.Flow {
		return nil, refuse("%s: it is no Compose file in block style, so it cannot be changed safely", path)
	}
	t := &text{path: path, src: src, root: f.Root(), file: f, eol: artifact.LineEnd(src), step: 2}
	t.findStyle()
	return t, nil
}

// findStyle takes the indentation from the first mapping in a mapping and the first sequence in a mapping.
func (t *text) findStyle() {
	step, flat := 0, -1
	t.root.Walk(func(n *yaml.Node) bool {
		if n.Kind != yaml.Mapping || n.Style == yaml.Flow {
			return true
		}
		for _, p := range n.Pairs {
			v := p.Value
			switch {
			case v == nil || v.Style == yaml.Flow:
			case v.Kind == yaml.Mapping && step == 0 && v.Column > p.Key.Column:
				step = v.Column - p.Key.Column
			case v.Kind == yaml.Sequence && flat < 0 && len(v.Items) > 0:
				flat = 0
				if t.dashColumn(v) == p.Key.Column {
					flat = 1
				}
			}
		}
		return true
	})
	if step > 0 {
		t.step = min(step, 8)
	}
	t.flat = flat == 1
}

// dashColumn is the column of a block sequence's dashes.
func (t *text) dashColumn(seq *yaml.Node) int {
	_, column := t.file.Lines.At(t.dash(seq.Items[0]))
	return column
}

// dash is where the "-" of an item stands.
func (t *text) dash(item *yaml.Node) int {
	line := t.file.Lines.Start(item.Line)
	if i := bytes.LastIndexByte(t.src[line:item.Start], '-'); i >= 0 {
		return line + i
	}
	return item.Start
}

// writerAt writes lines whose first level starts at a column, counted from 1.
func (t *text) writerAt(column int) *writer {
	return &writer{step: t.step, flat: t.flat, base: column - 1}
}

// taken makes what a writer wrote ready for this file.
func (t *text) taken(w *writer) string {
	return strings.ReplaceAll(w.b.String(), "\n", t.eol)
}

func (t *text) replace(start, end int, with string) {
	for _, e := range t.edits {
		if e.Start == start && e.End == end && e.New == with && start != end {
			return // two claims that ask for the same
		}
	}
	t.edits = append(t.edits, finding.Edit{File: t.path, Start: start, End: end, New: with})
}

// insertLines puts whole lines behind the line that offset is on.
func (t *text) insertLines(offset int, lines string) {
	at := t.lineAfter(offset)
	if at > 0 && t.src[at-1] != '\n' {
		lines = t.eol + strings.TrimSuffix(lines, t.eol)
	}
	t.replace(at, at, lines)
}

// lineAfter is where the line behind the one that offset is on starts. An offset behind a line end is on the line before it.
func (t *text) lineAfter(offset int) int {
	if offset > 0 && offset <= len(t.src) && t.src[offset-1] == '\n' {
		return offset
	}
	if i := bytes.IndexByte(t.src[min(offset, len(t.src)):], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(t.src)
}

// appendTop adds lines at the end of the file, a blank line before them; a seal stays last.
func (t *text) appendTop(lines string) {
	at := len(artifact.Unsealed(t.src))
	body := bytes.TrimRight(t.src[:at], " \t\r\n")
	lead := t.eol
	if len(body) == at {
		lead += t.eol // not even a line end after the last line
	}
	if at != len(t.src) {
		at = t.lineAfter(len(body)) // a blank line follows already
	}
	t.replace(at, at, lead+lines)
}

// lastOf is the last byte of a mapping or a sequence.
func lastOf(n *yaml.Node) int {
	end := n.End
	if n.Kind == yaml.Mapping && len(n.Pairs) > 0 {
		p := n.Pairs[len(n.Pairs)-1]
		end = max(p.Key.End, valueEnd(p.Value))
	}
	if n.Kind == yaml.Sequence && n.Style != yaml.Flow && len(n.Items) > 0 {
		end = valueEnd(n.Items[len(n.Items)-1])
	}
	return end
}

func valueEnd(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	if (n.Kind == yaml.Mapping || n.Kind == yaml.Sequence) && n.Style != yaml.Flow {
		return lastOf(n)
	}
	return n.End
}

// own is an entry that stands in the mapping itself, not in what it merges.
func own(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n == nil || n.Kind != yaml.Mapping {
		return nil, nil
	}
	for _, p := range n.Pairs {
		if p.Key.Value == key && p.Key.Tag != "!!merge" {
			return p.Key, p.Value
		}
	}
	return nil, nil
}

// setScalar gives a scalar another value and keeps its quotes.
func (t *text) setScalar(n *yaml.Node, value string) {
	with := scalar(value)
	switch n.Style {
	case yaml.SingleQuoted:
		with = "'" + strings.ReplaceAll(value, "'", "''") + "'"
	case yaml.DoubleQuoted:
		with = double(value)
	}
	t.replace(n.Start, n.End, with)
}

// appendItem adds a scalar to a sequence, in block or in flow style.
func (t *text) appendItem(seq *yaml.Node, value string) {
	if seq.Style == yaml.Flow {
		sep := ", "
		if len(seq.Items) == 0 {
			sep = ""
		}
		end := seq.End - 1
		if len(seq.Items) > 0 {
			end = seq.Items[len(seq.Items)-1].End
		}
		t.replace(end, end, sep+double(value))
		return
	}
	pad := strings.Repeat(" ", t.dashColumn(seq)-1)
	t.insertLines(lastOf(seq), pad+"- "+scalar(value)+t.eol)
}

// remove takes an entry out of a block mapping, with the comment right above it.
func (t *text) remove(k, v *yaml.Node) {
	start := t.file.Lines.Start(k.Line)
	if k.HeadComment != "" {
		start = t.file.Lines.Start(k.Line - strings.Count(k.HeadComment, "\n") - 1)
	}
	t.replace(start, t.lineAfter(max(k.End, valueEnd(v))), "")
}

// isBlock tells whether lines can be added to a mapping.
func isBlock(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.Mapping && n.Style != yaml.Flow && len(n.Pairs) > 0
}

// column is where the keys of a block mapping stand.
func column(n *yaml.Node) int { return n.Pairs[0].Key.Column }
