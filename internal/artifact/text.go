package artifact

import "bytes"

// LineEnd is the line end that content uses: "\r\n" when its first line ends so, else "\n".
func LineEnd(content []byte) string {
	if i := bytes.IndexByte(content, '\n'); i > 0 && content[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
