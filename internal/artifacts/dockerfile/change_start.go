package dockerfile

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// signals turns shell forms into exec forms, so that the program itself gets the stop signal.
func (p *patch) signals(criterion.Claim) {
	if s := p.final.Last("SHELL"); s != nil {
		p.cannot("line %d sets another shell, so the start command is left as it is: write it as a JSON array by hand", s.Line)
		return
	}
	entry, cmd := p.own("ENTRYPOINT"), p.own("CMD")
	if entry != nil && entry.Shell && cmd != nil {
		p.cannot("line %d: ENTRYPOINT in shell form ignores CMD on line %d; as a JSON array it would take CMD for its arguments: decide which of the two is meant", entry.Line, cmd.Line)
		return
	}
	for _, in := range []*syntax.Instruction{entry, cmd} {
		if in == nil {
			continue
		}
		if words := p.withoutRunner(in); words != nil {
			p.replace(in.Offset(0), in.End, jsonArray(words))
			continue
		}
		if !in.Shell {
			continue
		}
		words, ok := execForm(in.Text)
		if !ok || len(in.Heredocs) > 0 || p.hasComment(in) {
			p.cannot("line %d: %s is a script of several commands: put it into a file that ends in exec, and start that", in.Line, in.Name)
			continue
		}
		p.replace(in.Offset(0), in.End, jsonArray(words))
	}
}

// withoutRunner is the command that npm and its like would run: they stand between the program and the stop signal. Nil when the
// command is none of theirs, or the script is more than one program with its arguments.
func (p *patch) withoutRunner(in *syntax.Instruction) []string {
	words := in.Words
	if in.Shell {
		words = strings.Fields(in.Text)
	}
	if p.plan == nil || len(words) < 2 || !slices.Contains([]string{"npm", "yarn", "pnpm"}, words[0]) {
		return nil
	}
	script := words[len(words)-1]
	if rest := words[1:]; len(rest) > 2 || len(rest) == 2 && rest[0] != "run" {
		return nil
	}
	var manifest struct{ Scripts map[string]string }
	if err := json.Unmarshal([]byte(p.r.Tree.Text(path.Join(p.plan.part.Path, "package.json"))), &manifest); err != nil {
		return nil
	}
	command := manifest.Scripts[script]
	if manifest.Scripts["pre"+script] != "" || !strings.HasPrefix(command, "node ") || !plainCommand.MatchString(command) {
		return nil
	}
	return strings.Fields(command)
}

// own is the last instruction of a name that stands in the final stage itself.
func (p *patch) own(name string) *syntax.Instruction {
	var last *syntax.Instruction
	for _, in := range p.final.Body {
		if in.Name == name {
			last = in
		}
	}
	return last
}

func (p *patch) hasComment(in *syntax.Instruction) bool {
	return slices.ContainsFunc(p.file.Comments, func(c syntax.Comment) bool { return c.Line > in.Line && c.Line <= in.EndLine }) ||
		regexp.MustCompile(`(?m)^\s*#`).MatchString(in.Source())
}

// execForm is the command of a shell form as words: themselves where no shell is needed, else a shell that is replaced by the
// program. ok is false for a script of which no single command is the program.
func execForm(text string) (words []string, ok bool) {
	text = strings.TrimSpace(text)
	if plainCommand.MatchString(text) && !assignment.MatchString(text) {
		return strings.Fields(text), true
	}
	rest := strings.ReplaceAll(text, "&&", "")
	if text == "" || strings.ContainsAny(rest, "|;&`\n(){}") && !onlyExpansions(rest) {
		return nil, false
	}
	head, last := "", text
	if i := strings.LastIndex(text, "&&"); i >= 0 {
		head, last = text[:i+2]+" ", strings.TrimSpace(text[i+2:])
	}
	if last == "" || strings.HasPrefix(last, "cd ") {
		return nil, false
	}
	if !strings.HasPrefix(last, "exec ") {
		last = withExec(last)
	}
	return []string{"sh", "-c", head + last}, true
}

// onlyExpansions tells whether braces and parentheses are those of ${X} and $(x) alone.
func onlyExpansions(s string) bool {
	s = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*(:?[-?+=][^{}]*)?\}|\$\([^()|;&]*\)`).ReplaceAllString(s, "")
	return !strings.ContainsAny(s, "|;&`\n(){}")
}

// withExec puts exec behind the assignments that a command begins with.
func withExec(command string) string {
	at := 0
	for {
		word, rest, found := strings.Cut(command[at:], " ")
		if !found || !assignment.MatchString(word) || strings.ContainsAny(word, `"'`) {
			break
		}
		at += len(word) + 1 + len(rest) - len(strings.TrimLeft(rest, " "))
	}
	return command[:at] + "exec " + command[at:]
}
