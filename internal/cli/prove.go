package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/task"
	"github.com/autogit/autogit/internal/verify"
	"github.com/spf13/cobra"
)

// proveResult is what prove says of one task.
type proveResult struct {
	TaskID   string            `json:"task_id,omitempty"`
	Proven   bool              `json:"proven"`
	Files    []string          `json:"files"`
	Missing  []string          `json:"missing_files,omitempty"`
	Criteria []proof.Criterion `json:"criteria"`
	// Broken are files that the real parser of their format refuses: what never runs proves nothing.
	Broken []verify.Check `json:"verification,omitempty"`
}

func (a *app) prove() *cobra.Command {
	var criteria string
	cmd := &cobra.Command{
		Use:   "prove TASK... | prove --criteria FILE [DELIVERY-FILE...]",
		Short: "Decide acceptance criteria for the files as they are; write nothing",
		Long: `Prove holds the delivery files of the repository, whoever wrote them, against acceptance criteria: those of a task for the
files that it lists, or one criterion a line (--criteria) for the delivery files named, or for all that there are.
It exits 0 only if every criterion is proven, and the real parser of its format takes each file.`,
		Example: `  autogit prove task.json
  autogit prove --criteria acceptance.txt
  echo 'Non-root user' | autogit prove --criteria - Dockerfile`,
		Args: func(cmd *cobra.Command, args []string) error {
			if criteria == "" && len(args) == 0 {
				return fmt.Errorf("name a task file, or give --criteria FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			tasks, err := a.provable(criteria, args)
			if err != nil {
				return err
			}
			return a.proveAll(cmd.Context(), tasks)
		},
	}
	cmd.Flags().StringVar(&criteria, "criteria", "", "read criteria from this `FILE`, one a line (# begins a comment, - is standard input)")
	a.outputFlag(cmd, "json", "jsonl", "text")
	return cmd
}

// provable are the tasks to decide: read from files, or made of a list of criteria.
func (a *app) provable(criteria string, args []string) ([]task.Task, error) {
	if criteria == "" {
		tasks, err := a.readTasks(args)
		if err != nil {
			return nil, err
		}
		cfg, err := config.Load(a.dir)
		if err != nil {
			return nil, err
		}
		return tasks, task.Check(tasks, cfg.EditBoundary())
	}
	texts, err := a.readCriteria(criteria)
	if err != nil {
		return nil, err
	}
	return []task.Task{{Criteria: texts, Modify: args}}, nil
}

const maxCriteria = 1 << 20

func (a *app) readCriteria(name string) ([]string, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the user names it
		if err != nil {
			return nil, &usageError{err}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	src, err := io.ReadAll(io.LimitReader(in, maxCriteria+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(src) > maxCriteria {
		return nil, &usageError{fmt.Errorf("%s is larger than %d bytes", name, maxCriteria)}
	}
	texts := parseCriteria(src)
	if len(texts) == 0 {
		return nil, &usageError{fmt.Errorf("%s has no criterion: write one a line", name)}
	}
	return texts, nil
}

// parseCriteria reads a JSON array of strings, or one criterion a line, with or without a list sign before it.
func parseCriteria(src []byte) []string {
	var texts []string
	if json.Unmarshal(src, &texts) == nil {
		return texts
	}
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, maxCriteria+1)
	for lines.Scan() {
		s := strings.TrimSpace(lines.Text())
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		for _, sign := range []string{"- [ ] ", "- [x] ", "- ", "* "} {
			if rest, ok := strings.CutPrefix(s, sign); ok {
				s = strings.TrimSpace(rest)
				break
			}
		}
		texts = append(texts, s)
	}
	return texts
}

func (a *app) proveAll(ctx context.Context, tasks []task.Task) error {
	tree, err := repo.Open(a.dir)
	if err != nil {
		return err
	}
	defer func() { _ = tree.Close() }()
	facts := stack.Detect(tree, stacks.All())
	all := true
	for i := range tasks {
		r := proveOne(ctx, tree, facts, &tasks[i])
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted: %w", err)
		}
		all = all && r.Proven
		if err := a.showProof(r); err != nil {
			return err
		}
	}
	if !all {
		return &notDone{ExitNotDone}
	}
	return nil
}

func proveOne(ctx context.Context, tree *repo.Tree, facts *stack.Facts, t *task.Task) proveResult {
	r := proveResult{TaskID: t.ID, Proven: true, Files: []string{}}
	for _, p := range t.Files() {
		if tree.Has(p) {
			r.Files = append(r.Files, p)
		} else {
			r.Missing = append(r.Missing, p)
			r.Proven = false
		}
	}
	if len(t.Files()) == 0 {
		for _, d := range facts.Delivery {
			r.Files = append(r.Files, d.File)
		}
	}
	criteria := t.Criteria
	if len(criteria) == 0 { // the same as run: what demands nothing proves nothing
		criteria = agent.StandardCriteria(artifacts.All(), facts, t.Files())
	}
	r.Criteria = proof.Decide(proof.Input{Tree: tree, Files: r.Files, Facts: facts}, criteria)
	for _, c := range verify.Files(ctx, tree, r.Files) {
		if !c.OK {
			r.Broken = append(r.Broken, c)
		}
	}
	r.Proven = r.Proven && len(r.Criteria) > 0 && len(r.Broken) == 0
	for _, c := range r.Criteria {
		r.Proven = r.Proven && c.Status == proof.CriterionProven
	}
	return r
}

func (a *app) showProof(r proveResult) error {
	w := a.err
	if a.output == "text" {
		w = a.out
	}
	style := a.style(w)
	if r.TaskID != "" {
		fmt.Fprintln(w, report.Plain(r.TaskID))
	}
	for _, m := range r.Missing {
		fmt.Fprintf(w, "  missing file %s\n", report.Plain(m))
	}
	for _, c := range r.Broken {
		fmt.Fprintf(w, "  %s:%d: %s (%s): nothing is proven until that is mended\n", report.Plain(c.File), c.Line, report.Plain(c.Message), c.Tool)
	}
	report.Criteria(w, style, r.Criteria)
	if a.output == "text" {
		return nil
	}
	return writeJSON(a.out, r, a.output == "json")
}
