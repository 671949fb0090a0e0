package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax"
	"github.com/autogit/autogit/internal/syntax/makefile"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// Check is what one parser says of one file.
type Check struct {
	File    string `json:"file"`
	Tool    string `json:"tool"`
	OK      bool   `json:"ok"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message,omitempty"`
}

// maxVerified is the largest file that is handed to a parser that is not ours.
const maxVerified = 1 << 20

// fault is why a file cannot be read.
type fault struct {
	line    int
	message string
}

// checker is the parser of one format. It returns no fault for a file that is fine.
type checker struct {
	tool  string
	check func(tree *repo.Tree, file string, src []byte) *fault
}

// Files checks each of the files that the Tree has, in order. A file of a format without a parser has no check.
func Files(ctx context.Context, tree *repo.Tree, files []string) []Check {
	out := []Check{}
	for _, f := range files {
		if ctx.Err() != nil || !tree.Has(f) {
			continue
		}
		c, ok := checkerFor(tree, f)
		if !ok {
			continue
		}
		check := Check{File: f, Tool: c.tool, OK: true}
		src, err := tree.Read(f)
		bad := unreadable(err)
		if bad == nil && len(src) > maxVerified {
			bad = &fault{line: 1, message: fmt.Sprintf("file has %d bytes, at most %d are verified", len(src), maxVerified)}
		}
		if bad == nil {
			bad = c.check(tree, f, src)
		}
		if bad != nil {
			check.OK, check.Line, check.Message = false, max(bad.line, 1), bad.message
		}
		out = append(out, check)
	}
	return out
}

func unreadable(err error) *fault {
	if err == nil {
		return nil
	}
	return &fault{line: 1, message: err.Error()}
}

func checkerFor(tree *repo.Tree, file string) (checker, bool) {
	switch tree.Kind(file) {
	case repo.KindDockerfile:
		return checker{"buildkit", dockerfile}, true
	case repo.KindWorkflow:
		return checker{"actionlint", workflow}, true
	case repo.KindCompose:
		return checker{"compose-go", compose}, true
	case repo.KindGitLabCI:
		return checker{"autogit gitlab-ci", gitlabCI}, true
	case repo.KindMakefile:
		return checker{"autogit makefile", func(_ *repo.Tree, _ string, src []byte) *fault {
			_, err := makefile.Parse(src)
			return syntaxFault(err)
		}}, true
	}
	switch strings.ToLower(path.Ext(file)) {
	case ".yml", ".yaml":
		return checker{"yaml", func(_ *repo.Tree, _ string, src []byte) *fault {
			_, err := yaml.Parse(src)
			return syntaxFault(err)
		}}, true
	case ".json":
		return checker{"json", jsonFile}, true
	}
	return checker{}, false
}

// syntaxFault makes a fault of the error of one of AutoGit's own parsers.
func syntaxFault(err error) *fault {
	if err == nil {
		return nil
	}
	if se := new(syntax.Error); errors.As(err, &se) {
		return &fault{line: se.Line, message: se.Message}
	}
	return &fault{line: 1, message: err.Error()}
}

func jsonFile(_ *repo.Tree, _ string, src []byte) *fault {
	var v any
	err := json.Unmarshal(src, &v)
	if err == nil {
		return nil
	}
	line := 1
	if se := new(json.SyntaxError); errors.As(err, &se) {
		line += strings.Count(string(src[:min(int(se.Offset), len(src))]), "\n")
	}
	return &fault{line: line, message: err.Error()}
}
