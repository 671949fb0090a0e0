package stacks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks"
)

// BenchmarkSurvey is the whole survey of an example, walk and recipes included.
func BenchmarkSurvey(b *testing.B) {
	for _, name := range []string{"go-api", "python-api", "node-api", "monorepo"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				survey(b, filepath.Join("../../examples", name))
			}
		})
	}
}

// BenchmarkSurveyLarge is a monorepo of 100,000 files on disk with a hundred components.
func BenchmarkSurveyLarge(b *testing.B) {
	root := b.TempDir()
	for p, text := range large(100_000) {
		full := filepath.Join(root, p)
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		survey(b, root)
	}
}

// TestLargeRepositoryIsSurveyedInTime keeps the order of magnitude: the bound is far above what the benchmark shows.
func TestLargeRepositoryIsSurveyedInTime(t *testing.T) {
	tree := repo.Memory(large(100_000))
	start := time.Now()
	facts := stacks.Survey(tree)
	if d := time.Since(start); d > 120*time.Second {
		t.Errorf("100,000 files took %v", d)
	}
	if n := len(facts.Components); n != 100 {
		t.Errorf("%d components, want 100", n)
	}
}

func survey(tb testing.TB, dir string) int {
	tb.Helper()
	tree, err := repo.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	facts := stacks.Survey(tree)
	stacks.Recipes(tree, facts)
	return len(facts.Components)
}

// large is a monorepo: a hundred components of three languages, and many files that are none of the survey's business.
func large(n int) map[string]string {
	out := map[string]string{}
	for i := range 100 {
		dir := fmt.Sprintf("services/s%02d", i)
		switch i % 3 {
		case 0:
			out[dir+"/go.mod"] = "module example.com/s\n\ngo 1.26\n"
			out[dir+"/main.go"] = "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n"
		case 1:
			out[dir+"/pyproject.toml"] = "[project]\nname = \"s\"\ndependencies = [\"fastapi\", \"uvicorn\"]\n"
			out[dir+"/main.py"] = "app = FastAPI()\n"
		default:
			out[dir+"/package.json"] = `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`
			out[dir+"/server.js"] = "app.listen(3000)\n"
		}
	}
	exts := []string{"go", "py", "ts", "md", "json", "png", "yaml", "css"}
	body := strings.Repeat("# some line of a file\n", 40)
	code := "package p\n" + strings.Repeat("// some line of a file\n", 40)
	for i := 0; len(out) < n; i++ {
		text := body
		if i%len(exts) == 0 {
			text = code
		}
		out[fmt.Sprintf("services/s%02d/p%d/f%d.%s", i%100, i/100%50, i, exts[i%len(exts)])] = text
	}
	return out
}
