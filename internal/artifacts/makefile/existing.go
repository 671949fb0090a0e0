package makefile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	syntax "github.com/autogit/autogit/internal/syntax/makefile"
)

// existing is a Makefile that somebody wrote, with the places where it can be added to.
type existing struct {
	src    []byte
	eol    string
	prefix string // what a recipe line begins with
	file   *syntax.File
	rules  []*rule
	vars   map[string]bool
	goal   *span // value of .DEFAULT_GOAL, nil when it is not set
}

// span is a stretch of bytes.
type span struct{ start, end int }

// rule is one rule with its recipe.
type rule struct {
	targets, needs []string
	head           span // the header, continued lines included, its line end not
	comment        int  // offset of the header's comment, -1 when it has none
	doc            string
	above          string // the comment line right above, with its marks
	lines          []string
	places         []span // of each recipe line, its marks and its line end not
	end            int    // behind the last line of the rule, its line end included
	inside         bool   // within a conditional
}

// scan reads a Makefile. The error is of its first broken line; what could be read is there all the same.
func scan(src []byte) (*existing, error) {
	file, err := syntax.Parse(src)
	e := &existing{src: src, eol: artifact.LineEnd(src), prefix: "\t", file: file, vars: map[string]bool{}}
	comments := map[int]syntax.Comment{}
	for _, c := range file.Comments {
		comments[c.Line] = c
	}
	for _, r := range file.Rules {
		e.rules = append(e.rules, e.rule(r, comments))
	}
	for _, v := range file.Variables {
		if v.Target == "" {
			e.vars[v.Name] = true
		}
	}
	if v := file.Variable(".RECIPEPREFIX"); v != nil {
		if s := strings.TrimSpace(v.Value); s != "" {
			e.prefix = s[:1]
		}
	}
	if v := file.Variable(".DEFAULT_GOAL"); v != nil {
		e.goal = e.value(v)
	}
	return e, err
}

// rule finds the places of one rule.
func (e *existing) rule(r *syntax.Rule, comments map[int]syntax.Comment) *rule {
	out := &rule{
		targets: r.Targets, needs: r.Prerequisites, comment: -1, inside: r.Conditional,
		head: span{r.Start, e.headEnd(r.Start)}, end: lineAfter(e.src, r.End),
	}
	for _, l := range r.Recipe {
		out.lines = append(out.lines, l.Text)
		out.places = append(out.places, span{l.Start, l.End})
	}
	line, _ := e.file.Lines.At(out.head.end)
	if c, ok := comments[line]; ok && !c.Whole && c.Start >= out.head.start && c.Start < out.head.end {
		out.comment = c.Start
		if c.Help {
			out.doc = c.Text
		}
	}
	if c, ok := comments[r.Line-1]; ok && c.Whole {
		out.above = string(e.src[c.Start:c.End])
	}
	return out
}

// headEnd is where a rule's first logical line ends, its line end not included.
func (e *existing) headEnd(at int) int {
	for {
		next := lineAfter(e.src, at)
		line := text(e.src, at, next)
		if !continued(line) || next >= len(e.src) {
			return at + len(line)
		}
		at = next
	}
}

// value is the place of an assignment's right side; nil when it cannot be pointed at.
func (e *existing) value(v *syntax.Variable) *span {
	s := strings.TrimSpace(v.Value)
	from := v.Start + bytes.IndexByte(e.src[v.Start:v.End], '=') + 1
	at := bytes.Index(e.src[from:v.End], []byte(s))
	if s == "" || at < 0 {
		return nil
	}
	return &span{from + at, from + at + len(s)}
}

// find is the rule that has a recipe or prerequisites for a target; nil when there is none.
func (e *existing) find(target string) *rule {
	var found *rule
	for _, r := range e.rules {
		if slices.Contains(r.targets, target) && (found == nil || len(found.lines) == 0) {
			found = r
		}
	}
	return found
}

// plainTargets are the rules that a person calls by name: no file, no pattern, nothing special.
func (e *existing) plainTargets(isFile func(string) bool) []*rule {
	var out []*rule
	for _, r := range e.rules {
		if len(r.targets) != 1 || !callable(r.targets[0]) || isFile(r.targets[0]) || e.find(r.targets[0]) != r {
			continue
		}
		if slices.ContainsFunc(r.lines, func(l string) bool { return strings.Contains(l, "$@") }) && !e.file.IsPhony(r.targets[0]) {
			continue // it makes the file of its name
		}
		out = append(out, r)
	}
	return out
}

// callable tells whether a name is one that a person types: not that of a file, and not one that an underscore hides.
func callable(name string) bool {
	return targetName(name) && !strings.ContainsAny(name, "/.") && name[0] != '_'
}

// outside is where a rule begins, or the outermost conditional that holds it.
func (e *existing) outside(r *rule) int {
	if !r.inside {
		return r.head.start
	}
	depth, outer, define := 0, r.head.start, false
	for at := 0; at < r.head.start; at = lineAfter(e.src, at) {
		word := firstWord(text(e.src, at, lineAfter(e.src, at)))
		switch {
		case define:
			define = word != "endef"
		case word == "define":
			define = true
		case slices.Contains([]string{"ifeq", "ifneq", "ifdef", "ifndef"}, word):
			if depth == 0 {
				outer = at
			}
			depth++
		case word == "endif":
			depth = max(0, depth-1)
		}
	}
	return outer
}

func firstWord(line string) string {
	f := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' || c == '(' || c == '"' || c == '\'' })
	if len(f) == 0 || strings.HasPrefix(line, "\t") {
		return ""
	}
	return f[0]
}

func lineAfter(src []byte, at int) int {
	if i := bytes.IndexByte(src[min(at, len(src)):], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}

func text(src []byte, at, next int) string { return strings.TrimRight(string(src[at:next]), "\r\n") }

// continued tells whether a line goes on: it ends with an odd number of backslashes.
func continued(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}
