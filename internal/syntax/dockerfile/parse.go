package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/autogit/autogit/internal/syntax"
)

// maxInstructions is how many instructions are read: stages look each other up, and hostile files are many lines.
const maxInstructions = 2000

// Parse reads a Dockerfile. On an error, an *Error, the File has no instructions.
func Parse(src []byte) (f *File, err error) {
	f = &File{Src: src, Lines: syntax.NewLines(src), Escape: '\\'}
	if e := syntax.CheckSize(src); e != nil {
		return &File{}, e
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		line, col := f.Lines.At(i)
		return f, &Error{Line: line, Column: col, Message: "file has a NUL byte: it is not text"}
	}
	// The parser underneath is not ours; no input may end the program.
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Line: 1, Column: 1, Message: fmt.Sprintf("not readable as a Dockerfile: %v", r)}
		}
	}()
	res, err := parser.Parse(bytes.NewReader(src))
	if err != nil {
		return f, f.parseError(err)
	}
	if n := len(res.AST.Children); n > maxInstructions {
		return f, &Error{Line: res.AST.Children[maxInstructions].StartLine, Column: 1, Message: fmt.Sprintf("file has %d instructions, at most %d are read", n, maxInstructions)}
	}
	f.Escape = byte(res.EscapeToken)
	f.findDirectives()
	s := &scanner{f: f, cont: continuation(f.Escape)}
	next := 1
	for _, node := range res.AST.Children {
		s.comments(next, node.StartLine)
		f.Instructions = append(f.Instructions, s.instruction(node))
		next = node.EndLine + 1
	}
	s.comments(next, f.Lines.Count()+1)
	f.stages()
	return f, nil
}

func (f *File) parseError(err error) *Error {
	e := &Error{Line: 1, Column: 1, Message: strings.ReplaceAll(err.Error(), "\n", " ")}
	var at *parser.LocationError
	if errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		e.Line = max(1, at.Locations[0][0].Start.Line)
	}
	return e
}

func (f *File) findDirectives() {
	var p parser.DirectiveParser
	ds, err := p.ParseAll(bytes.TrimPrefix(f.Src, []byte("\ufeff")))
	if err != nil {
		return // a second directive of a name: the parser has said so already
	}
	for _, d := range ds {
		f.Directives = append(f.Directives, Directive{Name: d.Name, Value: d.Value, Line: d.Location[0].Start.Line})
	}
}

// stages sorts the instructions into stages and resolves what each builds on.
func (f *File) stages() {
	var cur *Stage
	for _, in := range f.Instructions {
		switch {
		case in.Name == "FROM":
			cur = f.stage(in)
			f.Stages = append(f.Stages, cur)
		case cur != nil:
			cur.Body = append(cur.Body, in)
		case in.Name == "ARG":
			f.Args = append(f.Args, in)
		}
	}
}

func (f *File) stage(in *Instruction) *Stage {
	st := &Stage{Index: len(f.Stages), Line: in.Line, From: in}
	st.Platform, _ = in.Flag("platform")
	if len(in.Words) > 0 {
		st.Base = in.Words[0]
	}
	if len(in.Words) == 3 && strings.EqualFold(in.Words[1], "as") {
		st.Name = strings.ToLower(in.Words[2])
	}
	st.Image = f.expand(st.Base)
	for _, earlier := range f.Stages {
		if earlier.Name != "" && strings.EqualFold(earlier.Name, st.Image) {
			st.Parent = earlier
		}
	}
	return st
}

// expand fills in the defaults of the ARGs before the first FROM; what has none stays as written.
func (f *File) expand(word string) string {
	if !strings.Contains(word, "$") {
		return word
	}
	lex := shell.NewLex(rune(f.Escape))
	lex.SkipUnsetEnv = true
	env := []string{}
	for _, arg := range f.Args {
		for _, v := range arg.Vars {
			if !v.Set {
				continue
			}
			value, _, err := lex.ProcessWord(v.Value, shell.EnvsFromSlice(env))
			if err != nil || len(value) > 4096 {
				continue
			}
			env = append(env, v.Name+"="+value)
		}
	}
	out, _, err := lex.ProcessWord(word, shell.EnvsFromSlice(env))
	if err != nil {
		return word
	}
	return out
}

// Expand fills in the defaults of the ARGs before the first FROM in any text of a FROM line.
func (f *File) Expand(word string) string { return f.expand(word) }
