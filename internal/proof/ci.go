package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
)

// hit is a place in a pipeline that does a job: a command, or a step that uses an action.
type hit struct {
	p    *pipeline.Pipeline
	j    *pipeline.Job
	s    *pipeline.Step
	c    *pipeline.Command // nil for an action
	tool criterion.Tool
	why  string // why it does not count; empty when it does
	ev   []finding.Evidence
}

// hits finds all places that do a job with a tool (empty: any tool of that job). Those that look like it and do not count have a why.
func (p *prover) hits(job, tool string) []hit {
	var out []hit
	candidates := criterion.ToolsFor(job)
	if tool != "" {
		t, ok := criterion.ToolNamed(tool)
		if !ok {
			return nil
		}
		candidates = []criterion.Tool{t}
	}
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			for k := range j.Steps {
				out = append(out, p.stepHits(pl, j, &j.Steps[k], job, candidates, tool == "")...)
			}
		}
	}
	return out
}

func (p *prover) stepHits(pl *pipeline.Pipeline, j *pipeline.Job, s *pipeline.Step, job string, candidates []criterion.Tool, generic bool) []hit {
	var out []hit
	for _, t := range candidates {
		if ok, why := usesAction(s, t, job); ok || why != "" {
			h := hit{p: pl, j: j, s: s, tool: t, why: why, ev: []finding.Evidence{p.at(s.File, s.Uses.Line)}}
			out = append(out, p.gated(h))
		}
	}
	for i := range s.Commands {
		c := &s.Commands[i]
		for _, t := range candidates {
			ok, why := runs(*c, t, job)
			if !ok && why == "" {
				continue
			}
			h := hit{p: pl, j: j, s: s, c: c, tool: t, why: why, ev: append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)}
			if ok {
				h.why = ""
			}
			out = append(out, p.gated(h))
			break
		}
		if generic && p.surveyed(*c, job) {
			h := hit{p: pl, j: j, s: s, c: c, ev: append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)}
			out = append(out, p.gated(h))
		}
	}
	return out
}

// surveyed: the repository's own command for a job, whatever tool it is.
func (p *prover) surveyed(c pipeline.Command, job string) bool {
	if p.in.Facts == nil {
		return false
	}
	for i := range p.in.Facts.Components {
		k := &p.in.Facts.Components[i]
		want := ""
		switch job {
		case criterion.Lint:
			want = k.Lint.String()
		case criterion.Test:
			want = k.Test.String()
		case criterion.TypeCheck:
			want = k.TypeCheck.String()
		case criterion.FormatCheck:
			want = k.Format.String()
		}
		if want != "" && (c.Raw.String() == want || c.String() == want) && meaningful(c) {
			return true
		}
	}
	return false
}

// meaningful: not a command that does nothing.
func meaningful(c pipeline.Command) bool {
	switch c.Tool() {
	case "", "echo", "true", ":", "printf", "exit", "false", "sleep":
		return false
	}
	return true
}

// gated says why a hit does not stop the pipeline when it fails, or never runs.
func (p *prover) gated(h hit) hit {
	if h.why == "" {
		h.why = p.notGate(h)
	}
	return h
}

func (p *prover) notGate(h hit) string {
	switch {
	case h.s.Soft:
		return "the step may fail without notice: continue-on-error"
	case h.j.Soft:
		return "the job may fail without notice: continue-on-error or allow_failure"
	case h.c != nil && h.c.Swallowed:
		return h.c.Why
	case h.c != nil && h.c.Conditional:
		return "the command runs only under a condition"
	}
	for _, e := range []pipeline.Event{pipeline.Push, pipeline.PullRequest, pipeline.Tag, pipeline.Schedule, pipeline.Release} {
		if p.runsOn(h, e, "") == pipeline.True {
			return ""
		}
	}
	return "it never runs by itself: no event starts it, or its condition cannot hold"
}

// usualBranches are the names that the main line of work has.
var usualBranches = []string{"", "main", "master", "trunk", "develop", "development", "dev"}

