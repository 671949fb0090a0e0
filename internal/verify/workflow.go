package verify

import (
	"io"

	"github.com/autogit/autogit/internal/repo"
	"github.com/rhysd/actionlint"
)

// workflow runs actionlint without its external programs. Its errors are all errors: it has no style rules.
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
	if len(errs) == 0 {
		return nil
	}
	return &fault{line: errs[0].Line, message: errs[0].Message}
}
