package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/report"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/task"
	"github.com/autogit/autogit/internal/verify"
	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/shell"
)

// runOptions are the flags that run and write share.
type runOptions struct {
	app           *app
	engine        string
	command       string
	timeout       time.Duration
	rounds        int
	signal        string
	dryRun        bool
	diff          bool
	withSuggested bool
	try           bool
}

func (o *runOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.engine, "engine", "", "who writes: builtin, command, or a `NAME` under engines in .autogit.yaml (default builtin)")
	f.StringVar(&o.command, "command", "", "an agent's command `LINE` for --engine command; the prompt is added as its last argument")
	f.DurationVar(&o.timeout, "timeout", engine.DefaultTimeout, "how long the command may take for one round")
	f.IntVar(&o.rounds, "rounds", 0, "how often a proposal that fails a gate may be repaired, 1 to 10 (default 3)")
	f.StringVar(&o.signal, "signal", "", "form of the completion signal: "+strings.Join(config.Signals, ", ")+" (default cursor)")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "write nothing; show the unified diff")
	f.BoolVar(&o.diff, "diff", false, "show the unified diff of what is written")
	f.BoolVar(&o.withSuggested, "with-suggested", false, "also write the files that a result suggests, such as a .dockerignore")
	f.BoolVar(&o.try, "try", false, "build the image and start the Compose stack, and wait for health, before anything is written (needs Docker)")
	o.app.outputFlag(cmd, "json", "jsonl", "text")
}

