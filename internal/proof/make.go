package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/makefile"
)

// rules is a Makefile with its path.
type rules struct {
	*makefile.File
	path string
}

// Rule is the rule whose recipe make uses for a target.
func (r rules) Rule(target string) *makefile.Rule { return pipeline.LastRule(r.File, target) }

func (p *prover) someMakefile(check func(rules) Result) Result {
	return some(p.of(repo.KindMakefile), func(file string) Result { return p.onMakefile(file, check) })
}

func (p *prover) everyMakefile(check func(rules) Result) Result {
	return every(p.of(repo.KindMakefile), func(file string) Result { return p.onMakefile(file, check) })
}

func (p *prover) onMakefile(file string, check func(rules) Result) Result {
	b, err := p.in.Tree.Read(file)
	if err != nil {
		return unproven(err.Error())
	}
	f, err := makefile.Parse(b)
	if err != nil {
		return unproven(file + ": " + err.Error())
	}
	return check(rules{f, file})
}

// recipes are the commands of all targets of a Makefile.
func (p *prover) recipes(file string) []pipeline.Command {
	b, err := p.in.Tree.Read(file)
	if err != nil {
		return nil
	}
	f, err := makefile.Parse(b)
	if err != nil || f == nil {
		return nil
	}
	var out []pipeline.Command
	for i, t := range f.Targets() {
		if i > 200 {
			break
		}
		out = append(out, pipeline.MakeTarget(p.in.Tree, file, t)...)
	}
	return out
}

// people are the targets that a person calls: files that are made are not among them.
func (r rules) people() []string {
	var out []string
	for _, t := range r.Targets() {
		if r.IsPhony(t) || !strings.ContainsAny(t, "./$") {
			out = append(out, t)
		}
	}
	return out
}

// targets proves that targets are there and do something.
func targets(p *prover) Result {
	return p.someMakefile(func(r rules) Result {
		var ev []finding.Evidence
		for _, name := range p.claim.List("names") {
			rule := r.Rule(name)
			if rule == nil {
				return unproven("there is no target "+name, p.at(r.path, 1))
			}
			if rule.Conditional {
				return unproven("the target "+name+" is there under a condition only", p.at(r.path, rule.Line))
			}
			if !works(r, rule, map[*makefile.Rule]bool{}) {
				return unproven("the target "+name+" does nothing", p.at(r.path, rule.Line))
			}
			ev = append(ev, p.at(r.path, rule.Line))
		}
		return proven(ev...)
	})
}

// works: a recipe with a real command, or prerequisites that work. help may well do no more than print.
func works(r rules, rule *makefile.Rule, seen map[*makefile.Rule]bool) bool {
	if seen[rule] {
		return false
	}
	seen[rule] = true
	for _, l := range rule.Recipe {
		for _, c := range pipeline.Commands(repo.Memory(nil), "", 1, ".", r.Shell(l), false) {
			if meaningful(c) || slices.Contains(rule.Targets, "help") {
				return true
			}
		}
	}
	for _, n := range rule.Prerequisites {
		if k := r.Rule(n); k != nil && works(r, k, seen) {
			return true
		}
	}
	return false
}

// targetRuns proves what a target runs: a tool, with coverage, a Compose file.
func targetRuns(p *prover) Result {
	target, tool, file := p.claim.Param("target"), p.claim.Param("tool"), p.claim.Param("file")
	t, known := criterion.ToolNamed(tool)
	if tool != "" {
		if !known {
			return unproven("AutoGit does not know the tool " + tool)
		}
		if why := p.wrongLanguage(t); why != "" {
			return contradicted(why)
		}
	}
	return p.someMakefile(func(r rules) Result {
		rule := r.Rule(target)
		if rule == nil {
			return unproven("there is no target "+target, p.at(r.path, 1))
		}
		near := unproven("the target "+target+" does not run it", p.at(r.path, rule.Line))
		for _, c := range pipeline.MakeTarget(p.in.Tree, r.path, target) {
			ev := append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)
			why, relevant := p.runsFor(c, t, tool, file)
			switch {
			case !relevant:
			case why != "":
				near = unproven(why, ev...)
			default:
				return proven(append(ev, p.at(r.path, rule.Line))...)
			}
		}
		return near
	})
}

func (p *prover) runsFor(c pipeline.Command, t criterion.Tool, tool, file string) (why string, relevant bool) {
	switch {
	case tool != "":
		ok, w := runs(c, t, t.Jobs[0])
		if !ok {
			return w, w != ""
		}
	case file != "":
		if !composes(c) {
			return "", false
		}
		if !slices.ContainsFunc(composeFiles(c), func(f string) bool { return path.Base(f) == path.Base(file) }) {
			return "it does not use " + file, true
		}
		if !p.in.Tree.Has(file) && !slices.Contains(p.in.Files, file) {
			return file + " is not there", true
		}
	default:
		if !p.doesJob(c) {
			return "", false
		}
	}
	switch {
	case c.Swallowed:
		return c.Why, true
	case c.Conditional:
		return "the command runs only under a condition", true
	case p.claim.Param("coverage") != "" && !p.measuresCoverage(c):
		return "it runs without coverage", true
	}
	return "", true
}

