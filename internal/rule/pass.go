package rule

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// Pass is one rule looking at one file.
type Pass struct {
	*Source
	Tree *repo.Tree
	// Strict tells whether the strict profile runs, for rules that ask for more under it.
	Strict bool

	rule     *Rule
	others   *others
	findings []finding.Finding
	held     []finding.Span
}

// Other is another file of the Tree, parsed; nil when there is none. It is for rules that look across files.
func (p *Pass) Other(path string) *Source { return p.others.get(path) }

// Broken reports that the rule is broken at a place. The first fix is kept.
func (p *Pass) Broken(span finding.Span, message string, fixes ...finding.Fix) {
	f := finding.Finding{Span: span, Message: message}
	if len(fixes) > 0 {
		f.Fix = &fixes[0]
	}
	p.Report(f)
}

// Report is Broken for a finding that names other places or has its own severity. Rule and file are filled in.
func (p *Pass) Report(f finding.Finding) {
	f.Rule = p.rule.ID
	if f.Severity == 0 {
		f.Severity = p.rule.Severity
	}
	if f.Span.File == "" {
		f.Span.File = p.Path
	}
	p.findings = append(p.findings, f)
}

// Holds reports that the rule was looked for and holds at a place.
func (p *Pass) Holds(span finding.Span) { p.held = append(p.held, span) }

// Span is the place of the bytes [start, end) of this file.
func (p *Pass) Span(start, end int) finding.Span { return p.SpanIn(p.Source, start, end) }

// SpanIn is Span for another file.
func (p *Pass) SpanIn(s *Source, start, end int) finding.Span {
	sl, sc := s.Lines.At(start)
	el, ec := s.Lines.At(max(start, end))
	return finding.Span{File: s.Path, Start: finding.Pos{Line: sl, Column: sc}, End: finding.Pos{Line: el, Column: ec}}
}

// Line is the place of a whole line.
func (p *Pass) Line(n int) finding.Span { return finding.LineSpan(p.Path, n) }

// Replace is a safe fix that puts new text in the place of the bytes [start, end).
func (p *Pass) Replace(title string, start, end int, text string) finding.Fix {
	return finding.Fix{Title: title, Safe: true, Edits: []finding.Edit{{File: p.Path, Start: start, End: end, New: text}}}
}

// Shared is a value that several rules derive from one file: the first that asks computes it. The key is a
// value of the rules' own type, as for contexts.
func Shared[T any](s *Source, key any, compute func() T) T {
	if v, ok := s.shared[key].(T); ok {
		return v
	}
	v := compute()
	s.shared[key] = v
	return v
}
