package criterion

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxText is the longest criterion, in bytes, that is read.
const MaxText = 2000

// token is one word or one mark of a criterion.
type token struct {
	text       string // lower case, as written
	stem       string // what patterns compare: singular, American spelling
	glued      bool   // nothing stood between it and the token before it
	modal      bool   // "must" or the like stood before it
	start, end int    // in the normalised text
}

// normalise makes one text of the many ways to write it: width, quotes, dashes and spaces.
func normalise(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, "?"))
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("‘’‚‛′´`“”„‟″«»", r):
			return '\''
		case r >= 0x2010 && r <= 0x2015, r == 0x2212:
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case r == 0xAD, r >= 0x200B && r <= 0x200F, r == 0xFEFF: // soft hyphen, zero width
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// tokenise splits a normalised text. known tells which words may stand on both sides of a slash ("push/pr").
func tokenise(s string, known func(string) bool) []token {
	var out []token
	for start := 0; start < len(s); {
		if s[start] == ' ' {
			start++
			continue
		}
		end := start
		for end < len(s) && s[end] != ' ' {
			end++
		}
		out = appendField(out, s, start, end, known)
		start = end
	}
	return out
}

const (
	openers = "'\"([{*<"
	closers = "'\")]},;:.!?*>"
)

// appendField splits one field without spaces into its marks and words.
func appendField(out []token, s string, start, end int, known func(string) bool) []token {
	first := len(out)
	for start < end && strings.IndexByte(openers, s[start]) >= 0 {
		if s[start] == '(' || s[start] == '[' {
			out = append(out, token{text: "(", stem: "(", start: start, end: start + 1})
		}
		start++
	}
	stop := end
	for stop > start && strings.IndexByte(closers, s[stop-1]) >= 0 {
		stop--
	}
	if stop > start {
		out = appendWord(out, s, start, stop, known)
	}
	for i := stop; i < end; i++ {
		if m := mark(s[i]); m != "" {
			out = append(out, token{text: m, stem: m, start: i, end: i + 1})
		}
	}
	for i := first + 1; i < len(out); i++ {
		out[i].glued = true
	}
	return out
}

func mark(c byte) string {
	switch c {
	case ',', ':':
		return string(c)
	case ';', '.', '!', '?':
		return ";"
	case ')', ']':
		return ")"
	}
	return ""
}

// appendWord splits a word at hyphens and slashes, and apart from a percent sign.
func appendWord(out []token, s string, start, end int, known func(string) bool) []token {
	word := s[start:end]
	if full, ok := contractions[word]; ok {
		return append(out, wordToken(full, start, end))
	}
	if n, ok := strings.CutSuffix(word, "%"); ok && n != "" {
		out = appendWord(out, s, start, end-1, known)
		return append(out, token{text: "%", stem: "%", start: end - 1, end: end})
	}
	if parts := strings.Split(word, "/"); len(parts) > 1 && len(parts) <= 8 && parts[0] != "" && parts[0] != "linux" && all(parts, known) {
		return appendParts(out, s, parts, start, "/", known)
	}
	if parts := strings.Split(word, "-"); len(parts) > 1 && splittable(parts) {
		return appendParts(out, s, parts, start, "", known)
	}
	if parts, ok := compounds[word]; ok {
		for _, p := range strings.Fields(parts) {
			out = append(out, wordToken(p, start, end))
		}
		return out
	}
	return append(out, wordToken(word, start, end))
}

func appendParts(out []token, s string, parts []string, start int, sep string, known func(string) bool) []token {
	at := start
	for i, p := range parts {
		if i > 0 && sep != "" {
			out = append(out, token{text: ",", stem: ",", start: at - 1, end: at})
		}
		if p != "" {
			out = appendWord(out, s, at, at+len(p), known)
		}
		at += len(p) + 1
	}
	return out
}

// splittable: hyphens join words ("multi-stage"), and are part of file names, paths and versions ("docker-compose.prod.yml").
func splittable(parts []string) bool {
	for i, p := range parts {
		if p == "" && i > 0 {
			return false
		}
		if strings.ContainsAny(p, "./:_@=$") {
			return versionLike(p)
		}
	}
	return true
}

// versionLike: 3.10 in "3.10-3.12" and in "python-3.10".
func versionLike(s string) bool {
	for i := range len(s) {
		if s[i] != '.' && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

func all(parts []string, ok func(string) bool) bool {
	for _, p := range parts {
		if p == "" || !ok(p) {
			return false
		}
	}
	return true
}

func wordToken(w string, start, end int) token {
	return token{text: w, stem: stem(w), start: start, end: end}
}

// stem takes the plural ending off and turns British spelling into American. Texts and patterns both pass through it.
func stem(w string) string {
	if s, ok := spellings[w]; ok {
		return s
	}
	n := len(w)
	if n > 4 && strings.HasSuffix(w, "ise") && !strings.HasSuffix(w, "wise") && !strings.HasSuffix(w, "noise") {
		return w[:n-3] + "ize"
	}
	r, _ := utf8.DecodeLastRuneInString(w)
	if n < 4 || r != 's' {
		return w
	}
	switch {
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "xes"):
		return w[:n-2]
	}
	return w[:n-1]
}