// doesJob: without a tool and a file, a target is asked for a job; tests where none is named.
func (p *prover) doesJob(c pipeline.Command) bool {
	job := p.claim.Param("job")
	switch job {
	case "":
		job = criterion.Test
	case criterion.ImageBuild:
		return buildsImage(c)
	case "clean":
		return slices.Contains([]string{"rm", "git", "find", "cargo", "go", "gradle", "mvn", "dotnet", "rimraf", "trash"}, c.Tool()) && (c.Tool() == "rm" || c.Tool() == "rimraf" || slices.Contains(c.Args, "clean") || slices.Contains(c.Args, "-delete"))
	}
	return p.surveyed(c, job) || slices.ContainsFunc(criterion.ToolsFor(job), func(t criterion.Tool) bool { ok, _ := runs(c, t, job); return ok })
}

func composes(c pipeline.Command) bool {
	return c.Tool() == "docker-compose" || c.Tool() == "docker" && slices.Contains(c.Args, "compose") || c.Tool() == "podman-compose"
}

func composeFiles(c pipeline.Command) []string {
	var out []string
	for i, a := range c.Args {
		if (a == "-f" || a == "--file") && i+1 < len(c.Args) {
			out = append(out, c.Args[i+1])
		}
		if f, ok := strings.CutPrefix(a, "--file="); ok {
			out = append(out, f)
		}
	}
	for _, e := range c.Raw.Env {
		if e.Name == "COMPOSE_FILE" {
			out = append(out, strings.Split(e.Value.Text, ":")...)
		}
	}
	return out
}

// noRoot proves that no recipe asks for root.
func noRoot(p *prover) Result {
	return p.everyMakefile(func(r rules) Result {
		var last finding.Evidence
		for _, rule := range r.Rules {
			for _, l := range rule.Recipe {
				text := r.Shell(l)
				for _, c := range pipeline.Commands(repo.Memory(nil), "", 1, ".", text, false) {
					if why := asksRoot(c); why != "" {
						return unproven(why, p.at(r.path, l.Line))
					}
				}
				if strings.Contains(text, "sudo ") || strings.Contains(text, "doas ") {
					return unproven("the recipe uses sudo", p.at(r.path, l.Line))
				}
			}
			if len(rule.Recipe) > 0 {
				last = p.at(r.path, rule.Line)
			}
		}
		if last.File == "" {
			return unproven("no target runs anything", p.at(r.path, 1))
		}
		return proven(last)
	})
}

func asksRoot(c pipeline.Command) string {
	switch c.Raw.Name {
	case "sudo", "doas", "su", "pkexec", "runuser":
		return "the recipe uses " + c.Raw.Name
	}
	for _, f := range []string{"-u", "--user"} {
		if v, ok := c.Flag(f); ok && (c.Tool() == "docker" || c.Tool() == "docker-compose" || c.Tool() == "podman") {
			if name, _, _ := strings.Cut(v, ":"); v != "" && isRoot(name) {
				return "the recipe runs a container as root"
			}
		}
	}
	if slices.Contains(c.Args, "--privileged") {
		return "the recipe runs a privileged container"
	}
	return ""
}

func defaultTarget(p *prover) Result {
	want := p.claim.Param("name")
	return p.someMakefile(func(r rules) Result {
		have := r.Default
		ev := p.at(r.path, 1)
		if v := r.Variable(".DEFAULT_GOAL"); v != nil {
			ev = p.at(r.path, v.Line)
		} else if rule := r.Rule(have); rule != nil {
			ev = p.at(r.path, rule.Line)
		}
		if have != want {
			return unproven("plain make builds "+have, ev)
		}
		if r.Rule(want) == nil {
			return unproven("there is no target "+want, ev)
		}
		return proven(ev)
	})
}

// phony proves that every target that makes no file says so.
func phony(p *prover) Result {
	return p.everyMakefile(func(r rules) Result {
		var ev []finding.Evidence
		for _, n := range r.Phony {
			ev = append(ev, p.at(r.path, n.Line))
		}
		for _, t := range r.Targets() {
			if rule := r.Rule(t); !r.IsPhony(t) && !strings.ContainsAny(t, "./$") && rule != nil {
				return unproven("the target "+t+" is not declared phony", p.at(r.path, rule.Line))
			}
		}
		if len(ev) == 0 {
			return unproven("nothing is declared phony", p.at(r.path, 1))
		}
		return proven(ev[0])
	})
}
