package yaml_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv3 "go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/syntax/yaml"
)

func parse(t testing.TB, src string) *yaml.File {
	t.Helper()
	f, err := yaml.Parse([]byte(src))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, src)
	}
	return f
}

func TestSourceOfEveryShape(t *testing.T) {
	tests := []struct {
		name, src string
		path      []string
		want      string
		line, col int
	}{
		{"plain", "a: one two # c\nb: 2\n", []string{"a"}, "one two", 1, 4},
		{"plain over lines", "a: one\n  two\n\n  three\nb: x\n", []string{"a"}, "one\n  two\n\n  three", 1, 4},
		{"plain with hash", "a: b#c\n", []string{"a"}, "b#c", 1, 4},
		{"double", "a: \"x \\\" y\" # c\n", []string{"a"}, `"x \" y"`, 1, 4},
		{"single", "a: 'it''s'\n", []string{"a"}, `'it''s'`, 1, 4},
		{"literal", "a: |\n  x\n\n  # y\n\nb: 1\n", []string{"a"}, "|\n  x\n\n  # y", 1, 4},
		{"literal keep", "a: |+ # why\n  x\n\nb: 1\n", []string{"a"}, "|+ # why\n  x", 1, 4},
		{"literal explicit", "a:\n  b: |2\n      x\n    y\n  c: 1\n", []string{"a", "b"}, "|2\n      x\n    y", 2, 6},
		{"folded", "a: >-\n  x\n  y\nb: 1\n", []string{"a"}, ">-\n  x\n  y", 1, 4},
		{"empty literal", "a: |\nb: 1\n", []string{"a"}, "|", 1, 4},
		{"null", "a:\nb: 1\n", []string{"a"}, "", 1, 3},
		{"flow map", "a: {b: [1, 2], c: d} # x\n", []string{"a"}, "{b: [1, 2], c: d}", 1, 4},
		{"flow over lines", "a: [\n  1, # one ]\n  2,\n]\nb: 1\n", []string{"a"}, "[\n  1, # one ]\n  2,\n]", 1, 4},
		{"empty flow", "a: {}\n", []string{"a"}, "{}", 1, 4},
		{"block map", "a:\n  b: 1\n  c: 2\n\n# end\nd: 1\n", []string{"a"}, "b: 1\n  c: 2", 2, 3},
		{"block list", "a:\n- 1\n-\n  x: y\nd: 1\n", []string{"a"}, "- 1\n-\n  x: y", 2, 1},
		{"list with last empty", "a:\n  - 1\n  -\nd: 1\n", []string{"a"}, "- 1\n  -", 2, 3},
		{"anchor", "a: &x\n  b: 1\nc: *x\n", []string{"c"}, "b: 1", 2, 3},
		{"anchor scalar", "a: &x !!str 12\n", []string{"a"}, "12", 1, 13},
		{"tagged quoted", "a: !x 'y'\n", []string{"a"}, "'y'", 1, 7},
		{"unicode before", "\"ä€\": [ö, {ü: ß}]\n", []string{"ä€"}, "[ö, {ü: ß}]", 1, 10},
		{"crlf", "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n", []string{"b"}, "|\r\n  x\r\n  y", 2, 4},
		{"byte order mark", "\ufeffa: b\n", []string{"a"}, "b", 1, 7},
		{"merge", "x: &x {k: v}\na:\n  <<: *x\n  o: 1\n", []string{"a", "k"}, "v", 1, 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := parse(t, tt.src).Root().Get(tt.path...)
			if n == nil {
				t.Fatal("not found")
			}
			if n.Source() != tt.want || n.Line != tt.line || n.Column != tt.col {
				t.Errorf("got %q at %d:%d, want %q at %d:%d", n.Source(), n.Line, n.Column, tt.want, tt.line, tt.col)
			}
		})
	}
}

func TestLookups(t *testing.T) {
	root := parse(t, `
base: &base {image: a, env: [x, y]}
more: &more {image: b, tag: t}
svc:
  <<: [*base, *more]
  env: z
on: push
flag: true
list: [*base, 2]
`).Root()
	svc := root.Get("svc")
	if got := svc.Get("image").Text() + svc.Get("tag").Text() + svc.Get("env").Text(); got != "atz" {
		t.Errorf("merged lookups: %q", got)
	}
	if diff := cmp.Diff([]string{"env", "image", "tag"}, svc.Keys()); diff != "" {
		t.Error(diff)
	}
	if !root.Has("on") || root.Get("on").Text() != "push" || !root.Get("flag").IsTrue() {
		t.Error("on must be a string key, true a boolean")
	}
	if diff := cmp.Diff([]string{"push"}, root.Get("on").Strings()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x", "y"}, root.Get("base", "env").Strings()); diff != "" {
		t.Error(diff)
	}
	if l := root.Get("list").List(); len(l) != 2 || !l[0].IsMapping() {
		t.Error("a list must resolve its aliases")
	}
	var absent *yaml.Node
	if absent.Get("a", "b").Text() != "" || absent.Strings() != nil || absent.Entries() != nil || !absent.IsNull() {
		t.Error("an absent node must answer as empty")
	}
}

