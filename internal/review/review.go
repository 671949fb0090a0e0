package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
)

// Finding is one finding of a review. Fingerprint names it across changes that only move it: it is made of the rule, the
// file and the text of the line, and of how many like it stand before it in the file.
type Finding struct {
	finding.Finding
	Fingerprint string `json:"fingerprint"`
}

// Result is the outcome of a review.
type Result struct {
	Findings  []Finding        `json:"findings"`
	Files     int              `json:"files"`     // how many files were checked
	Ignored   int              `json:"ignored"`   // findings that a comment ignores
	Baselined int              `json:"baselined"` // findings that the baseline knows
	Fixed     int              `json:"fixed"`     // findings that fixes have mended
	Dropped   []DroppedFix     `json:"dropped_fixes,omitempty"`
	Version   string           `json:"version"`
	FailOn    finding.Severity `json:"-"` // the severity that fails the review; 0 for none
	Tree      *repo.Tree       `json:"-"` // the files as the findings see them
	Rules     []rule.Rule      `json:"-"` // all rules that could have run
	Changes   []FileChanged    `json:"-"` // what the fixes made of files
}

// Count is how many findings have exactly this severity.
func (r *Result) Count(s finding.Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// Reaches tells whether a finding is at least as bad as the severity; 0 stands for none that could be.
func (r *Result) Reaches(s finding.Severity) bool {
	for i := range r.Findings {
		if s != 0 && r.Findings[i].Severity >= s {
			return true
		}
	}
	return false
}

// Options say what to review and how.
type Options struct {
	Rules     []rule.Rule
	Select    Selection
	Strict    bool
	Baseline  Baseline // findings that are known and not reported
	Paths     []string // the files to review
	Fix       Fixing
	Version   string           // of the program
	FailOn    finding.Severity // findings from this one on fail the review; 0 for none
	checkFile func(context.Context, *repo.Tree, []string) (*rule.Report, error)
}

// Run reviews files of a tree. The error is that of the context.
func Run(ctx context.Context, tree *repo.Tree, o Options) (*Result, error) {
	rules := o.Select.apply(o.Rules)
	o.checkFile = func(ctx context.Context, t *repo.Tree, paths []string) (*rule.Report, error) {
		rep, err := rule.Check(ctx, t, paths, rules, rule.Options{Strict: o.Strict})
		if err == nil {
			rep.Findings = o.Select.keep(rep.Findings)
		}
		return rep, err
	}
	out := &Result{Rules: o.Rules, Version: o.Version, FailOn: o.FailOn, Tree: tree}
	if o.Fix.On {
		if err := o.fix(ctx, out); err != nil {
			return nil, err
		}
	}
	rep, err := o.checkFile(ctx, out.Tree, o.Paths)
	if err != nil {
		return nil, err
	}
	out.Files, out.Ignored = rep.Files, len(rep.Ignored)
	out.Findings = []Finding{}
	left := map[string]bool{}
	for _, f := range named(out.Tree, rep.Findings) {
		left[f.Fingerprint] = true
		if o.Baseline.Knows(f.Fingerprint) {
			out.Baselined++
			continue
		}
		out.Findings = append(out.Findings, f)
	}
	// A finding whose line another fix has changed has a new name, and was dropped under that one too.
	out.Dropped = slices.DeleteFunc(out.Dropped, func(d DroppedFix) bool { return !left[d.Finding.Fingerprint] })
	return out, nil
}

// named gives each finding its fingerprint.
func named(tree *repo.Tree, fs []finding.Finding) []Finding {
	out := make([]Finding, 0, len(fs))
	seen := map[string]int{}
	var path string
	var lines []string
	for _, f := range fs {
		if f.Span.File != path || lines == nil {
			path, lines = f.Span.File, tree.Lines(f.Span.File)
		}
		text := ""
		if n := f.Span.Start.Line; n >= 1 && n <= len(lines) {
			text = strings.Join(strings.Fields(lines[n-1]), " ")
		}
		key := f.Rule + "\x00" + f.Span.File + "\x00" + text
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		seen[key]++
		out = append(out, Finding{Finding: f, Fingerprint: hex.EncodeToString(sum[:16])})
	}
	return out
}
