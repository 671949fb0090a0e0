// Package install knows how package managers of languages install: with the lock file, or past it. Rules on
// Dockerfiles and on pipelines share it.
package install

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax/shell"
)

// Fault is an install that does not keep to the lock file, with what to write instead.
type Fault struct {
	Command shell.Command
	Message string
	Title   string     // of the fix
	Word    shell.Word // what to replace
	New     string
	Lock    string // the lock file that the fix needs
}

// Unlocked tells whether a command installs a project's dependencies past its lock file.
func Unlocked(c shell.Command) (Fault, bool) {
	e := c.Effective()
	f := Fault{Command: c}
	sub, at := subcommand(e)
	switch c.Tool() {
	case "npm":
		if sub != "install" && sub != "i" || len(packages(e, at)) > 0 || global(e) {
			return f, false
		}
		f.Message, f.Title, f.New, f.Lock = "npm install may choose other versions than the lock file: use npm ci", "use npm ci", "ci", "package-lock.json"
		f.Word = e.Words[at]
	case "yarn":
		if sub != "" && sub != "install" || e.Has("--frozen-lockfile") || e.Has("--immutable") || e.Has("--version") || e.Has("-v") || global(e) {
			return f, false
		}
		f.Message, f.Title, f.Lock = "yarn install may choose other versions than the lock file: add --immutable (Yarn 1: --frozen-lockfile)", "add --frozen-lockfile", "yarn.lock"
		f.Word = e.Words[max(at, 0)]
		f.New = f.Word.Text + " --frozen-lockfile"
	case "pnpm", "bun":
		if sub != "install" && sub != "i" || e.Has("--frozen-lockfile") || e.Has("--ignore-workspace") || len(packages(e, at)) > 0 || global(e) {
			return f, false
		}
		f.Message = c.Tool() + " install may choose other versions than the lock file: add --frozen-lockfile"
		f.Title, f.Word, f.New = "add --frozen-lockfile", e.Words[at], sub+" --frozen-lockfile"
		f.Lock = map[string]string{"pnpm": "pnpm-lock.yaml", "bun": "bun.lock"}[c.Tool()]
	case "uv":
		if sub != "sync" || e.Has("--frozen") || e.Has("--locked") || e.Has("--check") {
			return f, false
		}
		f.Message, f.Title, f.Lock = "uv sync may update the lock file: add --locked", "add --locked", "uv.lock"
		f.Word, f.New = e.Words[at], "sync --locked"
	case "pipenv":
		if sub != "install" || e.Has("--deploy") || e.Has("--ignore-pipfile") || len(packages(e, at)) > 0 {
			return f, false
		}
		f.Message, f.Title, f.Lock = "pipenv install may choose other versions than the lock file: use pipenv install --deploy", "add --deploy", "Pipfile.lock"
		f.Word, f.New = e.Words[at], "install --deploy"
	default:
		return f, false
	}
	return f, true
}

// subcommand is the first word behind the program that is no flag, and its index; -1 for none.
func subcommand(c shell.Command) (string, int) {
	for i := 1; i < len(c.Words); i++ {
		switch t := c.Words[i].Text; {
		case t == "--prefix" || t == "-C" || t == "--dir" || t == "--cwd" || t == "--filter" || t == "--directory" || t == "--project":
			i++
		case !strings.HasPrefix(t, "-"):
			return t, i
		}
	}
	return "", -1
}

// packages are the operands behind the subcommand.
func packages(c shell.Command, at int) []string {
	var out []string
	for i := at + 1; i < len(c.Words); i++ {
		switch t := c.Words[i].Text; {
		case t == "--prefix" || t == "-C" || t == "--dir" || t == "--filter" || t == "--omit" || t == "--loglevel" || t == "--registry" || t == "--cache":
			i++
		case !strings.HasPrefix(t, "-"):
			out = append(out, t)
		}
	}
	return out
}

func global(c shell.Command) bool {
	return c.Has("-g") || c.Has("--global") || slices.Contains(c.Args, "--location=global")
}

// PipPackages are the packages that a pip install names; files and local paths are none.
func PipPackages(c shell.Command) []string {
	e := c.Effective()
	if c.Tool() != "pip" || e.Sub() != "install" {
		return nil
	}
	var out []string
	seen := false
	for i := 1; i < len(e.Words); i++ {
		t := e.Words[i].Text
		switch {
		case slices.Contains(pipValues, t):
			i++
		case strings.HasPrefix(t, "-"):
		case !seen:
			seen = true
		case strings.HasPrefix(t, ".") || strings.ContainsAny(t, "/$"):
		default:
			out = append(out, t)
		}
	}
	return out
}

// pipValues are pip's flags that take the next word.
var pipValues = []string{"-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--prefix", "--root", "--trusted-host", "--timeout", "--python"}

// Dependencies tells whether a command installs a project's dependencies from its manifest or lock file, so that
// it can run before the rest of the source is there.
func Dependencies(c shell.Command) bool {
	e := c.Effective()
	sub, at := subcommand(e)
	switch c.Tool() {
	case "npm":
		return sub == "ci" || (sub == "install" || sub == "i") && len(packages(e, at)) == 0 && !global(e)
	case "yarn":
		return (sub == "" || sub == "install") && !global(e) && !e.Has("--version")
	case "pnpm", "bun":
		return (sub == "install" || sub == "i" || sub == "fetch") && len(packages(e, at)) == 0
	case "pip":
		return sub == "install" && (e.Has("-r") || e.Has("--requirement"))
	case "go":
		return sub == "mod" && at+1 < len(e.Words) && e.Words[at+1].Text == "download"
	case "poetry":
		return sub == "install" && e.Has("--no-root")
	case "pipenv", "composer":
		return sub == "install" && len(packages(e, at)) == 0
	case "bundle":
		return sub == "install"
	case "uv":
		return sub == "sync" && e.Has("--no-install-project")
	case "cargo":
		return sub == "fetch"
	}
	return false
}
