package pipeline

import (
	"slices"
	"strings"
)

type exprTok struct {
	kind byte // s string, r regex, n name or number, o operator
	text string
}

// pairs are the operators of two signs.
var pairs = []string{"==", "!=", "=~", "!~", "&&", "||", "<=", ">="}

// lex splits a condition; a rune that it does not know becomes an operator that nothing takes.
func lex(s string) []exprTok {
	var out []exprTok
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '\'' || c == '"':
			str, n := lexString(s[i:], c)
			out = append(out, exprTok{'s', str})
			i += n
		case c == '/' && regexMayStart(out):
			re, n := lexRegex(s[i:])
			out = append(out, exprTok{'r', re})
			i += n
		case isNameByte(c):
			j := i
			for j < len(s) && (isNameByte(s[j]) || s[j] == '[' && j > i || s[j] == ']' || s[j] == '\'' && j > i && (s[j-1] == '[' || s[j+1:] != "" && s[j+1] == ']')) {
				j++
			}
			out = append(out, exprTok{'n', s[i:j]})
			i = j
		case i+1 < len(s) && slices.Contains(pairs, s[i:i+2]):
			out = append(out, exprTok{'o', s[i : i+2]})
			i += 2
		default:
			out = append(out, exprTok{'o', s[i : i+1]})
			i++
		}
	}
	return out
}

func isNameByte(c byte) bool {
	return c == '_' || c == '.' || c == '-' || c == '$' || c == '{' || c == '}' || c == '*' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func regexMayStart(out []exprTok) bool {
	return len(out) > 0 && out[len(out)-1].kind == 'o' && (out[len(out)-1].text == "=~" || out[len(out)-1].text == "!~")
}

// lexString reads a quoted string; a doubled quote stands for one.
func lexString(s string, quote byte) (string, int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		return b.String(), i + 1
	}
	return b.String(), len(s)
}

func lexRegex(s string) (string, int) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '/':
			j := i + 1
			for j < len(s) && (s[j] == 'i' || s[j] == 'm' || s[j] == 's') {
				j++
			}
			flags := ""
			if strings.Contains(s[i+1:j], "i") {
				flags = "(?i)"
			}
			return flags + s[1:i], j
		}
	}
	return "", len(s)
}
