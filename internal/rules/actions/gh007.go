package actions

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh007() rule.Rule {
	r := baseSteps("GH007", finding.Error, rule.Security, "zizmor:secrets-inherit", "zizmor:overprovisioned-secrets", "actionlint:credentials")
	head := "  deploy:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: deploy\n        env:\n          DEPLOY_TOKEN: "
	r.Doc = rule.Doc{
		Title: "secret in the file, in the log, or handed to all", Since: "0.1.0",
		Why: "A literal is in version control for ever. toJSON(secrets), and secrets: inherit to a workflow of others, hand out every secret where " +
			"one was needed. A secret that is printed is masked only as long as it keeps its exact form.",
		Bad:  example(head + "k3s9-hq2z-77aa-x81p\n"),
		Good: example(head + "${{ secrets.DEPLOY_TOKEN }}\n"),
	}
	r.Check = func(p *rule.Pass) {
		thrown := throwaway(p)
		checkLiterals(p, root(p).Get("env"), thrown)
		for _, j := range jobs(p) {
			checkLiterals(p, j.node.Get("env"), thrown)
			checkLiterals(p, j.node.Get("container", "credentials"), thrown)
			if n := j.node.Get("secrets"); n.Text() == "inherit" {
				checkInherit(p, j, n)
			}
		}
		for _, s := range allSteps(p) {
			checkLiterals(p, s.node.Get("env"), thrown)
			checkLiterals(p, s.node.Get("with"), thrown)
		}
		for _, s := range scripts(p) {
			checkPrinted(p, s)
		}
		root(p).Walk(func(n *yaml.Node) bool {
			if n.Kind == yaml.Scalar {
				checkText(p, n, thrown)
			}
			return true
		})
	}
	return r
}

// throwaway are the values in the environment of service containers: passwords of servers that live for one job.
func throwaway(p *rule.Pass) map[string]bool {
	out := map[string]bool{}
	for _, j := range jobs(p) {
		for _, s := range j.node.Get("services").Entries() {
			for _, e := range s.Value.Get("env").Entries() {
				out[e.Value.Resolve().Text()] = true
			}
		}
	}
	return out
}

// dummy are values that say themselves that they protect nothing.
var dummy = regexp.MustCompile(`(?i)test|dummy|fake|sample|mock|insecure|not[-_ ]?(?:a[-_ ]?)?(?:real|secret)|^(?:postgres|root|mysql|admin|guest|user|app|ci|local|localhost|dev|development|password|passw0rd|pass|secret|minioadmin|rabbitmq|default|anything|unused|none|123456\d*)[-_]?(?:password|pass|secret|only|key|token)?\d*$|^ci[-_]|[-_]ci$`)

// checkLiterals looks for values of keys that are named like secrets.
func checkLiterals(p *rule.Pass, m *yaml.Node, thrown map[string]bool) {
	for _, e := range m.Entries() {
		v := e.Value.Resolve()
		if !v.IsScalar() || v.Tag != "!!str" || thrown[v.Value] || len(v.Value) < 6 || strings.ContainsAny(v.Value, " \n") || dummy.MatchString(v.Value) || !secret.IsLiteral(e.Key.Value, v.Value) {
			continue
		}
		name := strings.ToUpper(strings.ReplaceAll(e.Key.Value, "-", "_"))
		p.Broken(at(p, v), fmt.Sprintf("%s holds a secret (%s): put it into the repository's secrets, write ${{ secrets.%s }} and revoke this one", e.Key.Value, secret.Masked(v.Value), name))
	}
}

// checkInherit: a workflow of this repository may have all secrets, it is the same code. One of others gets more than
// its inputs say, which is bad practice but no leak by itself.
func checkInherit(p *rule.Pass, j *job, n *yaml.Node) {
	if u, ok := parseUse(j.node.Get("uses")); ok && !u.local() {
		p.Report(finding.Finding{Span: at(p, n), Severity: finding.Warning, Message: u.name + " gets every secret of this repository: hand over by name those that it needs"})
	}
}

var localhost = regexp.MustCompile(`^@(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)`)

// checkText looks for tokens of known forms, and for all secrets at once.
func checkText(p *rule.Pass, n *yaml.Node, thrown map[string]bool) {
	for _, m := range secret.Find(n.Value) {
		v := n.Value[m.Start:m.End]
		if thrown[v] || m.What == "password in an address" && (dummy.MatchString(v) || len(v) < 6 || localhost.MatchString(n.Value[m.End:]) || serviceHost(p, n.Value[m.End:])) {
			continue
		}
		p.Broken(p.Span(offset(p, n, m.Start), offset(p, n, m.End-1)+1), fmt.Sprintf("a %s stands in the file (%s): put it into the repository's secrets and revoke this one", m.What, secret.Masked(v)))
	}
	for _, e := range expressions(n.Value) {
		if strings.Contains(strings.ToLower(e.body), "tojson") && allSecrets.MatchString(e.body) {
			p.Broken(p.Span(offset(p, n, e.start), offset(p, n, e.end-1)+1), "this takes every secret of the repository at once: name those that are needed")
		}
	}
}

