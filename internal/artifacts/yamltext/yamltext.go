// Package yamltext writes YAML for people: block style, comments above what they explain, quotes only where YAML
// would otherwise read something else. It exists because no YAML library writes comments and block scalars as a person would.
package yamltext

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// commentWidth is where comments are wrapped.
const commentWidth = 100

// Writer builds one document line by line.
type Writer struct {
	b      strings.Builder
	indent int
	dash   bool // the next line begins a sequence item
}

// String is the document so far.
func (w *Writer) String() string { return w.b.String() }

// Blank separates two parts by an empty line.
func (w *Writer) Blank() { w.b.WriteByte('\n') }

// Comment writes text as comment lines at the present depth, wrapped; an empty text writes nothing.
func (w *Writer) Comment(text string) {
	for _, line := range wrap(text, commentWidth-2*w.indent) {
		w.b.WriteString(strings.Repeat("  ", w.indent) + "# " + line + "\n")
	}
}

// Key writes "key: value", the value a string.
func (w *Writer) Key(key, value string) { w.Raw(key, Quote(value)) }

// Raw writes "key: value" with a value that is YAML already: a number, a boolean, a flow list.
func (w *Writer) Raw(key, value string) { w.line(keyText(key) + ": " + value) }

// Noted is Raw with a comment at the end of the line.
func (w *Writer) Noted(key, value, note string) { w.line(keyText(key) + ": " + value + " # " + note) }

// List writes "key: [a, b]".
func (w *Writer) List(key string, values []string) { w.Raw(key, Flow(values)) }

// Text writes a string that may have several lines, as a literal block then.
func (w *Writer) Text(key, value string) {
	value = strings.TrimRight(value, "\n")
	if !block(value) {
		w.Key(key, value)
		return
	}
	w.line(keyText(key) + ": |")
	w.block(value)
}

// Bare writes "key:" with no value.
func (w *Writer) Bare(key string) { w.line(keyText(key) + ":") }

// Folded writes a string over several lines that YAML joins by spaces.
func (w *Writer) Folded(key string, lines []string) {
	w.line(keyText(key) + ": >-")
	w.block(strings.Join(lines, "\n"))
}

// Map writes "key:" and what inside writes below it.
func (w *Writer) Map(key string, inside func()) {
	w.line(keyText(key) + ":")
	w.indent++
	inside()
	w.indent--
}

// Item writes one item of a sequence: a mapping whose keys inside writes.
func (w *Writer) Item(inside func()) {
	w.dash = true
	w.indent++
	inside()
	w.indent--
	w.dash = false
}

// Value writes one scalar item of a sequence; a value of several lines becomes a literal block.
func (w *Writer) Value(value string) {
	value = strings.TrimRight(value, "\n")
	if block(value) {
		w.line("- |")
		w.block(value)
		return
	}
	w.line("- " + Quote(value))
}

// block tells whether a text reads best as a literal block: several lines, or one whose quotes would have to be doubled.
func block(value string) bool {
	return strings.Contains(value, "\n") || (strings.Contains(value, "'") && !plain(value) && value == strings.TrimSpace(value))
}

func (w *Writer) block(text string) {
	pad := strings.Repeat("  ", w.indent+1)
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRight(line, " \t\r"); line == "" {
			w.b.WriteByte('\n')
			continue
		}
		w.b.WriteString(pad + line + "\n")
	}
}

func (w *Writer) line(s string) {
	pad := strings.Repeat("  ", w.indent)
	if w.dash {
		pad = strings.Repeat("  ", w.indent-1) + "- "
		w.dash = false
	}
	w.b.WriteString(pad + s + "\n")
}

// flowPlain is narrower than plain: within brackets more characters have a meaning.
var flowPlain = regexp.MustCompile(`^[A-Za-z0-9_./-][A-Za-z0-9_./*@+ -]*$`)

// Flow is a flow sequence of strings: [a, "1.20"].
func Flow(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Quote(v)
		if quoted[i] == v && !flowPlain.MatchString(v) {
			quoted[i] = single(v)
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// notString matches plain scalars that some YAML reader takes for something else than a string.
var notString = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan|<<|=|` +
	`[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?)|0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|[0-9]+(:[0-9]+)+(\.[0-9]*)?|` +
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*)$`)

// Quote writes a one-line string as a scalar: plain where that is safe, else in quotes.
func Quote(s string) string {
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }):
		return fmt.Sprintf("%q", s)
	case plain(s):
		return s
	}
	return single(s)
}

// keyText is Quote for keys. "on", a workflow's trigger key, stays plain: quoting it would only puzzle readers.
func keyText(key string) string {
	if key == "on" {
		return key
	}
	return Quote(key)
}

func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func plain(s string) bool {
	if s == "" || s != strings.TrimSpace(s) || notString.MatchString(s) {
		return false
	}
	if strings.ContainsRune("!&*|>@`\"'%#,[]{}", rune(s[0])) || (strings.ContainsRune("-?:", rune(s[0])) && (len(s) == 1 || s[1] == ' ')) {
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":")
}

func wrap(text string, width int) []string {
	var lines []string
	for para := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line := ""
		for word := range strings.FieldsSeq(para) {
			if line != "" && len(line)+1+len(word) > width {
				lines = append(lines, line)
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
