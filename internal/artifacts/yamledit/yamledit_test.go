package yamledit

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/syntax/yaml"
)

const source = `# head
name: CI   # the name
on: [push]

jobs:
    # about a
    a:
        runs-on: "x"   # keep
        steps:
        - run: |
            one

            two
        - uses: a/b@v1

    b: {runs-on: y}

# tail
`

func open(t interface {
	Fatal(...any)
	Helper()
}, src string) *Doc {
	t.Helper()
	d, err := Open("ci.yml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Doc) error
		old    string
		want   string
	}{
		{"add after", func(d *Doc) error { return d.Add(d.Root().Get("jobs", "a"), "runs-on", "timeout-minutes: 5\n") },
			"# keep\n", "# keep\n        timeout-minutes: 5\n"},
		{"add at the end, past a block scalar, to the file's own depth", func(d *Doc) error { return d.Add(d.Root().Get("jobs", "a"), "", "env:\n  A: b\n") },
			"a/b@v1\n", "a/b@v1\n        env:\n            A: b\n"},
		{"before, above the comment", func(d *Doc) error { return d.Before(d.Root().Get("jobs"), "a", "z:\n  runs-on: q\n\n") },
			"    # about a\n", "    z:\n        runs-on: q\n\n    # about a\n"},
		{"add below a flow mapping", func(d *Doc) error { return d.Add(d.Root().Get("jobs"), "", "\nc:\n  runs-on: z\n") },
			"{runs-on: y}\n", "{runs-on: y}\n\n    c:\n        runs-on: z\n"},
		{"append to a flow sequence", func(d *Doc) error { return d.Append(d.Root().Get("on"), "pull_request") }, "[push]", "[push, pull_request]"},
		{"append to a block sequence", func(d *Doc) error { return d.Append(d.Root().Get("jobs", "a", "steps"), "- run: x\n  name: y\n") },
			"a/b@v1\n", "a/b@v1\n        - run: x\n          name: y\n"},
		{"item above the first", func(d *Doc) error { return d.InsertItem(d.Root().Get("jobs", "a", "steps"), -1, "- run: x\n") },
			"        - run: |\n", "        - run: x\n        - run: |\n"},
		{"item below a block scalar", func(d *Doc) error { return d.InsertItem(d.Root().Get("jobs", "a", "steps"), 0, "- run: x\n") },
			"two\n", "two\n        - run: x\n"},
		{"set keeps quotes", func(d *Doc) error { return d.Set(d.Root().Get("jobs", "a", "runs-on"), "ubuntu") }, `"x"`, `"ubuntu"`},
		{"set quotes what needs it", func(d *Doc) error { return d.Set(d.Root().Get("name"), "3.10") }, "name: CI ", "name: '3.10' "},
		{"replace below", func(d *Doc) error {
			return d.ReplaceBelow(d.Root().Pairs[1], "push:\npull_request:\n  branches: [main]\n")
		},
			"on: [push]\n", "on:\n    push:\n    pull_request:\n        branches: [main]\n"},
		{"note", func(d *Doc) error { return d.Note(d.Root().Get("jobs", "a", "steps").Items[1].Get("uses"), "v1") }, "a/b@v1\n", "a/b@v1 # v1\n"},
		{"note leaves a comment alone", func(d *Doc) error { return d.Note(d.Root().Get("name"), "x") }, "", ""},
		{"remove", func(d *Doc) error { return d.Remove(d.Root(), "on") }, "on: [push]\n", ""},
	}
	for _, tt := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			src := strings.ReplaceAll(source, "\n", eol)
			d := open(t, src)
			if err := tt.change(d); err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			want := src
			if tt.old != tt.want {
				want = strings.Replace(src, strings.ReplaceAll(tt.old, "\n", eol), strings.ReplaceAll(tt.want, "\n", eol), 1)
			}
			if diff := cmp.Diff(want, string(d.Bytes())); diff != "" {
				t.Errorf("%s (%q): %s", tt.name, eol, diff)
			}
		}
	}
}

func TestNoLineEndAtTheEnd(t *testing.T) {
	d := open(t, "a:\n  b: c")
	if err := d.Add(d.Root().Get("a"), "", "d: e\n"); err != nil || string(d.Bytes()) != "a:\n  b: c\n  d: e" {
		t.Errorf("%v: %q", err, d.Bytes())
	}
}

func TestRefusesWhatItCannotChange(t *testing.T) {
	d := open(t, "a: {b: c}\nd: &x\n  e: f\ng: *x\nh: |\n  text\n")
	for name, err := range map[string]error{
		"flow mapping": d.Add(d.Root().Get("a"), "", "x: y\n"),
		"block scalar": d.Set(d.Root().Get("h"), "x"),
		"absent":       d.Add(nil, "", "x: y\n"),
		"anchor":       d.Replace(d.Root().Pairs[1].Value, "x"),
		"alias":        d.Replace(d.Root().Pairs[2].Value, "x"),
	} {
		if !errors.Is(err, ErrShape) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A change that breaks the file is taken back.
func TestBrokenChangeIsTakenBack(t *testing.T) {
	d := open(t, "a: b\n")
	if err := d.apply(0, 0, "x: [\n"); err == nil || string(d.Bytes()) != "a: b\n" || d.Root().Get("a").Text() != "b" {
		t.Errorf("%v: %q", err, d.Bytes())
	}
}

// Whatever file it is, an insertion keeps every byte that was there, in order.
func TestInsertionKeepsEveryByte(t *testing.T) {
	lines := []string{"a: 1", "b:", "  c: x # note", "  d:", "    - e", "    -   f: g", "      h: i", "# comment", "", "k: |", "  text", "   more", "", "l: 'q'", "m: [1, 2]", "n: {o: p}"}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(lines), 1, 14).Draw(t, "lines"), "\n")
		d, err := Open("x.yml", []byte(src))
		if err != nil || !Insertable(d.Root()) {
			return
		}
		var maps []*yaml.Node
		d.Root().Walk(func(n *yaml.Node) bool {
			if Insertable(n) {
				maps = append(maps, n)
			}
			return true
		})
		m := rapid.SampledFrom(maps).Draw(t, "mapping")
		after := rapid.SampledFrom(append(m.Keys(), "")).Draw(t, "after")
		if err := d.Add(m, after, "zz:\n  yy: xx\n"); err != nil {
			return
		}
		var kept []string
		for _, line := range strings.Split(string(d.Bytes()), "\n") {
			if t := strings.TrimSpace(line); t != "zz:" && t != "yy: xx" {
				kept = append(kept, line)
			}
		}
		if diff := cmp.Diff(strings.Split(src, "\n"), kept); diff != "" {
			t.Fatalf("bytes changed: %s", diff)
		}
	})
}
