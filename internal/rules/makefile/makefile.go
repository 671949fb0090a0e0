// Package makefile holds the rules on Makefiles.
package makefile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	mk "github.com/autogit/autogit/internal/syntax/makefile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindMakefile, Severity: sev, Reviewer: who, Peers: peers}
}

// All are the rules on Makefiles.
func All() []rule.Rule { return []rule.Rule{mk001(), mk002()} }

// usual are targets that are actions by their name.
var usual = []string{
	"all", "help", "install", "uninstall", "test", "tests", "check", "lint", "fmt", "format", "build", "clean", "distclean", "deploy", "run", "start", "stop", "restart", "dev", "release",
	"publish", "push", "docs", "coverage", "typecheck", "ci", "up", "down", "logs", "migrate", "generate", "bench", "vet", "tidy", "audit", "demo", "e2e", "integration", "setup", "shell",
}

func mk001() rule.Rule {
	r := base("MK001", finding.Warning, rule.Code, "checkmake:phonydeclared")
	r.Doc = rule.Doc{
		Title: "target without a file that is not phony", Since: "0.1.0",
		Why:  "As soon as a file or a folder of that name is there, make says that the target is up to date and runs nothing.",
		Bad:  ".PHONY: help\nhelp: ## Show this\n\t@echo help\n\ntest: ## Run the tests\n\tgo test ./...\n",
		Good: ".PHONY: help test\nhelp: ## Show this\n\t@echo help\n\ntest: ## Run the tests\n\tgo test ./...\n",
	}
	r.Check = func(p *rule.Pass) {
		f := p.Makefile()
		seen := map[string]bool{}
		for _, rl := range f.Rules {
			for i, n := range rl.Names {
				t := n.Text
				if seen[t] || strings.ContainsAny(t, "$%./") || len(rl.Targets) != len(rl.Names) || !action(p, rl, rl.Targets[i]) {
					continue
				}
				seen[t] = true
				if f.IsPhony(t) {
					p.Holds(p.Span(n.Start, n.End))
					continue
				}
				p.Broken(p.Span(n.Start, n.End), "target "+t+" makes no file of that name: add it to .PHONY", phony(p, rl, t)...)
			}
		}
	}
	return r
}

// action tells whether a target is one that makes no file: it is named like an action, or nothing in its recipe
// speaks of a file by its name.
func action(p *rule.Pass, rl *mk.Rule, t string) bool {
	if strings.HasPrefix(t, ".") {
		return false
	}
	if slices.Contains(usual, t) || len(rl.Recipe) == 0 && len(rl.Prerequisites) > 0 && allPhony(p.Makefile(), rl.Prerequisites) {
		return true
	}
	for _, line := range rl.Recipe {
		text := p.Makefile().Expand(line.Text)
		if strings.Contains(text, "$@") || strings.Contains(text, "$(@") || strings.Contains(text, "${@") || names(text, t) {
			return false
		}
	}
	return len(rl.Recipe) > 0 && !slices.Contains(results, t) && !ignored(p, t)
}

// results are folders that tools make without being told the name.
var results = []string{"node_modules", "vendor", "venv", "target", "dist", "bin", "obj", "out"}

// ignored tells whether Git is told to leave the name out: then something makes it.
func ignored(p *rule.Pass, name string) bool {
	for _, file := range []string{".gitignore", path.Join(path.Dir(p.Path), ".gitignore")} {
		for _, line := range p.Tree.Lines(file) {
			if strings.Trim(strings.TrimSpace(line), "/*") == name {
				return true
			}
		}
	}
	return false
}

// names tells whether a command speaks of a file by its name.
func names(text, file string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n/=\"'>;", r) }), file)
}

func allPhony(f *mk.File, names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !f.IsPhony(n) })
}

// phony is the fix that adds a target to the first .PHONY line.
func phony(p *rule.Pass, rl *mk.Rule, t string) []finding.Fix {
	for _, r := range p.Makefile().Rules {
		if len(r.Targets) == 1 && r.Targets[0] == ".PHONY" && len(r.Needs) > 0 {
			end := r.Needs[len(r.Needs)-1].End
			return []finding.Fix{p.Replace("add it to .PHONY", end, end, " "+t)}
		}
	}
	if rl.Doc != "" {
		return nil // the line above may be its help text
	}
	return []finding.Fix{p.Replace("make it phony", rl.Start, rl.Start, ".PHONY: "+t+"\n")}
}

