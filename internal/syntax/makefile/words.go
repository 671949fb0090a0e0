package makefile

import "strings"

// separator finds the colon of a rule outside of $(…): ":", "::" or "&:".
func separator(s string) (at, width int) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '$':
			if i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{') {
				i = closing(s, i+1) - 1
			}
		case '&':
			if strings.HasPrefix(s[i:], "&:") {
				return i, 2
			}
		case ':':
			if strings.HasPrefix(s[i:], "::") {
				return i, 2
			}
			return i, 1
		case ';':
			return -1, 0
		}
	}
	return -1, 0
}

// cutRecipe splits the prerequisites from a recipe behind ";".
func cutRecipe(s string) (needs, recipe string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '$':
			if i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{') {
				i = closing(s, i+1) - 1
			}
		case ';':
			return s[:i], strings.TrimSpace(s[i+1:])
		}
	}
	return s, ""
}

// names splits a list at blanks outside of $(…) and finds each word's place, looking from an index of the raw
// line on; next is the index behind the last one.
func (p *parser) names(l logical, s string, from int) (out []Name, next int) {
	for i := 0; i < len(s); {
		if s[i] == ' ' || s[i] == '\t' {
			i++
			continue
		}
		j := i
		for j < len(s) && s[j] != ' ' && s[j] != '\t' {
			if s[j] == '$' && j+1 < len(s) && (s[j+1] == '(' || s[j+1] == '{') {
				j = closing(s, j+1)
				continue
			}
			j++
		}
		n := Name{Text: s[i:j], Line: l.line, Start: l.start, End: l.end}
		if k := strings.Index(l.raw[from:], n.Text); k >= 0 {
			n.Start = l.start + from + k
			n.End = n.Start + len(n.Text)
			n.Line, _ = p.f.Lines.At(n.Start)
			from += k + len(n.Text)
		}
		out = append(out, n)
		i = j
	}
	return out, from
}
