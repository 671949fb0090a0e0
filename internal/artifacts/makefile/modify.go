package makefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
)

// Modify adds to an existing Makefile what the unproven claims need, and leaves every other byte as it is.
func Modify(r *artifact.Request) (*artifact.Output, error) {
	src, err := mended(r)
	if err != nil {
		return nil, err
	}
	asked := *r
	asked.Claims = slices.Concat(r.Claims, r.Unproven)
	p, err := newPlan(&asked)
	if err != nil {
		return nil, err
	}
	file, err := scan(ended(src))
	if err != nil {
		return nil, refuse("%s cannot be read by make (%v): mend that first, so that what is added does not hide it", r.Path, err)
	}
	m := &change{plan: p, existing: file, req: r}
	for _, c := range r.Unproven {
		if err := m.claim(c); err != nil {
			return nil, err
		}
	}
	m.finish()
	if len(m.edits) == 0 {
		return &artifact.Output{Content: src, Notes: m.notes}, nil
	}
	out, err := edit.Apply(m.src, m.edits)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Path, err)
	}
	return &artifact.Output{Content: out, Notes: m.notes}, nil
}

// mended is the file with the fixes that rules offer for its errors made. A seal would not be true any more.
func mended(r *artifact.Request) ([]byte, error) {
	src := r.Existing()
	var edits []finding.Edit
	for _, f := range r.Problems {
		if f.Fix != nil {
			edits = append(edits, f.Fix.Edits...)
		}
	}
	out, err := edit.Apply(src, edits)
	if err != nil {
		return nil, fmt.Errorf("%s: fixes overlap: %w", r.Path, err)
	}
	return artifact.Unsealed(out), nil
}

// ended is src with a line end behind its last line: what is added at the end must not become a part of that.
func ended(src []byte) []byte {
	if n := len(src); n == 0 || src[n-1] == '\n' {
		return src
	}
	return append(slices.Clone(src), artifact.LineEnd(src)...)
}

// change collects the edits of one Modify.
type change struct {
	*plan
	*existing
	req   *artifact.Request
	edits []finding.Edit
	added []*target
	phony []string // names to add to .PHONY
	notes []string
}

func (m *change) insert(at int, s string) {
	m.edits = append(m.edits, finding.Edit{File: m.req.Path, Start: at, End: at, New: strings.ReplaceAll(s, "\n", m.eol)})
}

func (m *change) claim(c criterion.Claim) error {
	if c.Not {
		return nil
	}
	switch c.Name {
	case criterion.Targets:
		for _, n := range c.List("names") {
			m.want(n)
		}
	case criterion.TargetRuns:
		return m.runs(c.Param("target"), c)
	case criterion.Lint, criterion.TypeCheck, criterion.FormatCheck, criterion.Test:
		return m.runs(map[string]string{criterion.Lint: "lint", criterion.TypeCheck: "typecheck", criterion.FormatCheck: "format-check", criterion.Test: "test"}[c.Name], c)
	case criterion.HelpListsAll:
		m.help()
	case criterion.DefaultTarget:
		m.goalIs(c.Param("name"))
	case criterion.Phony:
		for _, r := range m.plainTargets(m.req.Tree.Has) {
			m.declare(r.targets[0])
		}
	case criterion.NoRoot:
		m.withoutSudo()
	}
	return nil
}

// want adds a target, and what it needs, unless the file has it.
func (m *change) want(name string) {
	t := m.byName[name]
	if t == nil || m.find(name) != nil || slices.Contains(m.added, t) {
		return
	}
	m.added = append(m.added, t)
	m.declare(name)
	for _, n := range t.needs {
		m.want(n)
	}
}

// declare makes sure that a target is phony.
func (m *change) declare(name string) {
	if !m.file.IsPhony(name) && !slices.Contains(m.phony, name) {
		m.phony = append(m.phony, name)
	}
}

