package compose

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// setting is one variable of environment, in either of its two forms.
type setting struct {
	key, text string
	node      *yaml.Node // of the value; in the list form, of the whole item
	list      bool
}

// variables are the settings of an environment block.
func variables(env *yaml.Node) []setting {
	var out []setting
	if env.IsMapping() {
		for _, p := range env.Resolve().Entries() {
			if v := p.Value.Resolve(); v.IsScalar() && !v.IsNull() {
				out = append(out, setting{key: p.Key.Value, text: v.Value, node: v})
			}
		}
		return out
	}
	for _, item := range env.List() {
		if key, value, ok := strings.Cut(item.Text(), "="); ok {
			out = append(out, setting{key: key, text: value, node: item, list: true})
		}
	}
	return out
}

// noLiterals replaces passwords that stand in the file by variables that Compose takes from .env.
func (p *patch) noLiterals(criterion.Claim) {
	done := map[int]bool{}
	for _, e := range p.services {
		for _, s := range variables(e.node.Get("environment")) {
			if !done[s.node.Start] {
				done[s.node.Start] = true
				p.noLiteral(s)
			}
		}
	}
}

// inURL matches the password in a URL.
var inURL = regexp.MustCompile(`(://[^\s:/@"'$]*:)([^\s@/"'${}]+)(@)([A-Za-z0-9_.-]*)`)

func (p *patch) noLiteral(s setting) {
	value := s.text
	switch {
	case inURL.MatchString(value):
		m := inURL.FindStringSubmatch(value)
		name := p.passwordName(s.key, m[4])
		value = inURL.ReplaceAllString(value, "${1}"+strings.ReplaceAll(p.fromEnv(name, s.key), "$", "$$")+"${3}${4}")
	case isSecret(s.key) && isLiteral(value):
		value = p.fromEnv(s.key, s.key)
	default:
		return
	}
	if s.list {
		p.setScalar(s.node, s.key+"="+value)
	} else {
		p.setScalar(s.node, value)
	}
	p.note("the password of %s stood in %s: it is in the history of Git, so change it", s.key, p.r.Path)
}

func (p *patch) fromEnv(name, key string) string {
	p.project.addVar(variable{name: name, required: true, why: "Secret of " + key + ". Letters and digits only where it becomes part of a URL: openssl rand -hex 24"})
	return "${" + name + ":?set " + name + " in .env}"
}

// passwordName is the variable for a password in a URL: the one that the store at that host takes, else one named after the URL's variable.
func (p *patch) passwordName(key, host string) string {
	for _, e := range p.services {
		if e.name != host {
			continue
		}
		for _, s := range variables(e.node.Get("environment")) {
			if isSecret(s.key) && !strings.HasSuffix(s.key, "_FILE") && !strings.Contains(s.key, "ROOT") {
				return s.key
			}
		}
		if s, ok := stack.ServiceFor(e.store); ok && s.Secret != "" {
			return s.Secret
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(key, "_URL"), "_URI") + "_PASSWORD"
}

func isSecret(key string) bool {
	return envPattern.MatchString(key) && stack.NewVariable(key, "", finding.Evidence{}).Secret
}

// isLiteral tells whether a value is the secret itself, not a reference to it.
func isLiteral(value string) bool {
	return value != "" && !strings.HasPrefix(value, "$") && !strings.Contains(value, "${") && !strings.HasPrefix(value, "/run/secrets/")
}
