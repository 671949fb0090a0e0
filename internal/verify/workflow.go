package verify

import (
	"io"

	"github.com/autogit/autogit/internal/repo"
	"github.com/rhysd/actionlint"
)

// workflow runs actionlint without its external programs. Its errors are all errors: it has no style rules.
func workflow(_ *repo.Tree, file string, src []byte) *fault {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		return &fault{line: 1, message: err.Error()}
	}
	errs, err := linter.Lint(file, src, nil)
	if err != nil {
		return &fault{line: 1, message: err.Error()}
	}
	if len(errs) == 0 {
		return nil
	}
	return &fault{line: errs[0].Line, message: errs[0].Message}
}
