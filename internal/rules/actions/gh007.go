package actions

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh007() rule.Rule {
	r := base("GH007", finding.Error, rule.Security, "zizmor:secrets-inherit", "zizmor:overprovisioned-secrets")
	r.Doc = rule.Doc{
		Title: "secret in the open", Since: "0.1.0",
		Why:  "A literal is in version control for ever. toJSON(secrets) and secrets: inherit hand every secret to code that needs one; a secret that is echoed ends up in the log as soon as its form changes.",
		Bad:  workflow("      - run: ./deploy.sh\n        env:\n          DEPLOY_TOKEN: k3s9-hq2z-77aa\n"),
		Good: workflow("      - run: ./deploy.sh\n        env:\n          DEPLOY_TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n"),
	}
	r.Check = func(p *rule.Pass) {
		throwaway := serviceValues(p)
		root := p.YAML().Root()
		checkEnv(p, root.Get("env"), throwaway)
		for _, j := range jobs(p) {
			checkEnv(p, j.Node.Get("env"), throwaway)
			if n := j.Node.Get("secrets"); n.Text() == "inherit" && !strings.HasPrefix(j.Node.Get("uses").Text(), "./") {
				p.Broken(at(p, n), "the called workflow gets every secret: name the ones that it needs")
			}
			for _, s := range j.Steps {
				checkEnv(p, s.Node.Get("env"), throwaway)
				checkEnv(p, s.Node.Get("with"), throwaway)
				checkScript(p, s)
			}
		}
		root.Walk(func(n *yaml.Node) bool {
			if n.Kind == yaml.Scalar {
				checkText(p, n, throwaway)
			}
			return true
		})
	}
	return r
}

// serviceValues are the values given to service containers: passwords of databases that live for one job.
func serviceValues(p *rule.Pass) map[string]bool {
	out := map[string]bool{}
	for _, j := range jobs(p) {
		for _, s := range j.Node.Get("services").Entries() {
			for _, e := range s.Value.Get("env").Entries() {
				out[e.Value.Resolve().Text()] = true
			}
		}
	}
	return out
}

func checkEnv(p *rule.Pass, env *yaml.Node, throwaway map[string]bool) {
	for _, e := range env.Entries() {
		v := e.Value.Resolve()
		if v.IsScalar() && v.Tag != "!!bool" && secret.IsLiteral(e.Key.Value, v.Value) && !throwaway[v.Value] && !testValue.MatchString(v.Value) && !generic(e.Key.Value) {
			p.Broken(at(p, v), fmt.Sprintf("%s holds a secret (%s): put it into the repository's secrets and write ${{ secrets.%s }}", e.Key.Value, secret.Masked(v.Value), strings.ToUpper(strings.ReplaceAll(e.Key.Value, "-", "_"))))
		}
	}
}

// testValue are values that say themselves that they are for tests.
var testValue = regexp.MustCompile(`(?i)^(?:test|tests|testing|ci|dummy|fake|postgres|root|password|secret|admin|localhost|insecure|not-?a-?secret).{0,24}$|(?i)\b(?:test|dummy|fake|ci)[-_]?(?:key|token|secret|password|only)?\b|(?i)[-_](?:test|ci|dummy|only)$`)

// generic are inputs of actions that are named like secrets and are settings.
func generic(key string) bool {
	switch strings.ToLower(key) {
	case "cache-key", "id-token", "use-token", "persist-credentials", "credentials", "token-format":
		return true
	}
	return false
}

// checkText looks for tokens of a known form, and for all secrets at once.
func checkText(p *rule.Pass, n *yaml.Node, throwaway map[string]bool) {
	for _, m := range secret.Find(n.Value) {
		v := n.Value[m.Start:m.End]
		if throwaway[v] || m.What == "password in an address" && (testValue.MatchString(v) || localAddress.MatchString(n.Value[m.End:])) {
			continue
		}
		p.Broken(p.Span(n.Offset(m.Start), n.Offset(m.End-1)+1), fmt.Sprintf("%s stands in the file (%s): put it into the repository's secrets and revoke this one", m.What, secret.Masked(v)))
	}
	if m := allSecrets.FindStringIndex(n.Value); m != nil {
		p.Broken(p.Span(n.Offset(m[0]), n.Offset(m[1]-1)+1), "this takes every secret of the repository: name the ones that are needed")
	}
}

var (
	localAddress = regexp.MustCompile(`^@(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)\b`)
	allSecrets   = regexp.MustCompile(`\$\{\{\s*toJSON\(\s*secrets\s*\)`)
	secretInEcho = regexp.MustCompile(`\$\{\{\s*secrets\.`)
)

// checkScript looks for secrets that a command prints into the log.
func checkScript(p *rule.Pass, s step) {
	for _, c := range s.Shell.Commands {
		if c.Name != "echo" && c.Name != "printf" || len(c.Redirects) > 0 || piped(s, c.Start) {
			continue
		}
		for _, w := range c.Words[1:] {
			if secretInEcho.MatchString(w.Text) && !strings.Contains(w.Text, "::add-mask::") {
				p.Broken(s.span(p, w.Start, w.End), "a secret is printed into the log: hand it over in env, and do not echo it")
			}
		}
	}
}

// piped tells whether a command's output goes into another.
func piped(s step, start int) bool {
	for _, pipe := range s.Shell.Pipes {
		if start >= pipe.Start && start < pipe.End {
			return true
		}
	}
	return false
}

func gh004() rule.Rule {
	r := base("GH004", finding.Error, rule.Security, "zizmor:template-injection", "checkov:CKV_GHA_2")
	r.Doc = rule.Doc{
		Title: "text of strangers run as code", Since: "0.1.0",
		Why:  "The title of a pull request or the name of a branch is pasted into the script before the shell reads it: a title with $(…) in it is run. Hand it over in env and quote the variable.",
		Bad:  workflow("      - run: echo \"${{ github.event.pull_request.title }}\"\n"),
		Good: workflow("      - run: echo \"$TITLE\"\n        env:\n          TITLE: ${{ github.event.pull_request.title }}\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, e := range lint(p) {
			if e.untrusted {
				p.Broken(e.span(p), "anyone can choose this text, and it is pasted into the script: hand it over in env, and quote the variable")
			}
		}
	}
	return r
}
