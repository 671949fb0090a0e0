package engine

import (
	"context"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/task"
)

// Engine proposes the files of a task.
type Engine interface {
	Name() string
	Propose(ctx context.Context, r *Request) (*Proposal, error)
}

// Request is what an engine works from. In later rounds Tree has its own earlier proposal laid over it.
type Request struct {
	Task     *task.Task
	Tree     *repo.Tree
	Facts    *stack.Facts
	Recipes  []stack.Recipe
	Claims   []criterion.Claim
	Siblings []string // all files of all tasks of this run
	Boundary edit.Boundary
	Round    int // from 1
	Feedback Feedback
}

// Feedback is what the gates said of the files as they are in Request.Tree.
type Feedback struct {
	Problems []finding.Finding // of error severity, from the parsers and the rules
	Unproven []criterion.Claim
	Remarks  []string // in words, for an engine that reads
}

// Proposal is what an engine wants the files to be.
type Proposal struct {
	Files     map[string][]byte // by path; only files of the task count
	Suggested []artifact.File   // files beyond the task
	Notes     []string
}
