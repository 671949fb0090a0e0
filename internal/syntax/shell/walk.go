package shell

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// walker collects the commands of a script and of the scripts inside it.
type walker struct {
	f      *File
	src    string // the whole script, expressions unmasked
	line   int    // of the first line of what is walked now
	offset int    // of its first byte
	depth  int
	fn     string
	cond   bool
	ignore bool
	called map[string]bool
}

// script parses text, which stands at an offset of the source, and walks it.
func (w *walker) script(text string, offset int) error {
	if w.called == nil {
		w.called = map[string]bool{}
	}
	saved := *w
	w.offset = offset
	w.line = 1 + strings.Count(w.src[:min(offset, len(w.src))], "\n")
	p := syntax.NewParser(syntax.Variant(syntax.LangBash))
	var err error
	for stmt, e := range p.StmtsSeq(strings.NewReader(text)) {
		if e != nil {
			err = e
			break
		}
		w.stmt(stmt)
	}
	w.offset, w.line, w.fn, w.cond, w.ignore = saved.offset, saved.line, saved.fn, saved.cond, saved.ignore
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return &Error{Line: int(pe.Pos.Line()), Column: int(pe.Pos.Col()), Message: pe.Text}
	}
	if err != nil {
		return &Error{Line: 1, Column: 1, Message: err.Error()}
	}
	return nil
}

// with runs f with the conditions that hold inside a part of a command.
func (w *walker) with(cond, ignore bool, f func()) {
	c, i := w.cond, w.ignore
	w.cond, w.ignore = w.cond || cond, w.ignore || ignore
	f()
	w.cond, w.ignore = c, i
}

func (w *walker) stmts(list []*syntax.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

// stmt walks a statement and returns the index of its command, when it is a simple one, else -1.
func (w *walker) stmt(s *syntax.Stmt) int {
	index := -1
	w.with(false, s.Background || s.Negated, func() {
		first := len(w.f.Commands)
		if call, ok := s.Cmd.(*syntax.CallExpr); ok {
			index = w.call(call)
		} else {
			w.command(s.Cmd)
		}
		for _, r := range s.Redirs {
			w.redirect(r, index, first)
		}
	})
	return index
}

func (w *walker) redirect(r *syntax.Redirect, index, first int) {
	red := Redirect{Op: r.Op.String()}
	if r.N != nil {
		red.Op = r.N.Value + red.Op
	}
	if r.Word != nil {
		red.Target = w.word(r.Word)
		w.inside(r.Word)
	}
	if r.Hdoc != nil {
		w.inside(r.Hdoc)
	}
	if index < 0 && first < len(w.f.Commands) {
		index = len(w.f.Commands) - 1 // of a group: told of its last command
	}
	if index >= 0 {
		w.f.Commands[index].Redirects = append(w.f.Commands[index].Redirects, red)
	}
}

func (w *walker) command(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.BinaryCmd:
		w.binary(c)
	case *syntax.Block:
		w.stmts(c.Stmts)
	case *syntax.Subshell:
		w.stmts(c.Stmts)
	case *syntax.IfClause:
		w.ifClause(c)
	case *syntax.WhileClause:
		w.with(false, true, func() { w.stmts(c.Cond) })
		w.with(true, false, func() { w.stmts(c.Do) })
	case *syntax.ForClause:
		if it, ok := c.Loop.(*syntax.WordIter); ok {
			for _, word := range it.Items {
				w.inside(word)
			}
		}
		w.with(true, false, func() { w.stmts(c.Do) })
	case *syntax.CaseClause:
		for _, item := range c.Items {
			w.with(true, false, func() { w.stmts(item.Stmts) })
		}
	case *syntax.FuncDecl:
		saved := w.fn
		if c.Name != nil {
			w.fn = c.Name.Value
		}
		w.stmt(c.Body)
		w.fn = saved
	case *syntax.TimeClause:
		if c.Stmt != nil {
			w.stmt(c.Stmt)
		}
	case *syntax.DeclClause:
		w.decl(c)
	case nil:
	default:
		w.inside(c)
	}
}

func (w *walker) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		w.with(false, true, func() { w.stmts(c.Cond) })
		w.with(true, false, func() { w.stmts(c.Then) })
	}
}

