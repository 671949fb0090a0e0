package makefile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
)

// existing is a Makefile that somebody wrote, with the places where it can be added to.
type existing struct {
	src    []byte
	eol    string
	prefix string // what a recipe line begins with
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
	above          string // the comment line right above, without its marks
	lines          []string
	places         []span // of each recipe line, its line end not
	start          int    // of the header, or of the outermost conditional around it
	end            int    // behind the last line of the rule, its line end included
	inside         bool   // within a conditional
}

// scan reads a Makefile well enough to add to it. What it does not understand it leaves alone.
func scan(src []byte) *existing {
	e := &existing{src: src, eol: artifact.LineEnd(src), prefix: "\t", vars: map[string]bool{}}
	var current *rule
	depth, outer, skipping, above := 0, 0, false, ""
	for at := 0; at < len(src); {
		next := lineAfter(src, at)
		line := text(src, at, next)
		if e.recipeLine(current, line) {
			for continued(line) && next < len(src) {
				end := lineAfter(src, next)
				line, next = line+"\n"+text(src, next, end), end
			}
			current.lines = append(current.lines, strings.TrimPrefix(line, e.prefix))
			current.places = append(current.places, span{at, at + len(strings.TrimRight(string(src[at:next]), "\r\n"))})
			current.end = next
			at = next
			continue
		}
		for continued(line) && next < len(src) {
			end := lineAfter(src, next)
			line, next = line[:len(line)-1]+" "+text(src, next, end), end
		}
		word := firstWord(line)
		switch {
		case skipping:
			skipping = word != "endef"
		case word == "define":
			skipping, current = true, nil
		case slices.Contains([]string{"ifeq", "ifneq", "ifdef", "ifndef"}, word):
			if depth == 0 {
				outer = at
			}
			depth++
		case word == "endif":
			depth = max(0, depth-1)
		case word == "" || word == "else" || slices.Contains([]string{"include", "-include", "sinclude", "vpath", "undefine"}, word):
		case strings.HasPrefix(strings.TrimSpace(line), "#"):
		default:
			before := len(e.rules)
			current = e.statement(line, at, next, depth > 0, above, current)
			if len(e.rules) > before && depth > 0 {
				current.start = outer
			}
		}
		above = ""
		if t := strings.TrimSpace(line); strings.HasPrefix(t, "#") {
			above = t
		}
		at = next
	}
	return e
}

// recipeLine tells whether a line belongs to the rule before it.
func (e *existing) recipeLine(current *rule, line string) bool {
	return current != nil && strings.HasPrefix(line, e.prefix)
}

// statement takes in a rule or an assignment.
func (e *existing) statement(line string, at, next int, inside bool, above string, current *rule) *rule {
	code, comment := line, -1
	if i := commentAt(line); i >= 0 {
		code, comment = line[:i], at+i
	}
	colon, equals := separator(code)
	if equals >= 0 {
		e.assignment(code, equals, at)
		return current
	}
	if colon < 0 {
		return current
	}
	left, right := code[:colon], strings.TrimLeft(code[colon:], ":&")
	if _, eq := separator(right); eq >= 0 {
		return current // a variable of one target
	}
	r := &rule{targets: strings.Fields(left), comment: comment, inside: inside, start: at, end: next}
	r.head = span{at, at + len(strings.TrimRight(string(e.src[at:next]), "\r\n"))}
	right, command, ok := strings.Cut(right, ";")
	if ok {
		r.lines = append(r.lines, strings.TrimSpace(command))
	}
	r.needs = strings.Fields(strings.ReplaceAll(right, "|", " "))
	if comment >= 0 && strings.HasPrefix(line[comment-at:], "##") {
		r.doc = strings.TrimSpace(strings.TrimLeft(line[comment-at:], "#"))
	}
	r.above = above
	e.rules = append(e.rules, r)
	return r
}

func (e *existing) assignment(code string, equals, at int) {
	name := strings.Fields(strings.TrimRight(code[:equals], ":?+!"))
	if len(name) == 0 {
		return
	}
	n, value := name[len(name)-1], strings.TrimSpace(code[equals+1:])
	e.vars[n] = true
	switch n {
	case ".DEFAULT_GOAL":
		start := at + equals + 1 + len(code[equals+1:]) - len(strings.TrimLeft(code[equals+1:], " \t"))
		e.goal = &span{start, start + len(value)}
	case ".RECIPEPREFIX":
		e.prefix = "\t"
		if value != "" {
			e.prefix = value[:1]
		}
	}
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
		if slices.ContainsFunc(r.lines, func(l string) bool { return strings.Contains(l, "$@") }) && !e.phony(r.targets[0]) {
			continue // it makes the file of its name
		}
		out = append(out, r)
	}
	return out
}

func callable(name string) bool {
	return targetName(name) && !strings.ContainsAny(name, "/._") || targetName(name) && !strings.ContainsAny(name, "/.") && name[0] != '_'
}

func (e *existing) phony(name string) bool {
	return slices.ContainsFunc(e.rules, func(r *rule) bool {
		return slices.Contains(r.targets, ".PHONY") && slices.Contains(r.needs, name)
	})
}

// first is the target that make runs when it is given none.
func (e *existing) first() string {
	if e.goal != nil {
		return string(e.src[e.goal.start:e.goal.end])
	}
	for _, r := range e.rules {
		for _, t := range r.targets {
			if !strings.HasPrefix(t, ".") && !strings.Contains(t, "%") {
				return t
			}
		}
	}
	return ""
}

func lineAfter(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}

func text(src []byte, at, next int) string { return strings.TrimRight(string(src[at:next]), "\r\n") }

// continued tells whether a line goes on: it ends with an odd number of backslashes.
func continued(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

func firstWord(line string) string {
	f := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' || c == '(' || c == '"' || c == '\'' })
	if len(f) == 0 {
		return ""
	}
	if f[0] == "override" || f[0] == "export" {
		if len(f) > 1 && f[1] == "define" {
			return "define"
		}
	}
	return f[0]
}

// commentAt is the offset of the # that begins a comment.
func commentAt(line string) int {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// separator finds what makes a line a rule or an assignment: a colon or an equals sign outside of references.
func separator(code string) (colon, equals int) {
	depth := 0
	for i := range len(code) {
		switch c := code[i]; {
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth = max(0, depth-1)
		case depth > 0:
		case c == '=':
			return -1, i
		case c == ':':
			rest := strings.TrimLeft(code[i:], ":")
			if strings.HasPrefix(rest, "=") {
				return -1, len(code) - len(rest)
			}
			return i, -1
		}
	}
	return -1, -1
}
