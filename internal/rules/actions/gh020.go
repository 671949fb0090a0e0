package actions

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

// gh020 is quiet about NAME=$VALUE where the value has one line: it can set no other variable. What is pasted in by
// ${{ }} is GH004's.
func gh020() rule.Rule {
	r := baseSteps("GH020", finding.Error, rule.Security, "zizmor:github-env")
	head := "  greet:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - env:\n          BODY: ${{ github.event.pull_request.body }}\n        run: "
	r.Doc = rule.Doc{
		Title: "text that anyone can write reaches the environment of later steps", Since: "0.1.0",
		Why: "Each line of $GITHUB_ENV sets a variable. A text of several lines sets as many: with LD_PRELOAD, NODE_OPTIONS or PATH among them, the next step runs " +
			"what its author likes. Hand it over as a step's output or a file.",
		Bad:  example(head + "echo \"BODY=$BODY\" >> \"$GITHUB_ENV\"\n"),
		Good: example(head + "printf '%s' \"$BODY\" > body.txt\n"),
	}
	r.Check = func(p *rule.Pass) {
		ts := triggers(p)
		_, artifacts := ts["workflow_run"]
		for _, s := range scripts(p) {
			if len(s.text) > maxScript || !strings.Contains(s.text, "GITHUB_") {
				continue
			}
			vars := untrustedVars(p, s)
			for i, c := range s.shell.Commands {
				file := environmentFile(s, i)
				if file == "" {
					continue
				}
				if risky(s.source(c), file, vars) || artifacts && c.Name == "cat" && len(c.Args) > 0 {
					p.Broken(s.span(p, c.Start, c.End), "a stranger's text goes into $"+file+", which sets variables for all later steps: use a step's output or a file")
				}
			}
		}
	}
	return r
}

// environmentFile is the file that a command, or the tee behind it, writes to when it is one that later steps load.
func environmentFile(s script, i int) string {
	c := s.shell.Commands[i]
	for _, r := range c.Redirects {
		if f := named(r.Target.Text); f != "" && strings.HasPrefix(r.Op, ">") {
			return f
		}
	}
	for _, pipe := range s.shell.Pipes {
		for k, stage := range pipe.Stages {
			if stage != i {
				continue
			}
			for _, later := range pipe.Stages[k+1:] {
				if t := s.shell.Commands[later]; t.Tool() == "tee" {
					return named(strings.Join(t.Args, " "))
				}
			}
		}
	}
	return ""
}

func named(target string) string {
	for _, f := range []string{"GITHUB_ENV", "GITHUB_PATH"} {
		if strings.Contains(target, f) {
			return f
		}
	}
	return ""
}

// untrustedVars are the variables of a step that hold a stranger's text; the value tells whether it may have lines.
func untrustedVars(p *rule.Pass, s script) map[string]bool {
	return environment(p, s, untrustedEnvKey{}, func(v string) (lines, known bool) {
		for _, x := range expressions(v) {
			if name := x.untrusted(); name != "" {
				lines, known = lines || severalLines(name), true
			}
		}
		return lines, known
	})
}

type untrustedEnvKey struct{}

func severalLines(name string) bool {
	return strings.HasSuffix(name, ".body") || strings.HasSuffix(name, ".message") || slices.Contains(wholes, name)
}

var assigns = regexp.MustCompile(`["']?[A-Za-z_][A-Za-z0-9_]*=`)

// risky tells whether a command prints one of the variables so that it can set others.
func risky(source, file string, vars map[string]bool) bool {
	for _, m := range variable.FindAllStringSubmatchIndex(source, -1) {
		name := ""
		for i := 2; i < 6; i += 2 {
			if m[i] >= 0 {
				name = source[m[i]:m[i+1]]
			}
		}
		lines, known := vars[name]
		if known && (file == "GITHUB_PATH" || lines || !assigns.MatchString(source[:m[0]])) {
			return true
		}
	}
	return false
}
