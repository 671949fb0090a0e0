package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/finding"
)

// Builtin writes by itself, the same bytes for the same repository and task, without a network.
type Builtin struct {
	Artifacts []artifact.Artifact
}

// Name is builtin.
func (Builtin) Name() string { return "builtin" }

// UnknownFile is the error for a file that no artifact writes.
type UnknownFile struct {
	Path  string
	Known []artifact.Artifact
}

func (e *UnknownFile) Error() string {
	var names []string
	for _, a := range e.Known {
		names = append(names, a.Name)
	}
	return fmt.Sprintf("%s: the built-in engine does not write this kind of file (it writes %s): "+
		"use --engine command with an agent, or write it by hand and check it with autogit prove", e.Path, strings.Join(names, ", "))
}

// Propose writes each file of the task with the artifact that knows its kind.
func (b Builtin) Propose(ctx context.Context, r *Request) (*Proposal, error) {
	p := &Proposal{Files: map[string][]byte{}}
	for _, path := range r.Task.Files() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(b.Artifacts, func(a artifact.Artifact) bool { return a.Match(path) })
		if i < 0 {
			return nil, &UnknownFile{Path: path, Known: b.Artifacts}
		}
		out, err := b.write(&b.Artifacts[i], path, r)
		if err != nil {
			return nil, err
		}
		p.Files[path] = out.Content
		for _, f := range out.Suggested { // two files of a task may need the same third one
			if !slices.ContainsFunc(p.Suggested, func(have artifact.File) bool { return have.Path == f.Path }) {
				p.Suggested = append(p.Suggested, f)
			}
		}
		p.Notes = append(p.Notes, out.Notes...)
	}
	return p, nil
}

// write makes a file anew when there is none or nobody but AutoGit wrote it, and otherwise changes only what is needed.
func (b Builtin) write(a *artifact.Artifact, path string, r *Request) (*artifact.Output, error) {
	req := &artifact.Request{
		Path: path, Title: r.Task.Title, Tree: r.Tree, Facts: r.Facts, Recipes: r.Recipes, Claims: r.Claims, Siblings: r.Siblings,
		Unproven: r.Feedback.Unproven,
		Problems: slices.Collect(func(yield func(finding.Finding) bool) {
			for _, f := range r.Feedback.Problems {
				if f.Span.File == path && !yield(f) {
					return
				}
			}
		}),
	}
	existing := req.Existing()
	if r.Round == 1 && (existing == nil || artifact.Untouched(existing)) {
		return a.Write(req)
	}
	if len(req.Unproven)+len(req.Problems) == 0 || a.Modify == nil {
		return &artifact.Output{Content: existing}, nil
	}
	out, err := a.Modify(req)
	if err == nil && r.Round > 1 && artifact.Untouched(existing) && !bytes.Equal(out.Content, existing) {
		out.Content = artifact.Seal(out.Content) // still nobody's but AutoGit's
	}
	return out, err
}
