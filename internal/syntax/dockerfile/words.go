package dockerfile

import (
	"encoding/json"
	"strings"
)

// split finds the words of an instruction and their places in Text.
func (in *Instruction) split(escape byte) {
	switch in.Name {
	case "ENV", "LABEL", "ARG":
		in.vars(escape)
	case "HEALTHCHECK":
		in.healthcheck(escape)
	case "MAINTAINER", "USER", "WORKDIR", "STOPSIGNAL":
		in.add(0, len(in.Text))
	default:
		if in.JSON {
			in.array(0)
		} else {
			in.fields(0, escape)
		}
	}
	if !in.JSON {
		in.Shell = in.Shell || in.Name == "RUN" || in.Name == "CMD" || in.Name == "ENTRYPOINT"
	}
}

func (in *Instruction) add(start, end int) {
	if start >= end {
		return
	}
	in.places = append(in.places, span{start, end})
	in.Words = append(in.Words, in.Text[start:end])
}

// fields adds the words behind an index that blanks part, quotes kept.
func (in *Instruction) fields(at int, escape byte) {
	for {
		w := nextWord(in.Text, at, escape)
		if w.start >= w.end {
			return
		}
		in.add(w.start, w.end)
		at = w.end
	}
}

// healthcheck reads "NONE" or "CMD" and what follows.
func (in *Instruction) healthcheck(escape byte) {
	w := nextWord(in.Text, 0, escape)
	in.add(w.start, w.end)
	if in.JSON {
		in.array(w.end)
		return
	}
	in.Shell = strings.EqualFold(in.Text[w.start:w.end], "CMD")
	in.fields(w.end, escape)
}

// array adds the strings of a JSON array.
func (in *Instruction) array(at int) {
	for i := at; i < len(in.Text); i++ {
		if in.Text[i] != '"' {
			continue
		}
		end := i + 1
		for end < len(in.Text) && in.Text[end] != '"' {
			if in.Text[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(in.Text))
		var s string
		if json.Unmarshal([]byte(in.Text[i:end]), &s) == nil {
			in.places = append(in.places, span{i, end})
			in.Words = append(in.Words, s)
		}
		i = end - 1
	}
}

// vars reads name=value pairs, names alone (ARG), and the old "name value".
func (in *Instruction) vars(escape byte) {
	in.fields(0, escape)
	if len(in.Words) == 0 {
		return
	}
	if in.Name != "ARG" && !strings.Contains(in.Words[0], "=") {
		first := in.places[0]
		value := strings.TrimLeft(in.Text[first.end:], " \t")
		in.Vars = []Var{{
			Name: in.Words[0], Value: value, Text: value, Set: true, Legacy: true,
			Start: in.Offset(first.start), End: in.Offset(max(first.start, len(in.Text)-1)) + 1,
		}}
		return
	}
	for i, w := range in.Words {
		name, value, set := strings.Cut(w, "=")
		start, end := in.Place(i)
		in.Vars = append(in.Vars, Var{Name: unquote(name), Value: value, Text: unquote(value), Set: set, Start: start, End: end})
	}
}

// nextWord finds the next word from an index on: quotes and escapes hold blanks inside it.
func nextWord(s string, at int, escape byte) span {
	for at < len(s) && isBlank(s[at]) {
		at++
	}
	start, quote := at, byte(0)
	for ; at < len(s); at++ {
		c := s[at]
		switch {
		case c == escape && quote != '\'':
			at++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case isBlank(c):
			return span{start, at}
		}
	}
	return span{start, min(at, len(s))}
}

// unquote takes one pair of quotes off.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}
