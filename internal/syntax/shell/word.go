package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// word is a word without its quotes, taken from the unmasked source.
func (w *walker) word(x *syntax.Word) Word {
	out := Word{Literal: true}
	out.Start, out.End = w.span(x)
	var b strings.Builder
	for _, part := range x.Parts {
		w.part(&b, part, &out.Literal, false)
	}
	out.Text = b.String()
	if len(x.Parts) == 1 {
		switch x.Parts[0].(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			out.Quoted = true
		}
	}
	return out
}

func (w *walker) part(b *strings.Builder, part syntax.WordPart, literal *bool, quoted bool) {
	switch p := part.(type) {
	case *syntax.Lit:
		b.WriteString(unescape(w.masked(p, p.Value, literal), quoted))
	case *syntax.SglQuoted:
		b.WriteString(w.masked(p, p.Value, literal))
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			w.part(b, inner, literal, true)
		}
	default:
		*literal = false
		b.WriteString(w.slice(part))
	}
}

// slice is a node as written.
func (w *walker) slice(n syntax.Node) string {
	start, end := w.span(n)
	return w.src[start:end]
}

// span is the place of a node in the source. Inside "sh -c" with escapes it is the nearest one.
func (w *walker) span(n syntax.Node) (start, end int) {
	start = min(w.offset+int(n.Pos().Offset()), len(w.src))
	return start, max(start, min(w.offset+int(n.End().Offset()), len(w.src)))
}

// masked is the value of a literal, with the pipeline's expressions put back that were masked for the parser.
func (w *walker) masked(n syntax.Node, value string, literal *bool) string {
	raw := w.slice(n)
	if !strings.Contains(raw, "${{") && !strings.Contains(raw, "$[[") {
		return value
	}
	*literal = false
	if _, ok := n.(*syntax.SglQuoted); ok {
		return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(raw, "$"), "'"), "'")
	}
	return raw
}

// unescape takes the backslashes away that the shell takes away: in double quotes only some.
func unescape(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("$`\"\\\n", s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
