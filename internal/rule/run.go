package rule

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// Options say how to run. The zero value is the default profile.
type Options struct {
	Strict  bool // run the rules of the strict profile too
	Workers int  // at most so many files at a time; 0 is one a core
}

// Held is a rule that was looked for and holds.
type Held struct {
	Rule string
	Span finding.Span
}

// Report is what a run found.
type Report struct {
	Findings []finding.Finding
	Held     []Held
	Ignored  []finding.Finding // findings that an ignore comment silenced
	Files    int               // how many files had rules
}

// Run checks files of the Tree with the rules and returns what is broken, in a stable order. A file that is
// broken is a finding, and so is a rule that fails; the error is that of the context.
func Run(ctx context.Context, tree *repo.Tree, paths []string, rules []Rule, o Options) ([]finding.Finding, error) {
	r, err := Check(ctx, tree, paths, rules, o)
	if err != nil {
		return nil, err
	}
	return r.Findings, nil
}

// Check is Run with all that is known: what holds, and what was ignored.
func Check(ctx context.Context, tree *repo.Tree, paths []string, rules []Rule, o Options) (*Report, error) {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	paths = slices.Compact(slices.Sorted(slices.Values(paths)))
	c := &checker{tree: tree, rules: rules, strict: o.Strict, byKind: byKind(rules, o), others: &others{tree: tree, open: map[string]*Source{}}}
	results := make([]Report, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, max(len(paths), 1)) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() == nil {
					results[i] = c.file(paths[i])
				}
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("review stopped: %w", err)
	}
	return merge(results), nil
}

func merge(results []Report) *Report {
	out := &Report{Findings: []finding.Finding{}}
	for _, r := range results {
		out.Findings = append(out.Findings, r.Findings...)
		out.Held = append(out.Held, r.Held...)
		out.Ignored = append(out.Ignored, r.Ignored...)
		out.Files += r.Files
	}
	finding.Sort(out.Findings)
	out.Findings = slices.CompactFunc(out.Findings, same)
	finding.Sort(out.Ignored)
	return out
}

func same(a, b finding.Finding) bool {
	return a.Rule == b.Rule && a.Span == b.Span && a.Message == b.Message
}

// byKind sorts the rules by the files that they read.
func byKind(rules []Rule, o Options) map[repo.Kind][]*Rule {
	out := map[repo.Kind][]*Rule{}
	for i := range rules {
		r := &rules[i]
		if r.Check == nil || r.Strict && !o.Strict {
			continue
		}
		out[r.Kind] = append(out[r.Kind], r)
		for _, k := range r.Also {
			out[k] = append(out[k], r)
		}
	}
	return out
}

type checker struct {
	tree   *repo.Tree
	rules  []Rule
	strict bool
	byKind map[repo.Kind][]*Rule
	others *others
}

// file runs all rules of a file's kind on it.
func (c *checker) file(path string) Report {
	if !c.tree.Has(path) {
		return Report{}
	}
	kind := c.tree.Kind(path)
	rules := c.byKind[kind]
	if kind == "" || len(rules) == 0 && !parsed(kind) {
		return Report{}
	}
	src := safeOpen(c.tree, path)
	if line, col, message, bad := src.fault(); bad {
		return Report{Files: 1, Findings: []finding.Finding{{
			Rule: SyntaxError, Severity: finding.Error, Message: message,
			Span: finding.Span{File: path, Start: finding.Pos{Line: line, Column: col}},
		}}}
	}
	out := Report{Files: 1, Findings: duplicates(src)}
	for _, r := range rules {
		p := &Pass{Source: src, Tree: c.tree, Strict: c.strict, rule: r, others: c.others}
		p.run()
		out.Findings = append(out.Findings, p.findings...)
		for _, h := range p.held {
			out.Held = append(out.Held, Held{Rule: r.ID, Span: h})
		}
	}
	c.ignore(src, &out)
	return out
}

// parsed tells whether files of a kind are read even when no rule asks for them.
func parsed(k repo.Kind) bool {
	switch k {
	case repo.KindDockerfile, repo.KindMakefile, repo.KindCompose, repo.KindWorkflow, repo.KindAction, repo.KindGitLabCI, repo.KindKubernetes:
		return true
	}
	return false
}

// run runs the rule. A rule that panics is a finding that names it: the others go on.
func (p *Pass) run() {
	defer func() {
		if r := recover(); r != nil {
			p.findings = append(p.findings, finding.Finding{
				Rule: RuleFailed, Severity: finding.Error, Span: p.Line(1),
				Message: fmt.Sprintf("rule %s failed on this file, please report it: %v", p.rule.ID, r),
			})
		}
	}()
	p.rule.Check(p)
}

// duplicates are the keys that a mapping of the file has twice: every reader takes another one of the two.
func duplicates(s *Source) []finding.Finding {
	var out []finding.Finding
	p := &Pass{Source: s}
	for _, d := range s.YAML().Duplicates {
		out = append(out, finding.Finding{
			Rule: SyntaxError, Severity: finding.Error, Span: p.Span(d.Second.Start, d.Second.End),
			Message: fmt.Sprintf("key %q is here twice, first on line %d: remove one", d.Second.Value, d.First.Line),
			Related: []finding.Related{{Span: p.Span(d.First.Start, d.First.End), Message: "the first one"}},
		})
	}
	return out
}
