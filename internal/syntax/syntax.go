// Package syntax holds what the parsers below it share: the error of a broken file, the caps on what
// they read, and the way from a byte offset to a line and a column.
package syntax

import (
	"bytes"
	"fmt"
	"sort"
)

// MaxSize is the largest source, in bytes, that a parser reads.
const MaxSize = 4 << 20

// MaxDepth is the deepest nesting that a parser follows.
const MaxDepth = 200

// Error says where and why a file cannot be read. Line and Column count from 1; 0 is unknown.
type Error struct {
	Line    int
	Column  int
	Message string
}

// Error is the message with its line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// CheckSize is an Error for a source above MaxSize, else nil.
func CheckSize(src []byte) *Error {
	if len(src) <= MaxSize {
		return nil
	}
	return &Error{Line: 1, Column: 1, Message: fmt.Sprintf("file has %d bytes, at most %d are read", len(src), MaxSize)}
}

// Lines is the table of where each line of a source starts.
type Lines struct {
	starts []int
	size   int
}

// NewLines finds the lines of src; a line ends with LF.
func NewLines(src []byte) Lines {
	starts := make([]int, 1, bytes.Count(src, []byte{'\n'})+1)
	for i, b := range src {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return Lines{starts: starts, size: len(src)}
}

// Count is how many lines there are; a last line end starts one more, empty line.
func (l Lines) Count() int { return len(l.starts) }

// At is the line and the column, both from 1, of a byte offset; the column counts bytes.
func (l Lines) At(offset int) (line, column int) {
	offset = max(0, min(offset, l.size))
	i := sort.SearchInts(l.starts, offset+1) - 1
	return i + 1, offset - l.starts[i] + 1
}

// Start is the offset of the first byte of a line.
func (l Lines) Start(line int) int {
	switch {
	case line <= 1:
		return 0
	case line > len(l.starts):
		return l.size
	}
	return l.starts[line-1]
}

// Offset is the byte offset of a line and a column.
func (l Lines) Offset(line, column int) int {
	return max(0, min(l.Start(line)+max(column, 1)-1, l.size))
}
