package proof

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/makefile"
)

var quotedPattern = regexp.MustCompile(`'([^']*##[^']*)'|"([^"]*##[^"]*)"|/(\S*##\S*)/`)

func helpListsAll(p *prover) Result {
	return p.someMakefile(func(r rules) Result {
		help := r.Rule("help")
		if help == nil || len(help.Recipe) == 0 {
			return unproven("there is no help target that does anything", p.at(r.path, 1))
		}
		var text strings.Builder
		for _, l := range help.Recipe {
			text.WriteString(r.Shell(l) + "\n")
		}
		ev := p.at(r.path, help.Line)
		recipe := text.String()
		generated := readsItself(help, recipe)
		for _, t := range r.people() {
			rule := r.Rule(t)
			line := ""
			if lines := p.in.Tree.Lines(r.path); rule != nil && rule.Line >= 1 && rule.Line <= len(lines) {
				line = lines[rule.Line-1]
			}
			switch {
			case generated && shown(recipe, line):
			case !generated && named(recipe, t):
			default:
				at := ev
				if rule != nil {
					at = p.at(r.path, rule.Line)
				}
				return unproven("help does not show the target "+t, at)
			}
		}
		return proven(ev, p.at(r.path, help.Recipe[0].Line))
	})
}

// readsItself: the help target reads the Makefile for ## comments.
func readsItself(help *makefile.Rule, recipe string) bool {
	raw := ""
	for _, l := range help.Recipe {
		raw += l.Text + "\n"
	}
	if !strings.Contains(raw, "MAKEFILE_LIST") && !strings.Contains(strings.ToLower(raw), "makefile") {
		return false
	}
	for _, c := range pipeline.Commands(repo.Memory(nil), "", 1, ".", recipe, false) {
		if slices.Contains([]string{"grep", "egrep", "awk", "gawk", "sed", "perl", "python", "python3"}, c.Tool()) && strings.Contains(recipe, "##") {
			return true
		}
	}
	return false
}

// shown tells whether the pattern of the help target takes a target's line; a pattern that cannot be read needs a ## comment there.
func shown(recipe, line string) bool {
	if !strings.Contains(line, "##") {
		return false
	}
	for _, m := range quotedPattern.FindAllStringSubmatch(recipe, -1) {
		src := m[1] + m[2] + m[3]
		if i := strings.Index(src, "/^"); i >= 0 && strings.Contains(src, "{") { // an awk program
			src = src[i+1:]
			if j := strings.Index(src, "/"); j > 0 {
				src = src[:j]
			}
		}
		src = strings.ReplaceAll(src, "$$", "$")
		if re, err := regexp.Compile(src); err == nil && len(src) < 300 && strings.HasPrefix(src, "^") {
			return re.MatchString(line)
		}
	}
	return true
}

// named tells whether a text has a target's name as a word of its own.
func named(text, target string) bool {
	return regexp.MustCompile(`(^|[^A-Za-z0-9_-])` + regexp.QuoteMeta(target) + `($|[^A-Za-z0-9_-])`).MatchString(text)
}
