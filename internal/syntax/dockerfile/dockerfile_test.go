package dockerfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func parse(t testing.TB, src string) *dockerfile.File {
	t.Helper()
	f, err := dockerfile.Parse([]byte(src))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, src)
	}
	return f
}

const sample = `# syntax=docker/dockerfile:1
# escape=\
# why
ARG GO=1.26
ARG BASE=golang:${GO}
FROM --platform=$BUILDPLATFORM ${BASE}-bookworm AS Build
WORKDIR /src
COPY go.mod go.sum ./
# download
RUN --mount=type=cache,target=/go/pkg \
    # inside
    go mod download && \

    go build -o /app .
ENV A=1 B="two words" \
    C=3
ENV OLD old value
FROM scratch
LABEL x="y z"
COPY --from=build /app /app
USER 65532:65532
HEALTHCHECK --interval=5s CMD ["/app", "health"]
ENTRYPOINT [ "/app", "a\"b" ]
`

func TestStages(t *testing.T) {
	f := parse(t, sample)
	var got []string
	for _, s := range f.Stages {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s|%d|%d", s.Name, s.Base, s.Image, s.Platform, s.Line, len(s.Body)))
	}
	want := []string{"build|${BASE}-bookworm|golang:1.26-bookworm|$BUILDPLATFORM|6|5", "|scratch|scratch||18|5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f.StageByName("BUILD") != f.Stages[0] || f.Final() != f.Stages[1] || f.Directive("escape") != `\` {
		t.Error("stages by name, final stage or directive")
	}
}

func TestInstructions(t *testing.T) {
	f := parse(t, sample)
	tests := []struct {
		line, end  int
		name, text string
		words      []string
		json       bool
	}{
		{4, 4, "ARG", "GO=1.26", []string{"GO=1.26"}, false},
		{8, 8, "COPY", "go.mod go.sum ./", []string{"go.mod", "go.sum", "./"}, false},
		{10, 14, "RUN", "go mod download &&     go build -o /app .", []string{"go", "mod", "download", "&&", "go", "build", "-o", "/app", "."}, false},
		{15, 16, "ENV", `A=1 B="two words"     C=3`, []string{"A=1", `B="two words"`, "C=3"}, false},
		{22, 22, "HEALTHCHECK", `CMD ["/app", "health"]`, []string{"CMD", "/app", "health"}, true},
		{23, 23, "ENTRYPOINT", `[ "/app", "a\"b" ]`, []string{"/app", `a"b`}, true},
	}
	for _, tt := range tests {
		var in *dockerfile.Instruction
		for _, i := range f.Instructions {
			if i.Line == tt.line {
				in = i
			}
		}
		if in == nil {
			t.Fatalf("nothing on line %d", tt.line)
		}
		if in.Name != tt.name || in.Text != tt.text || in.EndLine != tt.end || in.JSON != tt.json {
			t.Errorf("line %d: %s %q to %d json %v", tt.line, in.Name, in.Text, in.EndLine, in.JSON)
		}
		if diff := cmp.Diff(tt.words, in.Words); diff != "" {
			t.Errorf("line %d: %s", tt.line, diff)
		}
	}
}

func TestPlacesPointIntoTheFile(t *testing.T) {
	f := parse(t, sample)
	for _, in := range f.Instructions {
		if !strings.HasPrefix(in.Source(), in.Name) {
			t.Errorf("line %d: %q", in.Line, in.Source())
		}
		for i, w := range in.Words {
			start, end := in.Place(i)
			got := string(f.Src[start:end])
			if got != w && got != `"`+strings.ReplaceAll(w, `"`, `\"`)+`"` {
				t.Errorf("line %d word %d: %q, want %q", in.Line, i, got, w)
			}
		}
		for _, fl := range in.Flags {
			if got := string(f.Src[fl.Start:fl.End]); got != "--"+fl.Name+"="+fl.Value {
				t.Errorf("flag %q", got)
			}
		}
	}
}

func TestVars(t *testing.T) {
	f := parse(t, sample)
	got := f.Stages[0].All("ENV")
	if len(got) != 2 || got[0].Vars[1].Text != "two words" || !got[1].Vars[0].Legacy || got[1].Vars[0].Value != "old value" {
		t.Errorf("%+v", got)
	}
	v := got[0].Vars[2]
	if string(f.Src[v.Start:v.End]) != "C=3" {
		t.Errorf("place of C: %q", f.Src[v.Start:v.End])
	}
}

func TestHeredocs(t *testing.T) {
	src := "FROM a:1\nRUN <<EOF\n# no comment\napt-get update\nEOF\nRUN cat <<-'A' > /x && cat <<B > /y\n\tone\n\tA\ntwo\nB\nCOPY <<X /x\nbody\nX\nRUN <<E\n#!/usr/bin/env python3\nprint(1)\nE\n# end\n"
	f := parse(t, src)
	run := f.Stages[0].Body[0]
	s, ok := run.Script()
	if !ok || s.Text != "# no comment\napt-get update\n" || run.EndLine != 5 || string(f.Src[s.Offset(13):s.Offset(13)+3]) != "apt" {
		t.Errorf("script %q to line %d", s.Text, run.EndLine)
	}
	two := f.Stages[0].Body[1]
	if len(two.Heredocs) != 2 || two.Heredocs[1].Content != "two\n" || two.Heredocs[1].Line != 9 || two.Heredocs[0].Expand {
		t.Errorf("%+v", two.Heredocs)
	}
	s, _ = two.Script()
	if i := strings.Index(s.Text, "two"); string(f.Src[s.Offset(i):s.Offset(i)+3]) != "two" {
		t.Errorf("offset of a second here-document")
	}
	if s, _ := f.Stages[0].Body[3].Script(); s.Interpreter != "python3" {
		t.Errorf("interpreter %q", s.Interpreter)
	}
	if len(f.Comments) != 1 || f.Comments[0].Text != "end" {
		t.Errorf("comments %+v", f.Comments)
	}
}

