// Package shell finds the commands that a shell script runs: through &&, pipes, conditions, functions, command
// substitutions and "sh -c". It reads what delivery files carry: RUN, run:, script:, recipes, scripts.
//
// The reading itself is mvdan.cc/sh; nothing is ever run.
package shell

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// Error says where and why a script cannot be read.
type Error = syntax.Error

// Word is one word of a command. Text is without quotes; what the shell would expand stays as written.
type Word struct {
	Text       string
	Start, End int  // in the script
	Literal    bool // nothing in it is expanded
	Quoted     bool // all of it stands in quotes
}

// Assign is a NAME=value before a command or on its own.
type Assign struct {
	Name  string
	Value Word
}

// Redirect is a redirection: Op is ">", ">>", "2>", "<", "<<", ….
type Redirect struct {
	Op     string
	Target Word
}

// Command is one simple command.
type Command struct {
	Name      string   // the first word, as written
	Args      []string // the other words
	Words     []Word   // all words, with their places
	Env       []Assign // assignments; a Command with these alone has an empty Name
	Redirects []Redirect
	Line      int // in the script, from 1
	Start     int
	End       int
	// Ignored commands may fail without failing the script: "x || true", "x &", a condition.
	Ignored bool
	// Conditional commands may not run at all: in a branch, a loop, behind && or ||.
	Conditional bool
	// Func is the function that the command stands in.
	Func string
}

// Pipe is a pipeline: the commands at its stages that are simple commands, by index into File.Commands.
type Pipe struct {
	Stages     []int
	Start, End int
	Line       int
}

// File is a script.
type File struct {
	Commands []Command
	Pipes    []Pipe
	Pipefail bool // "set -o pipefail" is there
	Errexit  bool // "set -e" is there
}

// Parse reads a script. On an error, an *Error, the File holds the commands before it.
func Parse(script string) (f *File, err error) {
	f = &File{}
	if e := checkDepth(script); e != nil {
		return f, e
	}
	// The parser underneath is not ours; no input may end the program.
	defer func() {
		if recover() != nil {
			err = &Error{Line: 1, Column: 1, Message: "not readable as a shell script"}
		}
	}()
	w := &walker{f: f, src: script, line: 1}
	err = w.script(MaskExpressions(script), 0)
	f.dropDead(w.called)
	return f, err
}

// Commands are the commands of a script, as far as it can be read.
func Commands(script string) []Command {
	f, _ := Parse(script)
	return f.Commands
}

// dropDead leaves out the bodies of functions that the script never calls.
func (f *File) dropDead(called map[string]bool) {
	index := make([]int, len(f.Commands))
	kept := f.Commands[:0:0]
	for i, c := range f.Commands {
		if c.Func != "" && !called[c.Func] {
			index[i] = -1
			continue
		}
		index[i] = len(kept)
		kept = append(kept, c)
	}
	pipes := f.Pipes[:0:0]
	for _, p := range f.Pipes {
		var stages []int
		for _, s := range p.Stages {
			if index[s] >= 0 {
				stages = append(stages, index[s])
			}
		}
		if len(stages) > 0 {
			p.Stages = stages
			pipes = append(pipes, p)
		}
	}
	f.Commands, f.Pipes = kept, pipes
}

var expression = regexp.MustCompile(`\$\{\{.*?\}\}|\$\[\[.*?\]\]`)

// MaskExpressions replaces the expressions of a pipeline language, ${{ … }} and $[[ … ]], by as many letters,
// so that the shell's grammar can be applied and every place stays.
func MaskExpressions(script string) string {
	if !strings.Contains(script, "${{") && !strings.Contains(script, "$[[") {
		return script
	}
	return expression.ReplaceAllStringFunc(script, func(m string) string { return strings.Repeat("x", len(m)) })
}

// Has tells whether a flag is among the arguments: by its long name with or without =value, or, for a single
// letter, alone or among other letters.
func (c Command) Has(flag string) bool { _, ok := c.Flag(flag); return ok }

// Flag is the value of a flag: what stands behind =, or the next argument, or empty.
func (c Command) Flag(flag string) (value string, ok bool) {
	for i, a := range c.Args {
		if a == "--" {
			return "", false
		}
		if name, v, eq := strings.Cut(a, "="); name == flag {
			if eq {
				return v, true
			}
			if i+1 < len(c.Args) && !strings.HasPrefix(c.Args[i+1], "-") {
				return c.Args[i+1], true
			}
			return "", true
		}
		if len(flag) == 2 && flag[0] == '-' && len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.IndexByte(a[1:], flag[1]) >= 0 {
			return "", true
		}
	}
	return "", false
}

// Operands are the arguments that are no flags. A flag's own value cannot be told from one, and counts as one.
func (c Command) Operands() []string {
	var out []string
	for i, a := range c.Args {
		if a == "--" {
			return append(out, c.Args[i+1:]...)
		}
		if !strings.HasPrefix(a, "-") || a == "-" {
			out = append(out, a)
		}
	}
	return out
}

// Sub is the first argument that is no flag: the subcommand of git, npm, go and others.
func (c Command) Sub() string {
	for _, a := range c.Args {
		if !strings.HasPrefix(a, "-") {
			return a
		}
	}
	return ""
}

// String is the command on one line, as words.
func (c Command) String() string {
	return strings.TrimSpace(c.Name + " " + strings.Join(c.Args, " "))
}

// base is a program's name without folder, version and platform endings.
func base(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if i := strings.LastIndexByte(name, '@'); i > 0 { // npx tool@1.2.3
		name = name[:i]
	}
	name = path.Base(name)
	for _, ext := range []string{".exe", ".cmd", ".bat", ".phar"} {
		name = strings.TrimSuffix(name, ext)
	}
	switch {
	case name == "gradlew":
		return "gradle"
	case name == "mvnw":
		return "mvn"
	case versioned.MatchString(name):
		return versioned.FindStringSubmatch(name)[1]
	}
	return name
}

var versioned = regexp.MustCompile(`^(python|pip|ruby|node|php|perl|java)[0-9][0-9.]*$`)
