package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

// tally is how many findings a file has, by rule.
type tally struct {
	all, errors map[string]int
}

func count(fs []finding.Finding, path string) tally {
	t := tally{all: map[string]int{}, errors: map[string]int{}}
	for _, f := range fs {
		if f.Span.File != path {
			continue
		}
		t.all[f.Rule]++
		if f.Severity == finding.Error {
			t.errors[f.Rule]++
		}
	}
	return t
}

// trial tries fixes on one file.
type trial struct {
	*fixer
	path   string
	src    []byte
	before tally
	used   int
}

// good returns the fixes that mend what they say and break nothing, alone and together. The others are dropped.
func (t *trial) good(ctx context.Context, list []Finding) ([]Finding, error) {
	if t.used++; t.used > maxTrials {
		for _, f := range list {
			t.late = append(t.late, f.Fingerprint)
			t.drop(f, "there are too many fixes in this file that do harm")
		}
		return nil, nil
	}
	why, err := t.judge(ctx, list)
	switch {
	case err != nil:
		return nil, err
	case why == "":
		return list, nil
	case len(list) == 1:
		t.drop(list[0], why)
		return nil, nil
	}
	left, err := t.good(ctx, list[:len(list)/2])
	if err != nil {
		return nil, err
	}
	right, err := t.good(ctx, list[len(list)/2:])
	if err != nil {
		return nil, err
	}
	both := slices.Concat(left, right)
	if why, err = t.judge(ctx, both); err != nil || why == "" {
		return both, err
	}
	return left, nil // the right ones come again in the next round
}

// judge makes the fixes and says what is wrong with the outcome.
func (t *trial) judge(ctx context.Context, list []Finding) (why string, err error) {
	if len(list) == 0 {
		return "", nil
	}
	now, err := edit.Apply(t.src, edits(list))
	if err != nil {
		return err.Error(), nil //nolint:nilerr // a fix that cannot be applied is dropped with this reason
	}
	rep, err := t.o.checkFile(ctx, t.tree.With(map[string][]byte{t.path: now}), []string{t.path})
	if err != nil {
		return "", err
	}
	after := count(rep.Findings, t.path)
	mended := map[string]int{}
	for i := range list {
		mended[list[i].Rule]++
	}
	for _, f := range rep.Findings {
		switch r := f.Rule; {
		case r == rule.SyntaxError && after.all[r] > t.before.all[r]-mended[r]:
			return "with it the file cannot be read: " + f.Message, nil
		case mended[r] > 0 && after.all[r] > t.before.all[r]-mended[r]:
			return "it does not mend the finding", nil
		case f.Severity == finding.Error && after.errors[r] > t.before.errors[r]:
			return fmt.Sprintf("it makes a new error, %s: %s", r, f.Message), nil
		}
	}
	return "", nil
}

func edits(list []Finding) []finding.Edit {
	var out []finding.Edit
	for i := range list {
		out = append(out, list[i].Fix.Edits...)
	}
	return out
}
