package review

import (
	"fmt"
	"path"
	"slices"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

// Selection is which rules run: ids and globs of them. None selects all. A strict rule that is named in full runs under
// every profile: who names it wants it.
type Selection []string

// Validate tells whether each pattern selects something.
func (s Selection) Validate(rules []rule.Rule) error {
	for _, p := range s {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("%q is not a valid pattern of rule ids", p)
		}
		if !slices.ContainsFunc(rules, func(r rule.Rule) bool { return match(p, r.ID) }) {
			return fmt.Errorf("no rule is called %q: see autogit rules", p)
		}
	}
	return nil
}

func match(pattern, id string) bool {
	ok, err := path.Match(pattern, id)
	return ok && err == nil
}

func (s Selection) has(id string) bool {
	return len(s) == 0 || slices.ContainsFunc(s, func(p string) bool { return match(p, id) })
}

// apply returns the rules that are selected.
func (s Selection) apply(rules []rule.Rule) []rule.Rule {
	if len(s) == 0 {
		return rules
	}
	var out []rule.Rule
	for _, r := range rules {
		if !s.has(r.ID) {
			continue
		}
		if slices.Contains(s, r.ID) {
			r.Strict = false
		}
		out = append(out, r)
	}
	return out
}

// keep drops the engine's own findings that are not selected, but never that a file cannot be read or a rule failed:
// then the selected rules have not run.
func (s Selection) keep(fs []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(fs, func(f finding.Finding) bool {
		return !s.has(f.Rule) && f.Rule != rule.SyntaxError && f.Rule != rule.RuleFailed
	})
}
