package makefile

import (
	"regexp"
	"strings"
)

// directive reads conditionals, define, include and the words before an assignment.
func (p *parser) directive(l logical, body string) bool {
	word, rest := cutWord(body)
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		if strings.HasSuffix(word, "eq") && (rest == "" || strings.IndexByte(`("'`, rest[0]) < 0) {
			p.fail(l.line, "invalid syntax in conditional: "+word+" needs (a,b) or two quoted words")
		}
		p.branches = append(p.branches, l.line)
		p.elses = append(p.elses, false)
	case "else":
		p.elseLine(l, rest)
	case "endif":
		if len(p.branches) == 0 {
			p.fail(l.line, "endif without a conditional before it")
			return true
		}
		p.branches, p.elses = p.branches[:len(p.branches)-1], p.elses[:len(p.elses)-1]
	case "define":
		p.startDefine(l, rest)
	case "endef":
		p.fail(l.line, "endef without a define before it")
	case "include", "-include", "sinclude":
		if isAssignment(rest) {
			return false
		}
		p.rule = nil
		p.f.Includes = append(p.f.Includes, Include{Files: strings.Fields(rest), Optional: word != "include", Line: l.line})
	case "export", "unexport", "override", "private", "undefine", "vpath", "load", "-load":
		return p.modifier(l, word, rest)
	default:
		return false
	}
	return true
}

func (p *parser) elseLine(l logical, rest string) {
	n := len(p.branches)
	switch {
	case n == 0:
		p.fail(l.line, "else without a conditional before it")
	case p.elses[n-1]:
		p.fail(l.line, "only one else for each conditional")
	case rest == "":
		p.elses[n-1] = true
	}
}

func (p *parser) startDefine(l logical, rest string) {
	name, op := rest, "define"
	if m := assignment.FindStringSubmatchIndex(rest); m != nil {
		name = rest[:m[0]]
	}
	p.rule, p.nested = nil, 1
	p.define = &Variable{Name: strings.TrimSpace(name), Op: op, Line: l.line, Start: l.start, End: l.end, Conditional: len(p.branches) > 0}
	p.f.Variables = append(p.f.Variables, p.define)
}

// modifier reads "export A = b", "override A = b", "unexport A", "vpath …".
func (p *parser) modifier(l logical, word, rest string) bool {
	if word == "override" && strings.HasPrefix(rest, "define") {
		_, name := cutWord(rest)
		p.startDefine(l, name)
		return true
	}
	if isAssignment(word+" "+rest) && !isAssignment(rest) {
		return false // a variable of that name
	}
	n := len(p.f.Variables)
	if isAssignment(rest) {
		p.assignment(l, rest, "", l.start)
	} else if strings.HasPrefix(rest, "export ") || strings.HasPrefix(rest, "override ") || strings.HasPrefix(rest, "private ") {
		w, r := cutWord(rest)
		p.modifier(l, w, r)
	} else {
		p.rule = nil
		if strings.HasPrefix(rest, ":") {
			return false // a target of that name
		}
	}
	for _, v := range p.f.Variables[n:] {
		v.Export = v.Export || word == "export"
		v.Override = v.Override || word == "override"
	}
	return true
}

