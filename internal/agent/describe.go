package agent

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/verify"
)

// count is a number with its noun: "1 file", "2 files", "3 criteria".
func count(n int, noun string) string {
	switch {
	case n == 1:
	case noun == "criterion":
		noun = "criteria"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// factFields are the facts of a component that files are written from, by their name in the protocol.
func factFields(c *stack.Component) []struct {
	name string
	fact *stack.Fact
} {
	return []struct {
		name string
		fact *stack.Fact
	}{
		{"language", c.Language}, {"version", c.Version}, {"framework", c.Framework}, {"package_manager", c.PackageManager},
		{"lock_file", c.LockFile}, {"port", c.Port}, {"port_from_env", c.PortFromEnv}, {"health", c.Health}, {"start", c.Start},
		{"build", c.Build}, {"test", c.Test}, {"lint", c.Lint}, {"typecheck", c.TypeCheck},
	}
}

func namedFacts(facts *stack.Facts) []NamedFact {
	out := []NamedFact{}
	for i := range facts.Components {
		c := &facts.Components[i]
		component := ""
		if len(facts.Components) > 1 {
			component = c.Path
		}
		for _, f := range factFields(c) {
			if f.fact != nil {
				out = append(out, NamedFact{Name: f.name, Component: component, Value: f.fact.Value, Evidence: f.fact.Evidence})
			}
		}
		for _, s := range c.Services {
			out = append(out, NamedFact{Name: "service", Component: component, Value: s.Value, Evidence: s.Evidence})
		}
	}
	return out
}

func describeComponents(facts *stack.Facts) string {
	var parts []string
	for i := range facts.Components {
		c := &facts.Components[i]
		s := strings.TrimSpace(c.Language.String() + " " + c.Version.String())
		if c.Framework != nil {
			s += ", " + c.Framework.Value
		}
		if len(facts.Components) > 1 {
			s = c.Path + ": " + s
		}
		parts = append(parts, s)
	}
	if len(parts) > 4 {
		parts = append(parts[:4], fmt.Sprintf("and %d more", len(facts.Components)-4))
	}
	return strings.Join(parts, "; ")
}

func describeContradiction(c stack.Contradiction) string {
	var parts []string
	for _, v := range c.Values {
		parts = append(parts, fmt.Sprintf("%s (%s:%d)", v.Value, v.Evidence.File, v.Evidence.Line))
	}
	where := ""
	if c.Component != "" && c.Component != "." {
		where = " of " + c.Component
	}
	return fmt.Sprintf("the repository contradicts itself on the %s%s: %s; the first is used", c.Fact, where, strings.Join(parts, ", "))
}

// whatIsThere tells in a few words what a tree without a known stack holds.
func whatIsThere(tree *repo.Tree) string {
	files := tree.Files()
	if len(files) == 0 {
		return "it has no files (files that .gitignore names do not count)"
	}
	counts := map[string]int{}
	for _, f := range files {
		ext := path.Ext(f.Path)
		if ext == "" {
			ext = path.Base(f.Path)
		}
		counts[ext]++
	}
	var names []string
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	return fmt.Sprintf("it has %s, most of them %s", count(len(files), "file"), strings.Join(names[:min(3, len(names))], ", "))
}

func describeChecks(checks []verify.Check) string {
	var tools []string
	for _, c := range checks {
		if !c.OK {
			return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Message)
		}
		if !slices.Contains(tools, c.Tool) {
			tools = append(tools, c.Tool)
		}
	}
	return strings.Join(tools, ", ")
}

func describeReviews(reviews []Review) string {
	var parts []string
	for _, r := range reviews {
		s := fmt.Sprintf("%s %s", r.Reviewer, strings.ReplaceAll(r.Verdict, "_", " "))
		if n := len(r.Findings); n > 0 {
			s += fmt.Sprintf(" (%s)", count(n, "finding"))
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func describeCriteria(criteria []proof.Criterion) string {
	proven := 0
	for _, c := range criteria {
		if c.Status == proof.CriterionProven {
			proven++
		}
	}
	return fmt.Sprintf("%d of %s proven", proven, count(len(criteria), "criterion"))
}

func describeChanges(r *Result) string {
	created, modified := len(r.FilesCreated), len(r.FilesModified)
	verb := ""
	if r.DryRun {
		verb = "would be "
	}
	switch {
	case created+modified == 0:
		return "nothing to change"
	case modified == 0:
		return fmt.Sprintf("%s %screated", count(created, "file"), verb)
	case created == 0:
		return fmt.Sprintf("%s %smodified", count(modified, "file"), verb)
	}
	return fmt.Sprintf("%d %screated, %d modified", created, verb, modified)
}