// binary walks a && b, a || b and a | b.
func (w *walker) binary(c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt:
		w.stmt(c.X)
		w.with(true, false, func() { w.stmt(c.Y) })
	case syntax.OrStmt:
		w.with(false, !endsInFailure(c.Y), func() { w.stmt(c.X) })
		w.with(true, false, func() { w.stmt(c.Y) })
	default:
		w.pipe(c)
	}
}

// endsInFailure tells whether what stands behind || stops the script with a failure after all.
func endsInFailure(s *syntax.Stmt) bool {
	switch c := s.Cmd.(type) {
	case *syntax.Block:
		return len(c.Stmts) > 0 && endsInFailure(c.Stmts[len(c.Stmts)-1])
	case *syntax.Subshell:
		return len(c.Stmts) > 0 && endsInFailure(c.Stmts[len(c.Stmts)-1])
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && endsInFailure(c.Y)
	case *syntax.CallExpr:
		if len(c.Args) == 0 {
			return false
		}
		switch c.Args[0].Lit() {
		case "false":
			return true
		case "exit", "return":
			return len(c.Args) > 1 && c.Args[1].Lit() != "0"
		}
	}
	return false
}

func (w *walker) pipe(c *syntax.BinaryCmd) {
	var p Pipe
	p.Start, p.End = w.span(c)
	p.Line = w.line + int(c.Pos().Line()) - 1
	var flat []*syntax.Stmt
	var collect func(s *syntax.Stmt)
	collect = func(s *syntax.Stmt) {
		if b, ok := s.Cmd.(*syntax.BinaryCmd); ok && (b.Op == syntax.Pipe || b.Op == syntax.PipeAll) {
			collect(b.X)
			collect(b.Y)
			return
		}
		flat = append(flat, s)
	}
	collect(c.X)
	collect(c.Y)
	for _, s := range flat {
		if i := w.stmt(s); i >= 0 {
			p.Stages = append(p.Stages, i)
		}
	}
	if len(p.Stages) > 0 {
		w.f.Pipes = append(w.f.Pipes, p)
	}
}

// inside walks the command substitutions in a part of a command.
func (w *walker) inside(n syntax.Node) {
	if n == nil {
		return
	}
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			w.with(false, true, func() { w.stmts(n.Stmts) })
			return false
		case *syntax.ProcSubst:
			w.with(false, true, func() { w.stmts(n.Stmts) })
			return false
		}
		return true
	})
}

// decl is "export A=b" and its like: a command named by the word, with its assignments.
func (w *walker) decl(d *syntax.DeclClause) {
	cmd := w.at(d)
	cmd.Name = d.Variant.Value
	cmd.Words = []Word{{Text: cmd.Name, Start: cmd.Start, End: cmd.Start + len(cmd.Name), Literal: true}}
	for _, a := range d.Args {
		w.assign(&cmd, a)
	}
	w.f.Commands = append(w.f.Commands, cmd)
	for _, a := range d.Args {
		w.inside(a)
	}
}

func (w *walker) at(n syntax.Node) Command {
	start, end := w.span(n)
	return Command{
		Start: start, End: end,
		Line: w.line + int(n.Pos().Line()) - 1, Ignored: w.ignore, Conditional: w.cond, Func: w.fn,
	}
}

func (w *walker) assign(cmd *Command, a *syntax.Assign) {
	if a.Name == nil {
		return
	}
	as := Assign{Name: a.Name.Value}
	if a.Value != nil {
		as.Value = w.word(a.Value)
	}
	cmd.Env = append(cmd.Env, as)
}

func (w *walker) call(c *syntax.CallExpr) int {
	cmd := w.at(c)
	for _, a := range c.Assigns {
		w.assign(&cmd, a)
	}
	for _, arg := range c.Args {
		cmd.Words = append(cmd.Words, w.word(arg))
	}
	if len(cmd.Words) > 0 {
		cmd.Name = cmd.Words[0].Text
		for _, word := range cmd.Words[1:] {
			cmd.Args = append(cmd.Args, word.Text)
		}
		w.called[cmd.Name] = true
	}
	w.options(cmd)
	index := len(w.f.Commands)
	w.f.Commands = append(w.f.Commands, cmd)
	w.inside(c)
	w.nested(cmd)
	return index
}
