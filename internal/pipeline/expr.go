package pipeline

import (
	"strings"
)

// Truth is what is known of a condition.
type Truth int

// The truths.
const (
	Unknown Truth = iota
	True
	False
)

// And holds when both hold.
func (t Truth) And(o Truth) Truth {
	switch {
	case t == False || o == False:
		return False
	case t == True && o == True:
		return True
	}
	return Unknown
}

// Or holds when one holds.
func (t Truth) Or(o Truth) Truth { return t.Negate().And(o.Negate()).Negate() }

// Negate turns True and False round.
func (t Truth) Negate() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

// value is a value of a condition. A value that is not known has known false; null is known and has no text.
type value struct {
	known bool
	null  bool
	regex bool
	text  string
}

func text(s string) value { return value{known: true, text: s} }

var null = value{known: true, null: true}

func (v value) truth() Truth {
	switch {
	case !v.known:
		return Unknown
	case v.null, v.text == "", v.text == "false", v.text == "0":
		return False
	}
	return True
}

func fromTruth(t Truth) value {
	switch t {
	case True:
		return text("true")
	case False:
		return text("false")
	}
	return value{}
}

// scope answers for the names and functions that a condition uses.
type scope struct {
	lookup func(name string) value
	call   func(name string, args []value) value
	match  func(text, pattern string) Truth
}

// eval decides a condition of either pipeline language: ==, !=, =~, !~, &&, ||, !, brackets, strings, regular expressions,
// names, calls. What it cannot read is unknown.
func eval(src string, sc scope) (v value) {
	if len(src) > 8192 {
		return value{}
	}
	p := &exprParser{toks: lex(src), sc: sc}
	v = p.or(0)
	if p.bad || p.at != len(p.toks) {
		return value{}
	}
	return v
}

type exprParser struct {
	toks []exprTok
	at   int
	bad  bool
	sc   scope
}

func (p *exprParser) peek() exprTok {
	if p.at < len(p.toks) {
		return p.toks[p.at]
	}
	return exprTok{}
}

func (p *exprParser) take(op string) bool {
	if t := p.peek(); t.kind == 'o' && t.text == op {
		p.at++
		return true
	}
	return false
}

func (p *exprParser) or(depth int) value {
	v := p.and(depth)
	for p.take("||") {
		r := p.and(depth)
		switch v.truth() {
		case False:
			v = r
		case Unknown:
			v = fromTruth(Unknown.Or(r.truth()))
		}
	}
	return v
}

func (p *exprParser) and(depth int) value {
	v := p.compare(depth)
	for p.take("&&") {
		r := p.compare(depth)
		switch v.truth() {
		case True:
			v = r
		case Unknown:
			v = fromTruth(Unknown.And(r.truth()))
		}
	}
	return v
}

func (p *exprParser) compare(depth int) value {
	l := p.unary(depth)
	for {
		t := p.peek()
		if t.kind != 'o' || !isComparison(t.text) {
			return l
		}
		p.at++
		l = fromTruth(p.relation(t.text, l, p.unary(depth)))
	}
}

func isComparison(op string) bool {
	switch op {
	case "==", "!=", "=~", "!~", "<", ">", "<=", ">=":
		return true
	}
	return false
}

func (p *exprParser) relation(op string, l, r value) Truth {
	if !l.known || !r.known {
		return Unknown
	}
	switch op {
	case "==":
		return truth(l.null == r.null && strings.EqualFold(l.text, r.text))
	case "!=":
		return truth(l.null == r.null && strings.EqualFold(l.text, r.text)).Negate()
	case "=~", "!~":
		t := False
		if !l.null {
			t = p.sc.match(l.text, r.text)
		}
		if op == "!~" {
			return t.Negate()
		}
		return t
	}
	return Unknown
}

func (p *exprParser) unary(depth int) value {
	if depth > 50 {
		p.bad = true
		p.at = len(p.toks)
		return value{}
	}
	if p.take("!") {
		return fromTruth(p.unary(depth + 1).truth().Negate())
	}
	if p.take("(") {
		v := p.or(depth + 1)
		if !p.take(")") {
			p.bad = true
		}
		return v
	}
	t := p.peek()
	if t.kind == 0 || t.kind == 'o' {
		p.bad = true
		p.at = len(p.toks)
		return value{}
	}
	p.at++
	switch t.kind {
	case 's':
		return text(t.text)
	case 'r':
		return value{known: true, regex: true, text: t.text}
	}
	if p.take("(") {
		return p.arguments(t.text, depth)
	}
	return p.name(t.text)
}

func (p *exprParser) arguments(name string, depth int) value {
	var args []value
	for !p.take(")") {
		if len(args) > 0 && !p.take(",") || len(args) > 16 || p.bad {
			p.bad = true
			return value{}
		}
		args = append(args, p.or(depth+1))
	}
	return p.sc.call(strings.ToLower(name), args)
}

func (p *exprParser) name(n string) value {
	switch n {
	case "true", "false":
		return text(n)
	case "null":
		return null
	}
	if n[0] >= '0' && n[0] <= '9' || n[0] == '-' {
		return text(n)
	}
	return p.sc.lookup(n)
}
