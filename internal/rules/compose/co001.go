package compose

import (
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func co001() rule.Rule {
	r := base("CO001", finding.Error, rule.Security)
	r.Doc = rule.Doc{
		Title: "secret written into the file", Since: "0.1.0",
		Why:  "A Compose file is in version control, and docker inspect shows the values. Use a secret (a file under /run/secrets), or take the value from the environment: ${NAME:?}.",
		Bad:  "services:\n  db:\n    image: postgres:17.6\n    environment:\n      POSTGRES_PASSWORD: hunter2\n",
		Good: "services:\n  db:\n    image: postgres:17.6\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n    secrets: [db_password]\nsecrets:\n  db_password:\n    file: ./secrets/db_password\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			checkEnvironment(p, s.Node.Get("environment"))
			checkEnvironment(p, s.Node.Get("build", "args"))
			checkEnvironment(p, s.Node.Get("labels"))
			for _, key := range []string{"command", "entrypoint"} {
				for _, n := range append(s.Node.Get(key).List(), s.Node.Get(key)) {
					checkShapes(p, n)
				}
				checkArguments(p, s.Node.Get(key))
			}
			for _, n := range append(s.Node.Get("healthcheck", "test").List(), s.Node.Get("healthcheck", "test")) {
				checkShapes(p, n)
			}
		}
	}
	return r
}

// checkEnvironment reads a mapping, or a list of NAME=value.
func checkEnvironment(p *rule.Pass, env *yaml.Node) {
	for _, e := range env.Entries() {
		checkValue(p, e.Key.Value, e.Value.Resolve(), 0)
	}
	for _, it := range env.List() {
		if k, _, ok := strings.Cut(it.Text(), "="); ok {
			checkValue(p, k, it, len(k)+1)
		}
	}
}

// checkValue reads the value of a key; from is where it starts in the node's text.
func checkValue(p *rule.Pass, key string, n *yaml.Node, from int) {
	if !n.IsScalar() || n.IsNull() {
		return
	}
	value := n.Value[from:]
	switch {
	case secret.IsLiteral(key, value):
		f := finding.Finding{Span: at(p, n), Message: fmt.Sprintf("%s holds a secret (%s): use a secret's file, or take it from the environment with ${%s:?}", key, secret.Masked(value), key)}
		if fix := p.Replace("take it from the environment", n.Start, n.End, ""); from == 0 {
			fix.Safe, fix.Edits[0].New = false, "${"+key+":?set "+key+"}"
			f.Fix = &fix
		}
		p.Report(f)
	case secret.IsKey(key) && defaultSecret(key, value):
		p.Report(finding.Finding{Severity: finding.Warning, Span: at(p, n), Message: fmt.Sprintf("%s has a secret as its default, which is used wherever nobody sets it: write ${%s:?}", key, key)})
	default:
		checkShapes(p, n)
	}
}

// defaultSecret tells whether a value is a variable with a literal default: ${DB_PASSWORD:-hunter2}.
func defaultSecret(key, value string) bool {
	m := variable.FindStringSubmatch(value)
	return m != nil && m[0] == value && m[2] == "-" && secret.IsLiteral(key, m[3])
}

// checkShapes looks for tokens of a known form and passwords in addresses.
func checkShapes(p *rule.Pass, n *yaml.Node) {
	if !n.IsScalar() {
		return
	}
	n = n.Resolve()
	for _, m := range secret.Find(n.Value) {
		p.Broken(p.Span(n.Offset(m.Start), n.Offset(m.End-1)+1), fmt.Sprintf("%s stands in the file (%s): take it from the environment or a secret's file", m.What, secret.Masked(n.Value[m.Start:m.End])))
	}
}

// checkArguments looks for --password and its like in a command.
func checkArguments(p *rule.Pass, n *yaml.Node) {
	words, nodes := strings.Fields(n.Text()), []*yaml.Node(nil)
	if n.IsSequence() {
		words = nil
		for _, it := range n.List() {
			words, nodes = append(words, it.Text()), append(nodes, it)
		}
	}
	for i, w := range words {
		name, value, eq := strings.Cut(w, "=")
		if !strings.HasPrefix(name, "--") || !secret.IsKey(strings.TrimLeft(name, "-")) {
			continue
		}
		if !eq && i+1 < len(words) {
			value = words[i+1]
		}
		if value == "" || strings.HasPrefix(value, "-") || secret.IsPlaceholder(value) {
			continue
		}
		place := n.Resolve()
		if nodes != nil {
			place = nodes[i]
		}
		p.Broken(at(p, place), fmt.Sprintf("%s gets a secret (%s) that every process list shows: use a file or the environment", name, secret.Masked(value)))
	}
}
