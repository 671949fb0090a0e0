package criterion

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// Clause is a part of a criterion that makes claims of its own.
type Clause struct {
	Text   string
	Claims []Claim
}

// Understanding is what a criterion was understood to demand. Claims is empty when Understood is false: a text that is
// understood in part only is not understood.
type Understanding struct {
	Text       string
	Clauses    []Clause
	Claims     []Claim
	Understood bool
	Why        string // why not, and the nearest wording that is understood
}

// catalogue compiles the grammar once. A mistake in it is a mistake in the program, which the tests find.
var catalogue = sync.OnceValue(func() *grammar {
	g, err := compile()
	if err != nil {
		panic("criterion: " + err.Error())
	}
	return g
})

// Understand reads a criterion. Every word of the text must be accounted for by the demand it was matched with, by a
// known reason ("for speed") or by a word without content; otherwise it is not understood.
func Understand(text string) Understanding {
	u := Understanding{Text: text}
	switch {
	case len(text) > MaxText:
		u.Why = fmt.Sprintf("the criterion is %d bytes long, at most %d are read: split it", len(text), MaxText)
		return u
	case strings.TrimSpace(text) == "":
		u.Why = "the criterion is empty"
		return u
	}
	g := catalogue()
	norm := normalise(text)
	toks := strip(tokenise(norm, g.knows))
	for _, v := range variants(toks) {
		r := g.read(norm, v)
		if r.why == "" {
			u.Understood, u.Clauses = true, r.clauses
			for _, c := range r.clauses {
				u.Claims = appendClaims(u.Claims, c.Claims)
			}
			u.Why = ""
			return u
		}
		if u.Why == "" {
			u.Why = r.why
		}
	}
	if s := nearest(toks); s != "" {
		u.Why += fmt.Sprintf("; the nearest wording that is understood is %q", s)
	}
	return u
}

// appendClaims adds claims that are not there yet.
func appendClaims(list, more []Claim) []Claim {
next:
	for _, c := range more {
		for _, have := range list {
			if reflect.DeepEqual(have, c) {
				continue next
			}
		}
		list = append(list, c)
	}
	return list
}

// strip takes out the words without content and the marks at the ends.
func strip(toks []token) []token {
	var out []token
	modal := false
	for _, t := range toks {
		if fillers[t.stem] {
			modal = modal || contains([]string{"must", "should", "shall"}, t.stem)
			continue
		}
		if t.stem == ";" && len(out) > 0 && contains([]string{";", ",", ":"}, out[len(out)-1].stem) {
			out[len(out)-1] = t // marks in a row are one
			continue
		}
		t.modal = modal
		modal = false
		out = append(out, t)
	}
	for len(out) > 0 && contains([]string{";", ",", ":"}, out[len(out)-1].stem) {
		out = out[:len(out)-1]
	}
	for len(out) > 0 && contains([]string{";", ","}, out[0].stem) {
		out = out[1:]
	}
	return out
}

// variants are the ways to take brackets: as if they were not there, or as a demand or reason of its own.
func variants(toks []token) [][]token {
	flat := without(toks, "(", ")")
	if len(flat) == len(toks) {
		return [][]token{toks}
	}
	var main, inner []token
	depth := 0
	for _, t := range toks {
		switch {
		case t.stem == "(":
			if depth == 0 {
				inner = append(inner, token{text: ";", stem: ";"})
			}
			depth++
		case t.stem == ")":
			depth = max(0, depth-1)
		case depth > 0:
			inner = append(inner, t)
		default:
			main = append(main, t)
		}
	}
	return [][]token{flat, append(strip(main), inner...)}
}

func without(toks []token, stems ...string) []token {
	var out []token
	for _, t := range toks {
		if !contains(stems, t.stem) {
			out = append(out, t)
		}
	}
	return out
}

// knows tells whether a word is in the vocabulary, so that "push/PR" is two words and "linux/amd64" is one.
func (g *grammar) knows(w string) bool {
	for _, t := range tokenise(w, func(string) bool { return false }) {
		if !g.words[t.stem] && !versionForm.MatchString(t.text) {
			return false
		}
	}
	return true
}

// outcome is a reading of a whole criterion, or why there is none.
type outcome struct {
	clauses []Clause
	why     string
}

// solution is the best reading of the words from one place on.
type solution struct {
	clauses []Clause
	loose   int
	other   *Clause // another reading as good as this one
	ok      bool
}

func (g *grammar) read(text string, toks []token) outcome {
	if len(toks) == 0 {
		return outcome{why: "the criterion has no word with content"}
	}
	if len(toks) > 150 {
		return outcome{why: "the criterion is too long: split it"}
	}
	s := &solver{matcher: matcher{g: g, toks: toks, text: text}, memo: map[int]solution{}}
	best := s.solve(0)
	switch {
	case s.steps > maxSteps:
		return outcome{why: "the criterion is too intricate: split it"}
	case s.scope != "" && !best.ok:
		return outcome{why: s.scope}
	case !best.ok:
		return outcome{why: s.unknown()}
	case best.other != nil:
		return outcome{why: fmt.Sprintf("%q can be read in two ways: %s, or %s", best.other.Text, Describe(best.clauses[0].Claims), Describe(best.other.Claims))}
	case len(flatten(best.clauses)) == 0:
		return outcome{why: "the criterion gives a reason, and demands nothing"}
	}
	return outcome{clauses: best.clauses}
}

func flatten(cs []Clause) []Claim {
	var out []Claim
	for _, c := range cs {
		out = append(out, c.Claims...)
	}
	return out
}

// Describe writes claims shortly: lint{tool=ruff}.
func Describe(cs []Claim) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.String()
	}
	return strings.Join(out, " ")
}

// unknown says which word was the first that no demand accounts for.
func (s *solver) unknown() string {
	at := min(s.reach, len(s.toks)-1)
	if s.reach >= len(s.toks) {
		return "the words are known, but not what they demand together"
	}
	return fmt.Sprintf("%q is not accounted for", s.text[s.toks[at].start:s.toks[at].end])
}
