// Package makefile reads Makefiles as GNU make does, as far as that goes without running anything: rules of all
// kinds, recipes, variables of all flavours, define, conditionals (both branches are read), includes (noted, not
// followed). Nothing is ever expanded by a shell.
package makefile

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// Error says where and why a file cannot be read.
type Error = syntax.Error

// File is one Makefile.
type File struct {
	Src       []byte
	Lines     syntax.Lines
	Rules     []*Rule
	Variables []*Variable
	Includes  []Include
	Comments  []Comment
	Default   string // the target that plain make builds; empty when there is none
	OneShell  bool   // .ONESHELL: a recipe is one script
	Phony     []Name // what .PHONY names
	Dynamic   bool   // $(eval …), $(call …) or an include can make rules that are not seen here

	values map[string]string // of the variables, for Expand
}

// Name is a word with its place.
type Name struct {
	Text       string
	Line       int
	Start, End int
}

// Rule is one rule: its targets, what they need and how they are made.
type Rule struct {
	Targets       []string
	Prerequisites []string
	OrderOnly     []string
	Recipe        []RecipeLine
	Doc           string // of "target: ## text" or of ## lines above
	Phony         bool
	DoubleColon   bool
	Pattern       bool // a % stands in a target
	Conditional   bool // in a branch of ifeq and its like
	Line, EndLine int
	Start, End    int
	Names         []Name // the targets with their places
	Needs         []Name // the prerequisites with their places, order-only ones too
}

// RecipeLine is one command line of a recipe, lines that \ continues with it. Text is without the recipe prefix
// and the marks @, - and +; what make expands stays as written.
type RecipeLine struct {
	Text        string
	Silent      bool // @
	Ignore      bool // -: may fail
	Always      bool // +
	Conditional bool
	Line        int
	Start, End  int
}

// Variable is one assignment. Op is "=", ":=", "::=", ":::=", "?=", "+=", "!=" or "define".
type Variable struct {
	Name, Op, Value string
	Target          string // of a target's own variable, else empty
	Export          bool
	Override        bool
	Conditional     bool
	Line            int
	Start, End      int
}

// Include is an include line; Optional ones may be missing.
type Include struct {
	Files    []string
	Optional bool
	Line     int
}

// Comment is a # comment outside of recipes. Text is without the #.
type Comment struct {
	Text       string
	Line       int
	Start, End int
	Whole      bool
	Help       bool // written ##
}

// Rule is the rule that makes a target: the first with a recipe, else the first that names it; nil for none.
func (f *File) Rule(target string) *Rule {
	var found *Rule
	for _, r := range f.Rules {
		if !slices.Contains(r.Targets, target) {
			continue
		}
		if len(r.Recipe) > 0 {
			return r
		}
		if found == nil {
			found = r
		}
	}
	return found
}

// Targets are the names that a person can make: no special targets, no patterns, each once, in order.
func (f *File) Targets() []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range f.Rules {
		for _, t := range r.Targets {
			if !seen[t] && !isSpecial(t) && !strings.Contains(t, "%") {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	return out
}

// IsPhony tells whether .PHONY names the target.
func (f *File) IsPhony(target string) bool {
	return slices.ContainsFunc(f.Phony, func(n Name) bool { return n.Text == target })
}

// Variable is the last assignment of a name outside of targets; nil for none.
func (f *File) Variable(name string) *Variable {
	for i := len(f.Variables) - 1; i >= 0; i-- {
		if v := f.Variables[i]; v.Name == name && v.Target == "" {
			return v
		}
	}
	return nil
}

// Matches tells whether some rule can make the target, pattern rules and variables in targets included.
func (f *File) Matches(target string) bool {
	for _, r := range f.Rules {
		for _, t := range r.Targets {
			if t == target || strings.Contains(t, "$") {
				return true
			}
			if pre, post, ok := strings.Cut(t, "%"); ok && len(target) > len(pre)+len(post) &&
				strings.HasPrefix(target, pre) && strings.HasSuffix(target, post) {
				return true
			}
		}
	}
	return false
}

// isSpecial tells whether a target is one of make's own: .PHONY, .SUFFIXES, …, or a suffix rule.
func isSpecial(t string) bool {
	return strings.HasPrefix(t, ".") && !strings.Contains(t, "/") && t != "." && t != ".."
}
