package shell

import "strings"

// options notes what "set" switches on.
func (w *walker) options(cmd Command) {
	if cmd.Name != "set" {
		return
	}
	for _, a := range cmd.Args {
		w.f.Pipefail = w.f.Pipefail || a == "pipefail"
		w.f.Errexit = w.f.Errexit || a == "errexit" || strings.HasPrefix(a, "-") && strings.Contains(a, "e") && !strings.HasPrefix(a, "--")
	}
}

// maxNested is how deep scripts inside scripts are followed.
const maxNested = 4

// nested walks the script of sh -c '…'.
func (w *walker) nested(cmd Command) {
	e := cmd.Effective()
	if w.depth >= maxNested || !IsShell(e.Name) {
		return
	}
	for i := 1; i < len(e.Words)-1; i++ {
		a := e.Words[i].Text
		if !strings.HasPrefix(a, "-") || strings.HasPrefix(a, "--") || !strings.Contains(a, "c") {
			continue
		}
		next := e.Words[i+1]
		if a == "-o" || strings.HasSuffix(a, "o") && !strings.HasSuffix(a, "c") {
			continue
		}
		if next.Text == "pipefail" && i+2 < len(e.Words) {
			w.f.Pipefail = true
			next = e.Words[i+2]
		}
		w.depth++
		start := next.Start
		if next.Quoted {
			start++
		}
		_ = w.script(MaskExpressions(next.Text), start) // what cannot be read in there has no commands
		w.depth--
		return
	}
}

// IsShell tells whether a program is a shell.
func IsShell(name string) bool {
	switch base(name) {
	case "sh", "bash", "dash", "ash", "ksh", "zsh":
		return true
	}
	return false
}
