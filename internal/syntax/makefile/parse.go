package makefile

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// parser reads a file line by line, as make does.
type parser struct {
	f        *File
	prefix   byte  // of recipes
	rule     *Rule // that recipe lines belong to; nil outside
	branches []int // the lines of the open conditionals
	elses    []bool
	next     int // the next physical line
	help     []string
	helpLine int
	err      *Error
	define   *Variable
	nested   int // define inside define
}

// logical is a line with those that \ continues.
type logical struct {
	text       string // joined as make joins lines outside of recipes
	raw        string // as written, without the last line end
	line, last int
	start, end int
}

// maxParts is how many rules and variables are read: they look each other up, and hostile files are many lines.
const maxParts = 5000

// Parse reads a Makefile. On an error, an *Error of the first broken line, the File holds what could be read.
func Parse(src []byte) (*File, error) {
	if e := syntax.CheckSize(src); e != nil {
		return &File{}, e
	}
	f := &File{Src: src, Lines: syntax.NewLines(src), values: map[string]string{}}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		line, col := f.Lines.At(i)
		return f, &Error{Line: line, Column: col, Message: "file has a NUL byte: it is not text"}
	}
	p := &parser{f: f, prefix: '\t', next: 1}
	for p.next <= f.Lines.Count() {
		l := p.read()
		if l.start >= len(src) && l.text == "" {
			break
		}
		p.one(l)
		if n := len(f.Rules) + len(f.Variables); n > maxParts {
			p.fail(l.line, fmt.Sprintf("file has more than %d rules and variables", maxParts))
			break
		}
	}
	switch {
	case p.define != nil:
		p.fail(p.define.Line, "define without endef")
	case len(p.branches) > 0:
		p.fail(p.branches[len(p.branches)-1], "conditional without endif")
	}
	f.finish()
	if p.err != nil {
		return f, p.err
	}
	return f, nil
}

func (p *parser) fail(line int, message string) {
	if p.err == nil {
		p.err = &Error{Line: line, Column: 1, Message: message}
	}
}

// read takes the next logical line.
func (p *parser) read() logical {
	src := p.f.Src
	l := logical{line: p.next, start: p.f.Lines.Start(p.next)}
	if l.line == 1 && bytes.HasPrefix(src, []byte("\ufeff")) {
		l.start += 3
	}
	var joined strings.Builder
	for {
		from := max(p.f.Lines.Start(p.next), l.start)
		text := bytes.TrimRight(src[from:max(from, p.f.Lines.Start(p.next+1))], "\r\n")
		l.last, l.end = p.next, from+len(text)
		p.next++
		more := oddBackslashes(text) && p.next <= p.f.Lines.Count()
		if joined.Len() > 0 {
			text = bytes.TrimLeft(text, " \t")
		}
		if !more {
			joined.Write(text)
			break
		}
		joined.Write(bytes.TrimRight(text[:len(text)-1], " \t"))
		joined.WriteByte(' ')
	}
	l.text, l.raw = joined.String(), string(src[l.start:l.end])
	return l
}

