package makefile

import (
	"slices"
	"sort"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
)

// canonical is the name under which this package knows a target; other words for the same become targets of their own that need it.
func canonical(name string) string {
	switch name {
	case "fmt":
		return "format"
	case "type-check", "types", "mypy", "tsc":
		return "typecheck"
	case "fmt-check", "check-format", "format_check":
		return "format-check"
	case "start", "serve":
		return "run"
	case "watch":
		return "dev"
	case "setup", "deps", "bootstrap":
		return "install"
	case "tests", "unit", "unit-test", "test-unit", "coverage", "cov":
		return "test"
	case "integration-test", "test-integration":
		return "integration"
	case "docker-build", "docker", "container":
		return "image"
	case "ci", "verify", "all":
		return "check"
	case "security", "vuln", "scan":
		return "audit"
	case "stop":
		return "down"
	}
	return name
}

// asked adds the targets that claims name and holds the result against what they say of each.
func (p *plan) asked() error {
	for _, c := range p.claims(criterion.Targets) {
		for _, name := range c.List("names") {
			if err := p.ensure(name); err != nil {
				return err
			}
		}
	}
	for _, c := range p.claims(criterion.TargetRuns) {
		if err := p.ensure(c.Param("target")); err != nil {
			return err
		}
		if err := p.holds(c); err != nil {
			return err
		}
	}
	for _, c := range p.claims(criterion.DefaultTarget) {
		if err := p.ensure(c.Param("name")); err != nil {
			return err
		}
	}
	return nil
}

// ensure adds the target by this name if it can be made of what is there.
func (p *plan) ensure(name string) error {
	if name == "" || p.byName[name] != nil {
		return nil
	}
	if name == "push" && p.pushable() {
		p.add(&target{name: "push", doc: "Push the container image", needs: []string{p.imageTarget()}, lines: p.pushLines()})
		return nil
	}
	known := canonical(name)
	if known == "image" && p.images {
		known = p.imageTarget()
	}
	if t := p.byName[known]; t != nil && targetName(name) {
		p.add(&target{name: name, doc: "Same as " + known, needs: []string{known}})
		return nil
	}
	return refuse("the task asks for a target %q, and the repository has no command that it could run; targets that can be made: %s", name, strings.Join(p.names(), ", "))
}

// targetName tells whether make takes the name as one plain target.
func targetName(name string) bool {
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_.-/", c)) {
			return false
		}
	}
	return name != "" && name[0] != '.' && name[0] != '-'
}

func (p *plan) pushable() bool { return p.images }

// imageTarget is the name of the target that builds images.
func (p *plan) imageTarget() string {
	if p.byName["image"] != nil {
		return "image"
	}
	return "build"
}

func (p *plan) pushLines() []string {
	var lines []string
	for _, pt := range p.parts {
		if p.byName[pt.name(p.imageTarget())] != nil && pt.recipe.Image != nil {
			lines = append(lines, "$(DOCKER) push "+p.tag(pt))
		}
	}
	return lines
}

// tag is the name of a part's image.
func (p *plan) tag(pt *part) string {
	if pt.id == "" {
		return "$(IMAGE):$(VERSION)"
	}
	return "$(IMAGE_PREFIX)" + pt.id + ":$(VERSION)"
}

// holds checks that a target runs what a claim says; the reason tells what is missing in the repository.
func (p *plan) holds(c criterion.Claim) error {
	name := c.Param("target")
	text := p.text(name, map[string]bool{})
	if tool := c.Param("tool"); tool != "" && !p.textRuns(name, text, tool) {
		return refuse("the task asks that `make %s` runs %s, and the repository has no command with it: %s runs %s", name, tool, name, oneOf(text))
	}
	if c.Param("coverage") == "true" && !p.covers(text) {
		return refuse("the task asks that `make %s` measures coverage, and the test command does not (%s): add a coverage tool to the development dependencies", name, oneOf(text))
	}
	if f := c.Param("file"); f != "" && !strings.Contains(text, f) {
		return refuse("the task asks that `make %s` uses %s, and it runs %s", name, f, oneOf(text))
	}
	return nil
}

// textRuns tells whether some line runs a tool.
func (p *plan) textRuns(target, text, tool string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(l string) bool { return p.lineRuns(target, l, tool) })
}

// lineRuns tells whether a line of a target's recipe runs a tool, also behind a script's name: npm run lint is eslint.
func (p *plan) lineRuns(target, line, tool string) bool {
	if runs(line, tool) {
		return true
	}
	for _, pt := range p.parts {
		for _, c := range pt.commands(canonical(strings.TrimPrefix(target, pt.id+"-"))) {
			if criterion.SameTool(c.Tool, tool) && inDir(pt.dir, c.Run) == line {
				return true
			}
		}
	}
	return false
}

// runs tells whether a recipe runs a tool, also where the tool is a variable: $(DOCKER) is docker.
func runs(text, tool string) bool {
	text = strings.NewReplacer("$(DOCKER)", "docker").Replace(text)
	tool = strings.ReplaceAll(tool, "docker-compose", "docker compose")
	return artifact.Mentions(text, tool)
}

func (p *plan) covers(text string) bool {
	if strings.Contains(text, "cov") {
		return true
	}
	return slices.ContainsFunc(p.parts, func(pt *part) bool { return pt.recipe.CoverageFile != "" && len(pt.recipe.Test) > 0 })
}

// text is everything that a target runs, its prerequisites included.
func (p *plan) text(name string, seen map[string]bool) string {
	t := p.byName[name]
	if t == nil || seen[name] {
		return ""
	}
	seen[name] = true
	var b strings.Builder
	for _, n := range t.needs {
		b.WriteString(p.text(n, seen))
	}
	b.WriteString(strings.Join(t.lines, "\n") + "\n")
	return b.String()
}

// oneOf is a short look at a recipe for a reason.
func oneOf(text string) string {
	lines := strings.FieldsFunc(text, func(c rune) bool { return c == '\n' })
	if len(lines) == 0 {
		return "nothing"
	}
	if len(lines) > 2 {
		lines = append(lines[:2:2], "…")
	}
	return strings.Join(lines, "; ")
}

func (p *plan) names() []string {
	var out []string
	for _, t := range p.targets {
		out = append(out, t.name)
	}
	sort.Strings(out)
	return out
}
