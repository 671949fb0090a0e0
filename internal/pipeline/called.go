package pipeline

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/makefile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

// called are the commands that a command runs through a file of the repository: make, package scripts, shell scripts.
func (x *expander) called(p place, c shell.Command) []Command {
	switch tool := c.Tool(); tool {
	case "make", "gmake":
		return x.make(p, c)
	case "npm", "pnpm", "yarn", "bun":
		return x.packageScript(p, "package.json", nodeScript(tool, c))
	case "composer":
		return x.packageScript(p, "composer.json", composerScript(c))
	case "bash", "sh", "dash", "zsh":
		for _, a := range c.Args {
			if !strings.HasPrefix(a, "-") {
				return x.shellScript(p, a)
			}
			if a == "-c" {
				return nil // the shell reader has read it
			}
		}
	}
	if strings.HasSuffix(c.Name, ".sh") {
		return x.shellScript(p, c.Name)
	}
	return nil
}

// enter guards against what calls itself.
func (x *expander) enter(key string) bool {
	if slices.Contains(x.stack, key) || len(x.stack) > 4 {
		return false
	}
	x.stack = append(x.stack, key)
	return true
}

func (x *expander) leave() { x.stack = x.stack[:len(x.stack)-1] }

func inside(dir, name string) string {
	p := path.Join(dir, name)
	if strings.HasPrefix(p, "../") || strings.HasPrefix(name, "/") {
		return ""
	}
	return p
}

func (x *expander) make(p place, c shell.Command) []Command {
	for _, dry := range []string{"-n", "--dry-run", "--just-print", "-q", "-t", "--touch"} {
		if c.Has(dry) {
			return nil
		}
	}
	dir, names := p.dir, []string{"GNUmakefile", "makefile", "Makefile"}
	var targets []string
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i]
		switch {
		case a == "-C" || a == "--directory":
			if i++; i < len(c.Args) {
				dir = cleanDir(path.Join(dir, c.Args[i]))
			}
		case a == "-f" || a == "--file":
			if i++; i < len(c.Args) {
				names = []string{c.Args[i]}
			}
		case a == "-i" || a == "--ignore-errors":
			p.swallow = "make -i ignores failures"
		case strings.HasPrefix(a, "-"), strings.Contains(a, "="):
		default:
			targets = append(targets, a)
		}
	}
	for _, n := range names {
		file := inside(dir, n)
		if file == "" || !x.tree.Has(file) {
			continue
		}
		p.dir = dir
		return x.targets(p, file, targets)
	}
	return nil
}

func (x *expander) targets(p place, file string, targets []string) []Command {
	b, err := x.tree.Read(file)
	if err != nil {
		return nil
	}
	f, _ := makefile.Parse(b)
	if f == nil {
		return nil
	}
	if len(targets) == 0 && f.Default != "" {
		targets = []string{f.Default}
	}
	if why := lenient(f); why != "" {
		p.swallow = why
	}
	var out []Command
	done := map[string]bool{}
	for _, t := range targets {
		out = append(out, x.target(p, &making{f: f, file: file, done: done}, t, 0)...)
	}
	return out
}

// MakeTarget are the commands that a target of a Makefile runs, its prerequisites first.
func MakeTarget(t *repo.Tree, file, target string) []Command {
	x := &expander{tree: t}
	return x.targets(place{dir: path.Dir(file)}, file, []string{target})
}

// LastRule is the rule whose recipe make uses for a target: the last one that has a recipe.
func LastRule(f *makefile.File, target string) *makefile.Rule {
	for i := len(f.Rules) - 1; i >= 0; i-- {
		if r := f.Rules[i]; len(r.Recipe) > 0 && slices.Contains(r.Targets, target) {
			return r
		}
	}
	return f.Rule(target)
}

// making is one run of make: it makes each target once.
type making struct {
	f    *makefile.File
	file string
	done map[string]bool
}

