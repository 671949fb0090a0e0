package shell

import "strings"

// Tool is the program that a command really runs: its wrappers taken off, without folder and version.
func (c Command) Tool() string {
	return base(c.Effective().Name)
}

// Effective is the command with its wrappers taken off: sudo, env, time, uv run, npx, python -m, bundle exec, ….
func (c Command) Effective() Command {
	for range 8 { // wrappers of wrappers end somewhere
		n := unwrap(c)
		if n == 0 || n >= len(c.Words) {
			return c
		}
		c.Words = c.Words[n:]
		c.Name = c.Words[0].Text
		c.Args = nil
		for _, w := range c.Words[1:] {
			c.Args = append(c.Args, w.Text)
		}
	}
	return c
}

// plain wrappers run what stands behind them and their flags; the letters are flags that take a value.
var plain = map[string]string{
	"sudo": "ughpCrt", "doas": "uC", "env": "uCS", "time": "fo", "nice": "n", "ionice": "cn", "nohup": "", "exec": "a", "command": "",
	"builtin": "", "stdbuf": "ioe", "xvfb-run": "nse", "setsid": "", "tini": "", "dumb-init": "", "xargs": "nPIiLds",
	"cross-env": "", "uvx": "p", "bunx": "", "npx": "pc", "gosu": "", "su-exec": "",
}

// run wrappers run what stands behind one of their subcommands.
var run = map[string][]string{
	"uv": {"run"}, "poetry": {"run"}, "pipenv": {"run"}, "pdm": {"run"}, "rye": {"run"}, "hatch": {"run"}, "pixi": {"run"},
	"bundle": {"exec"}, "npm": {"exec", "x"}, "pnpm": {"exec", "dlx"}, "yarn": {"exec", "dlx"}, "bun": {"x"}, "mise": {"exec", "x"},
	"composer": {"exec"}, "go": {"tool"}, "dotenv": {"run"}, "corepack": {},
}

// withValue are the long flags of wrappers that take the next word as their value.
var withValue = map[string]bool{
	"--with": true, "--extra": true, "--group": true, "--python": true, "--directory": true, "--project": true, "--package": true, "--env-file": true,
	"--user": true, "--from": true, "--only-group": true, "--no-group": true, "--filter": true, "--kill-after": true, "--signal": true,
}

// unwrap is how many words of the command are a wrapper; 0 when it is none.
func unwrap(c Command) int {
	name := base(c.Name)
	if flags, ok := plain[name]; ok {
		n := skipFlags(c.Words, 1, flags, name == "env" || name == "sudo" || name == "cross-env")
		if name == "gosu" || name == "su-exec" {
			n++
		}
		return n
	}
	switch name {
	case "timeout":
		return skipFlags(c.Words, 1, "ks", false) + 1
	case "python", "coverage":
		return module(c.Words, name)
	case "php", "ruby", "node":
		if len(c.Args) > 0 && (strings.HasPrefix(c.Args[0], "vendor/bin/") || strings.Contains(c.Args[0], "node_modules/.bin/") || strings.HasPrefix(c.Args[0], "bin/")) {
			return 1
		}
		return 0
	case "corepack":
		return 1
	case "go":
		// "go run module/cmd/tool@v1.2.3" gets a tool of a fixed version and runs it; without a version it is the project's own program.
		if len(c.Words) > 2 && c.Words[1].Text == "run" {
			if at := skipFlags(c.Words, 2, "", false); at < len(c.Words) && strings.Contains(c.Words[at].Text, "@") {
				return at
			}
		}
	}
	for _, sub := range run[name] {
		at := skipFlags(c.Words, 1, "", false)
		if at < len(c.Words) && c.Words[at].Text == sub {
			return skipFlags(c.Words, at+1, "p", false)
		}
	}
	return 0
}

// module is "python -m tool" and "coverage run -m tool".
func module(words []Word, name string) int {
	for i := 1; i < len(words)-1; i++ {
		switch t := words[i].Text; {
		case t == "-m":
			return i + 1
		case name == "coverage" && i == 1 && t == "run":
		case !strings.HasPrefix(t, "-"):
			return 0
		}
	}
	return 0
}

// skipFlags steps over flags from an index on; with assigns also over NAME=value.
func skipFlags(words []Word, at int, short string, assigns bool) int {
	for at < len(words) {
		t := words[at].Text
		switch {
		case t == "--":
			return at + 1
		case withValue[t], len(t) == 2 && t[0] == '-' && strings.IndexByte(short, t[1]) >= 0:
			at += 2
		case strings.HasPrefix(t, "-"):
			at++
		case assigns && strings.Contains(t, "=") && !strings.ContainsAny(t[:strings.IndexByte(t, '=')], "/ "):
			at++
		default:
			return at
		}
	}
	return at
}
