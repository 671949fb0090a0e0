package verify

import (
	"io"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/rhysd/actionlint"
)

// workflow runs actionlint without its external programs. Its errors are all errors: it has no style rules. That an action is
// old enough to be refused by today's runners is not for a parser to say of a file: the rulebook does (GH016).
func workflow(_ *repo.Tree, _ string, src []byte) *fault {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		return &fault{line: 1, message: err.Error()}
	}
	// A name that is no file's keeps it from looking for a repository around it.
	errs, err := linter.Lint("<stdin>", src, nil)
	if err != nil {
		return &fault{line: 1, message: err.Error()}
	}
	errs = slices.DeleteFunc(errs, func(e *actionlint.Error) bool {
		return strings.Contains(e.Message, "is too old to run on GitHub Actions")
	})
	if len(errs) == 0 {
		return nil
	}
	return &fault{line: errs[0].Line, message: errs[0].Message}
}