func (a *app) run() *cobra.Command {
	o := &runOptions{app: a}
	cmd := &cobra.Command{
		Use:   "run TASK...",
		Short: "Do tasks: write the files and prove each acceptance criterion",
		Long: `Run reads tasks (JSON: one object, an array, or one object a line; "-" is standard input), surveys the repository, writes
the files that each task lists, checks them with the real parsers and the rulebook, and proves each acceptance criterion
with the file and line that satisfies it. Nothing is written before all gates have passed, and then all files of a task or none.

Each result is a JSON object on standard output. The last line is the completion signal {"status":"done"}, printed only if
every task is done.`,
		Example: `  autogit run task.json
  autogit run --dry-run task.json                   show what would change
  autogit -C services/api run - < tasks.jsonl
  autogit run --engine command --command 'cursor-agent -p --output-format json' task.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			tasks, err := a.readTasks(args)
			if err != nil {
				return o.invalid(err)
			}
			return o.do(cmd, tasks)
		},
	}
	o.flags(cmd)
	return cmd
}

// readTasks reads all inputs before anything is done.
func (a *app) readTasks(args []string) ([]task.Task, error) {
	var all []task.Task
	for _, name := range args {
		tasks, err := a.readTaskFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, tasks...)
	}
	return all, nil
}

func (a *app) readTaskFile(name string) ([]task.Task, error) {
	if name == "-" {
		return task.Read(a.in, "standard input")
	}
	f, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(name) && a.dir != "." {
			hint = " (task files are looked for from where you are, not from -C)"
		}
		return nil, &usageError{fmt.Errorf("%w%s", err, hint)}
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &usageError{fmt.Errorf("%s is a folder: name a JSON file", name)}
	}
	return task.Read(f, name)
}

// invalid reports a task that cannot be done as a result of its own, so that programs need not read standard error.
func (o *runOptions) invalid(err error) error {
	var te *task.Error
	if !errors.As(err, &te) || o.app.output == "text" {
		return err
	}
	r := &agent.Result{
		Agent: "A11", TaskID: te.Task, Status: agent.Error, FilesCreated: []string{}, FilesModified: []string{}, Engine: "builtin",
		Suggested: []agent.SuggestedFile{}, Criteria: []proof.Criterion{}, Verification: []verify.Check{}, Reviews: []agent.Review{}, Facts: []agent.NamedFact{},
		Failure: &agent.Failure{Type: agent.InvalidTask, Message: err.Error(), Attempted: []string{"read"}, Resolution: "correct the task and run it again"},
	}
	if werr := writeJSON(o.app.out, r, o.app.output == "json"); werr != nil {
		return werr
	}
	return err
}

func (o *runOptions) do(cmd *cobra.Command, tasks []task.Task) error {
	a := o.app
	cfg, err := config.Load(a.dir)
	if err != nil {
		return err
	}
	if err := o.settle(&cfg); err != nil {
		return err
	}
	if err := task.Check(tasks, cfg.EditBoundary()); err != nil {
		return o.invalid(err)
	}
	eng, err := o.newEngine(&cfg)
	if err != nil {
		return err
	}
	style := a.style(a.err)
	progress := report.Progress{W: a.err, Style: style, Live: style.Signs}
	ag := agent.New(agent.Options{
		Dir: a.dir, Boundary: cfg.EditBoundary(), Engine: eng, Stacks: stacks.All(), Artifacts: artifacts.All(), Rules: rules.All(),
		Rounds: cfg.Defaults.Rounds, DryRun: o.dryRun, WithSuggested: cfg.Defaults.WithSuggested, Try: o.try, Progress: progress.Event,
	})
	code := ExitDone
	err = ag.Run(cmd.Context(), tasks, func(r *agent.Result) error {
		code = max(code, resultCode(r))
		return o.show(r, style)
	})
	if err != nil {
		return err
	}
	if code != ExitDone {
		return &notDone{code}
	}
	return o.complete(cfg.Defaults.Signal)
}

// settle lays the flags over the settings.
func (o *runOptions) settle(cfg *config.Config) error {
	if o.rounds != 0 {
		cfg.Defaults.Rounds = o.rounds
	}
	if cfg.Defaults.Rounds < 1 || cfg.Defaults.Rounds > 10 {
		return &usageError{fmt.Errorf("--rounds %d is not from 1 to 10", o.rounds)}
	}
	if o.signal != "" {
		cfg.Defaults.Signal = o.signal
	}
	if !slices.Contains(config.Signals, cfg.Defaults.Signal) {
		return &usageError{fmt.Errorf("--signal %q is not one of %s", o.signal, strings.Join(config.Signals, ", "))}
	}
	if o.engine == "" && o.command != "" {
		o.engine = "command"
	}
	if o.engine != "" {
		cfg.Defaults.Engine = o.engine
	}
	cfg.Defaults.WithSuggested = cfg.Defaults.WithSuggested || o.withSuggested
	return nil
}

func (o *runOptions) newEngine(cfg *config.Config) (engine.Engine, error) {
	name := cfg.Defaults.Engine
	e, configured := cfg.Engines[name]
	switch {
	case name == "builtin":
		return engine.Builtin{Artifacts: artifacts.All()}, nil
	case configured && o.engine == "":
		// The settings come with the repository: whoever clones one must not run its commands unasked.
		return nil, &usageError{fmt.Errorf("%s makes %q the engine, which runs the command %q: say --engine %s if you trust it, or --engine builtin",
			config.File, name, strings.Join(e.Command, " "), name)}
	case configured:
		return engine.Command{Args: e.Command, Timeout: e.Timeout, Environment: e.Environment}, nil
	case name != "command":
		return nil, &usageError{fmt.Errorf("--engine %q is neither builtin nor command, and %s has no engine of that name", name, config.File)}
	case o.command == "":
		return nil, &usageError{errors.New("--engine command needs --command 'PROGRAM ARGUMENTS'")}
	}
	args, err := shell.Fields(o.command, os.Getenv)
	if err != nil || len(args) == 0 {
		return nil, &usageError{fmt.Errorf("--command %q is not a command line that a shell understands: %w", o.command, err)}
	}
	return engine.Command{Args: args, Timeout: o.timeout}, nil
}

func (o *runOptions) show(r *agent.Result, style report.Style) error {
	a := o.app
	if (o.diff || o.dryRun) && r.Diff != "" {
		report.Diff(a.err, style, r.Diff)
	}
	switch a.output {
	case "text":
		report.Result(a.out, a.style(a.out), r)
		return nil
	default:
		report.Result(a.err, style, r)
		return writeJSON(a.out, r, a.output == "json")
	}
}

var signals = map[string]string{"cursor": `{"status":"done"}`, "claude": "<promise>DONE</promise>", "gemini": "DONE"}

// complete prints the completion signal.
func (o *runOptions) complete(signal string) error {
	if s, ok := signals[signal]; ok {
		_, err := fmt.Fprintln(o.app.out, s)
		return writeError(err)
	}
	return nil
}
