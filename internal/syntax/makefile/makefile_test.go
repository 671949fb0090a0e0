package makefile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/syntax/makefile"
)

func parse(t testing.TB, src string) *makefile.File {
	t.Helper()
	f, err := makefile.Parse([]byte(src))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, src)
	}
	return f
}

const sample = `# Build of the thing.
GO ?= go
BIN := bin/app
FLAGS = -trimpath $(EXTRA)
FLAGS += -v
SRC := $(shell find . -name '*.go') # all: of them
.DEFAULT_GOAL := help
.PHONY: help test \
        lint

## help: not this one

## Show the targets.
help:
	@grep -E '^[a-z]+:' $(MAKEFILE_LIST) | awk '{print $$1}'

test: lint $(SRC) | bin ## Run the tests.
	$(GO) test \
		-race ./...
	-@rm -f x

lint: ; golangci-lint run

$(BIN): $(SRC)
	$(GO) build -o $@ .

%.o: %.c
	cc -c $<

bin:
	mkdir -p $@

a.x b.x &: c
	make-both

test: CGO = 1

define BANNER
one
two
endef

ifeq ($(OS),Windows_NT)
EXE = .exe
win:
	dir
else ifdef X
else
unix:
	ls
endif

-include local.mk
export PATH := bin:$(PATH)
`

