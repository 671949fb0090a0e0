package proof

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// good is a small Python service with delivery files on which everything that is asked in these tests holds.
func good(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir("testdata/good", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel("testdata/good", p)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func pythonFacts() *stack.Facts {
	fact := func(v, file string, line int) *stack.Fact {
		return &stack.Fact{Value: v, Evidence: finding.Evidence{File: file, Line: line}, Confidence: stack.Declared}
	}
	return &stack.Facts{Languages: []string{"python"}, Components: []stack.Component{{
		Path: ".", Name: "api", Kind: stack.KindService, Stack: "python", Language: fact("python", "pyproject.toml", 1),
		Port: fact("8080", "src/app.py", 1), Health: fact("/healthz", "src/app.py", 1), VersionRange: fact(">=3.10,<4", "pyproject.toml", 3),
	}}}
}

const (
	github  = ".github/workflows/ci.yml"
	gitlab  = ".gitlab-ci.yml"
	docker  = "Dockerfile"
	compose = "docker-compose.yml"
	makef   = "Makefile"
)

func prove(t testing.TB, files map[string]string, file, text string) []Criterion {
	t.Helper()
	u := criterion.Understand(text)
	if !u.Understood {
		t.Fatalf("%q is not understood: %s", text, u.Why)
	}
	return Decide(Input{Tree: repo.Memory(files), Files: strings.Fields(file), Facts: pythonFacts()}, []string{text})
}

// change is one edit that breaks a property: old becomes new, everywhere; in another file when it says so.
type change struct{ old, new, file string }

type mutation struct {
	text    string
	file    string
	changes []change
}

func TestBrokenPropertyIsNeverProven(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.file+"/"+m.text, func(t *testing.T) {
			base := good(t)
			if got := prove(t, base, m.file, m.text)[0]; got.Status != CriterionProven {
				t.Fatalf("the good file: %s: %s %+v", got.Status, got.Reason, got.Claims)
			}
			for _, c := range m.changes {
				files := good(t)
				name := strings.Fields(m.file)[0]
				if c.file != "" {
					name = c.file
				}
				if !strings.Contains(files[name], c.old) {
					t.Errorf("%s does not have %q", name, c.old)
					continue
				}
				files[name] = strings.ReplaceAll(files[name], c.old, c.new)
				if c.new == "\x00" {
					delete(files, name)
				}
				got := prove(t, files, m.file, m.text)[0]
				if got.Status == CriterionProven {
					t.Errorf("%q -> %q: still proven by %+v", c.old, c.new, got.Claims)
				} else if got.Reason == "" {
					t.Errorf("%q -> %q: no reason", c.old, c.new)
				}
			}
			if len(m.changes) < 3 {
				t.Errorf("only %d mutations", len(m.changes))
			}
		})
	}
}

func TestEvidenceIsALineOfTheFile(t *testing.T) {
	files := good(t)
	tree := repo.Memory(files)
	for _, m := range mutations {
		for _, c := range prove(t, files, m.file, m.text)[0].Claims {
			if c.Evidence == nil {
				t.Errorf("%s: %s has no evidence", m.text, c.Claim)
				continue
			}
			lines := tree.Lines(c.Evidence.File)
			if c.Evidence.Line < 1 || c.Evidence.Line > len(lines) || c.Evidence.Text != strings.TrimSpace(lines[c.Evidence.Line-1]) {
				t.Errorf("%s: %s: evidence %+v is no line of the file", m.text, c.Claim, *c.Evidence)
			}
		}
	}
}
