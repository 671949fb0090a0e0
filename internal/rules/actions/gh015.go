package actions

import (
	"io"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh015() rule.Rule {
	r := base("GH015", finding.Error, rule.Code, "actionlint:*")
	good := example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: make test\n")
	r.Doc = rule.Doc{
		Title: "workflow that GitHub refuses or misreads", Since: "0.1.0",
		Why: "A misspelt key, a context that does not exist at that place, a job that needs one that is not there: the run does not start, or quietly " +
			"does something else. The checks are those of actionlint, without the programs that it can call.",
		Bad:   strings.Replace(good, "    steps:", "    needs: build\n    steps:", 1),
		Good:  good,
		Links: []string{"https://github.com/rhysd/actionlint/blob/main/docs/checks.md"},
	}
	r.Check = func(p *rule.Pass) {
		if root(p) == nil || tooDeep(p) {
			return
		}
		for _, e := range lint(p.Bytes) {
			if !spokenOf(e) {
				p.Report(finding.Finding{Span: place(p, e), Message: sentence(e.Message), Severity: weight(e)})
			}
		}
	}
	return r
}

// lint runs actionlint on the bytes alone. A linter is made for each file: it costs no more than the linting itself,
// and one that is shared would be global state. Its name for the file keeps it from looking at the disk.
func lint(src []byte) []*actionlint.Error {
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: "."})
	if err != nil {
		return nil
	}
	errs, err := l.Lint("<stdin>", src, nil)
	if err != nil {
		return nil
	}
	return errs
}

// spokenOf tells whether another rule speaks of it, or it cannot be known from the file: labels of one's own runners.
func spokenOf(e *actionlint.Error) bool {
	switch e.Kind {
	case "credentials", "deprecated-commands": // GH007, GH016
		return true
	case "runner-label":
		return !strings.Contains(e.Message, "conflicts")
	case "expression":
		return strings.Contains(e.Message, "potentially untrusted") // GH004
	case "action":
		return strings.Contains(e.Message, "too old to run") // most still run on the next Node; GH016 has those that do not
	case "syntax-check":
		return strings.Contains(e.Message, "is duplicated in") // AG001
	}
	return false
}

// weight is milder for what GitHub runs all the same: inputs that an action does not have (a newer version of it may),
// conditions that are constant on purpose, defaults that are never used.
func weight(e *actionlint.Error) finding.Severity {
	switch {
	case e.Kind == "action", strings.Contains(e.Message, "constant expression"), strings.Contains(e.Message, "default value will never be used"):
		return finding.Warning
	}
	return finding.Error
}

// place is where actionlint points, to the end of the word there. Within a text it counts columns in bytes.
func place(p *rule.Pass, e *actionlint.Error) finding.Span {
	start := p.Lines.Offset(max(e.Line, 1), max(e.Column, 1))
	end := start
	for end < len(p.Bytes) && p.Bytes[end] > ' ' {
		end++
	}
	return p.Span(start, end)
}

// sentence is a message without its last stop, as ours are.
func sentence(s string) string { return strings.TrimSuffix(strings.TrimSpace(s), ".") }

// maxNesting is how deep brackets may be nested in a text: actionlint reads them by recursion, and a stack that grows
// too large ends the program.
const maxNesting = 500

func tooDeep(p *rule.Pass) bool {
	deep := false
	root(p).Walk(func(n *yaml.Node) bool {
		if n.Kind == yaml.Scalar && len(n.Value) > maxNesting {
			deep = deep || depth(n.Value) > maxNesting
		}
		return !deep
	})
	return deep
}
