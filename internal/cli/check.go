package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rules"
	"github.com/spf13/cobra"
)

// checkOptions are the flags of check.
type checkOptions struct {
	app           *app
	outputs       []string
	failOn        string
	profile       string
	rules         []string
	kinds         []string
	baseline      string
	writeBaseline string
	stdinName     string
	changedSince  string
	fix           bool
	unsafe        bool
	diff          bool
}

func (a *app) check() *cobra.Command {
	o := &checkOptions{app: a}
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Review the delivery files with the rulebook",
		Long: `Check reads every delivery file of the repository (Dockerfiles, Compose files, workflows and actions, GitLab pipelines,
Makefiles, scripts), or those below the paths that are named, and reports what breaks a rule. Paths are those of the
repository: with -C they start there.

A comment "# autogit:ignore ID reason" ignores a rule for the next block, behind code for that line, and with
"autogit:ignore-file" for the file.

Exit codes: 0 no finding at or above --fail-on, 1 such findings, 2 bad command line or settings, 3 failure.`,
		Example: `  autogit check
  autogit check --profile strict deploy/ Dockerfile
  autogit check --output sarif=check.sarif --output text
  autogit check --changed-since origin/main --output github
  autogit check --fix                         make the safe fixes
  autogit check --diff                        show them instead
  autogit explain DK001                       why a rule is one`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return o.do(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "`FORM` of standard output, or FORM=FILE; may be given several times: text, "+strings.Join(formNames(), ", ")+" (default text)")
	f.StringVar(&o.failOn, "fail-on", "error", "exit with 1 from this `SEVERITY` on: error, warning, info or never")
	f.StringVar(&o.profile, "profile", "default", "default, or strict: the full rulebook")
	f.StringSliceVar(&o.rules, "rules", nil, "only these `RULES`, ids or globs such as DK*")
	f.StringSliceVar(&o.kinds, "only-format", nil, "only files of these `KINDS`: "+strings.Join(kindList(), ", "))
	f.StringVar(&o.baseline, "baseline", "", "do not report the findings in this `FILE`")
	f.StringVar(&o.writeBaseline, "write-baseline", "", "write all findings into this `FILE`, report none")
	f.StringVar(&o.stdinName, "stdin-filename", "", "check standard input as if it were the file of this `NAME` in the repository")
	f.StringVar(&o.changedSince, "changed-since", "", "only files that git says changed since the common ancestor with this `REVISION`")
	f.BoolVar(&o.fix, "fix", false, "make the safe fixes, then report what is left")
	f.BoolVar(&o.unsafe, "unsafe", false, "with --fix or --diff: also fixes that may change behaviour")
	f.BoolVar(&o.diff, "diff", false, "show what --fix would change and write nothing; the report goes to standard error")
	return cmd
}

func formNames() []string {
	var out []string
	for _, f := range review.Forms() {
		out = append(out, f.Name)
	}
	return out
}

// do reviews and gives every output its form of the one result.
func (o *checkOptions) do(ctx context.Context, args []string) error {
	opts, outs, err := o.settle(args)
	if err != nil {
		return err
	}
	tree, err := repo.Open(o.app.dir)
	if err != nil {
		return err
	}
	defer func() { _ = tree.Close() }()
	files, paths, err := o.files(ctx, tree, args)
	if err != nil {
		return err
	}
	opts.Paths = paths
	if o.writeBaseline != "" {
		if opts.Baseline, err = o.recordBaseline(ctx, files, opts); err != nil {
			return err
		}
	}
	res, err := review.Run(ctx, files, opts)
	if err != nil {
		return err
	}
	if o.diff {
		res, err = o.showDiff(ctx, files, opts, res)
	} else {
		err = o.commit(ctx, res)
	}
	if err != nil {
		return err
	}
	return o.report(res, outs)
}

// report writes every form, and fails when a finding is bad enough.
func (o *checkOptions) report(res *review.Result, outs []output) error {
	for _, out := range outs {
		if err := o.show(res, out); err != nil {
			return err
		}
	}
	if res.Reaches(res.FailOn) {
		return &notDone{ExitNotDone}
	}
	return nil
}

