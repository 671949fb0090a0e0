package yamltext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func TestWriter(t *testing.T) {
	var w Writer
	w.Comment("Why it is here.")
	w.Key("name", "CI")
	w.Map("on", func() {
		w.Map("push", func() { w.List("branches", []string{"main", "1.0", "a,b"}) })
	})
	w.Blank()
	w.Map("steps", func() {
		w.Comment("First.")
		w.Item(func() {
			w.Key("name", "Say: hello")
			w.Text("run", "echo a\n\necho b\n")
			w.Map("env", func() { w.Key("V", "3.10") })
		})
		w.Item(func() { w.Noted("uses", "a/b@c", "v1.0.0") })
		w.Value("x: y")
		w.Value("one\ntwo")
	})
	want := `# Why it is here.
name: CI
on:
  push:
    branches: [main, '1.0', 'a,b']

steps:
  # First.
  - name: 'Say: hello'
    run: |
      echo a

      echo b
    env:
      V: '3.10'
  - uses: a/b@c # v1.0.0
  - 'x: y'
  - |
    one
    two
`
	if diff := cmp.Diff(want, w.String()); diff != "" {
		t.Error(diff)
	}
}

// A string that is written is the string that is read, whatever it holds.
func TestQuoteRoundTrip(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, s string) {
		for _, doc := range []string{"k: " + Quote(s) + "\n", "k:\n  - " + Quote(s) + "\n", "k: " + Flow([]string{s}) + "\n"} {
			var got map[string]any
			if err := yaml.Unmarshal([]byte(doc), &got); err != nil {
				t.Fatalf("%q written as %s: %v", s, doc, err)
			}
			v := got["k"]
			if l, ok := v.([]any); ok {
				v = l[0]
			}
			if v != s {
				t.Fatalf("%q written as %sreads %#v", s, doc, v)
			}
		}
	}
	for _, s := range []string{"3.10", "1e3", "0x10", "010", "12:30", "2024-01-02", "yes", "No", "null", "~", "", " a", "a ", "- a", "-a", "a: b",
		"a #b", "#b", "a:", "@x", "${{ a }}", "it's", `"q"`, "'q'", "a\tb", "*", "&x", "!x", "%x", "`x", "[a]", "{a}", "a, b", "?", "? x", ":", ": x", "=", "<<", "*/5 * * * *"} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOf(rapid.RuneFrom([]rune(" :#'\"-?[]{},&*!|>%@`~ab0.1e_yno\t$\\"))).Draw(t, "s"))
	})
}

func TestWrap(t *testing.T) {
	for _, l := range wrap(strings.Repeat("word ", 60), 40) {
		if len(l) > 40 {
			t.Errorf("line is %d bytes: %q", len(l), l)
		}
	}
}
