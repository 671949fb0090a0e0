package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/secret"
)

// Review shows the findings of a review, each with its line, and one line that sums up.
func Review(w io.Writer, s Style, r *review.Result) {
	p := reviewPrinter{printer: printer{w: w, s: s}, hidden: map[string]bool{}, r: r}
	for i := range r.Findings {
		if f := &r.Findings[i]; strings.Contains(f.Message, secret.Masked("")) {
			p.hidden[lineKey(f.Span)] = true
		}
	}
	for i := range r.Findings {
		p.finding(&r.Findings[i])
	}
	for _, d := range r.Dropped {
		f := &d.Finding
		p.line("%s %s:%d: the fix of %s was not made: %s", s.yellow("note"), Plain(f.Span.File), f.Span.Start.Line, f.Rule, Plain(d.Why))
	}
	p.line("%s", s.bold(r.Summary()))
}

type reviewPrinter struct {
	printer
	r      *review.Result
	hidden map[string]bool // lines with a secret: never shown
	path   string
	lines  []string
}

func lineKey(s finding.Span) string { return fmt.Sprintf("%d %s", s.Start.Line, s.File) }

func (p *reviewPrinter) finding(f *review.Finding) {
	p.line("%s:%d:%d: %s %s: %s", p.s.bold(Plain(f.Span.File)), f.Span.Start.Line, f.Span.Start.Column, p.severity(f.Severity), f.Rule, Plain(f.Message))
	p.snippet(f.Span)
	for _, rel := range f.Related {
		p.line("      %s %s:%d: %s", p.s.dim("see"), Plain(rel.Span.File), rel.Span.Start.Line, Plain(rel.Message))
	}
	if f.Fix != nil {
		how := "--fix"
		if !f.Fix.Safe {
			how = "--fix --unsafe"
		}
		p.line("      %s %s", p.s.dim("fix"), Plain(f.Fix.Title)+p.s.dim(" ("+how+")"))
	}
}

// snippetWidth is how many characters of a line are shown.
const snippetWidth = 120

// snippet shows the line with a mark under what is meant.
func (p *reviewPrinter) snippet(s finding.Span) {
	if s.File != p.path || p.lines == nil {
		p.path, p.lines = s.File, p.r.Tree.Lines(s.File)
	}
	n := s.Start.Line
	if n < 1 || n > len(p.lines) || p.hidden[lineKey(s)] || strings.TrimSpace(p.lines[n-1]) == "" {
		return
	}
	line := withoutSecrets(p.lines[n-1])
	from := min(max(s.Start.Column-1, 0), len(line))
	to := len(line)
	if s.End.Line == n {
		to = min(max(s.End.Column-1, from), len(line))
	}
	first := utf8.RuneCountInString(line[:from])
	width := utf8.RuneCountInString(strings.TrimRight(line[from:to], " \t\r"))
	text := []rune(line)
	cut := 0
	if first > snippetWidth*2/3 {
		cut = first - snippetWidth/3
	}
	text = text[cut:min(len(text), cut+snippetWidth)]
	p.line("%s %s", p.s.dim(fmt.Sprintf("%6d |", n)), Plain(string(text)))
	if s.End.Line != 0 {
		first -= cut
		p.line("%s %s%s", p.s.dim("       |"), strings.Repeat(" ", first), p.s.red(strings.Repeat("^", max(1, min(width, snippetWidth-first)))))
	}
}

// assignment is a key and its value, as most formats write them.
var assignment = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[:=]\s*["']?([^\s"']+)`)

// withoutSecrets covers what looks like a credential, byte for byte, so that columns stay.
func withoutSecrets(line string) string {
	b := []byte(line)
	hide := func(from, to int) {
		for i := from; i < to; i++ {
			b[i] = '*'
		}
	}
	for _, m := range secret.Find(line) {
		hide(m.Start, m.End)
	}
	for _, m := range assignment.FindAllStringSubmatchIndex(line, 50) {
		if secret.IsLiteral(line[m[2]:m[3]], line[m[4]:m[5]]) {
			hide(m[4], m[5])
		}
	}
	return string(b)
}
