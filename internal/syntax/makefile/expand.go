package makefile

import "strings"

// The limits of an expansion: a variable that names itself, or many that double one another, must end.
const (
	maxExpandDepth = 32
	maxExpandSize  = 32 << 10
)

// Expand fills in the variables of the file, as far as they are known without running anything: $(shell …) and
// other functions, automatic variables and unknown names stay as written.
func (f *File) Expand(text string) string {
	budget := maxExpandSize
	return f.expand(text, 0, &budget)
}

func (f *File) expand(text string, depth int, budget *int) string {
	if !strings.Contains(text, "$") || depth > maxExpandDepth {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text) && *budget > 0; {
		if text[i] != '$' || i+1 >= len(text) {
			b.WriteByte(text[i])
			*budget--
			i++
			continue
		}
		name, end := reference(text, i)
		value, ok := f.lookup(name)
		*budget-- // also for what expands to nothing
		if text[i+1] == '$' || !ok {
			b.WriteString(text[i:end])
			*budget -= end - i
		} else {
			b.WriteString(f.expand(value, depth+1, budget))
		}
		i = end
	}
	return b.String()
}

// reference is the name that the $ at i refers to, and where the reference ends.
func reference(text string, i int) (name string, end int) {
	switch text[i+1] {
	case '(', '{':
		end = closing(text, i+1)
		return strings.TrimSpace(text[i+2 : max(i+2, end-1)]), end
	case '$':
		return "", i + 2
	}
	return text[i+1 : i+2], i + 2
}

// closing is the index behind the bracket that closes the one at i; the end of the text when none does.
func closing(text string, i int) int {
	open, shut, depth := text[i], byte(')'), 0
	if open == '{' {
		shut = '}'
	}
	for ; i < len(text); i++ {
		switch text[i] {
		case open:
			depth++
		case shut:
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// lookup is a variable's value, of all assignments in the order of the file.
func (f *File) lookup(name string) (string, bool) {
	if name == "MAKE" {
		return "make", true
	}
	v, ok := f.values[name]
	return v, ok
}

// assign notes what a variable is worth from here on. A value that grows too long counts as unknown.
func (f *File) assign(v *Variable) {
	if v.Target != "" || v.Op == "!=" || v.Op == "define" {
		return
	}
	old, known := f.values[v.Name]
	switch {
	case v.Op == "?=" && known:
		return
	case v.Op == "+=" && known:
		f.values[v.Name] = old + " " + v.Value
	default:
		f.values[v.Name] = v.Value
	}
	if len(f.values[v.Name]) > maxExpandSize/2 {
		delete(f.values, v.Name)
	}
}

// Shell is a recipe line as its shell would see it: known variables filled in, $$ made $, and what only make
// knows left as a shell's own expansion, so that the words around it can be read.
func (f *File) Shell(line RecipeLine) string {
	text := f.Expand(line.Text)
	if !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '$' || i+1 >= len(text) {
			b.WriteByte(text[i])
			i++
			continue
		}
		name, end := reference(text, i)
		switch c := text[i+1]; {
		case c == '$':
			b.WriteByte('$')
		case (c == '(' || c == '{') && isName(name):
			b.WriteString("${" + strings.ReplaceAll(strings.ReplaceAll(name, "-", "_"), ".", "_") + "}")
		case c == '(' || c == '{':
			b.WriteString("${MAKE_EXPRESSION}" + strings.Repeat("\\\n", strings.Count(text[i:end], "\n")))
		default:
			b.WriteString("${MAKE_AUTOMATIC}")
		}
		i = end
	}
	return b.String()
}

func isName(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for _, r := range s {
		if !(r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return false
		}
	}
	return true
}
