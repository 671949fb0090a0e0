package criterion

import (
	"fmt"
	"maps"
	"strings"
)

// The pattern language. A pattern is words, and
//
//	a/b/c      one of these words
//	<name>     a named part (see parts)
//	{slot}     a parameter, read by a slot; {slot:name} stores it under another name
//	( x | y )  a choice
//	x?  x*     may be missing; may repeat
//	{slot:_}   reads a parameter that changes nothing
//	@name      sets the parameter name to "true"; @name=value to that value
//
// A pattern must account for every word of a clause: what no pattern takes up makes the clause not understood.
type element struct {
	words  []string
	choice [][]element
	slot   string
	name   string // of a slot's parameter, or of a flag
	value  string // of a flag
	many   bool
	maybe  bool
}

// captures are the parameters that a match has set. They are never changed in place.
type captures map[string]string

func (c captures) with(more map[string]string) (captures, bool) {
	if len(more) == 0 {
		return c, true
	}
	out := maps.Clone(c)
	if out == nil {
		out = captures{}
	}
	for k, v := range more {
		if old, ok := out[k]; ok && old != v {
			return nil, false // the same thing said in two ways
		}
		out[k] = v
	}
	return out, true
}

// pattern is one row of the catalogue, compiled.
type pattern struct {
	source string
	seq    []element
	emit   []template
	negate []template // what the clause claims when it is negated; none: it cannot be negated
}

// grammar is the compiled catalogue.
type grammar struct {
	patterns []pattern
	parts    map[string][]element
	words    map[string]bool // every word that some pattern knows
	leads    [][]string
	tails    [][]string
	heads    [][]string
	seps     [][]string
}

// row is a line of the catalogue: a pattern, what it claims, and what its negation claims.
type row struct{ pattern, claims, negated string }

func compile() (*grammar, error) {
	g := &grammar{parts: map[string][]element{}, words: map[string]bool{}}
	for name, text := range parts {
		seq, err := g.parse(text)
		if err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
		g.parts[name] = seq
	}
	for _, table := range [][]row{pipelineRows, qualityRows, scanRows, imageRows, composeRows, makeRows} {
		for _, r := range table {
			seq, err := g.parse(r.pattern)
			if err != nil {
				return nil, fmt.Errorf("pattern %q: %w", r.pattern, err)
			}
			p := pattern{source: r.pattern, seq: seq, emit: parseTemplates(r.claims), negate: parseTemplates(r.negated)}
			g.patterns = append(g.patterns, p)
		}
	}
	if err := g.validate(); err != nil {
		return nil, err
	}
	for _, table := range [][]nameRow{eventWords, languageNames, platformNames, serviceNames, jobNames, labelNames, networkNames, severityNames} {
		for _, r := range table {
			for _, p := range r.phrases {
				for _, w := range p {
					g.words[w] = true
				}
			}
		}
	}
	for w := range targetWords {
		g.words[w] = true
	}
	for _, l := range []struct {
		to   *[][]string
		from []string
	}{{&g.leads, leads}, {&g.tails, tails}, {&g.heads, purposeHeads}, {&g.seps, separators}} {
		*l.to = stemAll(l.from)
	}
	return g, nil
}

// validate finds patterns that name a part or a slot that is not there.
func (g *grammar) validate() error {
	var check func(seq []element) error
	check = func(seq []element) error {
		for _, e := range seq {
			switch {
			case strings.HasPrefix(e.slot, "<"):
				if _, ok := g.parts[strings.Trim(e.slot, "<>")]; !ok {
					return fmt.Errorf("no part %s", e.slot)
				}
			case e.slot != "":
				if _, ok := slots[e.slot]; !ok {
					return fmt.Errorf("no slot {%s}", e.slot)
				}
			}
			for _, alt := range e.choice {
				if err := check(alt); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for name, p := range g.parts {
		if err := check(p); err != nil {
			return fmt.Errorf("part %s: %w", name, err)
		}
	}
	for _, p := range g.patterns {
		if err := check(p.seq); err != nil {
			return fmt.Errorf("pattern %q: %w", p.source, err)
		}
	}
	return nil
}

func stemAll(phrases []string) [][]string {
	out := make([][]string, len(phrases))
	for i, p := range phrases {
		for _, w := range strings.Fields(p) {
			out[i] = append(out[i], stem(w))
		}
	}
	return out
}

// parse reads a pattern's text.
func (g *grammar) parse(text string) ([]element, error) {
	fields := strings.Fields(text)
	alts, rest, err := g.parseChoice(fields)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("stray %q", rest[0])
	}
	if len(alts) == 1 {
		return alts[0], nil
	}
	return []element{{choice: alts}}, nil
}

func (g *grammar) parseChoice(fields []string) (alts [][]element, rest []string, err error) {
	var seq []element
	for len(fields) > 0 {
		f := fields[0]
		switch {
		case f == "|":
			alts, seq = append(alts, seq), nil
			fields = fields[1:]
			continue
		case f == ")" || f == ")?" || f == ")*":
			return append(alts, seq), fields, nil
		case f == "(":
			inner, after, err := g.parseChoice(fields[1:])
			if err != nil {
				return nil, nil, err
			}
			if len(after) == 0 {
				return nil, nil, fmt.Errorf("( without )")
			}
			seq = append(seq, element{choice: inner, maybe: after[0] != ")", many: after[0] == ")*"})
			fields = after[1:]
			continue
		}
		seq = append(seq, g.atom(f)...)
		fields = fields[1:]
	}
	return append(alts, seq), nil, nil
}

// atom reads one field of a pattern that is not a bracket.
func (g *grammar) atom(f string) []element {
	var e element
	if s, ok := strings.CutSuffix(f, "?"); ok {
		f, e.maybe = s, true
	} else if s, ok := strings.CutSuffix(f, "*"); ok {
		f, e.maybe, e.many = s, true, true
	}
	switch {
	case strings.HasPrefix(f, "@"):
		e.name, e.value = f[1:], "true"
		if k, v, ok := strings.Cut(f[1:], "="); ok {
			e.name, e.value = k, v
		}
	case strings.HasPrefix(f, "{"):
		e.slot = strings.Trim(f, "{}")
		e.name = e.slot
		if s, n, ok := strings.Cut(e.slot, ":"); ok {
			e.slot, e.name = s, n
		}
	case strings.HasPrefix(f, "<"):
		e.slot = f
	default:
		w := g.wordElement(f, e)
		if len(w.words)+len(w.choice) == 0 {
			return nil // only words that are taken out of every text
		}
		return []element{w}
	}
	return []element{e}
}

// wordElement makes "a/b/c" a choice of words; a compound ("timeout") becomes the words that it stands for.
func (g *grammar) wordElement(f string, e element) element {
	var single []string
	var compound [][]element
	for _, w := range strings.Split(f, "/") {
		toks := strip(tokenise(w, func(string) bool { return false }))
		if len(toks) == 0 && w != "," && w != ":" {
			continue
		}
		if len(toks) == 0 {
			toks = []token{{stem: w}}
		}
		for _, t := range toks {
			g.words[t.stem] = true
		}
		if len(toks) == 1 {
			single = append(single, toks[0].stem)
			continue
		}
		var seq []element
		for _, t := range toks {
			seq = append(seq, element{words: []string{t.stem}})
		}
		compound = append(compound, seq)
	}
	if len(compound) == 0 {
		e.words = single
		return e
	}
	if len(single) > 0 {
		compound = append(compound, []element{{words: single}})
	}
	e.choice = compound
	return e
}
