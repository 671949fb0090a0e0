package yaml

import (
	"bytes"
	"unicode/utf8"
)

// marks turns the reader's lines and columns, which count characters and know more line ends than LF,
// into byte offsets.
type marks struct {
	src    []byte
	starts []int
	// the last answer: nodes come in the order of the file, so long lines are not counted again and again
	line, column, at int
}

func newMarks(src []byte) *marks {
	m := &marks{src: src, starts: []int{0}, line: -1}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		m.starts[0] = len("\ufeff")
	}
	for i := m.starts[0]; i < len(src); {
		c := src[i]
		if c != '\n' && c != '\r' && c != 0xC2 && c != 0xE2 {
			i++
			continue
		}
		w := breakWidth(string(src[i:min(i+3, len(src))]))
		if w == 0 {
			i++
			continue
		}
		i += w
		m.starts = append(m.starts, i)
	}
	return m
}

// offset is the byte offset of a line and a column of the reader, kept inside the source.
func (m *marks) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(m.starts) {
		return len(m.src)
	}
	if m.line != line || column < m.column {
		m.line, m.column, m.at = line, 1, m.starts[line-1]
	}
	for m.column < column && m.at < len(m.src) {
		_, w := utf8.DecodeRune(m.src[m.at:])
		m.at += w
		m.column++
	}
	return m.at
}
