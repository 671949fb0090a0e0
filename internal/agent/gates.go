package agent

import (
	"context"
	"fmt"
	"slices"

	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/verify"
)

// gates is what the parsers, the two reviewers and the proof say of the files as proposed.
type gates struct {
	checks   []verify.Check
	findings []finding.Finding
	reviews  []Review
	criteria []proof.Criterion
	blocking []finding.Finding // error-level findings that the change brings in
	existing []finding.Finding // error-level findings that were there before
}

// pass runs all gates. It is false when it was interrupted.
func (g *gates) pass(ctx context.Context, j *job, round int) bool {
	files := j.task.Files()
	j.begin(PhaseVerify, round)
	g.checks = verify.Files(ctx, j.tree, files)
	j.end(PhaseVerify, round, g.unverified() == "", "%s", describeChecks(g.checks))

	j.begin(PhaseReview, round)
	if err := g.review(ctx, j, files); err != nil {
		j.end(PhaseReview, round, false, "%v", err)
		return false
	}
	j.end(PhaseReview, round, len(g.blocking) == 0, "%s", describeReviews(g.reviews))

	j.begin(PhaseProve, round)
	g.prove(j)
	j.end(PhaseProve, round, g.proven(), "%s", describeCriteria(g.criteria))
	return ctx.Err() == nil
}

// review runs the rulebook on the proposed files. A finding that the files had before is reported and does not block:
// the verdict is about the change.
func (g *gates) review(ctx context.Context, j *job, files []string) error {
	now, err := rule.Run(ctx, j.tree, files, j.o.Rules, rule.Options{})
	if err != nil {
		return err
	}
	before, err := rule.Run(ctx, j.base, slices.DeleteFunc(slices.Clone(files), func(p string) bool { return !j.base.Has(p) }), j.o.Rules, rule.Options{})
	if err != nil {
		return err
	}
	had := map[string]int{}
	for _, f := range before {
		had[f.Rule+f.Span.File+f.Message]++
	}
	g.findings, g.blocking, g.existing = now, nil, nil
	for _, f := range now {
		key := f.Rule + f.Span.File + f.Message
		switch {
		case f.Severity < finding.Error:
		case had[key] > 0:
			had[key]--
			g.existing = append(g.existing, f)
		default:
			g.blocking = append(g.blocking, f)
		}
	}
	g.reviews = g.verdicts(j.o.Rules)
	return nil
}

func (g *gates) verdicts(rules []rule.Rule) []Review {
	out := []Review{
		{Reviewer: rule.Security, Agent: "A07", Verdict: "approved", Findings: []finding.Finding{}},
		{Reviewer: rule.Code, Agent: "A08", Verdict: "approved", Findings: []finding.Finding{}},
	}
	for _, f := range g.findings {
		r := &out[1]
		if i := slices.IndexFunc(rules, func(r rule.Rule) bool { return r.ID == f.Rule }); i >= 0 && rules[i].Reviewer == rule.Security {
			r = &out[0]
		}
		r.Findings = append(r.Findings, f)
		if slices.ContainsFunc(g.blocking, func(b finding.Finding) bool { return b.Rule == f.Rule && b.Span == f.Span }) {
			r.Verdict = "changes_requested"
		}
	}
	return out
}

func (g *gates) prove(j *job) {
	g.criteria = proof.Decide(j.proofInput(), j.task.Criteria)
}

// proven tells whether every criterion is.
func (g *gates) proven() bool {
	return !slices.ContainsFunc(g.criteria, func(c proof.Criterion) bool { return c.Status != proof.CriterionProven })
}

// open tells whether the files may go on as they are: valid, approved and all criteria proven.
func (g *gates) open() bool {
	return g.unverified() == "" && len(g.blocking) == 0 && len(g.existing) == 0 && g.proven()
}

// refused are the reasons of criteria that contradict the repository or the rulebook.
func (g *gates) refused() []string {
	var out []string
	for _, c := range g.criteria {
		if c.Refused {
			out = append(out, fmt.Sprintf("%q: %s", c.Text, c.Reason))
		}
	}
	return out
}

func (g *gates) unverified() string {
	for _, c := range g.checks {
		if !c.OK {
			return fmt.Sprintf("%s:%d: %s (%s)", c.File, c.Line, c.Message, c.Tool)
		}
	}
	return ""
}

func (g *gates) rejected() string {
	for _, f := range g.blocking {
		return fmt.Sprintf("%s:%d: %s (%s)", f.Span.File, f.Span.Start.Line, f.Message, f.Rule)
	}
	return ""
}

// feedback is what an engine is told in its next round.
func (g *gates) feedback() engine.Feedback {
	fb := engine.Feedback{Problems: slices.Concat(g.blocking, g.existing)}
	for _, c := range g.checks {
		if !c.OK {
			fb.Remarks = append(fb.Remarks, fmt.Sprintf("%s:%d: %s says: %s", c.File, c.Line, c.Tool, c.Message))
		}
	}
	for _, c := range g.criteria {
		if c.Status == proof.CriterionProven {
			continue
		}
		fb.Remarks = append(fb.Remarks, fmt.Sprintf("criterion %q is %s: %s", c.Text, c.Status, c.Reason))
		for _, d := range c.Claims {
			if d.Status != proof.Proven {
				fb.Unproven = append(fb.Unproven, d.Claim)
			}
		}
	}
	return fb
}
