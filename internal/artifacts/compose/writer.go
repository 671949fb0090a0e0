package compose

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/artifact"
)

// writer puts YAML together line by line, comments above what they explain. The zero value writes two spaces a level and
// sequences indented; a writer into somebody's file takes over that file's style.
type writer struct {
	b     strings.Builder
	depth int
	step  int  // spaces a level; 0 is 2
	base  int  // spaces before everything
	flat  bool // sequences stand below their key without indentation
	extra int  // spaces within the items of sequences
}

// pad is the indentation of the present depth.
func (w *writer) pad() string {
	step := w.step
	if step == 0 {
		step = 2
	}
	return strings.Repeat(" ", w.base+step*w.depth+w.extra)
}

// commentWidth is where comments wrap.
const commentWidth = 110

func (w *writer) line(s string) { w.b.WriteString(w.pad() + s + "\n") }

func (w *writer) blank() { w.b.WriteByte('\n') }

// comment writes text, wrapped; nothing when there is none.
func (w *writer) comment(text string) {
	line := "#"
	for _, word := range artifact.Words(text) {
		if len(w.pad())+len(line)+1+len(word) > commentWidth && line != "#" {
			w.line(line)
			line = "#"
		}
		line += " " + word
	}
	if line != "#" {
		w.line(line)
	}
}

// key writes "name: value"; nothing when the value is empty.
func (w *writer) key(name, value string) {
	if value != "" {
		w.line(scalar(name) + ": " + scalar(value))
	}
}

// raw writes a value that is YAML already: true, a number, null.
func (w *writer) raw(name, value string) { w.line(scalar(name) + ": " + value) }

// in writes "name:" and what inside writes one level below.
func (w *writer) in(name string, inside func()) {
	w.line(scalar(name) + ":")
	w.depth++
	inside()
	w.depth--
}

// seq writes "name:" and the items that inside writes below it.
func (w *writer) seq(name string, inside func()) {
	w.line(scalar(name) + ":")
	if !w.flat {
		w.depth++
		defer func() { w.depth-- }()
	}
	inside()
}

// item writes an item that is a mapping: its first line, and what inside writes beside it.
func (w *writer) item(first string, inside func()) {
	w.line("- " + first)
	w.extra += 2
	inside()
	w.extra -= 2
}

// list writes "name:" and one scalar a line; nothing when there is none.
func (w *writer) list(name string, values []string) { w.each(name, values, scalar) }

// quotedList is list with every value in quotes: YAML reads 22:22 as a number otherwise.
func (w *writer) quotedList(name string, values []string) { w.each(name, values, double) }

func (w *writer) each(name string, values []string, form func(string) string) {
	if len(values) == 0 {
		return
	}
	w.seq(name, func() {
		for _, v := range values {
			w.line("- " + form(v))
		}
	})
}

// flow writes "name: [a, b]", all words in quotes as a command's are.
func (w *writer) flow(name string, values []string) {
	if len(values) > 0 {
		w.line(scalar(name) + ": " + flow(values))
	}
}

func flow(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = double(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// scalar writes a string: plain where every reader of YAML takes it for that string, else in double quotes.
func scalar(s string) string {
	if isPlain(s) {
		return s
	}
	return double(s)
}

// amount is a duration or a size: no reader of YAML takes it for a number.
var amount = regexp.MustCompile(`^[1-9][0-9]*(ms|s|m|h|[KMGT])$`)

// isPlain is narrower than YAML allows: a word that begins with a letter, a dot or a slash, is no other type's, and has none of YAML's marks.
func isPlain(s string) bool {
	if amount.MatchString(s) {
		return true
	}
	if s == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./", rune(s[0])) {
		return false
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", ".nan", ".":
		return s == "."
	}
	if s[0] == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-:@=+") == "" &&
		!strings.HasSuffix(s, ":") && !strings.ContainsAny(s, " ")
}

// double writes a double-quoted scalar in YAML's own escapes.
func double(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == utf8.RuneError:
			h := strconv.FormatInt(int64(r), 16)
			b.WriteString(`\u` + strings.Repeat("0", 4-len(h)) + h)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
