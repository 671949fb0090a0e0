package cli

import (
	"errors"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/task"
)

// The exit codes. Scripts may rely on them.
const (
	ExitDone    = 0 // every task is done; every criterion is proven
	ExitNotDone = 1 // partial, blocked or escalation_needed; a criterion is not proven
	ExitUsage   = 2 // a bad task, bad settings or a bad command line
	ExitFailure = 3 // a failure: nothing was written
)

// usageError is a mistake on the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// notDone is returned by commands whose result says it all: only the exit code is left to give.
type notDone struct{ code int }

func (e *notDone) Error() string { return "not done" }

func exitCode(err error) int {
	var nd *notDone
	var ue *usageError
	var te *task.Error
	var ce *config.Error
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &nd):
		return nd.code
	case errors.As(err, &ue), errors.As(err, &te), errors.As(err, &ce):
		return ExitUsage
	}
	return ExitFailure
}

// resultCode is the exit code that one result asks for.
func resultCode(r *agent.Result) int {
	switch {
	case r.Status == agent.Done:
		return ExitDone
	case r.Status != agent.Error:
		return ExitNotDone
	case r.Failure != nil && (r.Failure.Type == agent.InvalidTask || r.Failure.Type == agent.MissingFile):
		return ExitUsage
	}
	return ExitFailure
}
