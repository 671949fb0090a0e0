package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
)

// Command runs an agent's command line in a private copy of the repository and takes what it changed there as its
// proposal. What the command says of its own success counts for nothing.
type Command struct {
	Args        []string      // program and arguments; the prompt is added as the last one
	Timeout     time.Duration // of one round; DefaultTimeout when zero
	Environment []string      // names of the variables that it may see beside the usual few
}

const (
	// DefaultTimeout is how long a command may take for one round.
	DefaultTimeout = 10 * time.Minute
	maxOutput      = 1 << 20 // bytes kept of what it prints
	maxProposed    = 200     // files that a proposal may touch
)

// usualEnvironment are the variables that every command sees: enough to find programs and its own settings.
var usualEnvironment = []string{"PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// Name is command.
func (Command) Name() string { return "command" }

// CommandError says how a command line failed.
type CommandError struct {
	Program string
	Timeout bool
	Missing bool
	Reason  string
	Output  string // the end of what it printed
}

func (e *CommandError) Error() string {
	s := fmt.Sprintf("engine command %s: %s", e.Program, e.Reason)
	if e.Output != "" {
		s += "; it printed: " + e.Output
	}
	return s
}

// Propose runs the command once in a fresh copy.
func (c Command) Propose(ctx context.Context, r *Request) (*Proposal, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("engine command: no command line is given: use --command 'PROGRAM ARGUMENTS'")
	}
	dir, err := os.MkdirTemp("", "autogit-copy-")
	if err != nil {
		return nil, fmt.Errorf("engine command: make a private copy: %w", err)
	}
	defer func() { _ = removeAll(dir) }()
	if err := r.Tree.Export(ctx, dir); err != nil {
		return nil, fmt.Errorf("engine command: make a private copy: %w", err)
	}
	guard, err := watch(r.Tree.Root())
	if err != nil {
		return nil, err
	}
	out, runErr := c.run(ctx, dir, Prompt(r))
	if err := guard.unchanged(); err != nil {
		return nil, err
	}
	if runErr != nil {
		return nil, runErr
	}
	p, err := proposed(r, dir)
	if err != nil {
		return nil, err
	}
	if said := lastObject(out); said != "" {
		p.Notes = append(p.Notes, "the command says: "+c.masked(said))
	}
	return p, nil
}

func (c Command) run(ctx context.Context, dir, prompt string) ([]byte, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, c.Args[0], append(slices.Clone(c.Args[1:]), prompt)...) //nolint:gosec // the user's own command line
	cmd.Dir = dir
	marker := newMarker()
	cmd.Env = append(c.environment(), "PWD="+dir, marker)
	out := &tail{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 2 * time.Second
	ownGroup(cmd)
	err := cmd.Run()
	endAll(cmd, marker)
	fail := &CommandError{Program: c.Args[0], Output: out.last(400, c.masked)}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		fail.Timeout, fail.Reason = true, fmt.Sprintf("it took longer than %s and was ended", timeout)
		return nil, fail
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		fail.Missing, fail.Reason = true, "the program is not on PATH: install it or give its full path"
		return nil, fail
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		fail.Reason = err.Error()
		return nil, fail
	}
	return out.bytes(), nil
}

func (c Command) environment() []string {
	var env []string
	for _, name := range slices.Concat(usualEnvironment, c.Environment) {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// proposed compares the copy with the tree that it was made from.
func proposed(r *Request, dir string) (*Proposal, error) {
	copied, err := repo.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("engine command: read the private copy: %w", err)
	}
	defer func() { _ = copied.Close() }()
	p := &Proposal{Files: map[string][]byte{}}
	wanted := r.Task.Files()
	changed := 0
	for _, f := range copied.Files() {
		b, err := copied.Read(f.Path)
		if err != nil {
			continue
		}
		old, oldErr := r.Tree.Read(f.Path)
		listed := slices.Contains(wanted, f.Path)
		if oldErr == nil && bytes.Equal(old, b) && !listed {
			continue
		}
		if changed++; changed > maxProposed {
			return nil, &CommandError{Program: "proposal", Reason: fmt.Sprintf("it changed more than %d files", maxProposed)}
		}
		switch {
		case listed:
			p.Files[f.Path] = b
		case r.Boundary.Check(f.Path) == nil:
			p.Suggested = append(p.Suggested, artifact.File{Path: f.Path, Content: b, Why: "the command changed it; the task does not list it"})
		default:
			p.Notes = append(p.Notes, fmt.Sprintf("the command changed %q, which is outside the boundary: ignored", f.Path))
		}
	}
	return p, nil
}

// lastObject is the text of the last JSON object in an agent's output, as today's agents report their end; empty if none.
func lastObject(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range slices.Backward(lines) {
		var said struct {
			Result  string `json:"result"`
			IsError bool   `json:"is_error"`
		}
		if json.Unmarshal([]byte(line), &said) == nil && said.Result != "" {
			if said.IsError {
				return "error: " + clip(said.Result, 300)
			}
			return clip(said.Result, 300)
		}
	}
	return ""
}

func clip(s string, n int) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "�")
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
