package report

import (
	"fmt"
	"io"
	"strings"
)

// Diff shows a unified diff, coloured where that is wanted.
func Diff(w io.Writer, s Style, diff string) {
	for line := range strings.Lines(diff) {
		line = Plain(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			line = s.bold(line)
		case strings.HasPrefix(line, "@@"):
			line = s.cyan(line)
		case strings.HasPrefix(line, "+"):
			line = s.green(line)
		case strings.HasPrefix(line, "-"):
			line = s.red(line)
		}
		fmt.Fprintln(w, line)
	}
}
