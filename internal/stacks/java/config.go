package java

import (
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// setting is one key of an application's configuration. Value is as written: "${PORT:8080}".
type setting struct {
	value string
	at    source.Match
}

// settings are the flattened keys of an application's configuration files, the base file and the production profile only.
type settings map[string]setting

// resourceDirs are where configuration lies, relative to the module.
var resourceDirs = []string{"src/main/resources/config", "src/main/resources", "config", "."}

// readSettings reads the configuration of a module. profile "" is the base; "dev" reads application-dev only.
func readSettings(tree *repo.Tree, dir, profile string) settings {
	out := settings{}
	names := []string{"application"}
	if profile != "" {
		names = []string{"application-" + profile}
	}
	for _, d := range resourceDirs {
		for _, n := range names {
			for _, ext := range []string{".properties", ".yml", ".yaml"} {
				out.read(tree, path.Join(dir, d, n+ext))
			}
		}
	}
	return out
}

func (s settings) read(tree *repo.Tree, file string) {
	if !tree.Has(file) {
		return
	}
	if strings.HasSuffix(file, ".properties") {
		s.readProperties(tree, file)
		return
	}
	s.readYAML(tree, file)
}

var propertyLine = regexp.MustCompile(`^\s*([\w.%"\[\]-]+)\s*[=:]\s*(.*?)\s*$`)

func (s settings) readProperties(tree *repo.Tree, file string) {
	f := source.Parse(tree, file, source.Props)
	for _, m := range f.All(propertyLine) {
		s.put(m.Group(1), m.Group(2), m)
	}
}

// put keeps the first value of a key; keys are compared without hyphens and case, as Spring's relaxed binding does.
func (s settings) put(key, value string, m source.Match) {
	key = strings.TrimPrefix(relaxed(key), "%prod.")
	if _, ok := s[key]; !ok && len(s) < 5000 {
		s[key] = setting{value, m}
	}
}

func relaxed(key string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key))
}

func (s settings) get(keys ...string) (setting, bool) {
	for _, k := range keys {
		if v, ok := s[relaxed(k)]; ok {
			return v, true
		}
	}
	return setting{}, false
}

// value is a setting's text; "" when it is not there.
func (s settings) value(keys ...string) string {
	v, _ := s.get(keys...)
	return v.value
}

func (s settings) readYAML(tree *repo.Tree, file string) {
	b, err := tree.Read(file)
	if err != nil {
		return
	}
	f := source.Read(tree, file)
	for _, doc := range yamlDocs(string(b)) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(doc.text), &n) != nil || len(n.Content) == 0 {
			continue
		}
		part := settings{}
		part.flatten("", n.Content[0], f, doc.line, 0)
		if on := part.value("spring.config.activate.on-profile", "spring.profiles"); on != "" && !strings.Contains(on, "prod") {
			continue
		}
		for k, v := range part {
			if _, ok := s[k]; !ok {
				s[k] = v
			}
		}
	}
}

type yamlDoc struct {
	text string
	line int // lines before it
}

// yamlDocs splits a stream, so that one broken document does not hide the others.
func yamlDocs(s string) []yamlDoc {
	var out []yamlDoc
	var b strings.Builder
	start := 0
	for i, l := range strings.Split(s, "\n") {
		if strings.HasPrefix(l, "---") && len(out) < 50 {
			out = append(out, yamlDoc{b.String(), start})
			b.Reset()
			start = i + 1
			continue
		}
		b.WriteString(l + "\n")
	}
	return append(out, yamlDoc{b.String(), start})
}

func (s settings) flatten(prefix string, n *yaml.Node, f source.File, line, depth int) {
	if depth > 30 || len(s) >= 5000 {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if prefix != "" {
				key = prefix + "." + key
			}
			s.flatten(key, n.Content[i+1], f, line, depth+1)
		}
	case yaml.SequenceNode:
		var items []string
		for i, c := range n.Content {
			items = append(items, c.Value)
			if c.Kind == yaml.MappingNode && i < 20 {
				s.flatten(prefix+"["+string(rune('0'+i%10))+"]", c, f, line, depth+1)
			}
		}
		s.put(prefix, strings.Join(items, ","), f.At(n.Line+line))
	case yaml.ScalarNode:
		s.put(prefix, n.Value, f.At(n.Line+line))
	}
}

var placeholder = regexp.MustCompile(`^["']?\$\{([A-Za-z_][\w.]*)(?::([^}]*))?\}["']?$|^\$([A-Z_]+)(?::(.+))?$`)

// split takes "${PORT:8080}" apart: the variable and the default. A plain value has no variable.
func split(value string) (env, def string) {
	m := placeholder.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return "", strings.Trim(value, `"'`)
	}
	if m[3] != "" {
		return m[3], m[4]
	}
	return m[1], m[2]
}
