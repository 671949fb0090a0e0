package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDemoEndsWithTheCompletionSignal(t *testing.T) {
	needs(t, "bash", "git", "tar")
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(t.TempDir(), "demo")
	cmd := command(t, filepath.Join("..", ".."), "scripts/demo.sh", bin)
	cmd.Env = append(os.Environ(), "AUTOGIT_DEMO_KEEP="+work, "TERM=xterm-256color")
	o := do(t, cmd)
	if o.code != 0 || o.stdout != `{"status":"done"}`+"\n" {
		t.Fatalf("exit code %d, standard output %q\n%s", o.code, o.stdout, o.stderr)
	}
	for _, want := range []string{"T040", "T041", "T042", "T043", "+++ b/Dockerfile", "Run linting with ruff", "Dockerfile:", "security review", "git status: clean"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("the demo shows no %q", want)
		}
	}
	if strings.Contains(o.stderr, "\x1b[") {
		t.Error("the demo paints although nobody looks: standard error is no terminal")
	}
	results, err := os.ReadFile(filepath.Join(work, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkResults(t, results, 4)
}

// checkResults demands results of so many tasks, all done, each criterion proven with a place, then the signal.
func checkResults(t *testing.T, results []byte, tasks int) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(results)))
	for n := 0; dec.More(); n++ {
		var r struct {
			TaskID   string `json:"task_id"`
			Status   string `json:"status"`
			Criteria []struct {
				Text   string `json:"text"`
				Status string `json:"status"`
				Claims []struct {
					Evidence *struct {
						File string `json:"file"`
						Line int    `json:"line"`
					} `json:"evidence"`
				} `json:"claims"`
			} `json:"criteria"`
		}
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if r.Status != "done" {
			t.Errorf("%s ended %q", r.TaskID, r.Status)
		}
		if n == tasks {
			return // the signal
		}
		if len(r.Criteria) == 0 {
			t.Errorf("%s has no criteria", r.TaskID)
		}
		for _, c := range r.Criteria {
			placed := false
			for _, claim := range c.Claims {
				placed = placed || claim.Evidence != nil && claim.Evidence.File != "" && claim.Evidence.Line > 0
			}
			if c.Status != "proven" || !placed {
				t.Errorf("%s: %q is %s, evidence with a line: %v", r.TaskID, c.Text, c.Status, placed)
			}
		}
	}
	t.Errorf("fewer than %d results and a signal", tasks)
}

func TestRunPrintsJSONAndTheSignal(t *testing.T) {
	dir := service(t, "python-api")
	task, err := filepath.Abs(filepath.Join("..", "..", "examples", "tasks", "dockerfile.json"))
	if err != nil {
		t.Fatal(err)
	}
	o := autogit(t, dir, "run", task)
	if o.code != 0 || o.lastLine() != `{"status":"done"}` {
		t.Errorf("exit code %d, last line %q\n%s", o.code, o.lastLine(), o.stderr)
	}
	checkResults(t, []byte(o.stdout), 1)
}
