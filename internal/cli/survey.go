package cli

import (
	"bytes"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/spf13/cobra"
)

func (a *app) survey() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "survey",
		Short: "Say what the repository is, each fact with its evidence",
		Long: `Survey reads the repository once, runs nothing of it, and prints what it knows: language, runtime version, framework,
package manager and lock file, port, health route, commands, the services that it needs, and the delivery files that it has.
Each fact names the file and line it comes from. What is not known is absent, never guessed.`,
		Example: `  autogit survey
  autogit -C services/api survey --output json | jq '.components[0].port'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			facts, err := a.facts()
			if err != nil {
				return err
			}
			if a.output == "json" {
				return writeJSON(a.out, facts, true)
			}
			var b bytes.Buffer
			report.Survey(&b, a.style(a.out), facts)
			_, err = b.WriteTo(a.out)
			return writeError(err)
		},
	}
	a.outputFlag(cmd, "text", "json")
	return cmd
}

func (a *app) facts() (*stack.Facts, error) {
	tree, err := repo.Open(a.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tree.Close() }()
	return stack.Detect(tree, stacks.All()), nil
}
