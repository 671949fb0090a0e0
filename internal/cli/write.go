package cli

import (
	"fmt"
	"slices"
	"strings"

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

// tasksFor makes one task a kind, in the order of artifacts.All: files that others build on come first. Each sees the files
// of those before it as if they were there.
func tasksFor(kinds []string, facts *stack.Facts) ([]task.Task, error) {
	for _, name := range kinds {
		if !slices.Contains(kindNames(), name) {
			return nil, unknownKind(name)
		}
	}
	planned := *facts
	planned.Delivery = slices.Clone(facts.Delivery)
	var out []task.Task
	for _, k := range artifacts.All() {
		if !slices.ContainsFunc(kinds, func(n string) bool { return n == k.Name || slices.Contains(k.Alias, n) }) {
			continue
		}
		paths := k.Paths(&planned)
		if len(paths) == 0 {
			return nil, fmt.Errorf("there is nothing in this repository to write a %s for: see autogit survey", k.Name)
		}
		out = append(out, task.Task{ID: "write-" + k.Name, Title: k.Title, Criteria: k.Standard(&planned), Create: paths, Source: "autogit write"})
		for _, p := range paths {
			planned.Delivery = append(planned.Delivery, stack.Delivery{File: p, Kind: string(k.Kind)})
		}
	}
	return out, nil
}

func unknownKind(name string) error {
	reason := fmt.Sprintf("%q is not a kind of file that AutoGit writes", name)
	if near := config.Nearest(name, kindNames()); near != "" {
		reason += fmt.Sprintf(": did you mean %q?", near)
	}
	return &usageError{fmt.Errorf("%s (kinds: %s)", reason, strings.Join(kindNames(), ", "))}
}
