package finding

import (
	"cmp"
	"slices"
)

// Pos is a place in a file. Line and Column count from 1; Column counts bytes.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Span is a stretch of one file. End is exclusive; a zero End means "the whole start line".
type Span struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// LineSpan is the span of one whole line.
func LineSpan(file string, line int) Span {
	return Span{File: file, Start: Pos{Line: line, Column: 1}}
}

// Evidence is the file, line and text that a fact or a proof rests on.
type Evidence struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text,omitempty"`
}

// Edit replaces the bytes [Start, End) of File by New. Start == End inserts.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Fix is a set of edits that mends a finding. A fix that is not Safe may change behaviour.
type Fix struct {
	Title string `json:"title"`
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"`
}

// Related is another place that takes part in a finding.
type Related struct {
	Span    Span   `json:"span"`
	Message string `json:"message"`
}

// Finding says that a rule is broken at a place.
type Finding struct {
	Rule     string    `json:"rule"`
	Severity Severity  `json:"severity"`
	Span     Span      `json:"span"`
	Message  string    `json:"message"`
	Related  []Related `json:"related,omitempty"`
	Fix      *Fix      `json:"fix,omitempty"`
}

// Sort orders findings by file, place, rule and message, so that output is the same each time.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
			cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
