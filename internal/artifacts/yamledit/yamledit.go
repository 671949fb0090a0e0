// Package yamledit changes a YAML file that a person wrote by inserting lines and replacing scalars, never by writing it anew:
// comments, order, quoting and blank lines stay as they are. Each change is parsed again before it counts.
package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// ErrShape is the cause when a place is written such that nothing can be inserted there without rewriting it.
var ErrShape = errors.New("is written in a form that AutoGit does not change: braces on one line, an alias or a merge")

// The largest file that is changed, and the most changes to one: each is parsed again, and no file may cost more than seconds.
const (
	MaxSize  = 256 << 10
	maxEdits = 500
)

// Doc is a YAML file under change.
type Doc struct {
	Path  string
	src   []byte
	file  *yaml.File
	crlf  bool
	edits int
}

// Open reads the file; the error names the line of a fault.
func Open(path string, src []byte) (*Doc, error) {
	if len(src) > MaxSize {
		return nil, fmt.Errorf("%s: has %d bytes, files of at most %d are changed", path, len(src), MaxSize)
	}
	d := &Doc{Path: path, crlf: bytes.Contains(src, []byte("\r\n"))}
	return d, d.load(src)
}

func (d *Doc) load(src []byte) error {
	f, err := yaml.Parse(src)
	if err != nil {
		return fmt.Errorf("%s: %w", d.Path, err)
	}
	if len(f.Docs) > 1 {
		return fmt.Errorf("%s: has %d documents, one is expected", d.Path, len(f.Docs))
	}
	d.src, d.file = src, f
	return nil
}

// Bytes are the file as it is now.
func (d *Doc) Bytes() []byte { return d.src }

// Root is the file's mapping.
func (d *Doc) Root() *yaml.Node { return d.file.Root() }

// Unit is the file's own depth of indentation: that of the first mapping inside a mapping.
func (d *Doc) Unit() int {
	unit := 0
	d.Root().Walk(func(n *yaml.Node) bool {
		if n.Kind == yaml.Mapping && n.Style == yaml.Block && unit == 0 {
			for _, p := range n.Pairs {
				v := p.Value
				if v.Kind == yaml.Mapping && v.Style == yaml.Block && len(v.Pairs) > 0 && v.Line > p.Key.Line && unit == 0 {
					unit = v.Column - p.Key.Column
				}
			}
		}
		return unit == 0
	})
	if unit < 1 || unit > 8 {
		return 2
	}
	return unit
}

// apply makes the change and parses the result; a change that breaks the file is taken back.
func (d *Doc) apply(start, end int, text string) error {
	out, err := edit.Apply(d.src, []finding.Edit{{File: d.Path, Start: start, End: end, New: text}})
	if err != nil {
		return err
	}
	if d.edits++; d.edits > maxEdits {
		return fmt.Errorf("%s needs more than %d changes: it is better written anew", d.Path, maxEdits)
	}
	was := d.src
	if err := d.load(out); err != nil {
		_ = d.load(was)
		return fmt.Errorf("a change would break the file: %w", err)
	}
	return nil
}

// insert puts text, written with two spaces a level, below a line, indented to a column (from 0).
func (d *Doc) insert(line, column int, text string) error {
	at := d.file.Lines.Start(line + 1)
	if line >= d.file.Lines.Count() {
		at = len(d.src)
	}
	text = d.indented(column, text)
	if at > 0 && d.src[at-1] != '\n' {
		text = d.eol() + strings.TrimSuffix(text, d.eol())
	}
	return d.apply(at, at, text)
}

func (d *Doc) eol() string {
	if d.crlf {
		return "\r\n"
	}
	return "\n"
}

