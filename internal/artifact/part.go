package artifact

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/stack"
)

// Part is a component together with its recipe.
type Part struct {
	*stack.Component
	Recipe *stack.Recipe
}

// Parts pairs each component with its recipe, in the order of Facts.
func (r *Request) Parts() []Part {
	if r.Facts == nil {
		return nil
	}
	var out []Part
	for i := range r.Facts.Components {
		recipe := &stack.Recipe{}
		if i < len(r.Recipes) {
			recipe = &r.Recipes[i]
		}
		out = append(out, Part{Component: &r.Facts.Components[i], Recipe: recipe})
	}
	return out
}

// Dir is the folder that the file to write lies in; "." for the root.
func (r *Request) Dir() string { return path.Dir(r.Path) }

// Inside tells whether the folder dir is base or lies below it.
func Inside(dir, base string) bool {
	return base == "." || dir == base || strings.HasPrefix(dir, base+"/")
}

// Slug makes a name usable as an image, service, stage or job name: lower-case letters, digits and single dashes.
// It is empty when nothing of the name is left.
func Slug(name string) string {
	var b strings.Builder
	dash := false
	for _, c := range strings.ToLower(name) {
		if c > unicode.MaxASCII || !(unicode.IsLetter(c) || unicode.IsDigit(c)) {
			dash = b.Len() > 0
			continue
		}
		if dash {
			b.WriteByte('-')
		}
		dash = false
		b.WriteRune(c)
	}
	return b.String()
}

// Mentions tells whether text names something as a whole word: "api" is in "Dockerfile for the api", not in "rapid".
func Mentions(text, name string) bool {
	if name == "" {
		return false
	}
	text, name = strings.ToLower(text), strings.ToLower(name)
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !joins(before) && !joins(after) {
			return true
		}
		from = start + 1
	}
}

// joins tells whether a rune next to a name would make it part of a longer one.
func joins(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_')
}
