package makefile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
)

// docStyle is how a file's targets say what they do.
type docStyle int

const (
	inline docStyle = iota // target: ## text
	named                  // ## target: text, in the line above
	above                  // ## text, in the line above
	echoed                 // a help recipe that prints each by hand
)

// style looks at what the file does already.
func (m *change) style() docStyle {
	help := m.find("help")
	for _, r := range m.rules {
		if r.doc != "" {
			return inline
		}
		if text, ok := strings.CutPrefix(r.above, "## "); ok && help != nil {
			if len(r.targets) == 1 && strings.HasPrefix(text, r.targets[0]+":") {
				return named
			}
			return above
		}
	}
	if help != nil && !strings.Contains(strings.Join(help.lines, "\n"), "MAKEFILE") && slices.ContainsFunc(help.lines, prints) {
		return echoed
	}
	return inline
}

func prints(line string) bool {
	return regexp.MustCompile(`^@?(echo|printf)\b`).MatchString(strings.TrimSpace(line))
}

// help makes help list every target.
func (m *change) help() {
	m.want("help")
	r := m.find("help")
	if r == nil {
		m.documented(inline)
		return
	}
	m.documented(m.style())
}

// documented gives a text to every target that help would not show.
func (m *change) documented(style docStyle) {
	help := m.find("help")
	var lines []string
	for _, r := range m.plainTargets(m.req.Tree.Has) {
		name := r.targets[0]
		doc := m.docFor(r)
		switch style {
		case echoed:
			if !artifact.Mentions(strings.Join(help.lines, "\n"), name) {
				lines = append(lines, echo(name, doc))
			}
		case named, above:
			if !strings.HasPrefix(r.above, "## ") {
				m.insert(r.head.start, m.docLine(style, name, doc))
			}
		default:
			m.inline(r, doc)
		}
	}
	if len(lines) > 0 {
		m.lines(help, lines)
	}
}

func echo(name, doc string) string {
	return "@echo " + word("  "+name+strings.Repeat(" ", max(1, 14-len(name)))+docText(doc))
}

func (m *change) docLine(style docStyle, name, doc string) string {
	if style == named {
		return "## " + name + ": " + docText(doc) + "\n"
	}
	return "## " + docText(doc) + "\n"
}

// inline puts a text behind a header that has none.
func (m *change) inline(r *rule, doc string) {
	switch {
	case r.doc != "" || strings.ContainsAny(string(m.src[r.head.start:r.head.end]), "\n;"):
	case r.comment >= 0:
		m.insert(r.comment, "#") // the comment that is there becomes the text
	default:
		m.insert(r.head.end, " ## "+docText(doc))
	}
}

// docFor is what can be said of a target: the comment above it, the plan's words for it, or its first command.
func (m *change) docFor(r *rule) string {
	if t := m.byName[r.targets[0]]; t != nil && r.above == "" && t.name != "build" {
		return t.doc // what build builds is better seen from its commands
	}
	if s := strings.TrimSpace(strings.TrimLeft(r.above, "#")); s != "" {
		return s
	}
	for _, l := range r.lines {
		if s := strings.TrimSpace(strings.TrimLeft(l, "@-+ ")); s != "" {
			return "Run " + strings.SplitN(s, "\n", 2)[0]
		}
	}
	return "Run " + strings.Join(r.needs, ", ")
}

// finish writes the new targets at the end of the file and declares them phony.
func (m *change) finish() {
	style := m.style()
	for _, t := range m.added {
		m.variables(t.lines)
	}
	w := &writer{}
	var hand []string
	for _, t := range m.added {
		w.blank()
		if style == inline {
			m.target(w, t)
		} else {
			m.styled(w, t, style)
		}
		if style == echoed {
			hand = append(hand, echo(t.name, t.doc))
		}
	}
	if help := m.find("help"); len(hand) > 0 && help != nil {
		m.lines(help, hand)
	}
	m.declarePhony()
	if w.b.Len() > 0 {
		body := strings.ReplaceAll(w.b.String(), "\n\t", "\n"+m.prefix)
		if len(m.src) == 0 {
			body = strings.TrimLeft(body, "\n")
		}
		m.insert(len(m.src), body)
	}
}

// styled writes a target with its text in the line above, as the file's other targets have it.
func (m *change) styled(w *writer, t *target, style docStyle) {
	for _, why := range t.why {
		w.comment(why)
	}
	if style != echoed {
		w.b.WriteString(m.docLine(style, t.name, t.doc))
	}
	w.line(strings.TrimRight(t.name+": "+strings.Join(t.needs, " "), " "))
	for _, l := range t.lines {
		w.line("\t" + l)
	}
}

// variables defines what new lines use and the file does not define.
func (m *change) variables(lines []string) {
	all := strings.Join(lines, "\n")
	var b strings.Builder
	for _, v := range []struct{ name, line string }{
		{"DOCKER", "DOCKER ?= docker"},
		{"IMAGE", "IMAGE ?= " + m.imageName()},
		{"IMAGE_PREFIX", "IMAGE_PREFIX ?="},
		{"VERSION", versionLine},
	} {
		if strings.Contains(all, "$("+v.name+")") && !m.vars[v.name] {
			m.vars[v.name] = true
			b.WriteString(v.line + "\n")
		}
	}
	if b.Len() > 0 {
		m.insertTop(b.String() + "\n")
	}
}

// declarePhony adds names to the last .PHONY list that stands outside of conditionals, or makes one.
func (m *change) declarePhony() {
	if len(m.phony) == 0 {
		return
	}
	names := strings.Join(m.phony, " ")
	for i := len(m.rules) - 1; i >= 0; i-- {
		r := m.rules[i]
		if slices.Equal(r.targets, []string{".PHONY"}) && !r.inside {
			at := r.head.end
			if r.comment >= 0 && !strings.Contains(string(m.src[r.head.start:r.head.end]), "\n") {
				at = len(strings.TrimRight(string(m.src[:r.comment]), " \t"))
			}
			m.insert(at, " "+names)
			return
		}
	}
	m.insertTop(".PHONY: " + names + "\n\n")
}
