package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/task"
	"github.com/spf13/cobra"
)

func (a *app) write() *cobra.Command {
	o := &runOptions{app: a}
	var kinds strings.Builder
	for _, k := range artifacts.All() {
		names := strings.Join(append([]string{k.Name}, k.Alias...), ", ")
		fmt.Fprintf(&kinds, "  %-28s %s\n", names, k.Title)
	}
	cmd := &cobra.Command{
		Use:   "write KIND...",
		Short: "Write delivery files without a task file",
		Long: `Write is run for people without a task file: it makes a task for each kind itself, with the standard criteria of that kind,
and does it. The kinds are:

` + kinds.String(),
		Example: `  autogit write ci dockerfile compose
  autogit write makefile --dry-run`,
		ValidArgs: kindNames(),
		Args:      cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			facts, err := a.facts()
			if err != nil {
				return err
			}
			tasks, err := tasksFor(args, facts)
			if err != nil {
				return err
			}
			return o.do(cmd, tasks)
		},
	}
	o.flags(cmd)
	return cmd
}

func kindNames() []string {
	var out []string
	for _, k := range artifacts.All() {
		out = append(out, k.Name)
		out = append(out, k.Alias...)
	}
	return out
}

// tasksFor makes one task a kind. Files that others build on come first: a pipeline builds the Dockerfile.
func tasksFor(kinds []string, facts *stack.Facts) ([]task.Task, error) {
	all := artifacts.All()
	var out []task.Task
	for _, name := range kinds {
		i := slices.IndexFunc(all, func(k artifact.Artifact) bool { return k.Name == name || slices.Contains(k.Alias, name) })
		if i < 0 {
			reason := fmt.Sprintf("%q is not a kind of file that AutoGit writes", name)
			if near := config.Nearest(name, kindNames()); near != "" {
				reason += fmt.Sprintf(": did you mean %q?", near)
			}
			return nil, &usageError{fmt.Errorf("%s (kinds: %s)", reason, strings.Join(kindNames(), ", "))}
		}
		k := all[i]
		id := "write-" + k.Name
		if slices.ContainsFunc(out, func(t task.Task) bool { return t.ID == id }) {
			continue
		}
		paths := k.Paths(facts)
		if len(paths) == 0 {
			return nil, fmt.Errorf("there is nothing in this repository to write a %s for: see autogit survey", k.Name)
		}
		out = append(out, task.Task{ID: id, Title: k.Title, Criteria: k.Standard(facts), Create: paths, Source: "autogit write"})
	}
	return out, nil
}
