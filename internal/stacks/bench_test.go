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

// BenchmarkSurveyLarge is a monorepo of 100,000 files with a hundred components.
func BenchmarkSurveyLarge(b *testing.B) {
	dir := large(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		survey(b, dir)
	}
}

// TestLargeRepositoryIsSurveyedInTime keeps the order of magnitude: the bound is far above what the benchmark shows.
func TestLargeRepositoryIsSurveyedInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 5,000 files")
	}
	dir := large(t, 5_000)
	start := time.Now()
	if n := survey(t, dir); n < 60 {
		t.Fatalf("%d components", n)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("5,000 files took %v", d)
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

// large writes a monorepo: a hundred components of three languages, and many files that are none of the survey's business.
func large(tb testing.TB, n int) string {
	tb.Helper()
	root := tb.TempDir()
	write := func(p, s string) {
		full := filepath.Join(root, p)
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(s), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range 100 {
		dir := fmt.Sprintf("services/s%02d", i)
		switch i % 3 {
		case 0:
			write(dir+"/go.mod", "module example.com/s\n\ngo 1.26\n")
			write(dir+"/main.go", "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n")
		case 1:
			write(dir+"/pyproject.toml", "[project]\nname = \"s\"\ndependencies = [\"fastapi\", \"uvicorn\"]\n")
			write(dir+"/main.py", "app = FastAPI()\n")
		default:
			write(dir+"/package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`)
			write(dir+"/server.js", "app.listen(3000)\n")
		}
	}
	exts := []string{"go", "py", "ts", "md", "json", "png", "yaml", "css"}
	body := strings.Repeat("// some line of a file\n", 40)
	for i := range n - 200 {
		ext := exts[i%len(exts)]
		text := body
		if ext == "go" {
			text = "package p\n" + body
		}
		write(fmt.Sprintf("services/s%02d/p%d/f%d.%s", i%100, i/100%50, i, ext), text)
	}
	return root
}
