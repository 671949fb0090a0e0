package edit_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/autogit/autogit/internal/edit"
	"github.com/google/go-cmp/cmp"
)

// snapshot is every path below dir with its type, mode and content.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		info, err := d.Info()
		if err != nil {
			return err
		}
		out[rel] = info.Mode().String()
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			out[rel] += " " + string(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
}

func commit(dir string, changes ...edit.Change) error {
	return edit.Commit(context.Background(), dir, edit.DefaultBoundary(), changes)
}

func TestCommitWritesNewAndExistingFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "Makefile", "old\n")
	err := commit(dir,
		edit.Change{Path: "Makefile", Old: []byte("old\n"), New: []byte("new\n")},
		edit.Change{Path: ".github/workflows/ci.yml", New: []byte("name: CI\n")},
		edit.Change{Path: ".github/workflows/b.yml", New: []byte("name: B\n")})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".": "drwxr-xr-x", "Makefile": "-rw-r----- new\n", ".github": "drwxr-xr-x", ".github/workflows": "drwxr-xr-x",
		".github/workflows/ci.yml": "-rw-r--r-- name: CI\n", ".github/workflows/b.yml": "-rw-r--r-- name: B\n",
	}
	if diff := cmp.Diff(want, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// Each case must fail and leave the tree, and what lies outside it, as it was.
func TestCommitLeavesNoTrace(t *testing.T) {
	good := edit.Change{Path: ".github/workflows/ci.yml", New: []byte("x")}
	tests := []struct {
		name   string
		set    func(t *testing.T, dir, outside string)
		change edit.Change
	}{
		{"outside the boundary", nil, edit.Change{Path: "src/a.yml", New: []byte("x")}},
		{"leaves the repository", nil, edit.Change{Path: "../a.yml", New: []byte("x")}},
		{"target is a folder", func(t *testing.T, dir, _ string) { write(t, dir, "Dockerfile/x", "") }, edit.Change{Path: "Dockerfile", New: []byte("x")}},
		{"target is a link", func(t *testing.T, dir, out string) { link(t, out+"/secret", dir+"/Dockerfile") }, edit.Change{Path: "Dockerfile", New: []byte("x")}},
		{"target is a link and content matches", func(t *testing.T, dir, out string) { link(t, out+"/secret", dir+"/Dockerfile") }, edit.Change{Path: "Dockerfile", Old: []byte("secret"), New: []byte("x")}},
		{"target is a dangling link", func(t *testing.T, dir, out string) { link(t, out+"/none", dir+"/Dockerfile") }, edit.Change{Path: "Dockerfile", New: []byte("x")}},
		{"folder is a link outside", func(t *testing.T, dir, out string) { link(t, out, dir+"/scripts") }, edit.Change{Path: "scripts/a.sh", New: []byte("x")}},
		{"folder is a link inside", func(t *testing.T, dir, _ string) {
			write(t, dir, "src/a.sh", "s")
			link(t, "src", dir+"/scripts")
		}, edit.Change{Path: "scripts/b.sh", New: []byte("x")}},
		{"folder is a file", func(t *testing.T, dir, _ string) { write(t, dir, "scripts", "f") }, edit.Change{Path: "scripts/a.sh", New: []byte("x")}},
		{"target is a pipe", func(t *testing.T, dir, _ string) {
			if err := syscall.Mkfifo(dir+"/Dockerfile", 0o600); err != nil {
				t.Skip(err)
			}
		}, edit.Change{Path: "Dockerfile", New: []byte("x")}},
		{"file appeared", func(t *testing.T, dir, _ string) { write(t, dir, "Dockerfile", "user's") }, edit.Change{Path: "Dockerfile", New: []byte("x")}},
		{"file changed", func(t *testing.T, dir, _ string) { write(t, dir, "Dockerfile", "user's") }, edit.Change{Path: "Dockerfile", Old: []byte("older"), New: []byte("x")}},
		{"file removed", nil, edit.Change{Path: "Dockerfile", Old: []byte("older"), New: []byte("x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, outside := t.TempDir(), t.TempDir()
			write(t, outside, "secret", "secret")
			if tt.set != nil {
				tt.set(t, dir, outside)
			}
			before, beforeOut := snapshot(t, dir), snapshot(t, outside)
			if err := commit(dir, good, tt.change); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("the tree changed:\n%s", diff)
			}
			if diff := cmp.Diff(beforeOut, snapshot(t, outside)); diff != "" {
				t.Errorf("a file outside changed:\n%s", diff)
			}
		})
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

// A link that another process puts in a folder's place, again and again, never leads a write outside or into src.
func TestCommitAgainstLinkRace(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, dir, "real/keep", "")
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.Symlink(outside, dir+"/link")
			_ = os.Rename(dir+"/link", dir+"/scripts")
			_ = os.Remove(dir + "/scripts")
			_ = os.Mkdir(dir+"/scripts", 0o755)
			_ = os.Remove(dir + "/scripts")
		}
	}()
	for range 2000 {
		_ = commit(dir, edit.Change{Path: "scripts/a.sh", New: []byte("x")})
		_ = os.Remove(dir + "/scripts/a.sh")
	}
	close(stop)
	<-done
	if got := snapshot(t, outside); len(got) != 1 {
		t.Errorf("the race led outside: %v", got)
	}
}

func TestCommitStopsWhenCancelled(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := edit.Commit(ctx, dir, edit.DefaultBoundary(), []edit.Change{{Path: "Makefile", New: []byte("x")}})
	if err == nil {
		t.Error("no error")
	}
	if got := snapshot(t, dir); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

// The later of two renames fails: the earlier one is taken back, content and mode.
func TestCommitRollsBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "Makefile", "old\n")
	before := snapshot(t, dir)
	err := commit(dir,
		edit.Change{Path: "Makefile", Old: []byte("old\n"), New: []byte("new\n")},
		edit.Change{Path: "docker-compose.yml", New: []byte("a")},
		edit.Change{Path: "docker-compose.yml", New: []byte("b"), Old: []byte("never there")})
	if err == nil || !strings.Contains(err.Error(), "docker-compose.yml") {
		t.Fatalf("error = %v, want one that names the file", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// A file that changes after it was staged is not written over. Here the first change of a pair is what changes it.
func TestCommitLooksAgainBeforeItSwaps(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "Makefile", "old\n")
	before := snapshot(t, dir)
	err := commit(dir,
		edit.Change{Path: "Makefile", Old: []byte("old\n"), New: []byte("a\n")},
		edit.Change{Path: "Makefile", Old: []byte("old\n"), New: []byte("b\n")})
	if err == nil || !strings.Contains(err.Error(), "changed while AutoGit was working") {
		t.Errorf("error = %v, want one that says that the file changed", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}
