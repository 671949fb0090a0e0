package pipeline

import (
	"github.com/autogit/autogit/internal/syntax/shell"
	"path"
	"strings"

	"github.com/autogit/autogit/internal/syntax/yaml"
)

// localPath is the path of "./folder" in the repository.
func localPath(uses string) (string, bool) {
	rest, ok := strings.CutPrefix(uses, "./")
	if !ok {
		return "", false
	}
	p := path.Clean(rest)
	return p, p != ".." && !strings.HasPrefix(p, "../")
}

// step reads a step; a composite action of this repository becomes its own steps.
func (l *githubLoader) step(file string, n *yaml.Node, c caller, depth int) []Step {
	if l.n++; l.n > maxSteps || !n.IsMapping() {
		return nil
	}
	s := Step{ID: n.Get("id").Text(), Name: n.Get("name").Text(), File: file, Line: n.Line, Conds: appendCond(c.conds, n.Get("if")),
		Uses: valueOf(n.Get("uses")), With: valuesOf(n.Get("with")), Env: valuesOf(n.Get("env"))}
	s.Uses.File = file
	if e := n.Get("continue-on-error"); e != nil && e.Text() != "false" {
		s.Soft, s.SoftLine = true, e.Line
	}
	if run := n.Get("run"); run != nil {
		dir, sh := n.Get("working-directory").Text(), n.Get("shell").Text()
		if dir == "" {
			dir = c.dir
		}
		if sh == "" {
			sh = c.shell
		}
		if errexit, pipefail, ok := shellOf(sh); ok {
			s.Commands = l.x.script(place{file: file, node: run, dir: cleanDir(dir), errexit: errexit, pipefail: pipefail}, run.Text())
		}
		return []Step{s}
	}
	if s.Uses.Text == "" {
		return []Step{s}
	}
	l.p.Uses = append(l.p.Uses, s.Uses)
	out := []Step{s}
	if target, ok := localPath(s.Uses.Text); ok && depth < maxNesting {
		out = append(out, l.composite(target, s, depth)...)
	}
	return out
}

func (l *githubLoader) composite(dir string, s Step, depth int) []Step {
	for _, name := range []string{"action.yml", "action.yaml"} {
		file := path.Join(dir, name)
		b, err := l.tree.Read(file)
		if err != nil {
			continue
		}
		f, err := yaml.Parse(b)
		if err != nil {
			l.p.Problems = append(l.p.Problems, file+": "+err.Error())
			return nil
		}
		var out []Step
		for _, n := range f.Root().Get("runs", "steps").List() {
			for _, in := range l.step(file, n, caller{conds: s.Conds}, depth+1) {
				in.Soft = in.Soft || s.Soft
				out = append(out, in)
			}
		}
		return out
	}
	l.p.Problems = append(l.p.Problems, s.Uses.Text+" is not in the repository")
	return nil
}

// shellOf says how the shell of a step runs its script; ok is false for what is no shell: "python", "cat {0}".
func shellOf(sh string) (errexit, pipefail, ok bool) {
	words := strings.Fields(sh)
	switch {
	case len(words) == 0 || sh == "sh" || sh == "pwsh" || sh == "powershell":
		return true, false, true
	case sh == "bash":
		return true, true, true
	case !shell.IsShell(path.Base(words[0])):
		return false, false, false
	}
	rest := strings.Join(words[1:], " ")
	return strings.Contains(rest, "-e") || strings.Contains(rest, "errexit"), strings.Contains(rest, "pipefail"), true
}

func cleanDir(dir string) string {
	if dir == "" || strings.Contains(dir, "${{") {
		return "."
	}
	d := path.Clean(strings.TrimPrefix(dir, "./"))
	if d == ".." || strings.HasPrefix(d, "../") || strings.HasPrefix(d, "/") {
		return "."
	}
	return d
}
