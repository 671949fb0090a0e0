package bench

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
)

// large is the number of files of the large tree.
const large = 100_000

// largeTree makes the large tree once for all benchmarks of a run; AUTOGIT_BENCH_DIR keeps it between runs.
func largeTree(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("AUTOGIT_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	dir = filepath.Join(dir, "large")
	if _, err := os.Stat(filepath.Join(dir, "complete")); err == nil {
		return dir
	}
	if err := MakeTree(dir, large-1); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "complete"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

// ordinary is a copy of an example: a service as most repositories are.
func ordinary(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", "python-api"))); err != nil {
		b.Fatal(err)
	}
	return dir
}

func survey(b *testing.B, dir string, components int) {
	b.Helper()
	for b.Loop() {
		tree, err := repo.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		facts := stack.Detect(tree, stacks.All())
		if err := tree.Close(); err != nil {
			b.Fatal(err)
		}
		if len(facts.Components) < components {
			b.Fatalf("%d components found, want at least %d", len(facts.Components), components)
		}
	}
}

func BenchmarkSurvey(b *testing.B) {
	b.Run("ordinary", func(b *testing.B) { survey(b, ordinary(b), 1) })
	b.Run("100k", func(b *testing.B) { survey(b, largeTree(b), 3) })
}

// BenchmarkWalk is the floor under every survey: the names and sizes of all files, and nothing else.
func BenchmarkWalk(b *testing.B) {
	dir := largeTree(b)
	for b.Loop() {
		files := 0
		err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			_, err = d.Info()
			return err
		})
		if err != nil || files < large {
			b.Fatalf("%d files: %v", files, err)
		}
	}
}

// BenchmarkProgram runs the built program, so that starting it and its peak memory count.
func BenchmarkProgram(b *testing.B) {
	bin := program(b)
	b.Run("start", func(b *testing.B) { run(b, nil, bin, "version") })
	b.Run("survey-ordinary", func(b *testing.B) { run(b, nil, bin, "-C", ordinary(b), "survey", "-o", "json") })
	b.Run("survey-100k", func(b *testing.B) { run(b, nil, bin, "-C", largeTree(b), "survey", "-o", "json") })
	b.Run("write-five", func(b *testing.B) {
		// What the last round wrote is taken away, so that each writes anew.
		dir := ordinary(b)
		clean := func() { fresh(b, dir) }
		run(b, clean, bin, "-C", dir, "write", "github", "gitlab", "dockerfile", "compose", "makefile")
	})
	b.Run("write-five-again", func(b *testing.B) {
		dir := ordinary(b)
		fresh(b, dir)
		run(b, nil, bin, "-C", dir, "write", "github", "gitlab", "dockerfile", "compose", "makefile")
	})
}

// fresh makes dir the example again.
func fresh(b *testing.B, dir string) {
	b.Helper()
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", "python-api"))); err != nil {
		b.Fatal(err)
	}
}

// program is the program to measure: the one that AUTOGIT_BIN names, or one built now.
func program(b *testing.B) string {
	b.Helper()
	if bin := os.Getenv("AUTOGIT_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(b.TempDir(), "autogit")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", bin, "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// run measures a command and reports its largest peak memory; before, where there is one, runs off the clock.
func run(b *testing.B, before func(), bin string, args ...string) {
	b.Helper()
	var peak int64
	for b.Loop() {
		if before != nil {
			b.StopTimer()
			before()
			b.StartTimer()
		}
		cmd := exec.CommandContext(b.Context(), bin, args...)
		var errors strings.Builder
		cmd.Stderr = &errors
		if err := cmd.Run(); err != nil {
			b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, errors.String())
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, usage.Maxrss)
		}
	}
	b.ReportMetric(float64(peak)/1024, "peak-MB")
}
