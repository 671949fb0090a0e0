package yaml

import (
	"bytes"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// scalar finds the start, the end and the style of a scalar.
func (b *builder) scalar(n *Node, y *yamlv3.Node, indent int) {
	src := b.f.Src
	n.Kind = Scalar
	n.Start = skipProperties(src, n.Start)
	at := byte(0)
	if n.Start < len(src) {
		at = src[n.Start]
	}
	switch {
	case y.Style&yamlv3.DoubleQuotedStyle != 0 && at == '"':
		n.Style, n.End = DoubleQuoted, doubleQuotedEnd(src, n.Start)
	case y.Style&yamlv3.SingleQuotedStyle != 0 && at == '\'':
		n.Style, n.End = SingleQuoted, singleQuotedEnd(src, n.Start)
	case y.Style&(yamlv3.LiteralStyle|yamlv3.FoldedStyle) != 0 && (at == '|' || at == '>'):
		n.Style = Literal
		if at == '>' {
			n.Style = Folded
		}
		var body int
		body, n.End, n.indent = blockEnd(src, n.Start, indent)
		b.text = append(b.text, span{body, n.End})
		return
	case y.Value == "":
		// An empty value: nothing is written, so it stands right behind what is before it.
		n.Start = b.marks.offset(y.Line, y.Column)
		n.End = n.Start
		return
	default:
		n.End = plainEnd(src, n.Start, y.Value)
	}
	b.text = append(b.text, span{n.Start, n.End})
}

// skipProperties steps over an anchor and a tag, with the space and the comments behind them.
func skipProperties(src []byte, at int) int {
	for range 2 {
		if at >= len(src) || src[at] != '&' && src[at] != '!' {
			return at
		}
		for at < len(src) && !isSpace(src[at]) && (!isFlowMark(src[at]) || src[at] == ',') {
			at++
		}
		at = skipBlank(src, at)
	}
	return at
}

func isFlowMark(c byte) bool { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}' }
func isSpace(c byte) bool    { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipBlank steps over spaces, line ends and comments.
func skipBlank(src []byte, at int) int {
	for at < len(src) {
		switch {
		case isSpace(src[at]):
			at++
		case src[at] == '#' && (at == 0 || isSpace(src[at-1])):
			at = lineEnd(src, at)
		default:
			return at
		}
	}
	return at
}

// closing finds the bracket that ends a flow collection behind its last value.
func closing(src []byte, at int, bracket byte) int {
	for {
		at = skipBlank(src, at)
		if at >= len(src) {
			return len(src)
		}
		switch src[at] {
		case bracket:
			return at + 1
		case ',', ':', '?':
			at++
		default:
			return at
		}
	}
}

func lineEnd(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		at += i
		if at > 0 && src[at-1] == '\r' {
			at--
		}
		return at
	}
	return len(src)
}

func doubleQuotedEnd(src []byte, at int) int {
	for i := at + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

func singleQuotedEnd(src []byte, at int) int {
	for i := at + 1; i < len(src); i++ {
		if src[i] != '\'' {
			continue
		}
		if i+1 < len(src) && src[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return len(src)
}

// plainEnd matches a plain scalar's value against the source: where it runs over several lines, a space or
// line ends of the value stand for any run of blanks with a line end in it.
func plainEnd(src []byte, at int, value string) int {
	s := at
	for v := 0; v < len(value); {
		if s >= len(src) {
			return len(src)
		}
		if run := blankRun(src, s); run > s && hasBreak(src[s:run]) {
			s = run
			v = skipFold(value, v)
			continue
		}
		if src[s] != value[v] {
			return max(at, len(bytes.TrimRight(src[:lineEnd(src, at)], " \t")))
		}
		s, v = s+1, v+1
	}
	return s
}

// skipFold steps over what a fold left in the value: one space, or the line ends.
func skipFold(value string, v int) int {
	if value[v] == ' ' {
		return v + 1
	}
	for v < len(value) {
		w := breakWidth(value[v:])
		if w == 0 {
			break
		}
		v += w
	}
	return v
}

func blankRun(src []byte, at int) int {
	for at < len(src) {
		if src[at] == ' ' || src[at] == '\t' {
			at++
			continue
		}
		w := breakWidth(string(src[at:min(at+3, len(src))]))
		if w == 0 {
			break
		}
		at += w
	}
	return at
}

func hasBreak(run []byte) bool { return len(bytes.Trim(run, " \t")) > 0 }

// breakWidth is the width of the line end that s starts with; YAML knows more of them than other formats.
func breakWidth(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '\n':
		return 1
	case '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case 0xC2, 0xE2:
		if r, w := utf8.DecodeRuneInString(s); r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return w
		}
	}
	return 0
}

// blockEnd finds where the text of a block scalar starts, where its last line ends, and how far it is indented.
func blockEnd(src []byte, at, parent int) (body, end, indent int) {
	i := at + 1
	explicit := 0
	for ; i < len(src) && (src[i] == '+' || src[i] == '-' || src[i] >= '0' && src[i] <= '9'); i++ {
		if src[i] >= '1' && src[i] <= '9' {
			explicit = int(src[i] - '0')
		}
	}
	end = i
	body = nextLine(src, i)
	indent = explicit + max(parent, 0)
	if explicit == 0 {
		indent = max(textIndent(src, body), parent+1, 1)
	}
	for at := body; at < len(src); at = nextLine(src, at) {
		spaces := leading(src, at)
		stop := lineBreak(src, at)
		if at+spaces >= stop { // a blank line belongs to the text only if more text follows
			if spaces > indent {
				end = stop
			}
			continue
		}
		if spaces < indent {
			break
		}
		end = stop
	}
	return body, end, indent
}

// textIndent is the indentation that the first line with text, and the blank lines before it, ask for.
func textIndent(src []byte, at int) int {
	deepest := 0
	for at < len(src) {
		spaces := leading(src, at)
		deepest = max(deepest, spaces)
		if at+spaces < lineBreak(src, at) {
			return deepest
		}
		at = nextLine(src, at)
	}
	return deepest
}

func leading(src []byte, at int) int {
	n := 0
	for at+n < len(src) && src[at+n] == ' ' {
		n++
	}
	return n
}

// lineBreak is where the line at an offset ends, nextLine where the next one starts.
func lineBreak(src []byte, at int) int {
	for at < len(src) && breakWidth(string(src[at:min(at+3, len(src))])) == 0 {
		at++
	}
	return at
}

func nextLine(src []byte, at int) int {
	at = lineBreak(src, at)
	if at < len(src) {
		at += breakWidth(string(src[at:min(at+3, len(src))]))
	}
	return at
}