// runsOn tells whether a hit runs on an event. A filter to the main branch is the usual way to say "push"; a filter to a branch that
// nobody has is not. Path filters count when they take in the code.
func (p *prover) runsOn(h hit, e pipeline.Event, branch string) pipeline.Truth {
	branches := usualBranches
	if branch != "" || e != pipeline.Push && e != pipeline.PullRequest {
		branches = []string{branch}
	}
	best := pipeline.False
	for _, b := range branches {
		o := pipeline.Occasion{Event: e, Branch: b}
		listens, t := h.p.Listens(o)
		if !listens && h.p.System == pipeline.GitHub {
			continue
		}
		if t.Name == "pull_request_target" {
			continue // it runs the code of the base branch, not that of the pull request
		}
		if b == "" && branch == "" && namedOnly(t.Branches) {
			continue // the branch must be one of the usual ones
		}
		if !p.coversTrigger(t) {
			continue
		}
		r := h.p.Runs(h.j, o)
		if h.s != nil {
			r = r.And(p.stepRuns(h, o))
		}
		if r == pipeline.True {
			return r
		}
		if r == pipeline.Unknown {
			best = r
		}
	}
	return best
}

func namedOnly(branches []string) bool {
	for _, b := range branches {
		if strings.ContainsAny(b, "*?[") {
			return false
		}
	}
	return len(branches) > 0
}

// stepRuns: a condition on the matrix holds when one of its values makes it hold.
func (p *prover) stepRuns(h hit, o pipeline.Occasion) pipeline.Truth {
	t := pipeline.True
	for _, c := range h.s.Conds {
		r := h.p.Holds(c.Text, o)
		if r == pipeline.Unknown && strings.Contains(c.Text, "matrix.") {
			r = p.someLeg(h, c.Text, o)
		}
		t = t.And(r)
	}
	return t
}

func (p *prover) someLeg(h hit, cond string, o pipeline.Occasion) pipeline.Truth {
	for _, a := range h.j.Axes {
		name := "matrix." + a.Name
		if !strings.Contains(cond, name) {
			continue
		}
		for _, v := range a.Values {
			if h.p.Holds(strings.ReplaceAll(cond, name, "'"+strings.ReplaceAll(v.Text, "'", "")+"'"), o) == pipeline.True {
				return pipeline.True
			}
		}
	}
	return pipeline.Unknown
}

func (p *prover) coversTrigger(t pipeline.Trigger) bool {
	if t.Line == 0 {
		return true
	}
	return p.covers(t.Paths, t.PathsIgnore)
}

// covers tells whether path filters take in the code: most files of some component, documents and settings not counted.
func (p *prover) covers(paths, ignore []string) bool {
	if len(paths) == 0 && len(ignore) == 0 {
		return true
	}
	roots := []string{"."}
	if p.in.Facts != nil {
		for i := range p.in.Facts.Components {
			if d := p.in.Facts.Components[i].Path; d != "" && !slices.Contains(roots, d) {
				roots = append(roots, d)
			}
		}
	}
	for _, r := range roots {
		total, taken := 0, 0
		for _, f := range p.in.Tree.Under(r) {
			if !isCode(p.in.Tree, f.Path) {
				continue
			}
			if total++; total > 2000 {
				break
			}
			if taken1(f.Path, paths, ignore) {
				taken++
			}
		}
		if total == 0 || taken*2 > total {
			return true
		}
	}
	return false
}

func taken1(file string, paths, ignore []string) bool {
	ok := len(paths) == 0
	for _, g := range paths {
		neg := strings.HasPrefix(g, "!")
		if m, _ := doublestar.Match(strings.TrimPrefix(g, "!"), file); m {
			ok = !neg
		}
	}
	for _, g := range ignore {
		if m, _ := doublestar.Match(g, file); m {
			return false
		}
	}
	return ok
}

func isCode(t *repo.Tree, file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".md", ".rst", ".txt", ".adoc", ".png", ".svg", ".jpg", ".yml", ".yaml", "", ".toml", ".lock", ".json", ".ini", ".cfg", ".sum", ".mod":
		return false
	}
	return !strings.HasPrefix(file, ".") && !strings.HasPrefix(file, "docs/") && t.Kind(file) == ""
}

// counting are the hits that count.
func counting(hs []hit) []hit {
	return slices.DeleteFunc(slices.Clone(hs), func(h hit) bool { return h.why != "" })
}

// nearest makes a result of hits that do not count.
func nearest(hs []hit, what string) Result {
	for _, h := range hs {
		if h.why != "" {
			return unproven(h.why, h.ev...)
		}
	}
	return unproven("nothing runs " + what)
}