func TestRules(t *testing.T) {
	f := parse(t, sample)
	var got []string
	for _, r := range f.Rules {
		got = append(got, fmt.Sprintf("%d-%d %v:%v|%v (%d) %q phony=%v cond=%v", r.Line, r.EndLine, r.Targets, r.Prerequisites, r.OrderOnly, len(r.Recipe), r.Doc, r.Phony, r.Conditional))
	}
	want := []string{
		`8-9 [.PHONY]:[help test lint]|[] (0) "" phony=false cond=false`,
		`14-15 [help]:[]|[] (1) "Show the targets." phony=true cond=false`,
		`17-20 [test]:[lint $(shell find . -name '*.go')]|[bin] (2) "Run the tests." phony=true cond=false`,
		`22-22 [lint]:[]|[] (1) "" phony=true cond=false`,
		`24-25 [bin/app]:[$(shell find . -name '*.go')]|[] (1) "" phony=false cond=false`,
		`27-28 [%.o]:[%.c]|[] (1) "" phony=false cond=false`,
		`30-31 [bin]:[]|[] (1) "" phony=false cond=false`,
		`33-34 [a.x b.x]:[c]|[] (1) "" phony=false cond=false`,
		`45-46 [win]:[]|[] (1) "" phony=false cond=true`,
		`49-50 [unix]:[]|[] (1) "" phony=false cond=true`,
	}
	for i := range got { // a list in a variable is split at blanks, which is of no interest here
		got[i] = strings.Join(strings.Fields(got[i]), " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f.Default != "help" {
		t.Errorf("default %q", f.Default)
	}
	if diff := cmp.Diff([]string{"help", "test", "lint", "bin/app", "bin", "a.x", "b.x", "win", "unix"}, f.Targets()); diff != "" {
		t.Error(diff)
	}
}

func TestVariables(t *testing.T) {
	f := parse(t, sample)
	var got []string
	for _, v := range f.Variables {
		got = append(got, fmt.Sprintf("%d %s %s %q %s", v.Line, v.Name, v.Op, v.Value, v.Target))
	}
	want := []string{
		`2 GO ?= "go" `, `3 BIN := "bin/app" `, `4 FLAGS = "-trimpath $(EXTRA)" `, `5 FLAGS += "-v" `,
		`6 SRC := "$(shell find . -name '*.go')" `, `7 .DEFAULT_GOAL := "help" `, `36 CGO = "1" test`,
		`38 BANNER define "one\ntwo" `, `44 EXE = ".exe" `, `54 PATH := "bin:$(PATH)" `,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := f.Expand("$(GO) ${BIN} $(FLAGS) $$x $@ $(shell y)"); got != "go bin/app -trimpath $(EXTRA) -v $$x $@ $(shell y)" {
		t.Errorf("expanded %q", got)
	}
}

func TestRecipeLines(t *testing.T) {
	f := parse(t, sample)
	r := f.Rule("test").Recipe
	if r[0].Text != "$(GO) test \\\n\t-race ./..." || r[0].Line != 18 || r[1].Text != "rm -f x" || !r[1].Silent || !r[1].Ignore {
		t.Errorf("%+v", r)
	}
	if got := string(f.Src[r[1].Start:r[1].End]); got != "rm -f x" {
		t.Errorf("place %q", got)
	}
	if got := f.Shell(r[0]); got != "go test \\\n\t-race ./..." {
		t.Errorf("shell %q", got)
	}
	if got := f.Shell(f.Rule("help").Recipe[0]); !strings.Contains(got, "print $1") || !strings.Contains(got, "${MAKEFILE_LIST}") {
		t.Errorf("shell %q", got)
	}
	if got := f.Rule("lint").Recipe[0]; got.Text != "golangci-lint run" || string(f.Src[got.Start:got.End]) != "golangci-lint run" {
		t.Errorf("inline %+v", got)
	}
}

func TestPlacesOfNames(t *testing.T) {
	f := parse(t, "a b: a \\\n   c | b\n\tx\n")
	r := f.Rules[0]
	for _, n := range append(r.Names, r.Needs...) {
		if got := string(f.Src[n.Start:n.End]); got != n.Text {
			t.Errorf("%q is %q", n.Text, got)
		}
	}
	if r.Needs[0].Start != 5 || r.Needs[1].Line != 2 || r.Needs[2].Start <= r.Needs[1].Start {
		t.Errorf("%+v", r.Needs)
	}
}

func TestShapesOfRealFiles(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"double colon", "a:: b\n\tx\na:: c\n\ty\n", "a"},
		{"recipe prefix", ".RECIPEPREFIX = >\na:\n> x\n", "a"},
		{"comment in recipe", "a:\n\t# shell comment: here\n\tx\n# make comment\n\ty\n", "a"},
		{"conditional in recipe", "a:\nifdef X\n\tx\nelse\n\ty\nendif\n\tz\n", "a"},
		{"colon in a recipe only", "a:\n\techo b: c\n", "a"},
		{"url in variable", "U := https://x/y#z\na:\n", "a"},
		{"static pattern", "o = a.o b.o\n$(o): %.o: %.c\n\tcc\n", "a.o b.o"},
		{"variable named like a directive", "export = 1\na:\n", "a"},
		{"eval", "$(eval X = 1)\n$(foreach t,a b,$(call f,$(t)))\na:\n", "a"},
		{"space indented assignment", "ifdef X\n  Y = 1\n  ifdef Z\n    W := 2\n  endif\nendif\na:\n", "a"},
		{"export list", "export A B\nunexport C\na:\n", "a"},
		{"spaces around colon", "a : b\n\tx\n", "a"},
		{"windows line ends", "a: b\r\n\tx\r\n", "a"},
		{"define with tabs", "define f\n\techo $(1)\nendef\na:\n\t$(call f,x)\n", "a"},
		{"define nested", "define f\ndefine g\nx\nendef\nendef\na:\n", "a"},
		{"hash escaped", "A = \\#x\na: \\#b\n", "a"},
		{"default skips specials and patterns", ".SUFFIXES:\n%.x: %.y\n\tz\na:\n", "a"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, tt.src)
			if got := strings.Join(f.Targets(), " "); got != tt.want {
				t.Errorf("targets %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBrokenFiles(t *testing.T) {
	tests := []struct {
		name, src, message string
		line               int
	}{
		{"spaces", "a:\n    x y\n", "tab", 2},
		{"recipe first", "\tx y\n", "before the first target", 1},
		{"no separator", "a:\n\tx\nfoo bar\n", "missing separator", 3},
		{"no endif", "ifdef X\na:\n", "without endif", 1},
		{"no if", "a:\nendif\n", "endif without", 2},
		{"two else", "ifdef X\nelse\nelse\nendif\n", "only one else", 3},
		{"no endef", "\ndefine x\na\n", "without endef", 2},
		{"bad condition", "ifeq a b\nendif\n", "invalid syntax", 1},
		{"NUL", "a:\n\x00", "NUL", 2},
		{"too many parts", strings.Repeat("A = b\n", 6000), "more than 5000", 5001},
		{"too large", strings.Repeat("# xxxxx\n", 1<<20), "at most", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := makefile.Parse([]byte(tt.src))
			var e *makefile.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Line != tt.line || !strings.Contains(e.Message, tt.message) {
				t.Errorf("got line %d %q", e.Line, e.Message)
			}
		})
	}
}

func TestExpansionEnds(t *testing.T) {
	src := "A = $(A)\nL0 = \n"
	for i := 1; i < 40; i++ {
		src += fmt.Sprintf("L%d = $(L%d)$(L%d)\n", i, i-1, i-1)
	}
	f := parse(t, src)
	if got := f.Expand("$(A) $(L39)"); len(got) > 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

// Property: a rule made of any names is read back, with each name where it says.
func TestPropertyRulesComeBack(t *testing.T) {
	name := rapid.StringMatching(`[a-z][a-z0-9_./-]{0,6}`)
	rapid.Check(t, func(rt *rapid.T) {
		targets := rapid.SliceOfNDistinct(name, 1, 3, rapid.ID).Draw(rt, "targets")
		needs := rapid.SliceOfN(name, 0, 4).Draw(rt, "needs")
		recipe := rapid.SliceOfN(rapid.StringMatching(`[a-z]+( [a-z:=#$-]{1,6}){0,3}`), 0, 3).Draw(rt, "recipe")
		sep := rapid.SampledFrom([]string{" ", " \\\n ", "  "}).Draw(rt, "sep")
		src := strings.Join(targets, sep) + ":" + sep + strings.Join(needs, sep) + "\n"
		for _, r := range recipe {
			src += "\t" + r + "\n"
		}
		f, err := makefile.Parse([]byte(src))
		if err != nil {
			rt.Fatalf("%q: %v", src, err)
		}
		if len(f.Rules) == 0 {
			rt.Skip("a word of make's own")
		}
		r := f.Rules[0]
		if diff := cmp.Diff(targets, r.Targets); diff != "" {
			rt.Fatalf("%q: %s", src, diff)
		}
		if strings.Join(needs, " ") != strings.Join(r.Prerequisites, " ") || len(r.Recipe) != len(recipe) {
			rt.Fatalf("%q: %v %v", src, r.Prerequisites, r.Recipe)
		}
		for i, line := range r.Recipe {
			if string(f.Src[line.Start:line.End]) != recipe[i] {
				rt.Fatalf("%q: %q", src, f.Src[line.Start:line.End])
			}
		}
		for _, n := range append(r.Names, r.Needs...) {
			if string(f.Src[n.Start:n.End]) != n.Text {
				rt.Fatalf("%q: %q is %q", src, n.Text, f.Src[n.Start:n.End])
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	for _, s := range []string{"a:;b", ".RECIPEPREFIX=", "define\nendef", "x::y:z", "$(a:b=c): $(", "export export a=b", "a: private b = c", "\\\n\\\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := makefile.Parse(src)
		var e *makefile.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("error of another type: %v", err)
		}
		_ = file.Targets()
		for _, r := range file.Rules {
			if r.Start < 0 || r.End > len(src) || r.Start > r.End {
				t.Fatalf("bad place %d-%d", r.Start, r.End)
			}
			for _, n := range append(r.Names, r.Needs...) {
				if n.Start < 0 || n.End > len(src) || n.Start > n.End {
					t.Fatalf("bad name %+v", n)
				}
			}
			for _, l := range r.Recipe {
				_ = file.Shell(l)
				if l.Start < 0 || l.End > len(src) || l.Start > l.End {
					t.Fatalf("bad recipe line %+v", l)
				}
			}
		}
	})
}