// settle checks the flags and makes the options of the review of them.
func (o *checkOptions) settle(args []string) (opts review.Options, outs []output, err error) {
	opts = review.Options{Rules: rules.All(), Select: o.rules, Strict: o.profile == "strict", Version: version(), Fix: review.Fixing{On: o.fix || o.diff, Unsafe: o.unsafe}}
	if o.failOn != "never" {
		if opts.FailOn, err = finding.ParseSeverity(o.failOn); err != nil {
			return opts, nil, &usageError{fmt.Errorf("--fail-on %q is not one of error, warning, info, never", o.failOn)}
		}
	}
	switch {
	case o.profile != "default" && o.profile != "strict":
		err = fmt.Errorf("--profile %q is not default or strict", o.profile)
	case o.unsafe && !o.fix && !o.diff:
		err = errors.New("--unsafe needs --fix or --diff")
	case o.stdinName != "" && len(args) > 0:
		err = errors.New("--stdin-filename names the one file to check: name no other")
	case o.stdinName != "" && o.fix && !o.diff:
		err = errors.New("--fix cannot write standard input: use --diff with --stdin-filename")
	case o.stdinName != "" && o.changedSince != "":
		err = errors.New("--stdin-filename and --changed-since exclude each other")
	case o.writeBaseline != "" && (o.baseline != "" || o.fix || o.diff):
		err = errors.New("--write-baseline writes all findings as they are: it goes with none of --baseline, --fix and --diff")
	default:
		err = opts.Select.Validate(opts.Rules)
	}
	if err != nil {
		return opts, nil, &usageError{err}
	}
	if outs, err = o.settleOutputs(); err != nil {
		return opts, nil, &usageError{err}
	}
	if o.baseline != "" {
		opts.Baseline, err = readBaseline(o.baseline)
	}
	return opts, outs, err
}

func readBaseline(name string) (review.Baseline, error) {
	f, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		return nil, &usageError{err}
	}
	defer func() { _ = f.Close() }()
	b, err := review.ReadBaseline(f)
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s: %w", name, err)}
	}
	return b, nil
}

// recordBaseline reviews without a baseline and writes what it finds.
func (o *checkOptions) recordBaseline(ctx context.Context, tree *repo.Tree, opts review.Options) (review.Baseline, error) {
	res, err := review.Run(ctx, tree, opts)
	if err != nil {
		return nil, err
	}
	err = writeFile(o.writeBaseline, func(w io.Writer) error { return review.WriteBaseline(w, res.Findings) })
	b := review.Baseline{}
	for i := range res.Findings {
		b[res.Findings[i].Fingerprint] = true
	}
	return b, err
}

// showDiff shows what the fixes would change, and reviews the files as they are.
func (o *checkOptions) showDiff(ctx context.Context, tree *repo.Tree, opts review.Options, fixed *review.Result) (*review.Result, error) {
	var b bytes.Buffer
	style := o.app.style(o.app.out)
	for _, c := range fixed.Changes {
		diff := edit.Diff(c.Path, c.Old, c.New)
		if style.Color {
			report.Diff(&b, style, diff)
		} else {
			b.WriteString(diff)
		}
	}
	if _, err := b.WriteTo(o.app.out); err != nil {
		return nil, writeError(err)
	}
	opts.Fix = review.Fixing{}
	now, err := review.Run(ctx, tree, opts)
	if err != nil {
		return nil, err
	}
	now.Dropped = fixed.Dropped
	return now, nil
}

func (o *checkOptions) commit(ctx context.Context, res *review.Result) error {
	var changes []edit.Change
	for _, c := range res.Changes {
		changes = append(changes, edit.Change{Path: c.Path, Old: c.Old, New: c.New})
	}
	if len(changes) == 0 {
		return nil
	}
	return edit.Commit(ctx, o.app.dir, review.Boundary(), changes)
}

// output is where one form of the result goes; no file is standard output.
type output struct{ form, file string }

func (o *checkOptions) settleOutputs() ([]output, error) {
	var out []output
	for _, text := range o.outputs {
		form, file, toFile := strings.Cut(text, "=")
		if _, ok := review.FormNamed(form); !ok && form != "text" {
			return nil, fmt.Errorf("--output %q is not one of text, %s", form, strings.Join(formNames(), ", "))
		}
		switch {
		case toFile && file == "":
			return nil, fmt.Errorf("--output %q names no file", text)
		case !toFile && slices.ContainsFunc(out, func(p output) bool { return p.file == "" }):
			return nil, fmt.Errorf("--output %s: standard output has a form already: write FORM=FILE for one of them", form)
		case !toFile && o.diff && form != "text":
			return nil, fmt.Errorf("--output %s: with --diff standard output is the diff: write %s=FILE", form, form)
		}
		out = append(out, output{form, file})
	}
	if len(out) == 0 {
		out = []output{{form: "text"}}
	}
	return out, nil
}

// show writes one form of the result.
func (o *checkOptions) show(res *review.Result, out output) error {
	write := func(w io.Writer) error {
		style := report.Style{}
		if out.file == "" {
			style = o.app.style(w)
		}
		var b bytes.Buffer
		if f, ok := review.FormNamed(out.form); !ok {
			report.Review(&b, style, res)
		} else if err := f.Write(&b, res); err != nil {
			return err
		}
		_, err := b.WriteTo(w)
		return err
	}
	switch {
	case out.file != "":
		return writeFile(out.file, write)
	case o.diff:
		return write(o.app.err)
	}
	return writeError(write(o.app.out))
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name) //nolint:gosec // the user names it
	if err != nil {
		return &usageError{err}
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
