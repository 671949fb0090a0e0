package criterion

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// solver finds the reading of a criterion with the fewest clauses that accounts for every word.
type solver struct {
	matcher
	memo  map[int]solution
	scope string // why a reading was given up: a negation whose reach is unclear
}

// ended is a way in which a clause that starts at one place can end.
type ended struct {
	at     int
	claims []Claim
	loose  int // words that the demand itself did not take up: leads, places, reasons
}

func (s *solver) solve(i int) solution {
	if sol, ok := s.memo[i]; ok {
		return sol
	}
	s.memo[i] = solution{} // a clause is never empty, so that this cannot be asked for again; be safe all the same
	var best solution
	for _, e := range s.clausesAt(i) {
		s.better(&best, i, e)
	}
	s.memo[i] = best
	return best
}

// better replaces best by the reading that starts with e, when that has fewer clauses.
func (s *solver) better(best *solution, i int, e ended) {
	clause := Clause{Text: s.slice(i, e.at), Claims: e.claims}
	candidate := solution{clauses: []Clause{clause}, ok: true, loose: e.loose}
	if e.at < len(s.toks) {
		next := s.separator(e.at)
		if next < 0 {
			return
		}
		rest := s.solve(next)
		if !rest.ok {
			return
		}
		if s.unclearNegation(i, e.at, next) {
			s.scope = fmt.Sprintf("it is not clear whether the negation in %q also holds for %q: make two criteria of it", clause.Text, s.slice(next, len(s.toks)))
			return
		}
		candidate.clauses = append(candidate.clauses, rest.clauses...)
		candidate.other = rest.other
		candidate.loose += rest.loose
	}
	switch {
	case !best.ok, len(candidate.clauses) < len(best.clauses):
		*best = candidate
	case len(candidate.clauses) > len(best.clauses):
	case candidate.loose != best.loose:
		if candidate.loose < best.loose {
			*best = candidate
		}
	case covers(best.clauses, candidate.clauses):
	case covers(candidate.clauses, best.clauses):
		*best = candidate
	case best.other == nil:
		best.other = &clause
	}
}

// covers tells whether a demands all that b does: then it is the reading that can do no harm.
func covers(a, b []Clause) bool {
	have := flatten(a)
	for _, c := range flatten(b) {
		if !slices.ContainsFunc(have, func(h Claim) bool { return implies(h, c) }) {
			return false
		}
	}
	return true
}

// implies: the same claim with at least the same parameters. A tool that does a job says more than the job: who reads
// "make test runs go test" as go test need not ask whether "the tests" was meant.
func implies(h, c Claim) bool {
	if h.Name != c.Name || h.Not != c.Not {
		return false
	}
	for k, v := range c.Params {
		if h.Params[k] != v && (k != "job" || !toolDoes(h.Params["tool"], v)) {
			return false
		}
	}
	return true
}

func toolDoes(name, job string) bool {
	t, ok := ToolNamed(name)
	return ok && slices.Contains(t.Jobs, job)
}

// unclearNegation: in "do not push images and run linting", does "not" hold for the linting too? A full stop, a semicolon,
// "but", a new "must" or a new negation make it clear.
func (s *solver) unclearNegation(start, end, next int) bool {
	negated := false
	for _, t := range s.toks[start:end] {
		negated = negated || negations[t.stem] && t.stem != "no" && t.stem != "without"
	}
	if !negated || s.toks[next].modal || negations[s.toks[next].stem] {
		return false
	}
	for _, t := range s.toks[end:next] {
		if t.stem == ";" || t.stem == "but" {
			return false
		}
	}
	return true
}

func (s *solver) slice(i, j int) string {
	if i >= j || s.toks[i].start > s.toks[j-1].end {
		return ""
	}
	return s.text[s.toks[i].start:s.toks[j-1].end]
}

// separator steps over what stands between two clauses; -1 when nothing does.
func (s *solver) separator(i int) int {
	best := -1
	for _, p := range s.g.seps {
		if end := s.phrase(p, i); end > best && end < len(s.toks) {
			best = end
		}
	}
	return best
}

