package criterion

import (
	"strings"
)

// template is a claim to be made from captures.
type template struct {
	name   string
	not    bool
	each   string // make one claim for each value of this list
	when   string // only if this parameter is set
	params [][2]string
}

// parseTemplates reads "lint tool=$tool; ?events trigger events=$events job=test".
func parseTemplates(text string) []template {
	var out []template
	for _, part := range strings.Split(text, ";") {
		var t template
		for _, f := range strings.Fields(part) {
			switch {
			case strings.HasPrefix(f, "?"):
				t.when = f[1:]
			case strings.HasPrefix(f, "@"):
				t.each = f[1:]
			case strings.Contains(f, "="):
				k, v, _ := strings.Cut(f, "=")
				t.params = append(t.params, [2]string{k, v})
			case strings.HasPrefix(f, "!"):
				t.name, t.not = f[1:], true
			default:
				t.name = f
			}
		}
		if t.name != "" {
			out = append(out, t)
		}
	}
	return out
}

// claims fills templates from captures.
func claims(ts []template, c captures) []Claim {
	var out []Claim
	for _, t := range ts {
		if t.when != "" && c[t.when] == "" {
			continue
		}
		values := []string{""}
		if t.each != "" {
			values = strings.Split(c[t.each], ",")
		}
		for _, v := range values {
			out = append(out, t.claim(v, c))
		}
	}
	return out
}

// claim makes one claim. "$$" is the value of the list that the template goes over; a claim named "$$" is named by it,
// and one named "tool" by the job that the tool does.
func (t template) claim(each string, c captures) Claim {
	cl := Claim{Name: t.name, Not: t.not}
	switch t.name {
	case "$$":
		cl.Name = each
	case "tool":
		tool, _ := ToolNamed(each)
		cl.Name = tool.Jobs[0]
	}
	for _, p := range t.params {
		v := p[1]
		switch {
		case v == "$$":
			v = each
		case strings.HasPrefix(v, "$"):
			v = c[v[1:]]
		}
		if v == "" {
			continue
		}
		if cl.Params == nil {
			cl.Params = map[string]string{}
		}
		cl.Params[p[0]] = v
	}
	return cl
}
