package engine

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Prompt tells an agent in words what the task is, what is known, what it may write and what it will be held against.
func Prompt(r *Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "You are the DevOps engineer of this repository. Do the task below by writing its files in the current folder. "+
		"Do not commit, do not run what leaves this folder.\n\nTask %s: %s\n", r.Task.ID, r.Task.Title)
	list(&b, "Acceptance criteria (each is checked in the files by a program)", r.Task.Criteria)
	list(&b, "Files to create", r.Task.Create)
	list(&b, "Files to modify (change only what the task needs; keep comments, order and formatting)", r.Task.Modify)
	list(&b, "You may write only paths that match", r.Boundary.May)
	list(&b, "You may never write paths that match", r.Boundary.Never)
	if facts, err := json.MarshalIndent(r.Facts, "", " "); err == nil {
		fmt.Fprintf(&b, "\nWhat is known of the repository, each fact with its evidence:\n%s\n", clip(string(facts), 20_000))
	}
	b.WriteString("\nRules that a security and a code reviewer apply: numeric non-root users, no secrets in files, pinned versions and actions " +
		"(full commit hashes), health checks, resource limits, multi-stage images, least pipeline permissions, cached and fail-fast pipelines, " +
		"lint before test, comments that say why.\n")
	var remarks []string
	for _, f := range r.Feedback.Problems {
		remarks = append(remarks, fmt.Sprintf("%s:%d: %s (%s)", f.Span.File, f.Span.Start.Line, f.Message, f.Rule))
	}
	list(&b, fmt.Sprintf("Round %d. What is still wrong with the files as they are", r.Round), append(remarks, r.Feedback.Remarks...))
	return b.String()
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, s := range items {
		fmt.Fprintf(b, "- %s\n", s)
	}
}
