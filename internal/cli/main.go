package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/autogit/autogit/internal/report"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// app is what all commands share: the streams and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer

	dir     string
	output  string
	color   string
	verbose bool
}

// Main runs the program and returns its exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the work in good order; a second one ends the program at once.
	context.AfterFunc(ctx, stop)

	a := &app{in: in, out: out, err: errw}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(errw, "autogit: internal error: %v\nThis is a bug in AutoGit; nothing was written after it. Please report it with the command line and this text:\n%s", p, debug.Stack())
			code = ExitFailure
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	var nd *notDone
	if err != nil && !errors.As(err, &nd) && !errors.Is(err, errClosedPipe) {
		fmt.Fprintf(errw, "%s %s\n", a.style(errw).Failed("autogit:"), report.Plain(err.Error()))
	}
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "autogit",
		Short: "A DevOps engineer that you can run",
		Long: `AutoGit writes a repository's delivery files (pipelines, Dockerfiles, Compose files, Makefiles) from a task, and
proves each acceptance criterion with the file and line that satisfies it. It reviews what is there with the same rulebook.

Results go to standard output, everything for people to standard error.

Exit codes: 0 done, 1 not done (partial, blocked, or a person must decide), 2 bad task, settings or command line,
3 failure (nothing was written).`,
		Example: `  autogit survey                              what is this repository?
  autogit write ci dockerfile compose         write delivery files, with the standard criteria of each
  autogit run task.json                       do a task
  autogit prove task.json                     hold the files as they are against the task's criteria
  autogit check                               review the delivery files with the rulebook`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.checkFlags()
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "directory", "C", ".", "work in this `DIR`")
	f.StringVar(&a.color, "color", "auto", "colour on standard error: auto, always or never (NO_COLOR is obeyed)")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "say more to people: the facts that files are written from, and all evidence")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
	})
	root.AddCommand(a.survey(), a.run(), a.write(), a.prove(), a.check(), a.explain(), a.rules(), a.version())
	for _, c := range root.Commands() {
		c.Args = asUsage(c.Args)
	}
	return root
}

// asUsage makes a wrong number of arguments a usage error.
func asUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		return nil
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
		}
		return nil
	}
}

func (a *app) checkFlags() error {
	if !slices.Contains([]string{"auto", "always", "never"}, a.color) {
		return &usageError{fmt.Errorf("--color %q is not auto, always or never", a.color)}
	}
	return nil
}

// outputFlag adds --output with the forms that a command has; the first is the default. Each command's flag has a
// variable of its own: adding a flag sets its default, so a shared one would keep that of the last command. A person at a
// terminal gets text: JSON there would only hide what was just told.
func (a *app) outputFlag(cmd *cobra.Command, forms ...string) {
	about := "form of standard output: " + strings.Join(forms, ", ")
	if forms[0] != "text" {
		about += "; text on a terminal unless told"
	}
	form := cmd.Flags().StringP("output", "o", forms[0], about)
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		a.output = *form
		if !cmd.Flags().Changed("output") && isTerminal(a.out) {
			a.output = "text"
		}
		if !slices.Contains(forms, a.output) {
			return fmt.Errorf("--output %q is not one of %s", a.output, strings.Join(forms, ", "))
		}
		return check(cmd, args)
	}
}

// style is how text on this stream is shown.
func (a *app) style(w io.Writer) report.Style {
	tty := isTerminal(w)
	color := a.color == "always" || a.color != "never" && tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return report.Style{Color: color, Signs: tty && os.Getenv("TERM") != "dumb", Verbose: a.verbose}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
