package review

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// Fixing says which fixes are made. The zero value makes none.
type Fixing struct {
	On     bool
	Unsafe bool // also those that may change behaviour
}

// FileChanged is what fixes made of one file.
type FileChanged struct {
	Path     string
	Old, New []byte
}

// DroppedFix is a fix that was not made, and why.
type DroppedFix struct {
	Finding Finding `json:"finding"`
	Why     string  `json:"why"`
}

const (
	// maxRounds is how often fixes may make room for others: one that touches an earlier one waits for the next round.
	maxRounds = 10
	// maxTrials bounds how often one file is checked in a round to find the fix that does harm.
	maxTrials = 40
)

// fixer makes fixes in memory, until none is left that can be made.
type fixer struct {
	o       *Options
	base    *repo.Tree
	tree    *repo.Tree
	now     map[string][]byte // files that were changed
	dropped map[string]DroppedFix
	order   []string // fingerprints of dropped, as they came
	late    []string // dropped for want of trials: the next round has new ones
}

// fix makes the fixes and leaves the changed tree in out.
func (o *Options) fix(ctx context.Context, out *Result) error {
	x := &fixer{o: o, base: out.Tree, tree: out.Tree, now: map[string][]byte{}, dropped: map[string]DroppedFix{}}
	for range maxRounds {
		known := len(x.dropped) - len(x.late)
		n, err := x.round(ctx)
		if err != nil {
			return err
		}
		// A fix that was dropped makes room as well: one that touched it has not been tried.
		if n == 0 && len(x.dropped)-len(x.late) <= known {
			break
		}
		out.Fixed += n
	}
	for _, id := range x.order {
		out.Dropped = append(out.Dropped, x.dropped[id])
	}
	for p, b := range x.now {
		old, err := x.base.Read(p)
		if err != nil {
			return err
		}
		out.Changes = append(out.Changes, FileChanged{Path: p, Old: old, New: b})
	}
	slices.SortFunc(out.Changes, func(a, b FileChanged) int { return cmp.Compare(a.Path, b.Path) })
	out.Tree = x.tree
	return nil
}

// round makes the fixes that do not touch each other and returns how many stayed.
func (x *fixer) round(ctx context.Context) (int, error) {
	rep, err := x.o.checkFile(ctx, x.tree, x.o.Paths)
	if err != nil {
		return 0, err
	}
	for _, id := range x.late {
		delete(x.dropped, id)
		x.order = slices.DeleteFunc(x.order, func(o string) bool { return o == id })
	}
	x.late = nil
	byFile, paths := x.wanted(named(x.tree, rep.Findings))
	next := map[string][]byte{}
	made := map[string]int{}
	for _, p := range paths {
		t := trial{fixer: x, path: p, before: count(rep.Findings, p)}
		if t.src, err = x.tree.Read(p); err != nil {
			return 0, err
		}
		good, err := t.good(ctx, byFile[p])
		if err != nil {
			return 0, err
		}
		if len(good) > 0 {
			next[p], _ = edit.Apply(t.src, edits(good)) // it was applied in the trial
			made[p] = len(good)
		}
	}
	return x.accept(ctx, rep.Findings, next, made, byFile)
}

// wanted are the fixes to try, by file: those that may be made, and of those that touch each other the first.
func (x *fixer) wanted(fs []Finding) (byFile map[string][]Finding, paths []string) {
	byFile = map[string][]Finding{}
	for _, f := range fs {
		switch p := f.Span.File; {
		case f.Fix == nil || !f.Fix.Safe && !x.o.Fix.Unsafe || x.o.Baseline.Knows(f.Fingerprint):
		case x.dropped[f.Fingerprint].Why != "":
		case slices.ContainsFunc(f.Fix.Edits, func(e finding.Edit) bool { return e.File != "" && e.File != p }):
			x.drop(f, "it changes more than the file that it is found in")
		case Boundary().Check(p) != nil:
			x.drop(f, Boundary().Check(p).Error())
		case touches(byFile[p], f):
		default:
			if byFile[p] == nil {
				paths = append(paths, p)
			}
			byFile[p] = append(byFile[p], f)
		}
	}
	return byFile, paths
}

// Boundary is where fixes may be written: every file that can be named safely, since who runs them has named the files,
// but nothing in .git.
func Boundary() edit.Boundary { return edit.Boundary{May: []string{"**"}} }

func (x *fixer) drop(f Finding, why string) {
	if _, ok := x.dropped[f.Fingerprint]; !ok {
		x.order = append(x.order, f.Fingerprint)
	}
	x.dropped[f.Fingerprint] = DroppedFix{Finding: f, Why: why}
}

// touches tells whether a fix shares a byte or a border with another: two insertions at one place may be one too many.
func touches(list []Finding, f Finding) bool {
	for i := range list {
		for _, a := range list[i].Fix.Edits {
			for _, b := range f.Fix.Edits {
				if a.Start <= b.End && b.Start <= a.End {
					return true
				}
			}
		}
	}
	return false
}

// accept lays the changed files over the tree, but for those that make an error in a file they do not change.
func (x *fixer) accept(ctx context.Context, before []finding.Finding, next map[string][]byte, made map[string]int, byFile map[string][]Finding) (int, error) {
	if len(next) == 0 {
		return 0, nil
	}
	harm, err := x.harms(ctx, before, next)
	if err != nil {
		return 0, err
	}
	if harm {
		if err := x.dropHarmful(ctx, before, next, byFile); err != nil {
			return 0, err
		}
	}
	n := 0
	for p, b := range next {
		x.now[p] = b
		n += made[p]
	}
	x.tree = x.base.With(x.now)
	return n, nil
}

// dropHarmful takes files out of next, one by one, so that what is left together makes no error elsewhere.
func (x *fixer) dropHarmful(ctx context.Context, before []finding.Finding, next map[string][]byte, byFile map[string][]Finding) error {
	kept := map[string][]byte{}
	for _, p := range slices.Sorted(maps.Keys(next)) {
		kept[p] = next[p]
		harm, err := x.harms(ctx, before, kept)
		if err != nil {
			return err
		}
		if harm {
			for _, f := range byFile[p] {
				x.drop(f, "with it another file has a new error")
			}
			delete(kept, p)
			delete(next, p)
		}
	}
	return nil
}

// harms tells whether files that are not changed have more errors with the changes than before.
func (x *fixer) harms(ctx context.Context, before []finding.Finding, next map[string][]byte) (bool, error) {
	rep, err := x.o.checkFile(ctx, x.tree.With(next), x.o.Paths)
	if err != nil {
		return false, err
	}
	return errorsElsewhere(rep.Findings, next) > errorsElsewhere(before, next), nil
}

func errorsElsewhere(fs []finding.Finding, changed map[string][]byte) int {
	n := 0
	for _, f := range fs {
		if _, ok := changed[f.Span.File]; !ok && f.Severity == finding.Error {
			n++
		}
	}
	return n
}
