package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/autogit/autogit/internal/syntax"
)

// Comment is one # comment. Text is without the # and the space behind it.
type Comment struct {
	Text       string
	Line       int
	Start, End int
	Whole      bool // nothing else is on its line
}

// Duplicate is a key that a mapping has twice.
type Duplicate struct {
	First, Second *Node
}

// File is a YAML stream: its documents, with all comments and duplicate keys.
type File struct {
	Src        []byte
	Docs       []*Node // the root node of each document
	Comments   []Comment
	Duplicates []Duplicate
	Lines      syntax.Lines
}

// Root is the first document's root node; nil for an empty stream.
func (f *File) Root() *Node {
	if f == nil || len(f.Docs) == 0 {
		return nil
	}
	return f.Docs[0]
}

// Parse reads a YAML stream. On an error, an *Error, the File holds the documents before it.
func Parse(src []byte) (f *File, err error) {
	f = &File{Src: src, Lines: syntax.NewLines(src)}
	if e := syntax.CheckSize(src); e != nil {
		return &File{}, e
	}
	if e := checkEncoding(src); e != nil {
		e.Line, e.Column = f.Lines.At(e.Column)
		return f, e
	}
	// The reader underneath tells of some broken input by panicking; no input may end the program.
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Line: 1, Column: 1, Message: fmt.Sprintf("not readable as YAML: %v", r)}
		}
	}()
	dec := yamlv3.NewDecoder(bytes.NewReader(src))
	b := newBuilder(f)
	for {
		var doc yamlv3.Node
		if err := dec.Decode(&doc); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			b.finish()
			return f, f.readError(err)
		}
		if err := b.document(&doc); err != nil {
			b.finish()
			return f, err
		}
	}
	b.finish()
	return f, nil
}

// checkEncoding wants UTF-8 without NUL; the offset of the first bad byte is left in Column.
func checkEncoding(src []byte) *Error {
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return &Error{Message: "file is UTF-16: save it as UTF-8"}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &Error{Column: i, Message: "file has a NUL byte: it is not text"}
	}
	for i := 0; i < len(src); {
		if src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return &Error{Column: i, Message: "file is not valid UTF-8: save it as UTF-8"}
		}
		i += n
	}
	return nil
}

var errorLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// readError turns the reader's "yaml: line 3: …" into an Error.
func (f *File) readError(err error) *Error {
	m := errorLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		return &Error{Line: 1, Column: 1, Message: err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	if line > 0 && strings.HasPrefix(m[2], "did not find expected") {
		line++ // the reader counts the lines of its grammar's errors from 0
	}
	last := f.Lines.Count()
	if bytes.HasSuffix(f.Src, []byte("\n")) {
		last-- // the empty line behind the last line end
	}
	line = max(1, min(line, last))
	start := f.Lines.Start(line)
	column := 1 + len(f.Src[start:]) - len(bytes.TrimLeft(f.Src[start:], " \t"))
	if _, c := f.Lines.At(start + column - 1); c != column {
		column = 1
	}
	return &Error{Line: line, Column: column, Message: m[2]}
}