// clausesAt lists the clauses that can start at i: an optional reason first, words without content, a demand, and a reason.
func (s *solver) clausesAt(i int) []ended {
	var out []ended
	starts := map[int]bool{i: true}
	if end := s.purposeBefore(i); end > 0 {
		starts[end] = true
	}
	s.leadsFrom(i, starts, 0)
	for at := range len(s.toks) + 1 {
		if !starts[at] {
			continue
		}
		s.leadsFrom(at, starts, 0)
		out = s.demands(i, at, out)
	}
	out = append(out, s.reasonOnly(i)...)
	return out
}

// reasonOnly is a bracket that holds nothing but a reason: "(for speed)".
func (s *solver) reasonOnly(i int) []ended {
	if i == 0 || s.toks[i-1].stem != ";" || s.toks[i-1].end != 0 {
		return nil
	}
	var out []ended
	for _, end := range append(s.purposeAfter(i), s.purposeWords(i)...) {
		if end > i {
			out = append(out, ended{at: end})
		}
	}
	return out
}

func (s *solver) leadsFrom(i int, starts map[int]bool, depth int) {
	if depth > 6 {
		return
	}
	for _, p := range s.g.leads {
		if end := s.phrase(p, i); end > 0 && !starts[end] {
			starts[end] = true
			s.leadsFrom(end, starts, depth+1)
		}
	}
}

// demands matches every pattern at i, for a clause that began at first.
func (s *solver) demands(first, i int, out []ended) []ended {
	for k := range s.g.patterns {
		p := &s.g.patterns[k]
		seen := map[int]bool{}
		s.run(p.seq, state{at: i, canNot: len(p.negate) > 0}, 0, func(st state) {
			s.reach = max(s.reach, st.at)
			if st.at == i {
				return
			}
			emit := p.emit
			if st.not {
				emit = p.negate
			}
			if !mentions(emit, st.caps) {
				return // "do not run tests on push" is more than "do not run tests"
			}
			cs := claims(emit, st.caps)
			for _, end := range s.ends(st.at) {
				if e := (ended{at: end, claims: cs, loose: i - first + end - st.at}); !seen[end] || !known(out, e) {
					seen[end] = true
					out = append(out, e)
				}
			}
		})
	}
	return out
}

// mentions tells whether templates use every parameter that a clause has set: a claim that dropped one would say something else. A
// parameter whose name starts with _ changes nothing.
func mentions(ts []template, c captures) bool {
	for name := range c {
		if !strings.HasPrefix(name, "_") && !slices.ContainsFunc(ts, func(t template) bool {
			return t.each == name || slices.ContainsFunc(t.params, func(p [2]string) bool { return p[1] == "$"+name })
		}) {
			return false
		}
	}
	return true
}

func known(list []ended, e ended) bool {
	for _, x := range list {
		if x.at == e.at && x.loose <= e.loose && reflect.DeepEqual(x.claims, e.claims) {
			return true
		}
	}
	return false
}

// ends are the places where a clause whose demand ends at i can end: after words of place and after a reason.
func (s *solver) ends(i int) []int {
	reached := []int{i}
	for _, t := range s.g.tails {
		if end := s.phrase(t, i); end > 0 {
			reached = append(reached, end)
		}
	}
	var out []int
	for _, r := range reached {
		s.reach = max(s.reach, r)
		for _, end := range append(s.purposeAfter(r), r) {
			if end == len(s.toks) || s.separator(end) > 0 {
				out = append(out, end)
			}
		}
	}
	return out
}

// purposeAfter reads a reason: "for speed", "to keep the image small".
func (s *solver) purposeAfter(i int) []int {
	var out []int
	for _, h := range s.g.heads {
		if at := s.phrase(h, i); at > 0 {
			out = append(out, s.purposeWords(at)...)
		}
	}
	return out
}

func (s *solver) purposeWords(i int) []int {
	var out []int
	for at := i; at < len(s.toks); at++ {
		t := s.toks[at]
		if t.stem == "," && at > i && at+1 < len(s.toks) && purposes[s.toks[at+1].stem] {
			continue
		}
		if !purposes[t.stem] {
			break
		}
		s.reach = max(s.reach, at+1)
		if t.stem != "and" {
			out = append(out, at+1)
		}
	}
	return out
}

// purposeBefore reads a reason that stands first: "For security, run as non-root".
func (s *solver) purposeBefore(i int) int {
	for _, end := range s.purposeAfter(i) {
		if end < len(s.toks) && s.toks[end].stem == "," {
			return end + 1
		}
	}
	return -1
}
