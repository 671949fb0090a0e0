package shell_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/syntax/shell"
)

func TestCommands(t *testing.T) {
	tests := []struct {
		name, script string
		want         []string // line:command, with ! for ignored and ? for conditional
	}{
		{"list", "a 1\nb 2; c", []string{"1:a 1", "2:b 2", "2:c"}},
		{"and", "a && b || exit 1", []string{"1:a", "1:b?", "1:exit 1?"}},
		{"or true", "pytest || true", []string{"1:pytest!", "1:true?"}},
		{"or group that fails", "pytest || { echo no; exit 2; }", []string{"1:pytest", "1:echo no?", "1:exit 2?"}},
		{"background", "server &\ntest", []string{"1:server!", "2:test"}},
		{"if", "if ! a; then\n  b\nelse c\nfi", []string{"1:a!", "2:b?", "3:c?"}},
		{"pipe", "a | b -x | c", []string{"1:a", "1:b -x", "1:c"}},
		{"substitution", "a $(b c) \"$(d)\"", []string{`1:a $(b c) $(d)`, "1:b c!", "1:d!"}},
		{"escapes", `a "b\n\"c" d\"`, []string{`1:a b\n"c d"`}},
		{"quotes", `a 'x y' "z $V" q\ r`, []string{"1:a x y z $V q r"}},
		{"sh -c", "sh -c 'npm ci && npm test'", []string{"1:sh -c npm ci && npm test", "1:npm ci", "1:npm test?"}},
		{"bash -euo pipefail -c", "sudo bash -euo pipefail -c \"a\nb\"", []string{"1:sudo bash -euo pipefail -c a\nb", "1:a", "2:b"}},
		{"function called", "f() {\n pytest\n}\nf", []string{"2:pytest", "4:f"}},
		{"function not called", "f() { pytest; }\ng", []string{"2:g"}},
		{"loop", "for i in a b; do\n go test $i\ndone", []string{"2:go test $i?"}},
		{"expression", "echo ${{ github.ref }} '${{ a || b }}' x", []string{"1:echo ${{ github.ref }} ${{ a || b }} x"}},
		{"export", "export A=b\nA=$(x)", []string{"1:export", "2:", "2:x!"}},
		{"continued", "go test \\\n  -race ./...\nb", []string{"1:go test -race ./...", "3:b"}},
		{"heredoc", "cat <<EOF\n$(x)\nEOF\ny", []string{"1:cat", "2:x!", "4:y"}},
		{"broken tail", "a\nb\nif (", []string{"1:a", "2:b"}},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range shell.Commands(tt.script) {
				s := fmt.Sprintf("%d:%s", c.Line, c)
				if c.Ignored {
					s += "!"
				}
				if c.Conditional {
					s += "?"
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTool(t *testing.T) {
	tests := []struct{ script, tool, effective string }{
		{"pytest -q", "pytest", "pytest -q"},
		{"sudo -E -u app pytest", "pytest", "pytest"},
		{"env A=1 B=2 pytest", "pytest", "pytest"},
		{"A=1 time -p pytest", "pytest", "pytest"},
		{"timeout -k 5 10m pytest x", "pytest", "pytest x"},
		{"uv run --frozen --group dev pytest -q", "pytest", "pytest -q"},
		{"uv --directory x run pytest", "pytest", "pytest"},
		{"poetry run python -m pytest", "pytest", "pytest"},
		{"python3.12 -m pip install x", "pip", "pip install x"},
		{"python app.py -m x", "python", "python app.py -m x"},
		{"coverage run -m pytest", "pytest", "pytest"},
		{"npx --yes eslint@9 .", "eslint", "eslint@9 ."},
		{"npm exec -- tsc --noEmit", "tsc", "tsc --noEmit"},
		{"npm run lint", "npm", "npm run lint"},
		{"pnpm exec vitest", "vitest", "vitest"},
		{"bundle exec rspec", "rspec", "rspec"},
		{"./gradlew check", "gradle", "./gradlew check"},
		{"./node_modules/.bin/eslint .", "eslint", "./node_modules/.bin/eslint ."},
		{"vendor/bin/phpunit", "phpunit", "vendor/bin/phpunit"},
		{"php vendor/bin/phpunit x", "phpunit", "vendor/bin/phpunit x"},
		{"go tool golangci-lint run", "golangci-lint", "golangci-lint run"},
		{"find . | xargs -n 1 shellcheck", "find", "find ."},
		{"pip3 install -r x", "pip", "pip3 install -r x"},
	}
	for _, tt := range tests {
		c := shell.Commands(tt.script)[0]
		if c.Tool() != tt.tool || c.Effective().String() != tt.effective {
			t.Errorf("%s: %s, %q", tt.script, c.Tool(), c.Effective())
		}
	}
}

func TestPipesAndOptions(t *testing.T) {
	f, err := shell.Parse("set -euo pipefail\ncurl -fsSL x | sudo bash -s -- y | tee z\n")
	if err != nil || !f.Pipefail || !f.Errexit {
		t.Fatalf("%v %+v", err, f)
	}
	if len(f.Pipes) != 1 || len(f.Pipes[0].Stages) != 3 || f.Commands[f.Pipes[0].Stages[1]].Tool() != "bash" || f.Pipes[0].Line != 2 {
		t.Errorf("%+v", f.Pipes)
	}
}

func TestFlags(t *testing.T) {
	c := shell.Commands("apt-get install -qy --target=x -o y --no-install-recommends a b -- --c")[0]
	if !c.Has("-y") || !c.Has("--no-install-recommends") || c.Has("--c") || c.Has("-z") {
		t.Error("flags")
	}
	if v, _ := c.Flag("--target"); v != "x" {
		t.Errorf("value %q", v)
	}
	if c.Sub() != "install" {
		t.Errorf("sub %q", c.Sub())
	}
	if diff := cmp.Diff([]string{"install", "y", "a", "b", "--c"}, c.Operands()); diff != "" {
		t.Error(diff)
	}
}

func TestErrorHasItsPlace(t *testing.T) {
	_, err := shell.Parse("a\nif b; then\n")
	var e *shell.Error
	if !errors.As(err, &e) || e.Line != 2 {
		t.Errorf("got %v", err)
	}
}

// Property: words quoted in any way come back as they were, at the place where they stand.
func TestPropertyWordsComeBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z]([a-z0-9 ./=:,@%+-]{0,8}[a-z])?`), 1, 6).Draw(rt, "words")
		script := "true\n"
		for i, w := range words {
			if i > 0 {
				script += rapid.SampledFrom([]string{" ", " \\\n ", "\t"}).Draw(rt, "sep")
			}
			if strings.ContainsAny(w, " =") || rapid.Bool().Draw(rt, "quote") {
				q := rapid.SampledFrom([]string{"'", `"`}).Draw(rt, "q")
				script += q + w + q
			} else {
				script += w
			}
		}
		cs := shell.Commands(script)
		if len(cs) < 2 {
			rt.Skip("a word of the grammar")
		}
		c := cs[1]
		if len(c.Words) != len(words) {
			rt.Skip("a word of the grammar")
		}
		for i, w := range c.Words {
			if w.Text != words[i] || strings.Trim(script[w.Start:w.End], `'"`) != words[i] {
				rt.Fatalf("%q: %q is %q at %q", script, words[i], w.Text, script[w.Start:w.End])
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a && b | c", "sh -c 'sh -c \"sh -c x\"'", "f() { f; }; f", "echo ${{ x }} $[[ y ]]", "cat <<E\nE", "case a in b) c;; esac", "a=$(b `c`)", "sudo sudo -u"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := shell.Parse(s)
		var e *shell.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("error of another type: %v", err)
		}
		for _, c := range file.Commands {
			_, _, _ = c.Tool(), c.Operands(), c.Sub()
			if c.Start < 0 || c.Start > c.End || c.End > len(s) || c.Line < 1 {
				t.Fatalf("bad place %d line %d", c.Start, c.Line)
			}
		}
		for _, p := range file.Pipes {
			for _, i := range p.Stages {
				_ = file.Commands[i]
			}
		}
	})
}
