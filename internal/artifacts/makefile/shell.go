package makefile

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// recipe is a shell command as one line of a recipe: make has its own meaning for a dollar, and starts a shell for each line.
func recipe(run string) string { return strings.ReplaceAll(oneLine(run), "$", "$$") }

// inDir runs a command in a folder below the Makefile.
func inDir(dir, run string) string {
	if dir == "." || dir == "" {
		return recipe(run)
	}
	run = oneLine(run)
	if !chains(run) {
		run = "(" + run + ")"
	}
	return "cd " + strings.ReplaceAll(quote(dir), "$", "$$") + " && " + strings.ReplaceAll(run, "$", "$$")
}

// oneLine puts a script of several lines on one, because each line of a recipe is a shell of its own.
func oneLine(run string) string {
	run = strings.TrimSpace(run)
	if !strings.ContainsAny(run, "\r\n") {
		return run
	}
	file, err := parse(run)
	if err != nil {
		return strings.Join(strings.Fields(run), " ")
	}
	var b strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, file); err != nil || strings.Contains(strings.TrimSpace(b.String()), "\n") {
		return "sh -euc " + quote(run)
	}
	return strings.TrimSpace(b.String())
}

// chains tells whether `cd dir && run` means what it says: a command, a pipe, or a chain of && after cd.
func chains(run string) bool {
	file, err := parse(run)
	if err != nil || len(file.Stmts) != 1 || file.Stmts[0].Background || file.Stmts[0].Negated {
		return false
	}
	return andOnly(file.Stmts[0].Cmd)
}

func andOnly(c syntax.Command) bool {
	switch c := c.(type) {
	case *syntax.CallExpr:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.AndStmt && andOnly(c.X.Cmd) && andOnly(c.Y.Cmd)
	}
	return false
}

func parse(run string) (*syntax.File, error) {
	return syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(run), "")
}

// quote makes a word safe for a POSIX shell.
func quote(s string) string {
	q, err := syntax.Quote(s, syntax.LangPOSIX)
	if err != nil {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return q
}
