//go:build unix

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/task"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// repository is a real work tree on disk with a .git folder.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"main.go": "package main\n", "README.md": "# x\n", ".git/config": "[core]\n", ".git/hooks/pre-commit.sample": "#!/bin/sh\n",
		"node_modules/a/index.js": "x", "src/app.yml": "a: 1\n",
	} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func propose(t *testing.T, dir string, c engine.Command) (*engine.Proposal, error) {
	t.Helper()
	tree, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	return c.Propose(context.Background(), &engine.Request{
		Task: &task.Task{ID: "T1", Title: "Dockerfile", Create: []string{"Dockerfile"}, Criteria: []string{"Non-root user"}},
		Tree: tree, Facts: &stack.Facts{}, Boundary: edit.DefaultBoundary(), Round: 1,
	})
}

// sh is a command whose script sees the prompt as $1.
func sh(script string) engine.Command {
	return engine.Command{Args: []string{"sh", "-c", script, "sh"}, Timeout: 20 * time.Second}
}

func TestCommandProposesWhatItWroteInItsCopy(t *testing.T) {
	dir := repository(t)
	p, err := propose(t, dir, sh(`test -f main.go && test ! -e .git && test ! -e node_modules || exit 9
echo "FROM scratch" > Dockerfile; echo x > scripts.yml; echo y >> src/app.yml
echo '{"type":"result","is_error":false,"result":"all fine"}'`))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.Files["Dockerfile"]); got != "FROM scratch\n" {
		t.Errorf("Dockerfile = %q", got)
	}
	if len(p.Suggested) != 1 || p.Suggested[0].Path != "scripts.yml" {
		t.Errorf("suggested = %v", p.Suggested)
	}
	notes := strings.Join(p.Notes, "\n")
	if !strings.Contains(notes, `changed "src/app.yml", which is outside the boundary: ignored`) || !strings.Contains(notes, "all fine") {
		t.Errorf("notes = %s", notes)
	}
	if _, err := os.Stat(filepath.Join(dir, "Dockerfile")); err == nil {
		t.Error("the real work tree was written")
	}
}

