package pipeline

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// place is where a script stands and how its shell runs.
type place struct {
	file     string
	node     *yaml.Node // the scalar that holds the script, for lines; nil: line is the script's first
	line     int
	dir      string
	errexit  bool
	pipefail bool
	swallow  string // why all of it may fail without notice
	soft     bool   // it may not run at all
	via      []finding.Evidence
}

// lines tells the lines of a script's commands in the file.
func (p place) lines() func(shell.Command) int {
	if p.node == nil {
		return func(c shell.Command) int { return p.line + max(0, c.Line-1) }
	}
	places := p.node.Places()
	return func(c shell.Command) int { line, _ := places(c.Start); return line }
}

// expander turns scripts into the commands that they run, through make, package scripts and shell scripts of the repository.
type expander struct {
	tree  *repo.Tree
	n     int
	stack []string // what is being expanded now, so that nothing is expanded inside itself
}

// Commands are the commands of a script that stands at a line of a file and runs in a folder, each that calls make or a script of
// the repository followed by what that runs.
func Commands(t *repo.Tree, file string, line int, dir, script string, errexit bool) []Command {
	x := &expander{tree: t}
	return x.script(place{file: file, line: line, dir: dir, errexit: errexit}, script)
}

func (x *expander) script(p place, script string) []Command {
	if len(x.stack) > 6 || len(script) > 256<<10 {
		return nil
	}
	f, err := shell.Parse(script)
	if err != nil && f == nil {
		return nil
	}
	s := &reading{p: p, at: p.lines(), script: script, file: f, errexit: p.errexit || f.Errexit}
	var out []Command
	dir := p.dir
	for i, c := range f.Commands {
		if x.n++; x.n > maxCommands || s.ended(i) {
			break
		}
		cmd := s.command(i)
		out = append(out, cmd)
		if c.Name == "cd" && len(c.Args) == 1 && !strings.Contains(c.Args[0], "$") && p.node != nil {
			dir = cleanDir(path.Join(dir, c.Args[0]))
			continue
		}
		in := p
		in.dir, in.via = dir, append(append([]finding.Evidence(nil), p.via...), At(x.tree, cmd.File, cmd.Line))
		in.soft = p.soft || cmd.Conditional
		if cmd.Swallowed {
			in.swallow = cmd.Why
		}
		out = append(out, x.called(in, cmd.Command)...)
	}
	return out
}

// reading is one script that is being read.
type reading struct {
	p       place
	at      func(shell.Command) int // the line of a command in the file
	script  string
	file    *shell.File
	errexit bool
	off     bool // set +e was seen
	trapped bool // a trap gives the script an exit code of its own
}

// ended: an exit that is always reached ends the script.
func (s *reading) ended(i int) bool {
	if i == 0 {
		return false
	}
	c := s.file.Commands[i-1]
	if c.Name == "set" && len(c.Args) > 0 && (c.Args[0] == "+e" || c.Args[0] == "+o" && len(c.Args) > 1 && c.Args[1] == "errexit") {
		s.off = true
	}
	if c.Name == "set" && c.Has("-e") {
		s.off = false
	}
	if c.Name == "trap" && len(c.Args) > 1 && givesCode.MatchString(c.Args[0]) {
		s.trapped = true
	}
	return (c.Name == "exit" || c.Name == "exec") && !c.Conditional && !c.Ignored && c.Func == "" && (c.Name == "exit" || len(c.Args) > 0)
}

func (s *reading) command(i int) Command {
	c := s.file.Commands[i]
	cmd := Command{Command: c.Effective(), Raw: c, File: s.p.file, Line: s.at(c), Script: s.script, Via: s.p.via}
	cmd.Conditional = s.p.soft || s.conditional(i)
	cmd.Why = s.swallowed(i)
	cmd.Swallowed = cmd.Why != ""
	return cmd
}

