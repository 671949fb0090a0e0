package config_test

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/config"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const full = `boundary:
  may: ["deploy/**"]
  never: ["secret/**"]
defaults:
  engine: cursor
  rounds: 2
  signal: none
  with_suggested: true
engines:
  cursor:
    command: [cursor-agent, -p]
    timeout: 5m
    environment: [CURSOR_API_KEY]
`

func TestParse(t *testing.T) {
	c, err := config.Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Boundary: config.Boundary{May: []string{"deploy/**"}, Never: []string{"secret/**"}},
		Defaults: config.Defaults{Engine: "cursor", Rounds: 2, Signal: "none", WithSuggested: true},
		Engines:  map[string]config.Engine{"cursor": {Command: []string{"cursor-agent", "-p"}, Timeout: 5 * 60 * 1e9, Environment: []string{"CURSOR_API_KEY"}}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestParseKeepsDefaults(t *testing.T) {
	for _, src := range []string{"", "# nothing\n", "defaults:\n", "boundary: {}\n"} {
		c, err := config.Parse([]byte(src))
		if err != nil {
			t.Errorf("%q: %v", src, err)
		}
		if diff := cmp.Diff(config.Default(), c); diff != "" {
			t.Errorf("%q: %s", src, diff)
		}
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"unknown key with a near name", "defaults:\n  engin: builtin\n", `.autogit.yaml:2: key "defaults.engin" is not known: did you mean "engine"?`},
		{"unknown key", "zzzzzzzz: 1\n", `.autogit.yaml:1: key "zzzzzzzz" is not known: known are boundary, defaults, engines`},
		{"wrong type", "defaults:\n  rounds: many\n", ".autogit.yaml:2:"},
		{"not a mapping", "- a\n", ".autogit.yaml:1: the file must be a mapping"},
		{"inner not a mapping", "boundary: 3\n", "boundary must be a mapping"},
		{"too many rounds", "defaults:\n\n  rounds: 11\n", ".autogit.yaml:3: defaults.rounds: 11 is not from 1 to 10"},
		{"signal", "defaults:\n  signal: loud\n", `"loud" is not one of`},
		{"engine", "defaults:\n  engine: none\n", "neither builtin nor one of engines"},
		{"engine without command", "engines:\n  a: {}\n", ".autogit.yaml:2: engines.a: it has no command"},
		{"engine takes a name", "engines:\n  builtin: {command: [a]}\n", "the name is taken"},
		{"bad glob", "boundary:\n  may: ['[']\n", "not a valid glob"},
		{"broken YAML", "a: [\n", ".autogit.yaml:"},
		{"two documents", "---\n---\n", "more than one YAML document"},
		{"alias", "defaults: &d {}\nboundary: *d\n", "aliases are not used here"},
		{"huge", strings.Repeat("#", 300<<10), "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse([]byte(tt.src))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

// The published schema takes what Parse takes, and knows the same keys.
func TestSchema(t *testing.T) {
	src, err := os.ReadFile("../../schema/autogit.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal([]byte(full), &v); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
	sameKeys(t, "", reflect.TypeFor[config.Config](), doc.(map[string]any))
}

func sameKeys(t *testing.T, at string, typ reflect.Type, schema map[string]any) {
	t.Helper()
	if typ.Kind() == reflect.Map {
		sameKeys(t, at+".*", typ.Elem(), schema["additionalProperties"].(map[string]any))
		return
	}
	if typ.Kind() != reflect.Struct {
		return
	}
	props := schema["properties"].(map[string]any)
	var names []string
	for f := range typ.Fields() {
		name := f.Tag.Get("yaml")
		names = append(names, name)
		sub, ok := props[name].(map[string]any)
		if !ok {
			t.Errorf("the schema lacks %s.%s", at, name)
			continue
		}
		sameKeys(t, at+"."+name, f.Type, sub)
	}
	for name := range props {
		if !slices.Contains(names, name) {
			t.Errorf("the schema has %s.%s, the program has not", at, name)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"boundary", "defaults", "engines"}
	for word, want := range map[string]string{"boundry": "boundary", "engine": "engines", "default": "defaults", "xyz": ""} {
		if got := config.Nearest(word, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = config.Parse(b) })
}