func TestCommandGetsThePromptAndAClosedInput(t *testing.T) {
	p, err := propose(t, repository(t), sh(`cat; printf '%s' "$1" > Dockerfile`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"T1", "Non-root user", "Dockerfile", "src/**", ".github/**"} {
		if !strings.Contains(string(p.Files["Dockerfile"]), want) {
			t.Errorf("the prompt lacks %q", want)
		}
	}
}

func TestCommandSeesOnlyListedEnvironment(t *testing.T) {
	t.Setenv("MY_TOKEN", "secret")
	t.Setenv("MY_SETTING", "wanted")
	c := sh(`env > Dockerfile`)
	c.Environment = []string{"MY_SETTING"}
	p, err := propose(t, repository(t), c)
	if err != nil {
		t.Fatal(err)
	}
	env := string(p.Files["Dockerfile"])
	if strings.Contains(env, "MY_TOKEN") || !strings.Contains(env, "MY_SETTING=wanted") {
		t.Errorf("environment:\n%s", env)
	}
}

func TestHostileCommands(t *testing.T) {
	outside := t.TempDir()
	tests := []struct {
		name   string
		script func(dir string) string
		check  func(t *testing.T, dir string, p *engine.Proposal, err error)
	}{
		{
			"writes into the real work tree",
			func(dir string) string { return fmt.Sprintf("echo evil > %s/Dockerfile; echo ok > Dockerfile", dir) },
			func(t *testing.T, _ string, _ *engine.Proposal, err error) {
				if !errors.Is(err, engine.ErrTouchedTree) || !strings.Contains(err.Error(), "Dockerfile") {
					t.Errorf("error = %v, want ErrTouchedTree that names the file", err)
				}
			},
		},
		{
			"plants a hook in the real work tree",
			func(dir string) string { return fmt.Sprintf("echo evil > %s/.git/hooks/post-checkout", dir) },
			func(t *testing.T, _ string, _ *engine.Proposal, err error) {
				if !errors.Is(err, engine.ErrTouchedTree) {
					t.Errorf("error = %v, want ErrTouchedTree", err)
				}
			},
		},
		{
			"plants a hook in its copy",
			func(string) string {
				return "mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit; echo ok > Dockerfile"
			},
			func(t *testing.T, dir string, p *engine.Proposal, err error) {
				if err != nil || len(p.Files) != 1 || len(p.Suggested) != 0 {
					t.Errorf("proposal = %+v, %v", p, err)
				}
			},
		},
		{
			"puts a link where the file should be",
			func(string) string {
				return "echo s > " + outside + "/secret; ln -s " + outside + "/secret Dockerfile; ln -s / scripts"
			},
			func(t *testing.T, _ string, p *engine.Proposal, err error) {
				if err != nil || len(p.Files) != 0 || len(p.Suggested) != 0 {
					t.Errorf("a link was taken: %+v, %v", p, err)
				}
			},
		},
		{
			"prints without end",
			func(string) string { return "head -c 50000000 /dev/zero | tr '\\0' x; echo ok > Dockerfile" },
			func(t *testing.T, _ string, p *engine.Proposal, err error) {
				if err != nil || string(p.Files["Dockerfile"]) != "ok\n" {
					t.Errorf("proposal = %v", err)
				}
			},
		},
		{
			"says it succeeded and did nothing",
			func(string) string { return `echo '{"type":"result","is_error":false,"result":"done"}'` },
			func(t *testing.T, _ string, p *engine.Proposal, err error) {
				if err != nil || len(p.Files) != 0 {
					t.Errorf("proposal = %+v, %v", p, err)
				}
			},
		},
		{
			"fails",
			func(string) string { return "echo no key >&2; exit 7" },
			func(t *testing.T, _ string, _ *engine.Proposal, err error) {
				var ce *engine.CommandError
				if !errors.As(err, &ce) || !strings.Contains(err.Error(), "no key") {
					t.Errorf("error = %v", err)
				}
			},
		},
		{
			"changes too many files",
			func(string) string { return "for i in $(seq 300); do echo x > f$i.yml; done" },
			func(t *testing.T, _ string, _ *engine.Proposal, err error) {
				if err == nil || !strings.Contains(err.Error(), "more than 200 files") {
					t.Errorf("error = %v", err)
				}
			},
		},
		{
			"makes its copy hard to remove",
			func(string) string { return "mkdir -p a/b && chmod 000 a; echo ok > Dockerfile" },
			func(t *testing.T, _ string, p *engine.Proposal, err error) {
				if err != nil || len(p.Files) != 1 {
					t.Errorf("proposal = %+v, %v", p, err)
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := repository(t)
			p, err := propose(t, dir, sh(tt.script(dir)))
			tt.check(t, dir, p, err)
		})
	}
}

func TestCommandThatForksAndStays(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	script := fmt.Sprintf(`(sleep 300 & echo $! >> %[1]s); setsid sh -c 'echo $$ >> %[1]s; sleep 300' & sleep 0.3; echo ok > Dockerfile`, pids)
	begin := time.Now()
	if _, err := propose(t, repository(t), sh(script)); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begin); d > 60*time.Second {
		t.Errorf("it took %s", d)
	}
	b, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	if len(strings.Fields(string(b))) != 2 {
		t.Fatalf("pids = %q, want two", b)
	}
	for _, s := range strings.Fields(string(b)) {
		var pid int
		if _, err := fmt.Sscan(s, &pid); err != nil {
			t.Fatal(err)
		}
		if alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

// alive tells whether a process still runs; one that has ended and waits to be reaped does not.
func alive(pid int) bool {
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			return false
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err == nil && strings.Contains(string(stat), ") Z ") {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

func TestCommandTimeLimit(t *testing.T) {
	c := sh("trap '' TERM; sleep 60; sleep 60")
	c.Timeout = 300 * time.Millisecond
	begin := time.Now()
	_, err := propose(t, repository(t), c)
	var ce *engine.CommandError
	if !errors.As(err, &ce) || !ce.Timeout {
		t.Errorf("error = %v, want a time limit", err)
	}
	if d := time.Since(begin); d > 60*time.Second {
		t.Errorf("it took %s to end a command with a limit of 300 ms", d)
	}
}

func TestCommandThatIsMissing(t *testing.T) {
	_, err := propose(t, repository(t), engine.Command{Args: []string{"no-such-program-anywhere"}})
	var ce *engine.CommandError
	if !errors.As(err, &ce) || !ce.Missing {
		t.Errorf("error = %v, want that the program is missing", err)
	}
}

// What a command prints goes into results and logs; its secrets must not.
func TestCommandOutputIsMasked(t *testing.T) {
	t.Setenv("AGENT_KEY", "correct-horse-battery")
	token := "ghp_" + strings.Repeat("aB3", 12)
	c := sh("echo key $AGENT_KEY token " + token + "; exit 3")
	c.Environment = []string{"AGENT_KEY"}
	_, err := propose(t, repository(t), c)
	if err == nil || !strings.Contains(err.Error(), "key corr****") || strings.Contains(err.Error(), "battery") || strings.Contains(err.Error(), token[4:]) {
		t.Errorf("error = %v, want one without the secrets", err)
	}
	c = sh(`echo '{"result":"used '$AGENT_KEY'"}'`)
	c.Environment = []string{"AGENT_KEY"}
	p, err := propose(t, repository(t), c)
	if err != nil || len(p.Notes) != 1 || strings.Contains(p.Notes[0], "battery") {
		t.Errorf("notes = %+v, %v", p, err)
	}
}
