package verify

import (
	"bytes"
	"errors"

	"github.com/autogit/autogit/internal/repo"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// dockerfile reads a Dockerfile as BuildKit does before it builds: lines, then instructions and stages.
func dockerfile(_ *repo.Tree, _ string, src []byte) *fault {
	ast, err := parser.Parse(bytes.NewReader(src))
	if err != nil {
		return buildkitFault(err)
	}
	stages, _, err := instructions.Parse(ast.AST, linter.New(&linter.Config{Warn: func(string, string, string, string, []parser.Range) {}}))
	if err != nil {
		return buildkitFault(err)
	}
	if len(stages) == 0 {
		return &fault{line: 1, message: "file has no FROM instruction"}
	}
	return nil
}

func buildkitFault(err error) *fault {
	f := &fault{line: 1, message: err.Error()}
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 && len(located.Locations[0]) > 0 {
		f.line = located.Locations[0][0].Start.Line
	}
	return f
}