func (x *expander) target(p place, m *making, name string, depth int) []Command {
	if x.n++; x.n > maxCommands || m.done[name] || depth > 100 {
		return nil
	}
	m.done[name] = true
	f, file := m.f, m.file
	r := LastRule(f, name)
	if r == nil || depth == 0 && !x.enter(file+"\x00"+name) {
		return nil
	}
	if depth == 0 {
		defer x.leave()
	}
	p.soft = p.soft || r.Conditional
	var out []Command
	for _, n := range r.Prerequisites {
		out = append(out, x.target(p, m, n, depth+1)...)
	}
	if f.OneShell {
		var lines []string
		for _, l := range r.Recipe {
			lines = append(lines, f.Shell(l))
		}
		if len(r.Recipe) > 0 {
			out = append(out, x.recipe(p, file, r.Recipe[0], strings.Join(lines, "\n"))...)
		}
		return out
	}
	for _, l := range r.Recipe {
		out = append(out, x.recipe(p, file, l, f.Shell(l))...)
	}
	return out
}

func (x *expander) recipe(p place, file string, l makefile.RecipeLine, text string) []Command {
	in := p
	in.file, in.line, in.node, in.errexit, in.pipefail = file, l.Line, nil, false, false
	if l.Ignore {
		in.swallow = "make ignores its failure: the line starts with -"
	}
	in.soft = in.soft || l.Conditional
	return x.script(in, text)
}

// nodeScript is the script of package.json that a command runs; empty for none.
func nodeScript(tool string, c shell.Command) string {
	args := c.Operands()
	for i := 0; i < len(c.Args)-1; i++ {
		switch c.Args[i] {
		case "--prefix", "-C", "--dir", "--cwd", "--filter", "-w", "--workspace":
			return "" // another folder's script: not followed
		}
	}
	if len(args) == 0 {
		return ""
	}
	switch args[0] {
	case "run", "run-script":
		if len(args) > 1 {
			return args[1]
		}
		return ""
	case "test", "t", "tst":
		if tool == "bun" {
			return "" // bun's own test runner
		}
		return "test"
	case "start", "stop", "restart":
		return args[0]
	}
	if tool == "yarn" || tool == "pnpm" {
		return args[0]
	}
	return ""
}

func composerScript(c shell.Command) string {
	args := c.Operands()
	switch {
	case len(args) == 0:
		return ""
	case args[0] == "run" || args[0] == "run-script":
		if len(args) > 1 {
			return args[1]
		}
		return ""
	}
	return args[0]
}

func (x *expander) packageScript(p place, manifest, name string) []Command {
	file := inside(p.dir, manifest)
	if name == "" || file == "" || !x.tree.Has(file) {
		return nil
	}
	b, err := x.tree.Read(file)
	if err != nil {
		return nil
	}
	var m struct {
		Scripts map[string]json.RawMessage `json:"scripts"`
	}
	if json.Unmarshal(b, &m) != nil || m.Scripts[name] == nil || !x.enter(file+"\x00"+name) {
		return nil
	}
	defer x.leave()
	in := p
	in.file, in.node, in.errexit, in.pipefail = file, nil, false, false
	in.line = lineOf(string(b), `"`+name+`"`)
	var out []Command
	for _, s := range scriptLines(m.Scripts[name]) {
		if rest, ok := strings.CutPrefix(s, "@"); ok && manifest == "composer.json" {
			s = strings.TrimPrefix(rest, "php ")
			if rest == s {
				s = "composer " + rest
			}
		}
		out = append(out, x.script(in, s)...)
	}
	return out
}

func scriptLines(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var many []string
	_ = json.Unmarshal(raw, &many) // neither: no script
	return many
}

// lineOf is the line of the first place where a key stands behind "scripts".
func lineOf(src, key string) int {
	from := max(0, strings.Index(src, `"scripts"`))
	i := strings.Index(src[from:], key)
	if i < 0 {
		return 1
	}
	return 1 + strings.Count(src[:from+i], "\n")
}

func (x *expander) shellScript(p place, name string) []Command {
	file := inside(p.dir, strings.TrimPrefix(name, "./"))
	if file == "" || !x.tree.Has(file) || !x.enter(file) {
		return nil
	}
	defer x.leave()
	in := p
	in.file, in.line, in.node, in.errexit, in.pipefail = file, 1, nil, false, false
	return x.script(in, x.tree.Text(file))
}