func mk002() rule.Rule {
	r := base("MK002", finding.Warning, rule.Code, "checkmake:minphony")
	r.Doc = rule.Doc{
		Title: "target or script that does not exist", Since: "0.1.0",
		Why:  "A prerequisite without a rule, a $(MAKE) of an unknown target, or a script that is not there fails only when someone needs it.",
		Bad:  ".PHONY: test lint\ntest: linting\n\tgo test ./...\nlint:\n\t./scripts/lint.sh\n",
		Good: ".PHONY: test lint\ntest: lint\n\tgo test ./...\nlint:\n\tgo vet ./...\n",
	}
	r.Check = func(p *rule.Pass) {
		f := p.Makefile()
		if f.Dynamic {
			return // rules may come from elsewhere
		}
		for _, rl := range f.Rules {
			if len(rl.Targets) > 0 && strings.HasPrefix(rl.Targets[0], ".") && !strings.Contains(rl.Targets[0], "/") && rl.Targets[0] != ".PHONY" {
				continue
			}
			for _, n := range rl.Needs {
				if !known(p, n.Text) {
					found := finding.Finding{Span: p.Span(n.Start, n.End), Message: "no rule makes " + n.Text + ", and there is no such file"}
					if len(rl.Targets) > 0 && rl.Targets[0] == ".PHONY" { // a leftover, which breaks nothing
						found.Message, found.Severity = ".PHONY names "+n.Text+", which no rule makes", finding.Info
					}
					p.Report(found)
				}
			}
			for _, line := range rl.Recipe {
				checkRecipe(p, f, line)
			}
		}
	}
	return r
}

// known tells whether a prerequisite can be made or is there.
func known(p *rule.Pass, name string) bool {
	if strings.ContainsAny(name, "$%*?[~(") || p.Makefile().Matches(name) {
		return true
	}
	file := path.Join(path.Dir(p.Path), name)
	if p.Tree.Has(file) || p.Tree.HasDir(file) {
		return true
	}
	// Suffix rules and files that a recipe makes on the way cannot be told; a plain word can.
	return strings.ContainsAny(name, "./")
}

var makeVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*[:?+]?=`)

func checkRecipe(p *rule.Pass, f *mk.File, line mk.RecipeLine) {
	script := f.Shell(line)
	entered := strings.Contains(script, "cd ")
	for _, c := range shell.Commands(script) {
		e := c.Effective()
		if c.Tool() == "make" && !e.Has("-C") && !e.Has("-f") && !e.Has("--directory") && !e.Has("--file") && !entered {
			for _, w := range e.Words[1:] {
				if w.Literal && !strings.HasPrefix(w.Text, "-") && !makeVariable.MatchString(w.Text) && !f.Matches(w.Text) && !p.Tree.Has(path.Join(path.Dir(p.Path), w.Text)) {
					p.Broken(place(p, line, w.Text), fmt.Sprintf("make %s: there is no such target", w.Text))
				}
			}
		}
		if s, ok := script0(e); ok && !entered && !c.Conditional && !made(p, f, s) {
			p.Broken(place(p, line, s), fmt.Sprintf("%s is not in the repository", s))
		}
	}
}

// script0 is the script of the repository that a command runs: ./scripts/x.sh, or sh scripts/x.sh.
func script0(c shell.Command) (string, bool) {
	for i, w := range c.Words {
		if i > 1 {
			break
		}
		if i == 1 && !shell.IsShell(c.Name) {
			break
		}
		t := strings.TrimPrefix(w.Text, "./")
		if w.Literal && strings.HasSuffix(t, ".sh") && strings.Contains(w.Text, "/") && !strings.HasPrefix(t, "/") && !strings.HasPrefix(t, "..") && !strings.ContainsAny(t, "~$*") {
			return w.Text, true
		}
	}
	return "", false
}

func made(p *rule.Pass, f *mk.File, s string) bool {
	file := path.Join(path.Dir(p.Path), s)
	return p.Tree.Has(file) || p.Tree.Has(strings.TrimPrefix(s, "./")) || f.Matches(s) || f.Matches(strings.TrimPrefix(s, "./"))
}

// place is where a text stands in a recipe line, or the line when make has expanded it.
func place(p *rule.Pass, line mk.RecipeLine, text string) finding.Span {
	src := string(p.Bytes[line.Start:line.End])
	if i := strings.Index(src, text); i >= 0 {
		return p.Span(line.Start+i, line.Start+i+len(text))
	}
	return p.Span(line.Start, line.End)
}