// swallowed says how a command may fail without failing the script; empty when it cannot.
func (s *reading) swallowed(i int) string {
	c := s.file.Commands[i]
	switch {
	case s.p.swallow != "":
		return s.p.swallow
	case c.Ignored:
		return "its failure is ignored"
	case s.inPipe(i) && !s.p.pipefail && !s.file.Pipefail:
		return "its failure is lost in a pipe"
	case s.off:
		return "set +e is in force"
	case s.trapped:
		return "a trap decides how the script ends"
	}
	errexit, end := s.shellOf(i)
	chained, more := s.after(i, end)
	if more && (chained || !errexit) && c.Func == "" {
		return "a later command decides how the script ends"
	}
	return ""
}

func (s *reading) inPipe(i int) bool {
	for _, p := range s.file.Pipes {
		for k, stage := range p.Stages {
			if stage == i && (k < len(p.Stages)-1 || strings.Contains(s.between(i, p.End), "|")) {
				return true
			}
		}
	}
	return false
}

// between is the text from the end of a command to an offset.
func (s *reading) between(i, end int) string {
	from := min(s.file.Commands[i].End, len(s.script))
	return strings.ReplaceAll(s.script[from:max(from, min(end, len(s.script)))], "||", "")
}

var (
	joinLines = regexp.MustCompile(`(&&|\|\|?|\\)[ \t]*\r?\n`)
	comments  = regexp.MustCompile(`(^|\s)#[^\n]*`)
)

// givesCode is an exit with a code; without one a trap keeps that of the script.
var givesCode = regexp.MustCompile(`\bexit\s+\S`)

// shellOf tells whether the shell that runs a command stops at the first failure, and where its script ends. The script of
// sh -c '…' has a shell of its own, to which the settings of the one around it mean nothing.
func (s *reading) shellOf(i int) (errexit bool, end int) {
	c := s.file.Commands[i]
	for k := i - 1; k >= 0; k-- {
		around := s.file.Commands[k]
		if e := around.Effective(); around.Start < c.Start && c.End <= around.End && shell.IsShell(e.Name) {
			set := slices.ContainsFunc(s.file.Commands[k+1:i], func(x shell.Command) bool { return x.Name == "set" && x.Has("-e") })
			return set || e.Has("-e"), around.End
		}
	}
	return s.errexit, len(s.script)
}

// after tells whether a command is followed by && (chained), and whether a statement of its own comes after that, before end.
func (s *reading) after(i, end int) (chained, more bool) {
	c := s.file.Commands[i]
	from := min(c.End, len(s.script))
	prev := from
	for _, n := range s.file.Commands[i+1:] {
		if n.Start < c.End || n.Start >= end { // inside of this one, or no more of its shell
			continue
		}
		gap := joinLines.ReplaceAllString(s.script[min(prev, n.Start, len(s.script)):min(n.Start, len(s.script))], "$1 ")
		switch {
		case strings.ContainsAny(comments.ReplaceAllString(gap, ""), "\n;"):
			return chained, true
		case strings.Contains(gap, "&&"):
			chained = true
		}
		prev = max(prev, n.End)
	}
	return chained, false
}

var branches = regexp.MustCompile(`(^|[\s;&|(])(if|for|while|until|case|select)\s`)

// conditional: in a branch or a loop, behind ||, or behind && of a test. Behind && of an ordinary command it runs whenever all is well.
func (s *reading) conditional(i int) bool {
	c := s.file.Commands[i]
	if !c.Conditional {
		return false
	}
	if i == 0 || branches.MatchString(s.script) {
		return true
	}
	prev := s.file.Commands[i-1]
	if prev.End > c.Start {
		return true
	}
	gap := s.script[min(prev.End, len(s.script)):min(c.Start, len(s.script))]
	switch prev.Name {
	case "test", "[", "[[", "false", "which", "command", "type", "hash", "grep", "pgrep", "":
		return true
	}
	if strings.Contains(gap, "||") || !strings.Contains(gap, "&&") {
		return true
	}
	return prev.Conditional && s.conditional(i-1)
}
