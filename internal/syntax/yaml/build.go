package yaml

import (
	"fmt"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/autogit/autogit/internal/syntax"
)

// builder turns the reader's nodes into ours and finds their ends.
type builder struct {
	f     *File
	marks *marks
	nodes map[*yamlv3.Node]*Node // what aliases point at
	alias []*Node
	text  []span // of scalars: a # in them is no comment
}

type span struct{ start, end int }

func newBuilder(f *File) *builder {
	return &builder{f: f, marks: newMarks(f.Src)}
}

// document converts one document and checks that its aliases end and stay small.
func (b *builder) document(doc *yamlv3.Node) error {
	b.nodes, b.alias = map[*yamlv3.Node]*Node{}, nil
	if len(doc.Content) != 1 {
		return nil
	}
	root, err := b.node(doc.Content[0], -1, 0)
	if err != nil {
		return err
	}
	if err := checkAliases(root, b.alias); err != nil {
		return err
	}
	b.f.Docs = append(b.f.Docs, root)
	return nil
}

// node converts y. indent is the column of the block collection that it stands in, -1 for none.
func (b *builder) node(y *yamlv3.Node, indent, depth int) (*Node, error) {
	raw := b.marks.offset(y.Line, y.Column)
	n := &Node{file: b.f, Tag: y.ShortTag(), Value: y.Value, Anchor: y.Anchor}
	n.Start = raw
	if depth > syntax.MaxDepth {
		line, col := b.f.Lines.At(raw)
		return nil, &Error{Line: line, Column: col, Message: fmt.Sprintf("nested more than %d levels deep", syntax.MaxDepth)}
	}
	var err error
	switch y.Kind {
	case yamlv3.ScalarNode:
		b.scalar(n, y, indent)
	case yamlv3.AliasNode:
		n.Kind, n.Tag = Alias, ""
		n.Target = b.nodes[y.Alias]
		n.End = min(n.Start+1+len(y.Value), len(b.f.Src))
		b.alias = append(b.alias, n)
	case yamlv3.MappingNode:
		b.nodes[y] = n
		err = b.mapping(n, y, indent, depth)
	case yamlv3.SequenceNode:
		b.nodes[y] = n
		err = b.sequence(n, y, indent, depth)
	}
	if err != nil {
		return nil, err
	}
	b.nodes[y] = n
	n.End = max(n.End, n.Start)
	n.Line, n.Column = b.f.Lines.At(n.Start)
	n.EndLine, _ = b.f.Lines.At(max(n.Start, n.End-1))
	return n, nil
}

func (b *builder) mapping(n *Node, y *yamlv3.Node, indent, depth int) error {
	n.Kind = Mapping
	flow := b.open(n, y, '{')
	if !flow && len(y.Content) > 0 {
		first := b.marks.offset(y.Content[0].Line, y.Content[0].Column)
		n.Start = b.questionMark(first, n.Start)
		indent = b.column(n.Start)
	}
	seen := make(map[string]*Node, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, err := b.node(y.Content[i], indent, depth+1)
		if err != nil {
			return err
		}
		v, err := b.node(y.Content[i+1], indent, depth+1)
		if err != nil {
			return err
		}
		n.Pairs = append(n.Pairs, Pair{Key: k, Value: v})
		n.End = max(n.End, k.End, v.End)
		b.duplicate(seen, k)
	}
	if flow {
		n.End = closing(b.f.Src, max(n.End, n.Start+1), '}')
	}
	return nil
}

func (b *builder) duplicate(seen map[string]*Node, k *Node) {
	if k.Kind != Scalar || k.Tag == "!!merge" {
		return
	}
	id := k.Tag + " " + k.Value
	if first := seen[id]; first != nil {
		b.f.Duplicates = append(b.f.Duplicates, Duplicate{First: first, Second: k})
		return
	}
	seen[id] = k
}

func (b *builder) sequence(n *Node, y *yamlv3.Node, indent, depth int) error {
	n.Kind = Sequence
	flow := b.open(n, y, '[')
	if !flow {
		n.Start = skipProperties(b.f.Src, n.Start)
		indent = b.column(n.Start)
	}
	for _, c := range y.Content {
		it, err := b.node(c, indent, depth+1)
		if err != nil {
			return err
		}
		n.Items = append(n.Items, it)
		n.End = max(n.End, it.End)
	}
	if flow {
		n.End = closing(b.f.Src, max(n.End, n.Start+1), ']')
	}
	n.End = max(n.End, min(n.Start+1, len(b.f.Src)))
	return nil
}

// open tells whether a collection is written with brackets, and then moves its start onto them. The mapping
// of "[a: b]" has flow style and no brackets.
func (b *builder) open(n *Node, y *yamlv3.Node, bracket byte) bool {
	n.Style = Block
	if y.Style&yamlv3.FlowStyle == 0 {
		return false
	}
	n.Style = Flow
	at := skipProperties(b.f.Src, n.Start)
	if at >= len(b.f.Src) || b.f.Src[at] != bracket {
		return false
	}
	n.Start = at
	return true
}

// questionMark moves the start of a mapping from its first key to the "?" before it, where there is one.
func (b *builder) questionMark(key, from int) int {
	for i := key - 1; i >= from && i >= 0; i-- {
		switch b.f.Src[i] {
		case ' ', '\t', '\n', '\r':
		case '?':
			return i
		default:
			return key
		}
	}
	return key
}

// column is the column of an offset, from 0, in characters.
func (b *builder) column(offset int) int {
	line, col := b.f.Lines.At(offset)
	start := b.f.Lines.Start(line)
	if isASCII(b.f.Src[start:offset]) {
		return col - 1
	}
	return len([]rune(strings.TrimPrefix(string(b.f.Src[start:offset]), "\ufeff")))
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// growth is how many nodes aliases may add to a document when they are followed.
const growth = 100_000

// checkAliases refuses an alias that stands inside its own target, and aliases that multiply.
func checkAliases(root *Node, aliases []*Node) error {
	if len(aliases) == 0 {
		return nil
	}
	for _, a := range aliases {
		if a.Target == nil {
			return &Error{Line: a.Line, Column: a.Column, Message: fmt.Sprintf("alias *%s has no anchor before it", a.Value)}
		}
		if a.Target.Kind != Scalar && a.Start >= a.Target.Start && a.Start < a.Target.End {
			return &Error{Line: a.Line, Column: a.Column, Message: fmt.Sprintf("alias *%s stands inside its own anchor", a.Value)}
		}
	}
	sizes := map[*Node]int{}
	if expanded := size(root, sizes); expanded > growth && expanded > 10*len(sizes) {
		return &Error{Line: root.Line, Column: root.Column, Message: fmt.Sprintf("aliases make the document larger than %d nodes", growth)}
	}
	return nil
}

// size counts nodes as if every alias were written out. Anchors stand before their aliases, so it ends.
func size(n *Node, known map[*Node]int) int {
	if n == nil {
		return 0
	}
	if s, ok := known[n]; ok {
		return s
	}
	s := 1
	for _, p := range n.Pairs {
		s += size(p.Key, known) + size(p.Value, known)
	}
	for _, it := range n.Items {
		s += size(it, known)
	}
	if n.Kind == Alias {
		s += size(n.Target, known)
	}
	s = min(s, 1<<40)
	known[n] = s
	return s
}
