package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
)

// Page is the documentation of a rule in Markdown: what explain prints, and the file in docs/rules.
func Page(r *rule.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s\n\n", r.ID, r.Doc.Title, Facts(r))
	fmt.Fprintf(&b, "%s\n", r.Doc.Why)
	example(&b, "Breaks the rule", r, r.Doc.Bad)
	example(&b, "Holds", r, r.Doc.Good)
	if len(r.Peers) > 0 {
		fmt.Fprintf(&b, "\n## Nearest rules of other tools\n\n%s\n", "`"+strings.Join(r.Peers, "`, `")+"`")
	}
	fmt.Fprintf(&b, "\n## Ignoring it\n\n%s\n", ignoring(r))
	if len(r.Doc.Links) > 0 {
		b.WriteString("\n## More\n\n")
		for _, l := range r.Doc.Links {
			fmt.Fprintf(&b, "- <%s>\n", l)
		}
	}
	return b.String()
}

// Facts is one line: severity, who reviews it, the files that it reads, the profile and the version.
func Facts(r *rule.Rule) string {
	profile := ""
	if r.Strict {
		profile = "; only with `--profile strict`"
	}
	return fmt.Sprintf("Severity %s; %s; reads %s%s; since %s.", r.Severity, r.Reviewer, strings.Join(KindNames(r), ", "), profile, r.Doc.Since)
}

// KindNames are the kinds of file that a rule reads. The engine's own rules read all.
func KindNames(r *rule.Rule) []string {
	if r.Check == nil {
		return []string{"every kind"}
	}
	out := []string{string(r.Kind)}
	for _, k := range r.Also {
		if !slices.Contains(out, string(k)) {
			out = append(out, string(k))
		}
	}
	return out
}

var languages = map[repo.Kind]string{
	repo.KindDockerfile: "dockerfile", repo.KindMakefile: "makefile", repo.KindShell: "sh",
	repo.KindCompose: "yaml", repo.KindWorkflow: "yaml", repo.KindAction: "yaml", repo.KindGitLabCI: "yaml", repo.KindKubernetes: "yaml",
}

func example(b *strings.Builder, title string, r *rule.Rule, text string) {
	if text == "" {
		return
	}
	language := languages[r.Kind]
	if strings.Contains("\n"+text, "\n-- ") {
		language = "text" // several files
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(b, "\n## %s\n\n%s%s\n%s\n%s\n", title, fence, language, strings.TrimRight(text, "\n"), fence)
}

func ignoring(r *rule.Rule) string {
	switch r.ID {
	case rule.SyntaxError, rule.RuleFailed:
		return "It cannot be ignored: the rules have not run on the file. A baseline can hold it."
	case rule.IgnoreNoReason, rule.IgnoreOfNothing:
		return "It cannot be ignored: correct or remove the comment."
	}
	return fmt.Sprintf("Above the line or the block, with the reason:\n\n```text\n# autogit:ignore %s reason\n```", r.ID)
}

// Index is the table of all rules in Markdown, with links to their pages.
func Index(rules []rule.Rule, fixes map[string]bool) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nThe rulebook of `autogit check`. `autogit explain ID` prints a page.\n\n" +
		"| rule | what is wrong | severity | profile | reviewer | reads | fix |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for i := range rules {
		r := &rules[i]
		profile, fix := "default", ""
		if r.Strict {
			profile = "strict"
		}
		if fixes[r.ID] {
			fix = "yes"
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s | %s | %s |\n", r.ID, r.ID, r.Doc.Title, r.Severity, profile, r.Reviewer, strings.Join(KindNames(r), ", "), fix)
	}
	return b.String()
}
