package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
	"github.com/spf13/cobra"
)

func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE...",
		Short: "Say why a rule is one, with a bad and a good example",
		Args:  cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var b bytes.Buffer
			for i, id := range args {
				r, err := ruleNamed(id)
				if err != nil {
					return err
				}
				if i > 0 {
					b.WriteByte('\n')
				}
				b.WriteString(review.Page(r))
			}
			_, err := b.WriteTo(a.out)
			return writeError(err)
		},
	}
}

func ruleIDs() []string {
	var out []string
	for _, r := range rules.All() {
		out = append(out, r.ID)
	}
	return out
}

func ruleNamed(id string) (*rule.Rule, error) {
	all := rules.All()
	for i := range all {
		if strings.EqualFold(all[i].ID, id) {
			return &all[i], nil
		}
	}
	hint := "see autogit rules"
	if near := config.Nearest(strings.ToUpper(id), ruleIDs()); near != "" {
		hint = fmt.Sprintf("did you mean %q? (all: autogit rules)", near)
	}
	return nil, &usageError{fmt.Errorf("no rule is called %q: %s", id, hint)}
}

// listedRule is one rule as autogit rules prints it.
type listedRule struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Profile  string   `json:"profile"`
	Reviewer string   `json:"reviewer"`
	Kinds    []string `json:"kinds"`
	Peers    []string `json:"peers"`
	Since    string   `json:"since"`
}

func (a *app) rules() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules of check",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := []listedRule{}
			for _, r := range rules.All() {
				l := listedRule{
					ID: r.ID, Title: r.Doc.Title, Severity: r.Severity.String(), Profile: "default", Reviewer: string(r.Reviewer),
					Kinds: review.KindNames(&r), Peers: append([]string{}, r.Peers...), Since: r.Doc.Since,
				}
				if r.Strict {
					l.Profile = "strict"
				}
				list = append(list, l)
			}
			if a.output == "json" {
				return writeJSON(a.out, list, true)
			}
			var b bytes.Buffer
			for _, l := range list {
				fmt.Fprintf(&b, "%-6s %-8s %-8s %-9s %s\n", l.ID, l.Severity, l.Profile, l.Reviewer, report.Plain(l.Title))
			}
			_, err := b.WriteTo(a.out)
			return writeError(err)
		},
	}
	a.outputFlag(cmd, "text", "json")
	return cmd
}
