package criterion

// maxSteps bounds the work on one criterion.
const maxSteps = 400_000

// matcher tries patterns on one criterion.
type matcher struct {
	g     *grammar
	toks  []token
	text  string
	steps int
	reach int // the furthest place that some pattern got to
}

// state is how far a pattern has got.
type state struct {
	at     int
	caps   captures
	not    bool // a negation was stepped over
	canNot bool
}

// negations turn the meaning of a clause round.
var negations = wordSet("not no never without avoid disallow forbid prohibit prevent nothing")

// run matches a sequence from st and calls yield for each way in which it can end.
func (m *matcher) run(seq []element, st state, depth int, yield func(state)) {
	if m.steps++; m.steps > maxSteps || depth > 60 {
		return
	}
	if len(seq) == 0 {
		yield(st)
		return
	}
	m.reach = max(m.reach, st.at)
	m.negation(seq, st, depth, yield)
	e := seq[0]
	if e.maybe {
		m.run(seq[1:], st, depth+1, yield)
	}
	rest := seq[1:]
	m.one(e, st, depth+1, func(next state) {
		if e.many && next.at > st.at {
			m.run(seq, next, depth+1, yield)
			return
		}
		m.run(rest, next, depth+1, yield)
	})
}

// negation lets a pattern that can be negated step over one negating word.
func (m *matcher) negation(seq []element, st state, depth int, yield func(state)) {
	if !st.canNot || st.not || st.at >= len(m.toks) || !negations[m.toks[st.at].stem] || m.toks[st.at].stem == "nothing" {
		return
	}
	st.at++
	st.not = true
	m.run(seq, st, depth+1, yield)
}

// one matches a single element once.
func (m *matcher) one(e element, st state, depth int, yield func(state)) {
	switch {
	case e.value != "":
		if caps, ok := st.caps.with(map[string]string{e.name: e.value}); ok {
			st.caps = caps
			yield(st)
		}
	case len(e.words) > 0:
		if st.at < len(m.toks) && contains(e.words, m.toks[st.at].stem) {
			st.at++
			yield(st)
		}
	case len(e.choice) > 0:
		for _, alt := range e.choice {
			m.run(alt, st, depth+1, yield)
		}
	case e.slot[0] == '<':
		m.run(m.g.parts[e.slot[1:len(e.slot)-1]], st, depth+1, yield)
	default:
		for _, r := range slots[e.slot](m, st.at) {
			if next, ok := st.slot(e, r); ok {
				yield(next)
			}
		}
	}
}

// slot stores what a slot read; the slot's main value goes under the element's name.
func (st state) slot(e element, r reading) (state, bool) {
	values := r.more
	if r.value != "" {
		values = map[string]string{e.name: r.value}
		for k, v := range r.more {
			values[k] = v
		}
	}
	caps, ok := st.caps.with(values)
	return state{at: r.end, caps: caps, not: st.not, canNot: st.canNot}, ok
}

// phrase tells where a phrase ends that starts at i; -1 when it does not stand there.
func (m *matcher) phrase(words []string, i int) int {
	if i+len(words) > len(m.toks) {
		return -1
	}
	for j, w := range words {
		if m.toks[i+j].stem != w {
			return -1
		}
	}
	return i + len(words)
}

func contains(list []string, w string) bool {
	for _, s := range list {
		if s == w {
			return true
		}
	}
	return false
}
