package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/pipeline"
)

// runs tells whether a command really does a tool's job; why says what is wrong when it only looks like it.
func runs(c pipeline.Command, t criterion.Tool, job string) (ok bool, why string) {
	if !calls(c, t) {
		return false, ""
	}
	if c.Raw.Name == "command" || c.Raw.Name == "which" || c.Raw.Name == "type" {
		return false, ""
	}
	for _, f := range []string{"--version", "--help", "-h", "--exit-zero", "--collect-only", "--co", "--dry-run", "--no-run", "--listTests", "--list-tests", "--show-config", "--init", "--print-config", "-V"} {
		if slices.Contains(c.Args, f) && !(t.Name == "php-cs-fixer" && f == "--dry-run") && !(f == "-h" && t.Name != "pytest") {
			return false, t.Name + " is called with " + f
		}
	}
	for _, a := range c.Args {
		switch {
		case a == "--issues-exit-code=0", a == "--exit-code=0", a == "-DskipTests", strings.HasPrefix(a, "-DskipTests=t"), strings.HasPrefix(a, "-Dmaven.test.skip"), strings.HasPrefix(a, "-Dmaven.test.failure.ignore"),
			a == "--no-fail", a == "--noop", a == "--passWithNoTests=only", a == "--no-error-on-unmatched-pattern=all":
			return false, t.Name + " is called with " + a
		}
	}
	if v, has := c.Flag("--exit-code"); has && v == "0" {
		return false, t.Name + " is called with --exit-code 0"
	}
	if v, has := c.Flag("--issues-exit-code"); has && v == "0" {
		return false, t.Name + " is called with --issues-exit-code 0"
	}
	return purpose(c, t, job)
}

// calls tells whether a command calls a tool in one of its ways.
func calls(c pipeline.Command, t criterion.Tool) bool {
	name := c.Tool()
	for _, way := range t.Commands() {
		words := strings.Fields(way)
		if words[0] != name {
			continue
		}
		if len(words) == 1 {
			return true
		}
		rest := words[1:]
		switch name {
		case "gradle", "mvn":
			if slices.ContainsFunc(c.Args, func(a string) bool { return a == rest[0] || strings.HasSuffix(a, ":"+rest[0]) }) {
				return true
			}
			continue
		}
		if strings.HasPrefix(rest[0], "-") {
			if c.Has(rest[0]) {
				return true
			}
			continue
		}
		if ops := operands(c); len(ops) >= len(rest) && slices.Equal(ops[:len(rest)], rest) {
			return true
		}
	}
	return false
}

// operands are the words that are no flags; "+nightly" of cargo is none either.
func operands(c pipeline.Command) []string {
	var out []string
	for _, o := range c.Operands() {
		if !strings.HasPrefix(o, "+") {
			out = append(out, o)
		}
	}
	return out
}

// goTests tells whether a go test runs tests: it can also compile, list, print and leave all of them out.
func goTests(c pipeline.Command) bool {
	for _, a := range c.Args {
		name, _, _ := strings.Cut(strings.Replace(a, "--", "-", 1), "=") // Go takes one dash or two
		if slices.Contains([]string{"-c", "-n", "-list"}, name) {
			return false
		}
	}
	for flag, none := range map[string][]string{
		"-run": {"^$", "XXX", "NONE", "^NONE"}, "-skip": {"", ".", ".*", "^.*$", "Test", "^Test"}, "-count": {"0"}, "-exec": {"true", "echo", ":"},
	} {
		if v, ok := c.Flag(flag); ok && slices.Contains(none, strings.Trim(v, `'"`)) {
			return false
		}
	}
	return true
}

// purpose tells apart what one tool can do: check or rewrite, lint or format.
func purpose(c pipeline.Command, t criterion.Tool, job string) (bool, string) {
	sub := c.Sub()
	has := func(flags ...string) bool { return slices.ContainsFunc(flags, c.Has) }
	switch t.Name {
	case "ruff":
		if job == criterion.FormatCheck {
			return sub == "format" && has("--check", "--diff"), "ruff does not check the format here: that is ruff format --check"
		}
		return !slices.Contains([]string{"format", "version", "clean", "rule", "config", "linter", "server", "help", ""}, sub), "ruff " + sub + " does not lint"
	case "golangci-lint":
		if job == criterion.FormatCheck {
			return sub == "fmt" && has("--diff", "-d"), "golangci-lint does not check the format here: that is golangci-lint fmt --diff"
		}
		return sub == "run", ""
	case "go-test":
		return goTests(c), "this go test runs no test"
	case "gradle", "junit":
		if slices.Contains(c.Args, "-x") && slices.Contains(c.Args, "test") && job == criterion.Test {
			return false, "gradle leaves the tests out: -x test"
		}
	case "pint":
		return has("--test"), "pint rewrites files without --test"
	}
	if job != criterion.FormatCheck {
		return true, ""
	}
	return checksFormat(c, t, has)
}

