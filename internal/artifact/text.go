package artifact

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LineEnd is the line end that content uses: "\r\n" when its first line ends so, else "\n".
func LineEnd(content []byte) string {
	if i := bytes.IndexByte(content, '\n'); i > 0 && content[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// InLineEndsOf writes content with the line ends of the file that it replaces: a checkout on Windows stays one, and writing
// the same again changes no byte.
func InLineEndsOf(old, content []byte) []byte {
	if LineEnd(old) == "\n" {
		return content
	}
	return bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
}

// Words splits what came out of a repository into words that may stand in a comment: white space, line ends and characters
// that nobody sees part them.
func Words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError
	})
}
