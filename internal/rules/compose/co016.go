package compose

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func co016() rule.Rule {
	r := base("CO016", finding.Error, rule.Code)
	r.Doc = rule.Doc{
		Title: "key, type or name that Compose does not know", Since: "0.1.0",
		Why:  "Compose refuses the file, or a misspelt part of it does nothing.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    volume: [data:/data]\n    networks: [back]\n",
		Good: "services:\n  app:\n    image: app:1.0\n    volumes: [data:/data]\n    networks: [back]\nvolumes:\n  data:\nnetworks:\n  back:\n",
	}
	compiled := sync.OnceValue(compile)
	r.Check = func(p *rule.Pass) {
		root := p.YAML().Root()
		if root == nil {
			return
		}
		if s := compiled(); s != nil {
			checkSchema(p, s, root)
		}
		if !root.Has("include") && !development(p) && !overlay(p) {
			checkNames(p, root)
		}
	}
	return r
}

// compile reads the schema of the Compose specification, which comes with compose-go.
func compile() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Schema))
	if err != nil {
		return nil
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("compose-spec.json", doc); err != nil {
		return nil
	}
	s, err := c.Compile("compose-spec.json")
	if err != nil {
		return nil
	}
	return s
}

func checkSchema(p *rule.Pass, s *jsonschema.Schema, root *yaml.Node) {
	var bad *jsonschema.ValidationError
	if !errors.As(s.Validate(value(root)), &bad) {
		return
	}
	seen := map[finding.Span]bool{}
	for _, e := range leaves(bad) {
		n := locate(root, e.InstanceLocation)
		if extra, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			for _, name := range extra.Properties {
				if k, _ := n.Find(name); k != nil && !seen[at(p, k)] {
					seen[at(p, k)] = true
					p.Broken(at(p, k), fmt.Sprintf("%s is no key of %s", name, where(e.InstanceLocation)))
				}
			}
			continue
		}
		if n == nil || seen[at(p, n)] {
			continue
		}
		seen[at(p, n)] = true
		p.Broken(at(p, n), fmt.Sprintf("%s does not have the form that Compose wants: %s", where(e.InstanceLocation), reason(e)))
	}
}

// leaves are the errors that say something: of a choice (oneOf) it is the choice itself, unless one of its
// branches got further than the others.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	switch e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		for _, c := range e.Causes {
			for _, l := range leaves(c) {
				if len(l.InstanceLocation) > len(e.InstanceLocation) {
					return []*jsonschema.ValidationError{l}
				}
				if _, ok := l.ErrorKind.(*kind.AdditionalProperties); ok {
					return []*jsonschema.ValidationError{l}
				}
			}
		}
		return []*jsonschema.ValidationError{e}
	}
	var out []*jsonschema.ValidationError
	for _, c := range e.Causes {
		out = append(out, leaves(c)...)
	}
	return out
}

func reason(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return "it is " + k.Got + ", wanted is " + strings.Join(k.Want, " or ")
	case *kind.Required:
		return "it lacks " + strings.Join(k.Missing, ", ")
	case *kind.Enum:
		return fmt.Sprintf("it is none of %v", k.Want)
	case *kind.UniqueItems:
		return "an item is in it twice"
	}
	return "see its reference"
}

func where(path []string) string {
	if len(path) == 0 {
		return "a Compose file"
	}
	return strings.Join(path, ".")
}

// locate follows a path of keys and indexes.
func locate(n *yaml.Node, path []string) *yaml.Node {
	for _, key := range path {
		n = n.Resolve()
		if n.IsSequence() {
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		_, n = n.Find(key)
	}
	return n
}

// value is a node as the schema wants it. What Compose's own tags (!reset, !override) mark is left out.
func value(n *yaml.Node) any {
	n = n.Resolve()
	switch {
	case n == nil || n.IsNull() || strings.HasPrefix(n.Tag, "!reset"):
		return nil
	case n.IsMapping():
		m := map[string]any{}
		for _, e := range n.Entries() {
			if !custom(e.Value) {
				m[e.Key.Value] = value(e.Value)
			}
		}
		return m
	case n.IsSequence():
		list := []any{}
		for _, it := range n.List() {
			list = append(list, value(it))
		}
		return list
	}
	switch n.Tag {
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int":
		if i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64); err == nil {
			return float64(i)
		}
	case "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f
		}
	}
	return n.Value
}

func custom(n *yaml.Node) bool {
	n = n.Resolve()
	return n != nil && strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!")
}

// checkNames finds services, networks, volumes, secrets and configs that are used and not declared.
func checkNames(p *rule.Pass, root *yaml.Node) {
	for _, s := range services(p.Source) {
		if s.Node.Has("extends") {
			continue
		}
		if !s.partial() {
			undeclared(p, s, "depends_on", root.Get("services").Keys(), "service")
			for _, key := range []string{"network_mode", "pid", "ipc"} {
				n := s.Node.Get(key)
				if other, ok := strings.CutPrefix(n.Text(), "service:"); ok && !root.Get("services").Has(other) {
					p.Broken(at(p, n), fmt.Sprintf("service %s is not declared in this file", other))
				}
			}
		}
		undeclared(p, s, "networks", append(root.Get("networks").Keys(), "default"), "network")
		undeclared(p, s, "secrets", root.Get("secrets").Keys(), "secret")
		undeclared(p, s, "configs", root.Get("configs").Keys(), "config")
		for _, m := range mounts(s) {
			typ := m.node.Get("type").Text()
			if m.source == "" || typ != "" && typ != "volume" || strings.ContainsAny(m.source, "/.~$\\") || root.Get("volumes").Has(m.source) {
				continue
			}
			p.Broken(at(p, m.node), fmt.Sprintf("volume %s is not declared: add it under volumes", m.source))
		}
	}
}

func undeclared(p *rule.Pass, s service, key string, declared []string, what string) {
	n := s.Node.Get(key)
	if p.YAML().Root().Has("name") && s.partial() {
		return
	}
	for _, e := range n.Entries() {
		if !slices.Contains(declared, e.Key.Value) {
			p.Broken(at(p, e.Key), fmt.Sprintf("%s %s is not declared in this file", what, e.Key.Value))
		}
	}
	for _, it := range n.List() {
		name := it.Text()
		if it.IsMapping() {
			name = it.Get("source").Text()
		}
		if name != "" && !strings.Contains(name, "$") && !slices.Contains(declared, name) {
			p.Broken(at(p, it), fmt.Sprintf("%s %s is not declared in this file", what, name))
		}
	}
}
