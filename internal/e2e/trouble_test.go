package e2e

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func writeFile(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// fingerprint is every path of a folder with its mode and content, git's own files left out.
func fingerprint(t testing.TB, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			got[rel] = "folder"
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		got[rel] = fmt.Sprintf("%s %x", info.Mode(), sha256.Sum256(b))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// unchanged fails the test when a folder is not as it was.
func unchanged(t testing.TB, dir string, before map[string]string) {
	t.Helper()
	after := fingerprint(t, dir)
	for p, was := range before {
		if after[p] != was {
			t.Errorf("%s changed: %q, then %q", p, was, after[p])
		}
	}
	for p := range after {
		if _, ok := before[p]; !ok {
			t.Errorf("%s is new", p)
		}
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	dir := service(t, "go-api")
	before := fingerprint(t, dir)
	o := autogit(t, dir, "write", "--dry-run", "--with-suggested", "github", "gitlab", "dockerfile", "compose", "makefile")
	unchanged(t, dir, before)
	if o.code != 0 {
		t.Errorf("exit code %d\n%s", o.code, o.stderr)
	}
	for _, want := range []string{"+++ b/Dockerfile", "+++ b/Makefile", "+++ b/.github/workflows/ci.yml"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("the diff has no %q", want)
		}
	}
}

func TestSecondRunChangesNoByte(t *testing.T) {
	for _, example := range []string{"go-api", "python-api", "node-api", "java-api", "monorepo"} {
		t.Run(example, func(t *testing.T) {
			dir := service(t, example)
			writeFiles(t, dir, "github", "gitlab", "dockerfile", "compose", "makefile")
			before := fingerprint(t, dir)
			writeFiles(t, dir, "github", "gitlab", "dockerfile", "compose", "makefile")
			unchanged(t, dir, before)
		})
	}
}

// interrupted starts the program with an engine that works for long, waits until that engine is at work, interrupts the
// program, and returns how it ended.
func interrupted(t *testing.T, dir string, sig syscall.Signal) outcome {
	t.Helper()
	started := filepath.Join(t.TempDir(), "started")
	engine := fmt.Sprintf(`sh -c 'echo FROM scratch > Dockerfile; mkfifo %[1]s.pipe; echo $$ > %[1]s; sleep 300'`, started)
	task := filepath.Join(t.TempDir(), "task.json")
	writeFile(t, filepath.Dir(task), "task.json", `{"task_id":"T1","title":"Create production Dockerfile","acceptance_criteria":["Multi-stage build for smaller image"],"files_to_create":["Dockerfile"]}`)
	cmd := autogitCommand(t, dir, "run", "--engine", "command", "--command", engine, task)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := waitForFile(t, started)
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_ = cmd.Wait()
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("it took %s to end after %s", took, sig)
	}
	if _, err := os.Stat("/proc/" + pid); err == nil {
		t.Errorf("the engine's process %s is still there", pid)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// waitForFile returns a file's first line as soon as there is one.
func waitForFile(t *testing.T, name string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		line, err := bufio.NewReader(f).ReadString('\n')
		_ = f.Close()
		if err == nil {
			return strings.TrimSpace(line)
		}
	}
	t.Fatal("the engine was not started")
	return ""
}

func TestInterruptLeavesTheWorkTreeAsItWas(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := service(t, "go-api")
			before := fingerprint(t, dir)
			o := interrupted(t, dir, sig)
			unchanged(t, dir, before)
			if o.code == 0 || strings.Contains(o.stdout, `{"status":"done"}`) {
				t.Errorf("exit code %d, standard output %q: an interrupted run is not done", o.code, o.stdout)
			}
			if !strings.Contains(o.stdout+o.stderr, "interrupted") {
				t.Errorf("nothing tells of the interrupt:\n%s%s", o.stdout, o.stderr)
			}
		})
	}
}
