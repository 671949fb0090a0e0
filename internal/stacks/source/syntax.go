package source

import "strings"

// Syntax says how a language writes comments and strings, as far as is needed to tell them apart.
type Syntax struct {
	Line   []string // "//", "#"
	Open   string   // "/*"
	Close  string   // "*/"
	Quotes string   // bytes that open and close a string
}

// The syntaxes of the languages that are read by lines.
var (
	C     = Syntax{Line: []string{"//"}, Open: "/*", Close: "*/", Quotes: `"'`}
	Rust  = Syntax{Line: []string{"//"}, Open: "/*", Close: "*/", Quotes: `"`} // ' opens lifetimes
	PHP   = Syntax{Line: []string{"//", "#"}, Open: "/*", Close: "*/", Quotes: `"'`}
	Ruby  = Syntax{Line: []string{"#"}, Quotes: `"'`}
	Props = Syntax{Line: []string{"#", "!"}}
	XML   = Syntax{Open: "<!--", Close: "-->"}
)

// blank replaces comments by nothing, line by line, so that line numbers stay.
func (s Syntax) blank(lines []string) []string {
	out := make([]string, len(lines))
	open := false
	for i, l := range lines {
		if len(l) > MaxLine {
			continue
		}
		out[i], open = s.blankLine(l, open)
	}
	return out
}

func (s Syntax) blankLine(l string, open bool) (string, bool) {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(l); {
		rest := l[i:]
		switch {
		case open:
			j := strings.Index(rest, s.Close)
			if j < 0 {
				return b.String(), true
			}
			open, i = false, i+j+len(s.Close)
			continue
		case quote != 0:
			if l[i] == '\\' && i+1 < len(l) {
				b.WriteString(l[i : i+2])
				i += 2
				continue
			}
			if l[i] == quote {
				quote = 0
			}
		case s.Open != "" && strings.HasPrefix(rest, s.Open):
			open, i = true, i+len(s.Open)
			continue
		case s.comment(l, i):
			return b.String(), false
		case strings.IndexByte(s.Quotes, l[i]) >= 0:
			quote = l[i]
		}
		b.WriteByte(l[i])
		i++
	}
	return b.String(), open
}

// comment tells whether a line comment starts at i. "#" after a letter or in "#[" and "#{" is no comment.
func (s Syntax) comment(l string, i int) bool {
	for _, c := range s.Line {
		if !strings.HasPrefix(l[i:], c) {
			continue
		}
		if c == "//" {
			return true
		}
		if strings.HasPrefix(l[i:], "#[") || strings.HasPrefix(l[i:], "#{") {
			return false
		}
		return i == 0 || l[i-1] == ' ' || l[i-1] == '\t' || strings.TrimSpace(l[:i]) == ""
	}
	return false
}