func TestComments(t *testing.T) {
	f := parse(t, "# file\n\n# one\n# two\na: 1 # behind\nb: |\n  # text\n  x\n# three\nc: # on key\n  - x # item\n  # item two\n  - 'a # b'\n")
	var got []string
	for _, c := range f.Comments {
		got = append(got, fmt.Sprintf("%d:%s:%v", c.Line, c.Text, c.Whole))
	}
	want := []string{"1:file:true", "3:one:true", "4:two:true", "5:behind:false", "9:three:true", "10:on key:false", "11:item:false", "12:item two:true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	k, v := f.Root().Find("a")
	if k.HeadComment != "one\ntwo" || v.LineComment != "behind" {
		t.Errorf("head %q, line %q", k.HeadComment, v.LineComment)
	}
	if it := f.Root().Get("c").Items[1]; it.HeadComment != "item two" {
		t.Errorf("item head %q", it.HeadComment)
	}
}

func TestDuplicateKeysAreReported(t *testing.T) {
	f := parse(t, "a: 1\nb:\n  c: 1\n  'c': 2\na: 3\n")
	if len(f.Duplicates) != 2 {
		t.Fatalf("got %d duplicates", len(f.Duplicates))
	}
	if d := f.Duplicates[1]; d.First.Line != 1 || d.Second.Line != 5 {
		t.Errorf("a at %d and %d", d.First.Line, d.Second.Line)
	}
}

func TestDocuments(t *testing.T) {
	f := parse(t, "a: 1\n---\nb: 2\n...\n---\n- c\n")
	if len(f.Docs) != 3 || f.Docs[1].Get("b").Line != 3 || f.Docs[2].Line != 6 {
		t.Fatalf("%d documents", len(f.Docs))
	}
	if parse(t, "").Root() != nil || parse(t, "# only\n").Root() != nil {
		t.Error("an empty stream has no root")
	}
}

func TestBrokenFiles(t *testing.T) {
	deep := strings.Repeat("[", 1000) + strings.Repeat("]", 1000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ","))
	}
	tests := []struct {
		name, src, message string
		line               int
	}{
		{"tab", "a:\n\tb: 1\n", "cannot start any token", 2},
		{"unclosed", "a: 1\nb: [1, 2\nc: 3\n", "did not find", 2},
		{"too deep", deep, "levels deep", 1},
		{"bomb", bomb, "aliases make", 1},
		{"unknown alias", "a: *b\n", "unknown anchor", 1},
		{"alias in itself", "a: &x\n  b: [*x]\n", "inside its own anchor", 2},
		{"NUL", "a: 1\nb: \x00\n", "NUL", 2},
		{"not UTF-8", "a: 1\nb: \xff\n", "UTF-8", 2},
		{"UTF-16", "\xff\xfea\x00", "UTF-16", 1},
		{"too large", strings.Repeat("# x\n", 1<<20+1), "at most", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := yaml.Parse([]byte(tt.src))
			var e *yaml.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Line != tt.line || !strings.Contains(e.Message, tt.message) {
				t.Errorf("got line %d %q", e.Line, e.Message)
			}
		})
	}
}

func TestDocumentsBeforeABrokenOneStay(t *testing.T) {
	f, err := yaml.Parse([]byte("a: 1\n---\nb: [\n"))
	if err == nil || len(f.Docs) != 1 {
		t.Fatalf("err %v, %d documents", err, len(f.Docs))
	}
}

