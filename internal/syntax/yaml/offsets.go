package yaml

import "unicode/utf8"

// Offset is where byte i of a scalar's Value stands in the source. Where a line was folded or an escape
// stands, it is the nearest place.
func (n *Node) Offset(i int) int {
	if n == nil || n.Kind != Scalar || n.file == nil {
		return 0
	}
	t := n.Offsets()
	return t[max(0, min(i, len(t)-1))]
}

// Pos is the line and the column of byte i of a scalar's Value.
func (n *Node) Pos(i int) (line, column int) {
	if n == nil || n.file == nil {
		return 0, 0
	}
	return n.file.Lines.At(n.Offset(i))
}

// Places is Pos for many places of one scalar: what Pos works out for each call, it works out once.
func (n *Node) Places() func(i int) (line, column int) {
	if n == nil || n.file == nil || n.Kind != Scalar {
		return n.Pos
	}
	t := n.Offsets()
	return func(i int) (line, column int) { return n.file.Lines.At(t[max(0, min(i, len(t)-1))]) }
}

// Offsets is the place of every byte of a scalar's Value, and of its end.
func (n *Node) Offsets() []int {
	t := make([]int, 0, len(n.Value)+1)
	switch n.Style {
	case Literal, Folded:
		t = n.blockOffsets(t)
	default:
		t = n.flowOffsets(t)
	}
	for len(t) <= len(n.Value) {
		t = append(t, n.End)
	}
	return t[:len(n.Value)+1]
}

// blockOffsets goes through a block scalar line by line, its indentation left out.
func (n *Node) blockOffsets(t []int) []int {
	src, v := n.file.Src, 0
	for at := nextLine(src, n.Start); at < len(src) && v < len(n.Value); at = nextLine(src, at) {
		stop := lineBreak(src, at)
		s := min(at+n.indent, stop)
		for s < stop && v < len(n.Value) && src[s] == n.Value[v] {
			t = append(t, s)
			s, v = s+1, v+1
		}
		if v < len(n.Value) && (n.Value[v] == '\n' || n.Value[v] == ' ') {
			t = append(t, min(stop, len(src)))
			v++
		}
	}
	return t
}

// flowOffsets goes through a plain or quoted scalar: equal bytes, escapes, folded lines.
func (n *Node) flowOffsets(t []int) []int {
	src, s, v := n.file.Src, n.Start, 0
	if n.Quoted() {
		s++
	}
	for s < n.End && v < len(n.Value) {
		switch {
		case n.Style == DoubleQuoted && src[s] == '\\':
			from := s
			var w int
			s, w = escape(src, s, n.Value[v:])
			for range w {
				t = append(t, from)
			}
			v += w
		case n.Style == SingleQuoted && src[s] == '\'':
			t = append(t, s)
			s, v = s+2, v+1
		case hasBreak(src[s:blankRun(src, s)]):
			w := skipFold(n.Value, v) - v
			for range w {
				t = append(t, s)
			}
			s, v = blankRun(src, s), v+w
		case src[s] == n.Value[v]:
			t = append(t, s)
			s, v = s+1, v+1
		default:
			return t
		}
	}
	return t
}

// escape steps over the escape at s and says how many bytes of the value it made.
func escape(src []byte, s int, value string) (next, width int) {
	if s+1 >= len(src) {
		return len(src), 0
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[src[s+1]]
	if w := breakWidth(string(src[s+1 : min(s+4, len(src))])); w > 0 {
		return blankRun(src, s+1+w), 0
	}
	_, width = utf8.DecodeRuneInString(value)
	return s + 2 + digits, width
}