var allSecrets = regexp.MustCompile(`(?i)\btoJSON\(\s*secrets\s*\)`)

// serviceHost tells whether an address names a service container of some job: "@db:5432".
func serviceHost(p *rule.Pass, rest string) bool {
	names := rule.Shared(p.Source, servicesKey{}, func() map[string]bool {
		out := map[string]bool{}
		for _, j := range jobs(p) {
			for _, k := range j.node.Get("services").Keys() {
				out[k] = true
			}
		}
		return out
	})
	host := strings.TrimPrefix(rest, "@")
	if i := strings.IndexAny(host, ":/"); i > 0 {
		return names[host[:i]]
	}
	return false
}

type servicesKey struct{}

// checkPrinted looks for commands that print a secret into the log. Into a file or a pipe is no log.
func checkPrinted(p *rule.Pass, s script) {
	if len(s.text) > maxScript {
		return
	}
	names := secretNames(p, s)
	for _, c := range s.shell.Commands {
		if c.Name != "echo" && c.Name != "printf" || len(c.Redirects) > 0 || inPipe(s, c) || inside(s, c) {
			continue
		}
		for _, w := range c.Words[1:] {
			text := s.text[min(w.Start, len(s.text)):min(w.End, len(s.text))]
			if printsSecret(text, names) && !strings.Contains(text, "::add-mask::") {
				p.Broken(s.span(p, w.Start, w.End), "this prints a secret into the log, where it is masked only as long as it keeps its exact form: do not print it")
			}
		}
	}
}

func printsSecret(word string, names map[string]bool) bool {
	for _, e := range expressions(word) {
		if n := e.parse(); n != nil && strings.HasPrefix(chain(n), "secrets.") {
			return true
		}
	}
	if strings.HasPrefix(word, "'") {
		return false
	}
	for _, m := range variable.FindAllStringSubmatch(word, -1) {
		if names[m[1]+m[2]] {
			return true
		}
	}
	return false
}

var variable = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))`)

// secretNames are the variables of a step that hold a secret and nothing else.
func secretNames(p *rule.Pass, s script) map[string]bool {
	return environment(p, s, secretEnvKey{}, func(v string) (bool, bool) {
		v = strings.TrimSpace(v)
		es := expressions(v)
		return len(es) == 1 && es[0].start == 0 && es[0].end == len(v) && printsSecret(v, nil), true
	})
}

type secretEnvKey struct{}

// environment is what is known of the variables of a step: of the workflow, the job and the step itself, the last
// one counts. What the workflow and the job give is computed once for each job.
func environment(p *rule.Pass, s script, key any, judge func(value string) (verdict, known bool)) map[string]bool {
	add := func(out map[string]bool, env *yaml.Node) {
		for _, e := range env.Entries() {
			delete(out, e.Key.Value)
			if v, ok := judge(e.Value.Resolve().Text()); ok {
				out[e.Key.Value] = v
			}
		}
	}
	outer := perJob(p, key, s.job, func() map[string]bool {
		out := map[string]bool{}
		add(out, root(p).Get("env"))
		add(out, s.job.get("env"))
		return out
	})
	own := s.node.Get("env")
	if len(own.Entries()) == 0 {
		return outer
	}
	out := maps.Clone(outer)
	add(out, own)
	return out
}

// inPipe tells whether a command's output goes into another.
func inPipe(s script, c shell.Command) bool {
	for _, pipe := range s.shell.Pipes {
		if c.Start >= pipe.Start && c.End <= pipe.End {
			return true
		}
	}
	return false
}

// inside tells whether a command stands in another one, or in a group whose output goes elsewhere: then what it
// prints is taken, not shown.
func inside(s script, c shell.Command) bool {
	for _, o := range s.shell.Commands {
		if o.Start < c.Start && o.End >= c.End {
			return true
		}
	}
	before := s.text[:min(c.Start, len(s.text))]
	if strings.Count(before, "$(") > strings.Count(before, ")") {
		return true
	}
	return c.Conditional && strings.Contains(s.text, "} >") || strings.Contains(s.text, ") >") || strings.Contains(s.text, "} >")
}