// indented moves text to a column and to the file's own depth of indentation. What follows a dash stays two columns behind it.
func (d *Doc) indented(column int, text string) string {
	type level struct{ from, to int }
	unit := d.Unit()
	levels := []level{{0, column}}
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		body := strings.TrimLeft(line, " ")
		if body == "" {
			b.WriteString(d.eol())
			continue
		}
		from := len(line) - len(body)
		for len(levels) > 1 && levels[len(levels)-1].from > from {
			levels = levels[:len(levels)-1]
		}
		top := levels[len(levels)-1]
		if from > top.from {
			top = level{from, top.to + (from-top.from)/2*unit + (from-top.from)%2}
			levels = append(levels, top)
		}
		if strings.HasPrefix(body, "- ") {
			levels = append(levels, level{from + 2, top.to + 2})
		}
		b.WriteString(strings.Repeat(" ", top.to) + body + d.eol())
	}
	return b.String()
}

// Insertable tells whether keys can be added to the mapping.
func Insertable(m *yaml.Node) bool {
	return m != nil && m.Kind == yaml.Mapping && m.Style == yaml.Block && len(m.Pairs) > 0
}

// Add writes a key with its value into a block mapping: below the entry named after, or, when there is none, at the end.
// text is what yamltext writes for the entry; a blank line in front is kept.
func (d *Doc) Add(m *yaml.Node, after, text string) error {
	if !Insertable(m) {
		return ErrShape
	}
	pair := m.Pairs[len(m.Pairs)-1]
	for _, p := range m.Pairs {
		if p.Key.Value == after {
			pair = p
		}
	}
	return d.insert(lastLine(pair), m.Pairs[0].Key.Column-1, text)
}

// Before writes an entry above the one named, comments of that one included.
func (d *Doc) Before(m *yaml.Node, key, text string) error {
	if !Insertable(m) {
		return ErrShape
	}
	for _, p := range m.Pairs {
		if p.Key.Value == key {
			line := p.Key.Line - 1
			for line > 0 && d.comment(line) {
				line--
			}
			return d.insert(line, p.Key.Column-1, text)
		}
	}
	return d.Add(m, "", text)
}

// comment tells whether nothing but a comment stands on the line.
func (d *Doc) comment(line int) bool {
	s := strings.TrimSpace(string(d.src[d.file.Lines.Start(line):d.file.Lines.Start(line+1)]))
	return strings.HasPrefix(s, "#")
}

// lastLine is the last line of an entry.
func lastLine(p yaml.Pair) int {
	last := p.Key.Line
	p.Value.Walk(func(n *yaml.Node) bool {
		if n.End > n.Start || n.Line > last {
			last = max(last, n.EndLine)
		}
		return true
	})
	return last
}

// Append writes one more item at the end of a sequence. Of a block sequence, text is the whole item as yamltext writes it;
// of a flow sequence it is one scalar.
func (d *Doc) Append(seq *yaml.Node, text string) error {
	if seq != nil && seq.Style == yaml.Flow {
		text = yamltext.Quote(text)
	}
	return d.AppendRaw(seq, text)
}

// AppendRaw is Append with a scalar that is YAML already.
func (d *Doc) AppendRaw(seq *yaml.Node, text string) error {
	if seq == nil || seq.Kind != yaml.Sequence || len(seq.Items) == 0 {
		return ErrShape
	}
	last := seq.Items[len(seq.Items)-1]
	if seq.Style == yaml.Flow {
		return d.apply(last.End, last.End, ", "+text)
	}
	return d.insert(lastLine(yaml.Pair{Key: last, Value: last}), seq.Column-1, text)
}

// InsertItem writes an item into a block sequence, below the item at index; -1 is above the first.
func (d *Doc) InsertItem(seq *yaml.Node, index int, text string) error {
	if seq == nil || seq.Kind != yaml.Sequence || seq.Style != yaml.Block || index >= len(seq.Items) {
		return ErrShape
	}
	if index < 0 {
		return d.insert(seq.Line-1, seq.Column-1, text)
	}
	it := seq.Items[index]
	return d.insert(lastLine(yaml.Pair{Key: it, Value: it}), seq.Column-1, text)
}