func TestOffsetsPointIntoTheFile(t *testing.T) {
	tests := []struct{ name, src, find, want string }{
		{"literal", "run: |\n  one\n    two\n\n  three\n", "three", "three"},
		{"literal in list", "- - |\n    one\n    two\n", "two", "two"},
		{"folded", "run: >\n  one\n  two\n  three\n", "three", "three"},
		{"plain", "run: one two\n", "two", "two"},
		{"plain over lines", "run: one\n  two\n", "two", "two"},
		{"escaped", `run: "a\tb\"c\u00e4d"` + "\n", "d", "d"},
		{"single", "run: 'it''s ok'\n", "ok", "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, tt.src)
			var n *yaml.Node
			f.Root().Walk(func(m *yaml.Node) bool {
				if m.Kind == yaml.Scalar && strings.Contains(m.Value, tt.find) {
					n = m
				}
				return true
			})
			at := n.Offset(strings.Index(n.Value, tt.find))
			if got := string(f.Src[at : at+len(tt.want)]); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

var styles = []yamlv3.Style{0, yamlv3.DoubleQuotedStyle, yamlv3.SingleQuotedStyle, yamlv3.LiteralStyle, yamlv3.FoldedStyle}

func genNode(depth int) *rapid.Generator[*yamlv3.Node] {
	return rapid.Custom(func(t *rapid.T) *yamlv3.Node {
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		flow := yamlv3.Style(0)
		if rapid.IntRange(0, 3).Draw(t, "flow") == 0 {
			flow = yamlv3.FlowStyle
		}
		switch {
		case depth > 0 && kind == 0:
			n := &yamlv3.Node{Kind: yamlv3.SequenceNode, Style: flow}
			n.Content = rapid.SliceOfN(genNode(depth-1), 0, 4).Draw(t, "items")
			return n
		case depth > 0 && kind <= 2:
			n := &yamlv3.Node{Kind: yamlv3.MappingNode, Style: flow}
			for i := range rapid.IntRange(0, 4).Draw(t, "size") {
				k := &yamlv3.Node{Kind: yamlv3.ScalarNode, Value: fmt.Sprintf("k%dä", i), Style: rapid.SampledFrom(styles[:3]).Draw(t, "kstyle")}
				n.Content = append(n.Content, k, genNode(depth-1).Draw(t, "value"))
			}
			return n
		}
		return &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: "!!str", Style: rapid.SampledFrom(styles).Draw(t, "style"),
			Value: rapid.StringMatching(`[a-c:# '"\-\[{&*!|>%ä\\]{0,12}(\n{1,2}[ ]?[a-c#:]{0,8}){0,3}`).Draw(t, "text")}
	})
}

// Property: every scalar, cut out of the file by its offsets, is that scalar; brackets match; ends nest.
func TestPropertySourceIsTheNode(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src, err := yamlv3.Marshal(genNode(3).Draw(rt, "node"))
		if err != nil {
			rt.Skip("cannot be written")
		}
		f, err := yaml.Parse(src)
		if err != nil {
			rt.Skip("the writer wrote what the reader does not take") // it does so for some block scalars
		}
		f.Root().Walk(func(n *yaml.Node) bool {
			checkNode(rt, n)
			return true
		})
	})
}

func checkNode(t interface{ Fatalf(string, ...any) }, n *yaml.Node) {
	s := n.Source()
	switch {
	case n.Kind == yaml.Scalar && n.Style != yaml.Literal && n.Style != yaml.Folded:
		var got yamlv3.Node
		if err := yamlv3.Unmarshal([]byte(s), &got); err != nil || s != "" && (len(got.Content) != 1 || got.Content[0].Value != n.Value) {
			t.Fatalf("%q is not %q (%v)", s, n.Value, err)
		}
	case n.Style == yaml.Flow && n.Kind == yaml.Mapping && (s[0] != '{' || s[len(s)-1] != '}'),
		n.Style == yaml.Flow && n.Kind == yaml.Sequence && (s[0] != '[' || s[len(s)-1] != ']'):
		t.Fatalf("brackets: %q", s)
	}
	for _, p := range n.Pairs {
		if p.Key.End > p.Value.Start || p.Value.End > n.End || p.Key.Start < n.Start {
			t.Fatalf("entry %q outside its mapping %q", p.Value.Source(), s)
		}
	}
	if n.Kind != yaml.Scalar {
		return
	}
	for i, at := range n.Offsets()[:len(n.Value)] {
		if c := n.Value[i]; c != '\n' && c != ' ' && n.Style != yaml.DoubleQuoted && s[at-n.Start] != c {
			t.Fatalf("byte %d of %q is not at %d of %q", i, n.Value, at-n.Start, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "a: &x [1]\nb: *x", "? a\n: b", "- |2\n   x", "a: \"x\\\n  y\"", "\ufeff---\n...", "{a: [b: c]}", "a: >\r\n x\r b", "<<: {a: 1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := yaml.Parse(src)
		if file == nil {
			t.Fatal("no file")
		}
		var e *yaml.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("error of another type: %v", err)
		}
		for _, d := range file.Docs {
			d.Walk(func(n *yaml.Node) bool {
				if n.Start < 0 || n.End > len(src) || n.Start > n.End || n.Line < 1 {
					t.Fatalf("bad place %d-%d", n.Start, n.End)
				}
				_, _ = n.Offsets(), n.Entries()
				return true
			})
		}
	})
}
