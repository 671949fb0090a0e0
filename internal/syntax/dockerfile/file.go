// Package dockerfile reads Dockerfiles into stages and instructions that know their place in the user's own
// bytes. What an instruction is, BuildKit's own parser decides; this package adds columns, comments, the place
// of every word, and what a stage inherits.
package dockerfile

import (
	"sort"
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// Error says where and why a file cannot be read.
type Error = syntax.Error

// File is one Dockerfile.
type File struct {
	Src          []byte
	Lines        syntax.Lines
	Escape       byte // \ or `
	Directives   []Directive
	Comments     []Comment
	Args         []*Instruction // ARG before the first FROM
	Stages       []*Stage
	Instructions []*Instruction // all of them, in order
}

// Directive is a parser directive: "# syntax=…", "# escape=…", "# check=…".
type Directive struct {
	Name, Value string
	Line        int
}

// Comment is a # line outside of here-documents. Text is without the #.
type Comment struct {
	Text       string
	Line       int
	Start, End int
}

// Stage is one FROM with what follows it.
type Stage struct {
	Name     string // as named by AS, in lower case as BuildKit compares it; empty without a name
	Index    int
	Base     string // as written
	Image    string // Base with the defaults of ARGs filled in
	Platform string // of --platform, as written
	Line     int
	From     *Instruction
	Parent   *Stage         // the earlier stage that Base names; nil for an image
	Body     []*Instruction // without FROM
}

// Instruction is one instruction. Start and End are byte offsets, here-documents included.
type Instruction struct {
	Name     string // upper case
	Text     string // the arguments behind name and flags, continuation lines joined
	Words    []string
	JSON     bool // written as a JSON array
	Shell    bool // RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD that goes through a shell
	Flags    []Flag
	Vars     []Var // of ENV, LABEL and ARG
	Heredocs []Heredoc

	Line, EndLine int
	Start, End    int

	file   *File
	places []span
	segs   []segment // of Text
}

// Flag is a --name=value of an instruction.
type Flag struct {
	Name, Value string
	Start, End  int
}

// Var is one name and value of ENV, LABEL or ARG. Value is as written, Text without quotes.
type Var struct {
	Name, Value, Text string
	Set               bool // a value is given, even an empty one
	Legacy            bool // "ENV name value"
	Start, End        int
}

// Heredoc is a here-document: its lines as they stand in the file.
type Heredoc struct {
	Name       string
	Content    string
	Expand     bool
	Line       int // of the first line of Content
	Start, End int // of Content
}

type span struct{ start, end int }

// segment says that Text from index text on stands in the source from offset src on.
type segment struct{ text, src int }

// Offset is where byte i of Text stands in the source.
func (in *Instruction) Offset(i int) int { return offsetIn(in.segs, i, in.Start) }

func offsetIn(segs []segment, i, fallback int) int {
	k := sort.Search(len(segs), func(k int) bool { return segs[k].text > i }) - 1
	if k < 0 {
		return fallback
	}
	return segs[k].src + i - segs[k].text
}

// Place is the start and the end of a word in the source.
func (in *Instruction) Place(word int) (start, end int) {
	if word < 0 || word >= len(in.places) {
		return in.Start, in.Start + len(in.Name)
	}
	p := in.places[word]
	return in.Offset(p.start), in.Offset(max(p.start, p.end-1)) + 1
}

// Flag is the value of a flag; ok tells whether it is there.
func (in *Instruction) Flag(name string) (value string, ok bool) {
	for _, f := range in.Flags {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// Source is the instruction as written.
func (in *Instruction) Source() string { return string(in.file.Src[in.Start:in.End]) }

// Command is what CMD, ENTRYPOINT or HEALTHCHECK runs, without the word CMD of HEALTHCHECK; nil for NONE.
func (in *Instruction) Command() []string {
	if in.Name != "HEALTHCHECK" {
		return in.Words
	}
	if len(in.Words) == 0 || !strings.EqualFold(in.Words[0], "CMD") {
		return nil
	}
	return in.Words[1:]
}

// Script is shell text of an instruction with its way back into the file.
type Script struct {
	Text        string
	Interpreter string // of a here-document that starts with #!, else empty
	segs        []segment
}

// Offset is where byte i of the script stands in the source.
func (s Script) Offset(i int) int { return offsetIn(s.segs, i, 0) }

// Script is the shell text that an instruction in shell form runs; ok is false for others.
func (in *Instruction) Script() (s Script, ok bool) {
	if !in.Shell {
		return Script{}, false
	}
	s = Script{Text: in.Text, segs: in.segs}
	if in.Name == "HEALTHCHECK" {
		skip := len(in.Text) - len(strings.TrimLeft(in.Text[min(len("CMD"), len(in.Text)):], " \t"))
		s.Text = in.Text[skip:]
		s.segs = shift(in.segs, skip)
		return s, true
	}
	if len(in.Heredocs) == 0 {
		return s, true
	}
	if len(in.Heredocs) == 1 && len(strings.Fields(in.Text)) == 1 {
		return in.Heredocs[0].script(), true
	}
	s.segs = append([]segment(nil), in.segs...)
	for _, h := range in.Heredocs {
		s.Text += "\n"
		s.segs = append(s.segs, segment{len(s.Text), h.Start})
		s.Text += h.Content + h.Name
	}
	return s, true
}

func (h Heredoc) script() Script {
	s := Script{Text: h.Content, segs: []segment{{0, h.Start}}}
	if rest, ok := strings.CutPrefix(h.Content, "#!"); ok {
		line, _, _ := strings.Cut(rest, "\n")
		f := strings.Fields(line)
		if len(f) > 1 && strings.HasSuffix(f[0], "/env") {
			f = f[1:]
		}
		if len(f) > 0 {
			s.Interpreter = f[0][strings.LastIndexByte(f[0], '/')+1:]
		}
	}
	return s
}

// shift drops the first n bytes of the text that segs describe.
func shift(segs []segment, n int) []segment {
	out := []segment{{0, offsetIn(segs, n, 0)}}
	for _, s := range segs {
		if s.text > n {
			out = append(out, segment{s.text - n, s.src})
		}
	}
	return out
}

// Final is the last stage, the one that is built by default; nil without a FROM.
func (f *File) Final() *Stage {
	if f == nil || len(f.Stages) == 0 {
		return nil
	}
	return f.Stages[len(f.Stages)-1]
}

// StageByName is the stage with this name; nil when there is none. Names are compared as BuildKit does.
func (f *File) StageByName(name string) *Stage {
	for _, s := range f.Stages {
		if s.Name != "" && strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return nil
}

// Lineage is the stage itself, its parent, and so on up to the one on an image.
func (s *Stage) Lineage() []*Stage {
	var out []*Stage
	for ; s != nil; s = s.Parent {
		out = append(out, s)
	}
	return out
}

// Root is the stage at the end of the lineage: its Image is where the file system comes from.
func (s *Stage) Root() *Stage {
	for s != nil && s.Parent != nil {
		s = s.Parent
	}
	return s
}

// Last is the last instruction of a name in the stage or, if it has none, in what it inherits from.
func (s *Stage) Last(name string) *Instruction {
	for _, st := range s.Lineage() {
		for i := len(st.Body) - 1; i >= 0; i-- {
			if st.Body[i].Name == name {
				return st.Body[i]
			}
		}
	}
	return nil
}

// All are the instructions of a name in the stage and in what it inherits from, the oldest first.
func (s *Stage) All(name string) []*Instruction {
	var out []*Instruction
	line := s.Lineage()
	for i := len(line) - 1; i >= 0; i-- {
		for _, in := range line[i].Body {
			if in.Name == name {
				out = append(out, in)
			}
		}
	}
	return out
}

// Directive is the value of a parser directive, or empty.
func (f *File) Directive(name string) string {
	for _, d := range f.Directives {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}
