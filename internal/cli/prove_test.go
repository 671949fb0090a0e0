package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A task that demands nothing must not be proven by nothing: its files are held against the standard criteria, as in a run.
func TestProveWithoutCriteriaUsesTheStandardOnes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n", "Dockerfile": "FROM golang:latest\nCMD [\"x\"]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for task, says := range map[string]string{
		`{"task_id":"T1","title":"x","files_to_create":["Dockerfile"]}`:                                      `"status": "unproven"`,
		`{"task_id":"T1","title":"x","files_to_create":["scripts/x.sh"]}`:                                    `"criteria": []`,
		`{"task_id":"T1","title":"x","files_to_create":["Dockerfile"],"acceptance_criteria":["Fly safely"]}`: `"not_understood"`,
	} {
		var out, errs bytes.Buffer
		if code := Main([]string{"-C", dir, "prove", "-"}, strings.NewReader(task), &out, &errs); code != ExitNotDone || !strings.Contains(out.String(), says) {
			t.Errorf("%s: exit code %d, %s%s", task, code, out.String(), errs.String())
		}
	}
}
