package dockerfile

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// scanner finds in the source what BuildKit's tree says is there.
type scanner struct {
	f    *File
	cont *regexp.Regexp
}

// continuation matches the end of a line that goes on, as BuildKit sees it.
func continuation(escape byte) *regexp.Regexp {
	e := regexp.QuoteMeta(string(escape))
	return regexp.MustCompile(`([^` + e + `])` + e + `[ \t]*$|^` + e + `[ \t]*$`)
}

// line is a line without its end, and its offset; the byte order mark is no part of the first.
func (s *scanner) line(n int) (text []byte, at int) {
	at = s.f.Lines.Start(n)
	text = s.f.Src[at:s.f.Lines.Start(n+1)]
	if n == 1 && bytes.HasPrefix(text, []byte("\ufeff")) {
		text, at = text[3:], at+3
	}
	return bytes.TrimRight(text, "\r\n"), at
}

func (s *scanner) comments(from, to int) {
	for n := from; n < to; n++ {
		s.comment(n)
	}
}

// comment notes the comment on a line, if the line is one.
func (s *scanner) comment(n int) bool {
	text, at := s.line(n)
	trimmed := bytes.TrimLeftFunc(text, unicode.IsSpace)
	if len(trimmed) == 0 || trimmed[0] != '#' {
		return false
	}
	start := at + len(text) - len(trimmed)
	s.f.Comments = append(s.f.Comments, Comment{
		Text: strings.TrimSpace(strings.TrimLeft(string(trimmed), "#")), Line: n, Start: start, End: at + len(text),
	})
	return true
}

func (s *scanner) instruction(node *parser.Node) *Instruction {
	in := &Instruction{file: s.f, Name: strings.ToUpper(node.Value), Line: node.StartLine, EndLine: node.EndLine}
	logical, segs, after := s.join(node.StartLine, node.EndLine)
	in.Start = offsetIn(segs, 0, s.f.Lines.Start(in.Line))
	in.End = s.trimmedEnd(node.EndLine)
	rest := len(node.Value)
	for rest < len(logical) && isBlank(logical[rest]) {
		rest++
	}
	rest = s.flags(in, logical, segs, rest, len(node.Flags))
	text := strings.TrimRight(logical[min(rest, len(logical)):], " \t\v\f\r")
	in.Text, in.segs = text, shift(segs, rest)
	in.JSON = node.Attributes["json"]
	s.heredocs(in, node.Heredocs, after)
	in.split(s.f.Escape)
	return in
}

// join puts the physical lines of an instruction together as BuildKit does. after is the line behind them.
func (s *scanner) join(from, to int) (logical string, segs []segment, after int) {
	var b strings.Builder
	for n := from; n <= to; n++ {
		text, at := s.line(n)
		if n == from {
			trimmed := bytes.TrimLeftFunc(text, unicode.IsSpace)
			text, at = trimmed, at+len(text)-len(trimmed)
		} else if s.comment(n) || len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		more := false
		if m := s.cont.FindSubmatchIndex(text); m != nil {
			more = true
			text = text[:max(m[0], m[3])]
		}
		if len(text) > 0 {
			segs = append(segs, segment{b.Len(), at})
			b.Write(text)
		}
		if !more {
			return b.String(), segs, n + 1
		}
	}
	return b.String(), segs, to + 1
}

// trimmedEnd is the offset behind the last byte of a line that is no blank.
func (s *scanner) trimmedEnd(n int) int {
	text, at := s.line(n)
	return at + len(bytes.TrimRight(text, " \t"))
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' }

// flags steps over the first n words, which the parser took as flags.
func (s *scanner) flags(in *Instruction, logical string, segs []segment, at, n int) int {
	for range n {
		w := nextWord(logical, at, s.f.Escape)
		raw := logical[w.start:w.end]
		name, value, _ := strings.Cut(strings.TrimPrefix(raw, "--"), "=")
		in.Flags = append(in.Flags, Flag{
			Name: name, Value: unquote(value), Start: offsetIn(segs, w.start, in.Start),
			End: offsetIn(segs, max(w.start, w.end-1), in.Start) + 1,
		})
		at = w.end
		for at < len(logical) && isBlank(logical[at]) {
			at++
		}
	}
	return at
}

// heredocs finds the bodies of the here-documents, which follow one another from a line on.
func (s *scanner) heredocs(in *Instruction, docs []parser.Heredoc, line int) {
	for _, d := range docs {
		h := Heredoc{Name: d.Name, Expand: d.Expand, Line: line, Start: s.f.Lines.Start(line)}
		h.End = min(h.Start+len(d.Content), len(s.f.Src))
		h.Content = string(s.f.Src[h.Start:h.End])
		line, _ = s.f.Lines.At(h.End)
		line++ // the terminator
		in.Heredocs = append(in.Heredocs, h)
	}
}