func oddBackslashes(line []byte) bool {
	n := 0
	for n < len(line) && line[len(line)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// one reads one logical line.
func (p *parser) one(l logical) {
	if p.define != nil {
		p.defineLine(l)
		return
	}
	if len(l.raw) > 0 && l.raw[0] == p.prefix && p.rule != nil {
		p.recipe(l)
		return
	}
	text := strings.TrimSpace(l.text)
	if text == "" {
		p.help = nil
		return
	}
	if text[0] == '#' {
		p.comment(l, strings.Index(l.raw, "#"), true)
		return
	}
	body, at := cutComment(text)
	if at >= 0 {
		if i := strings.Index(l.raw, text[at:min(len(text), at+8)]); i >= 0 {
			p.comment(l, i, false)
		}
	}
	body = strings.TrimSpace(body)
	if p.directive(l, body) || p.assignment(l, body, "", l.start) {
		return
	}
	p.header(l, body)
}

// comment notes a comment that starts at an index of the raw line.
func (p *parser) comment(l logical, at int, whole bool) {
	if at < 0 {
		return
	}
	raw := l.raw[at:]
	text := strings.TrimSpace(strings.TrimLeft(raw, "#"))
	line, _ := p.f.Lines.At(l.start + at)
	c := Comment{Text: text, Line: line, Start: l.start + at, End: l.end, Whole: whole, Help: strings.HasPrefix(raw, "##")}
	p.f.Comments = append(p.f.Comments, c)
	if whole && c.Help && text != "" {
		p.help, p.helpLine = append(p.help, text), l.last
	} else if whole {
		p.help = nil
	}
}

// cutComment splits a line at its comment; at is -1 when it has none. \# is no comment, nor is one in $(…).
func cutComment(text string) (body string, at int) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i+1 < len(text) && text[i+1] == '#' {
				i++
			}
		case '$':
			if i+1 < len(text) && (text[i+1] == '(' || text[i+1] == '{') {
				i = closing(text, i+1) - 1
			}
		case '#':
			return text[:i], i
		}
	}
	return text, -1
}

func (p *parser) recipe(l logical) {
	// The line itself and each that continues it lose one prefix; the shell sees the backslashes.
	lines := strings.Split(strings.ReplaceAll(l.raw, "\r\n", "\n"), "\n")
	for i, s := range lines {
		if len(s) > 0 && s[0] == p.prefix {
			lines[i] = s[1:]
		}
	}
	p.addRecipe(strings.Join(lines, "\n"), l.line, l.last, l.start+1, l.end)
}

func (p *parser) addRecipe(text string, line, last, start, end int) {
	r := RecipeLine{Line: line, Conditional: len(p.branches) > 0}
	trimmed := strings.TrimLeft(text, " \t")
	start += len(text) - len(trimmed)
	for len(trimmed) > 0 && strings.IndexByte("@-+ \t", trimmed[0]) >= 0 {
		r.Silent = r.Silent || trimmed[0] == '@'
		r.Ignore = r.Ignore || trimmed[0] == '-'
		r.Always = r.Always || trimmed[0] == '+'
		trimmed, start = trimmed[1:], start+1
	}
	if trimmed == "" {
		return
	}
	r.Text, r.Start, r.End = trimmed, min(start, end), end
	p.rule.Recipe = append(p.rule.Recipe, r)
	p.rule.EndLine, p.rule.End = last, end
}

func (p *parser) defineLine(l logical) {
	switch first, _, _ := strings.Cut(strings.TrimSpace(l.text)+" ", " "); first {
	case "define":
		p.nested++
	case "endef":
		if p.nested--; p.nested == 0 {
			p.define.End = l.end
			p.define.Value = strings.TrimSuffix(p.define.Value, "\n")
			p.define = nil
			return
		}
	}
	p.define.Value += l.raw + "\n"
}

// finish resolves what only the whole file tells: phony targets and the default goal.
func (f *File) finish() {
	for _, r := range f.Rules {
		for _, t := range r.Targets {
			switch t {
			case ".PHONY":
				for _, n := range r.Needs {
					for _, name := range strings.Fields(f.Expand(n.Text)) {
						n.Text = name
						f.Phony = append(f.Phony, n)
					}
				}
			case ".ONESHELL":
				f.OneShell = true
			}
		}
	}
	phony := make(map[string]bool, len(f.Phony))
	for _, n := range f.Phony {
		phony[n.Text] = true
	}
	for _, r := range f.Rules {
		for _, t := range r.Targets {
			r.Phony = r.Phony || phony[t]
			if f.Default == "" && !isSpecial(t) && !strings.Contains(t, "%") {
				f.Default = t
			}
		}
	}
	if v := f.Variable(".DEFAULT_GOAL"); v != nil {
		f.Default = strings.TrimSpace(f.Expand(v.Value))
	}
	f.Dynamic = f.Dynamic || len(f.Includes) > 0
}