// checksFormat: a formatter that rewrites files checks nothing.
func checksFormat(c pipeline.Command, t criterion.Tool, has func(...string) bool) (bool, string) {
	switch t.Name {
	case "black", "rustfmt":
		return has("--check"), t.Name + " rewrites files without --check"
	case "isort":
		return has("--check", "--check-only", "-c"), "isort rewrites files without --check"
	case "prettier":
		return has("--check", "-c", "--list-different", "-l"), "prettier checks nothing without --check"
	case "yapf", "autopep8":
		return has("--diff", "-d", "--exit-code"), t.Name + " checks nothing without --diff"
	case "dotnet-format":
		return has("--verify-no-changes"), "dotnet format rewrites files without --verify-no-changes"
	case "biome":
		return c.Sub() != "format" || !has("--write"), "biome format --write rewrites files"
	case "php-cs-fixer":
		return c.Sub() == "check" || has("--dry-run"), "php-cs-fixer rewrites files without --dry-run"
	case "spotless":
		return true, ""
	case "gofmt", "gofumpt", "goimports":
		s := c.Script
		fails := strings.Contains(s, "test -z") || strings.Contains(s, "[ -z") || strings.Contains(s, "[ -n") || strings.Contains(s, "[[ -n") || strings.Contains(s, "test -n") || strings.Contains(s, "git diff --exit-code")
		return has("-l", "-d") && fails || c.Tool() == "go" && strings.Contains(s, "git diff --exit-code"), t.Name + " never fails by itself: its output must be tested"
	case "rubocop", "ktlint", "golangci-lint":
		return true, ""
	}
	return true, ""
}

// usesAction tells whether a step runs a tool by an action, and whether its inputs keep it from failing.
func usesAction(s *pipeline.Step, t criterion.Tool, job string) (ok bool, why string) {
	name, _, _ := strings.Cut(s.Uses.Text, "@")
	if !slices.Contains(t.Actions, name) {
		return false, ""
	}
	args := strings.ToLower(s.With["args"].Text + " " + s.With["options"].Text)
	switch {
	case strings.Contains(args, "--exit-zero") || strings.Contains(args, "exit-code=0") || strings.Contains(args, "--no-fail"):
		return false, name + " is told not to fail"
	case s.With["dry_run"].Text == "true":
		return false, name + " only pretends: dry_run"
	case s.With["fail"].Text == "false" || s.With["fail-build"].Text == "false" || s.With["fail_on_error"].Text == "false":
		return false, name + " is told not to fail"
	case t.Name == "ruff" && job == criterion.FormatCheck && !strings.Contains(args, "format"):
		return false, "the action lints: its args must be format --check"
	case t.Name == "ruff" && job == criterion.Lint && strings.Contains(args, "format"):
		return false, "the action formats, it does not lint"
	case t.Name == "black" && args != " " && args != "" && !strings.Contains(args, "--check"):
		return false, "black rewrites files without --check"
	}
	return true, ""
}

// wrongLanguage says why a tool is not for this repository; empty when it is, or when nothing is known.
func (p *prover) wrongLanguage(t criterion.Tool) string {
	if p.in.Facts == nil || len(t.Languages) == 0 {
		return ""
	}
	var have []string
	add := func(s string) {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" && !slices.Contains(have, s) {
			have = append(have, s)
		}
	}
	for _, l := range p.in.Facts.Languages {
		add(l)
	}
	for i := range p.in.Facts.Components {
		c := &p.in.Facts.Components[i]
		add(c.Stack)
		add(c.Language.String())
		for _, f := range c.Tools {
			if f.Value == t.Name {
				return "" // the repository itself configures it
			}
		}
		if c.Frontend != nil {
			add(c.Frontend.Stack)
		}
	}
	if len(have) == 0 {
		return ""
	}
	for _, l := range t.Languages {
		if slices.Contains(have, l) || slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, l+" ") }) {
			return ""
		}
	}
	return t.Name + " is for " + t.Languages[0] + ", and the repository has " + strings.Join(have, ", ") + " only"
}
