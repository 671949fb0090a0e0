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

// What the real parser of a format refuses never runs, whatever stands in it.
func TestProveDoesNotTakeBrokenFiles(t *testing.T) {
	for name, c := range map[string]struct{ criterion, text string }{
		".github/workflows/ci.yml": {"Run tests", "on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    needs: nothing\n    steps:\n      - run: go test ./...\n"},
		"docker-compose.yml":       {"Restart unless stopped", "services:\n  web:\n    image: nginx:1.27\n    restart: unless-stopped\n    frobnicate: 1\n"},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o750); err != nil {
			t.Fatal(err)
		}
		for path, src := range map[string]string{"go.mod": "module example.com/x\n\ngo 1.24\n", name: c.text} {
			if err := os.WriteFile(filepath.Join(dir, path), []byte(src), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out, errs bytes.Buffer
		code := Main([]string{"-C", dir, "prove", "--criteria", "-", name}, strings.NewReader(c.criterion), &out, &errs)
		if code != ExitNotDone || !strings.Contains(out.String(), `"proven": false`) || !strings.Contains(errs.String(), name+":") {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
}