// runs sees to it that a target runs what the claim says.
func (m *change) runs(name string, c criterion.Claim) error {
	m.want(name)
	r, t := m.find(name), m.byName[name]
	if r == nil || t == nil {
		return nil
	}
	if file := c.Param("file"); file != "" && m.pointCompose(r, file) {
		return nil
	}
	have := strings.Join(r.lines, "\n")
	if m.meets(name, have, c) {
		return nil
	}
	var add []string
	for _, l := range t.lines {
		if strings.Contains(have, l) || strings.HasPrefix(l, "@test -f") {
			continue
		}
		if tool := c.Param("tool"); tool != "" && !m.lineRuns(name, l, tool) {
			continue
		}
		add = append(add, l)
	}
	if len(add) == 0 {
		return nil
	}
	if r.inside {
		return refuse("%s: the target %s stands in a conditional, where it is not certain which lines run: add %q by hand", m.req.Path, name, add[0])
	}
	m.variables(add)
	m.lines(r, m.longer(r, add))
	return nil
}

// longer makes a line that is the beginning of a new one into that one, and returns the new lines that are left.
func (m *change) longer(r *rule, add []string) []string {
	return slices.DeleteFunc(add, func(l string) bool {
		for i, place := range r.places {
			have := strings.TrimSpace(r.lines[i])
			if rest, ok := strings.CutPrefix(l, have+" "); ok && have != "" {
				m.insert(place.end, " "+rest)
				return true
			}
		}
		return false
	})
}

// meets tells whether a recipe runs what the claim names already; a claim that names nothing is met by any recipe.
func (m *change) meets(name, recipe string, c criterion.Claim) bool {
	tool, file := c.Param("tool"), c.Param("file")
	return strings.TrimSpace(recipe) != "" && (tool == "" || m.textRuns(name, recipe, tool)) && (file == "" || strings.Contains(recipe, file)) &&
		(c.Param("coverage") != "true" || strings.Contains(recipe, "cov"))
}

// lines adds lines to the end of a rule's recipe.
func (m *change) lines(r *rule, add []string) {
	if len(add) == 0 {
		return
	}
	s := ""
	for _, l := range add {
		s += m.prefix + l + "\n"
	}
	m.insert(r.end, s)
}

var composeCommand = regexp.MustCompile(`docker-compose|(?:docker|podman|\$[({]DOCKER[)}]) compose|\$[({](?:DOCKER_)?COMPOSE[)}]`)

// pointCompose makes a Compose command that names no file use this one.
func (m *change) pointCompose(r *rule, file string) bool {
	for i, l := range r.lines {
		at := composeCommand.FindStringIndex(l)
		if at == nil || strings.Contains(l, " -f") || strings.Contains(l, "--file") || strings.Contains(l, "\n") {
			continue
		}
		m.insert(r.places[i].start+at[1], " -f "+word(file))
		return true
	}
	return false
}

var sudo = regexp.MustCompile(`\bsudo[ \t]+(?:-[A-Za-z]+[ \t]+)*`)

// withoutSudo takes sudo away from every recipe.
func (m *change) withoutSudo() {
	for _, r := range m.rules {
		for _, place := range r.places {
			for _, at := range sudo.FindAllIndex(m.src[place.start:place.end], -1) {
				m.edits = append(m.edits, finding.Edit{File: m.req.Path, Start: place.start + at[0], End: place.start + at[1]})
				m.notes = append(m.notes, fmt.Sprintf("%s: sudo was taken out of the target %s: whoever runs it must have the rights himself", m.req.Path, strings.Join(r.targets, " ")))
			}
		}
	}
}

// goalIs makes a target the one that plain `make` runs.
func (m *change) goalIs(name string) {
	m.want(name)
	switch {
	case m.file.Default == name || name == "":
	case m.goal != nil:
		m.edits = append(m.edits, finding.Edit{File: m.req.Path, Start: m.goal.start, End: m.goal.end, New: name})
	default:
		m.insertTop(".DEFAULT_GOAL := " + name + "\n\n")
	}
}

// insertTop adds statements before the first rule.
func (m *change) insertTop(s string) { m.insert(m.top(), s) }

// top is where new statements go: before the first rule and the comment right above it, so that the file's own
// settings come first, and before a conditional that holds it.
func (m *change) top() int {
	at := len(m.src)
	if len(m.rules) > 0 {
		at = m.outside(m.rules[0])
	}
	for at > 0 {
		before := strings.LastIndexByte(string(m.src[:at-1]), '\n') + 1
		if !strings.HasPrefix(string(m.src[before:at]), "#") {
			break
		}
		at = before
	}
	return at
}