func cutWord(s string) (word, rest string) {
	if i := strings.IndexAny(s, " \t("); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// assignment is the operator at the end of a name.
var assignment = regexp.MustCompile(`[ \t]*(:::=|::=|:=|\?=|\+=|!=|=)`)

// splitAssignment finds the name and the operator of an assignment: the name ends at the first blank or
// operator outside of $(…), and nothing but blanks may stand between the two.
func splitAssignment(s string) (name, op string, value int, ok bool) {
	i := 0
	for i < len(s) {
		c := s[i]
		if c == '$' && i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{') {
			i = closing(s, i+1)
			continue
		}
		if strings.IndexByte(" \t:=?+!#", c) >= 0 {
			m := assignment.FindStringSubmatchIndex(s[i:])
			if m != nil && m[0] == 0 {
				return s[:i], s[i+m[2] : i+m[3]], i + m[1], i > 0
			}
			if c != '?' && c != '+' && c != '!' {
				return "", "", 0, false
			}
		}
		i++
	}
	return "", "", 0, false
}

func isAssignment(s string) bool { _, _, _, ok := splitAssignment(s); return ok }

// assignment reads "NAME = value", of a target when target is given.
func (p *parser) assignment(l logical, body, target string, start int) bool {
	name, op, value, ok := splitAssignment(body)
	if !ok {
		return false
	}
	if target == "" {
		p.rule = nil
	}
	if name == ".RECIPEPREFIX" {
		p.prefix = '\t'
		if v := strings.TrimSpace(body[value:]); v != "" {
			p.prefix = v[0]
		}
	}
	v := &Variable{
		Name: name, Op: op, Value: strings.TrimLeft(body[value:], " \t"), Target: target,
		Conditional: len(p.branches) > 0, Line: l.line, Start: start, End: l.end,
	}
	p.f.Variables = append(p.f.Variables, v)
	p.f.assign(v)
	return true
}

// header reads "targets: prerequisites ; recipe".
func (p *parser) header(l logical, body string) {
	sep, width := separator(body)
	if sep < 0 {
		p.rule = nil
		if strings.HasPrefix(body, "$") {
			p.f.Dynamic = true // $(eval …), $(call …), $(info …): what it makes is not known
			return
		}
		message := "missing separator: neither a rule, an assignment nor a directive"
		if strings.HasPrefix(l.raw, "  ") {
			message = "missing separator: a recipe line must start with a tab, not with spaces"
		} else if strings.HasPrefix(l.raw, "\t") {
			message = "recipe before the first target"
		}
		p.fail(l.line, message)
		return
	}
	r := &Rule{Line: l.line, EndLine: l.last, Start: l.start, End: l.end, Conditional: len(p.branches) > 0}
	r.DoubleColon = width == 2 && body[sep:sep+2] == "::"
	left, right := body[:sep], strings.TrimSpace(body[sep+width:])
	targets, from := p.names(l, left, 0)
	if p.targetVariable(l, left, right) {
		return
	}
	right, inline := cutRecipe(right)
	r.Names = targets
	for _, n := range targets {
		for _, t := range p.f.words(n.Text) {
			r.Targets = append(r.Targets, t)
			r.Pattern = r.Pattern || strings.Contains(t, "%")
		}
	}
	p.needs(l, r, right, from)
	p.doc(l, r)
	p.f.Rules = append(p.f.Rules, r)
	p.rule = r
	if inline != "" {
		p.addRecipe(inline, l.line, l.last, l.start+max(0, strings.Index(l.raw, inline)), l.end)
	}
}

// words expands a word of a rule's first line, which may become several.
func (f *File) words(text string) []string {
	if !strings.Contains(text, "$") {
		return []string{text}
	}
	return strings.Fields(f.Expand(text))
}

// targetVariable reads "target: NAME = value".
func (p *parser) targetVariable(l logical, left, right string) bool {
	for {
		w, rest := cutWord(right)
		if w != "export" && w != "override" && w != "private" {
			break
		}
		right = rest
	}
	if !isAssignment(right) {
		return false
	}
	for _, t := range strings.Fields(left) {
		p.assignment(l, right, t, l.start)
	}
	p.rule = nil
	return true
}

// needs reads the prerequisites; those behind | are order-only. "targets: pattern: needs" is a static pattern.
func (p *parser) needs(l logical, r *Rule, right string, from int) {
	if i, w := separator(right); i >= 0 && w == 1 {
		right = right[i+1:]
	}
	normal, order, _ := strings.Cut(right, "|")
	needs, from := p.names(l, normal, from)
	for _, n := range needs {
		r.Needs = append(r.Needs, n)
		r.Prerequisites = append(r.Prerequisites, p.f.words(n.Text)...)
	}
	needs, _ = p.names(l, order, from)
	for _, n := range needs {
		r.Needs = append(r.Needs, n)
		r.OrderOnly = append(r.OrderOnly, p.f.words(n.Text)...)
	}
}

// doc is the help text of a rule: behind it, or in the lines above.
func (p *parser) doc(l logical, r *Rule) {
	if n := len(p.f.Comments); n > 0 {
		if c := p.f.Comments[n-1]; c.Help && !c.Whole && c.Line >= l.line && c.Line <= l.last {
			r.Doc = c.Text
		}
	}
	if r.Doc == "" && len(p.help) > 0 && p.helpLine == l.line-1 {
		r.Doc = strings.Join(p.help, " ")
	}
	p.help = nil
}
