package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/proof"
)

// Result shows what came of one task: files, criteria with their evidence, reviews, and what is missing.
func Result(w io.Writer, s Style, r *agent.Result) {
	p := printer{w: w, s: s}
	p.files(r)
	p.writtenFrom(r.Facts)
	p.criteria(r.Criteria)
	p.reviews(r.Reviews)
	p.suggested(r)
	for _, step := range r.Trial {
		p.line("  %s try %s %s", s.mark(step.OK), step.Name, s.dim(Plain(step.Detail)))
	}
	for _, n := range r.Notes {
		p.line("  %s %s", s.cyan("note"), Plain(n))
	}
	for _, n := range r.Warnings {
		p.line("  %s %s", s.yellow("warning"), Plain(n))
	}
	p.outcome(r)
}

type printer struct {
	w io.Writer
	s Style
}

func (p printer) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p printer) files(r *agent.Result) {
	would := ""
	if r.DryRun {
		would = "would be "
	}
	for _, f := range r.FilesCreated {
		p.line("  %s%s %s", would, p.s.green("created"), Plain(f))
	}
	for _, f := range r.FilesModified {
		p.line("  %s%s %s", would, p.s.yellow("modified"), Plain(f))
	}
}

// Criteria shows each criterion with its claims and the lines that prove them.
func Criteria(w io.Writer, s Style, criteria []proof.Criterion) {
	printer{w: w, s: s}.criteria(criteria)
}

func (p printer) criteria(criteria []proof.Criterion) {
	if len(criteria) == 0 {
		return
	}
	p.line("  %s", p.s.bold("criteria"))
	for _, c := range criteria {
		p.line("  %s %s%s", p.s.mark(c.Status == proof.CriterionProven), Plain(c.Text), p.statusNote(c))
		for _, d := range c.Claims {
			p.claim(d)
		}
		if c.Reason != "" && c.Status != proof.CriterionProven {
			p.line("      %s", p.s.yellow(Plain(c.Reason)))
		}
	}
}

func (p printer) statusNote(c proof.Criterion) string {
	if c.Status == proof.CriterionProven {
		return ""
	}
	return "  " + p.s.red(strings.ReplaceAll(c.Status, "_", " "))
}

func (p printer) claim(d proof.DecidedClaim) {
	name := d.Claim.String()
	if d.Evidence == nil {
		p.line("      %s", p.s.dim(Plain(name)))
		return
	}
	p.line("      %s  %s  %s", p.s.cyan(place(*d.Evidence)), p.s.dim(Plain(name)), Plain(clip(strings.TrimSpace(d.Evidence.Text), 60)))
	if p.s.Verbose {
		for _, e := range d.More {
			p.line("      %s  %s", p.s.cyan(place(e)), Plain(clip(strings.TrimSpace(e.Text), 60)))
		}
	}
}

// writtenFrom shows the facts that the files were written from, to those who want to know all.
func (p printer) writtenFrom(facts []agent.NamedFact) {
	if !p.s.Verbose || len(facts) == 0 {
		return
	}
	p.line("  %s", p.s.bold("facts"))
	for _, f := range facts {
		p.line("    %s %s  %s", pad(strings.TrimSpace(f.Component+" "+f.Name), 16), Plain(f.Value), p.s.dim(place(f.Evidence)))
	}
}

func place(e finding.Evidence) string {
	if e.Line == 0 {
		return Plain(e.File)
	}
	return fmt.Sprintf("%s:%d", Plain(e.File), e.Line)
}

func (p printer) reviews(reviews []agent.Review) {
	for _, r := range reviews {
		p.line("  %s %s review (%s): %s", p.s.mark(r.Verdict == "approved"), r.Reviewer, r.Agent, strings.ReplaceAll(r.Verdict, "_", " "))
		for _, f := range r.Findings {
			p.line("      %s:%d:%d  %s %s  %s", Plain(f.Span.File), f.Span.Start.Line, f.Span.Start.Column, p.severity(f.Severity), f.Rule, Plain(f.Message))
		}
	}
}

func (p printer) severity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return p.s.red(s.String())
	case finding.Warning:
		return p.s.yellow(s.String())
	}
	return p.s.dim(s.String())
}

func (p printer) suggested(r *agent.Result) {
	for _, f := range r.Suggested {
		if f.Written {
			continue
		}
		p.line("  %s %s: %s %s", p.s.cyan("suggested"), Plain(f.Path), Plain(f.Why), p.s.dim("(--with-suggested writes it)"))
	}
}

func (p printer) outcome(r *agent.Result) {
	if r.Question != "" {
		p.line("  %s", p.s.yellow("a person must decide:"))
		for line := range strings.Lines(r.Question) {
			p.line("      %s", Plain(strings.TrimSuffix(line, "\n")))
		}
	}
	if r.BlockedBy != "" {
		p.line("  %s %s", p.s.yellow("blocked:"), Plain(r.BlockedBy))
	}
	if f := r.Failure; f != nil {
		p.line("  %s %s", p.s.red("error:"), Plain(f.Message))
		p.line("      next: %s", Plain(f.Resolution))
	}
	status := string(r.Status)
	if r.Status == agent.Done {
		status = p.s.green(status)
	} else {
		status = p.s.red(status)
	}
	p.line("  %s %s", p.s.bold("status"), status)
}