func TestEscapeDirective(t *testing.T) {
	f := parse(t, "# escape=`\nFROM a:1\nRUN dir c:\\ `\n  && x\n")
	if f.Escape != '`' || f.Stages[0].Body[0].Text != `dir c:\   && x` {
		t.Errorf("%q %q", f.Escape, f.Stages[0].Body[0].Text)
	}
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	f := parse(t, "\ufeffFROM a:1\r\nRUN x \\\r\n  y\r\nUSER app\r\n")
	b := f.Stages[0].Body
	if b[0].Text != "x   y" || b[1].Text != "app" || b[1].Line != 4 {
		t.Errorf("%q %q", b[0].Text, b[1].Text)
	}
	if start, end := b[1].Place(0); string(f.Src[start:end]) != "app" {
		t.Errorf("place %q", f.Src[start:end])
	}
}

func TestInheritance(t *testing.T) {
	f := parse(t, "FROM a:1 AS base\nUSER app\nFROM base AS mid\nEXPOSE 1\nFROM mid\nEXPOSE 2\n")
	last := f.Final()
	if u := last.Last("USER"); u == nil || u.Text != "app" {
		t.Error("USER is inherited")
	}
	if last.Root().Image != "a:1" || len(last.All("EXPOSE")) != 2 || last.All("EXPOSE")[0].Text != "1" {
		t.Error("root or EXPOSE")
	}
}

func TestCommandOfHealthcheck(t *testing.T) {
	f := parse(t, "FROM a:1\nHEALTHCHECK --timeout=2s CMD curl -f http://x || exit 1\nHEALTHCHECK NONE\n")
	b := f.Stages[0].Body
	s, ok := b[0].Script()
	if !ok || s.Text != "curl -f http://x || exit 1" || string(f.Src[s.Offset(0):s.Offset(4)]) != "curl" {
		t.Errorf("%q", s.Text)
	}
	if b[0].Command()[0] != "curl" || b[1].Command() != nil || b[1].Shell {
		t.Error("command")
	}
}

func TestBrokenFiles(t *testing.T) {
	tests := []struct {
		name, src, message string
		line               int
	}{
		{"empty", "", "no instructions", 1},
		{"env", "FROM a\n\nENV x\n", "two arguments", 3},
		{"heredoc", "FROM a\nRUN <<EOF\nx\n", "unterminated heredoc", 2},
		{"NUL", "FROM a\nRUN \x00", "NUL", 2},
		{"long line", "FROM a\nRUN " + strings.Repeat("x", 70000), "line greater than", 1},
		{"too many instructions", "FROM a\n" + strings.Repeat("RUN x\n", 2000), "at most 2000", 2001},
		{"too large", strings.Repeat("# xxxxx\n", 1<<20), "at most", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dockerfile.Parse([]byte(tt.src))
			var e *dockerfile.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Line != tt.line || !strings.Contains(e.Message, tt.message) {
				t.Errorf("got line %d %q", e.Line, e.Message)
			}
		})
	}
}

// Property: however the words of a RUN are spread over lines and comments, each is found where it stands.
func TestPropertyWordsAreWhereTheySay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z][a-zä0-9=./-]{0,8}`), 1, 10).Draw(rt, "words")
		seps := []string{" ", "  ", " \\\n", " \\  \n  ", "\\\n ", " \\\n# c\n  ", " \\\n\n", "\t"}
		src := "FROM x:1\nRUN "
		for i, w := range words {
			if i > 0 {
				src += rapid.SampledFrom(seps).Draw(rt, "sep")
			}
			src += w
		}
		f, err := dockerfile.Parse([]byte(src + "\nUSER z\n"))
		if err != nil {
			rt.Fatal(err)
		}
		in := f.Stages[0].Body[0]
		if diff := cmp.Diff(words, in.Words); diff != "" {
			rt.Fatalf("%q: %s", src, diff)
		}
		for i := range words {
			start, end := in.Place(i)
			if got := string(f.Src[start:end]); got != words[i] {
				rt.Fatalf("%q: word %q is %q", src, words[i], got)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("FROM a\nRUN <<A <<B\nA\nB\nHEALTHCHECK CMD\nENV a b\nONBUILD RUN x\n"))
	f.Add([]byte("#escape=`\nFROM ${A:-b} AS c\nCMD [\"x\"\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := dockerfile.Parse(src)
		var e *dockerfile.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("error of another type: %v", err)
		}
		for _, in := range file.Instructions {
			if in.Start < 0 || in.End > len(src) || in.Start > in.End {
				t.Fatalf("bad place %d-%d", in.Start, in.End)
			}
			for i := range in.Words {
				if a, b := in.Place(i); a < 0 || b > len(src) || a > b {
					t.Fatalf("bad word %d-%d", a, b)
				}
			}
			if s, ok := in.Script(); ok {
				for i := range len(s.Text) {
					if o := s.Offset(i); o < 0 || o > len(src) {
						t.Fatalf("bad offset %d", o)
					}
				}
			}
		}
	})
}
