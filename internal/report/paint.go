package report

import (
	"strings"
	"unicode/utf8"
)

// Style is how text is shown: with colour and signs on a terminal, plain elsewhere.
type Style struct {
	Color   bool // ANSI colours
	Signs   bool // ✓ and ✗ rather than ok and FAIL
	Verbose bool // also the facts that files are written from, and all evidence
}

func (s Style) paint(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s Style) bold(t string) string   { return s.paint("1", t) }
func (s Style) dim(t string) string    { return s.paint("2", t) }
func (s Style) red(t string) string    { return s.paint("31", t) }
func (s Style) green(t string) string  { return s.paint("32", t) }
func (s Style) yellow(t string) string { return s.paint("33", t) }
func (s Style) cyan(t string) string   { return s.paint("36", t) }

// Failed is how the name of the program begins an error message.
func (s Style) Failed(t string) string { return s.paint("1;31", t) }

// mark is the sign for good, bad or neither.
func (s Style) mark(ok bool) string {
	switch {
	case s.Signs && ok:
		return s.green("✓")
	case s.Signs:
		return s.red("✗")
	case ok:
		return s.green("ok  ")
	}
	return s.red("FAIL")
}

// Plain makes text from a repository safe to show: control characters, which could drive a terminal, become visible.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == utf8.RuneError:
			return '·'
		}
		return r
	}, s)
}

// pad fills with spaces to n columns; a longer text stays as it is.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// clip cuts text to n columns.
func clip(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:max(0, n-1)]) + "…"
}
