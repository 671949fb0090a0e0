// Package yaml reads YAML into a tree that keeps where everything stands in the user's own bytes.
//
// The reading itself is go.yaml.in/yaml/v3; this package adds the start and the end of every node, all
// comments, duplicate keys, and lookups that see through aliases and merge keys. Depth, size and the growth
// by aliases are capped, so that walking a tree, aliases followed, always ends.
package yaml

import (
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// Error says where and why a file cannot be read.
type Error = syntax.Error

// Kind is the shape of a node.
type Kind int

// The kinds of nodes.
const (
	Scalar Kind = iota + 1
	Mapping
	Sequence
	Alias
)

// Style is how a node is written.
type Style int

// The styles: a scalar is Plain, SingleQuoted, DoubleQuoted, Literal or Folded; a collection is Block or Flow.
const (
	Plain Style = iota
	SingleQuoted
	DoubleQuoted
	Literal
	Folded
	Block
	Flow
)

// Pair is one entry of a mapping.
type Pair struct {
	Key   *Node
	Value *Node
}

// Node is one value of a document. Start and End are byte offsets: Src[Start:End] is the node as written,
// without its anchor and its tag. A block scalar reaches from its | or > to the end of its last line.
// All methods may be called on a nil Node, which is an absent one.
type Node struct {
	Kind   Kind
	Style  Style
	Tag    string // short: !!str, !!int, !!bool, !!null, !!map, …
	Value  string // of a scalar; the anchor's name of an alias
	Anchor string

	Line, Column int // of Start, from 1, the column in bytes
	EndLine      int // the line of the last byte
	Start, End   int

	Pairs  []Pair  // of a mapping, as written: merge keys are entries like others
	Items  []*Node // of a sequence
	Target *Node   // of an alias

	HeadComment string // comment lines right above a key or an item, without #
	LineComment string // comment behind it on its line, without #

	file   *File
	indent int // of a block scalar: the column, from 0, where its text starts
}

// Resolve is the node that an alias stands for, and the node itself otherwise.
func (n *Node) Resolve() *Node {
	for i := 0; n != nil && n.Kind == Alias && i < syntax.MaxDepth; i++ {
		n = n.Target
	}
	return n
}

// Get looks up a path of mapping keys, through aliases and merge keys. An absent one is nil.
func (n *Node) Get(keys ...string) *Node {
	n = n.Resolve()
	for _, k := range keys {
		_, v := n.Find(k)
		n = v.Resolve()
	}
	return n
}

// Find is the key node and the value node of an entry of this mapping, merge keys included.
func (n *Node) Find(key string) (k, v *Node) {
	n = n.Resolve()
	if n == nil || n.Kind != Mapping {
		return nil, nil
	}
	merges := false
	for _, p := range n.Pairs {
		if p.Key.Kind == Scalar && p.Key.Value == key && p.Key.Tag != "!!merge" {
			return p.Key, p.Value
		}
		merges = merges || p.Key.Tag == "!!merge"
	}
	if merges {
		for _, p := range n.Entries() {
			if p.Key.Value == key {
				return p.Key, p.Value
			}
		}
	}
	return nil, nil
}

// Has tells whether the mapping has this key, even with an empty value.
func (n *Node) Has(key string) bool { k, _ := n.Find(key); return k != nil }

// Entries are the entries of a mapping with merge keys resolved: own entries win over merged ones.
func (n *Node) Entries() []Pair {
	n = n.Resolve()
	if n == nil || n.Kind != Mapping {
		return nil
	}
	own := make([]Pair, 0, len(n.Pairs))
	var merged []*Node
	for _, p := range n.Pairs {
		if p.Key.Tag == "!!merge" {
			merged = append(merged, p.Value)
			continue
		}
		own = append(own, p)
	}
	if len(merged) == 0 {
		return own
	}
	seen := make(map[string]bool, len(own))
	for _, p := range own {
		seen[p.Key.Value] = true
	}
	for _, m := range merged {
		for _, p := range mergeEntries(m) {
			if !seen[p.Key.Value] {
				seen[p.Key.Value] = true
				own = append(own, p)
			}
		}
	}
	return own
}

// mergeEntries are the entries that "<<: value" brings: of one mapping or of a list of them.
func mergeEntries(v *Node) []Pair {
	v = v.Resolve()
	if v == nil || v.Kind != Sequence {
		return v.Entries()
	}
	var out []Pair
	for _, it := range v.Items {
		out = append(out, it.Resolve().Entries()...)
	}
	return out
}

// Keys are the names of a mapping's entries, merged ones last.
func (n *Node) Keys() []string {
	var out []string
	for _, p := range n.Entries() {
		out = append(out, p.Key.Value)
	}
	return out
}

// List are the items of a sequence, aliases resolved.
func (n *Node) List() []*Node {
	n = n.Resolve()
	if n == nil || n.Kind != Sequence {
		return nil
	}
	out := make([]*Node, len(n.Items))
	for i, it := range n.Items {
		out[i] = it.Resolve()
	}
	return out
}

// Text is the value of a scalar, and empty for everything else.
func (n *Node) Text() string {
	n = n.Resolve()
	if n == nil || n.Kind != Scalar {
		return ""
	}
	return n.Value
}

// Strings are the scalars of a sequence; a scalar that is not null counts as a list of one.
func (n *Node) Strings() []string {
	n = n.Resolve()
	if n.IsScalar() {
		if n.IsNull() {
			return nil
		}
		return []string{n.Value}
	}
	var out []string
	for _, it := range n.List() {
		if it.IsScalar() {
			out = append(out, it.Value)
		}
	}
	return out
}

// IsScalar tells whether this is a scalar (or an alias of one).
func (n *Node) IsScalar() bool { n = n.Resolve(); return n != nil && n.Kind == Scalar }

// IsMapping tells whether this is a mapping (or an alias of one).
func (n *Node) IsMapping() bool { n = n.Resolve(); return n != nil && n.Kind == Mapping }

// IsSequence tells whether this is a sequence (or an alias of one).
func (n *Node) IsSequence() bool { n = n.Resolve(); return n != nil && n.Kind == Sequence }

// IsNull tells whether this is an absent node or an empty value.
func (n *Node) IsNull() bool {
	n = n.Resolve()
	return n == nil || n.Kind == Scalar && n.Tag == "!!null"
}

// IsTrue tells whether this is the boolean true.
func (n *Node) IsTrue() bool {
	n = n.Resolve()
	return n.IsScalar() && n.Tag == "!!bool" && strings.EqualFold(n.Value, "true")
}

// Quoted tells whether a scalar is written in quotes.
func (n *Node) Quoted() bool {
	return n != nil && n.Kind == Scalar && (n.Style == SingleQuoted || n.Style == DoubleQuoted)
}

// Source is the node as written.
func (n *Node) Source() string {
	if n == nil || n.file == nil {
		return ""
	}
	return string(n.file.Src[n.Start:n.End])
}

// Walk calls f for this node and all below it, keys too, in the order of the file. Aliases are visited, not
// followed, so each node is visited once. When f returns false, what is below that node is left out.
func (n *Node) Walk(f func(*Node) bool) {
	if n == nil || !f(n) {
		return
	}
	for _, p := range n.Pairs {
		p.Key.Walk(f)
		p.Value.Walk(f)
	}
	for _, it := range n.Items {
		it.Walk(f)
	}
}
