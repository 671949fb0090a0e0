package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a repository on a file system of its own, as small as its size says; it skips without the right to mount.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("needs the right to mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	copyTree(t, filepath.Join("..", "..", "examples", "go-api"), dir)
	return dir
}

// failed holds an outcome against what a failure must be: exit code 3, an error that names cause and next step, no signal.
func failed(t *testing.T, o outcome, cause string) {
	t.Helper()
	if o.code != 3 {
		t.Errorf("exit code %d, want 3", o.code)
	}
	if !strings.Contains(o.stdout, `"status": "error"`) || strings.Contains(o.stdout, `{"status":"done"}`) {
		t.Errorf("standard output is not that of an error:\n%s", o.stdout)
	}
	if !strings.Contains(o.stderr, cause) {
		t.Errorf("standard error does not name the cause, %q:\n%s", cause, o.stderr)
	}
	if !strings.Contains(o.stdout, `"suggested_resolution": "`) {
		t.Errorf("no next step is named:\n%s", o.stdout)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "8m")
	before := fingerprint(t, dir)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=8m"); err != nil {
		t.Fatal(err)
	}
	o := autogit(t, dir, "write", "--output", "json", "dockerfile", "makefile")
	unchanged(t, dir, before)
	failed(t, o, "read-only file system")
}

// The disk gets full at different moments of writing two files: before the first, between them, within the second.
func TestFullDisk(t *testing.T) {
	const page = 4096
	failures := 0
	for room := range int64(4) {
		t.Run(fmt.Sprintf("%d pages left", room), func(t *testing.T) {
			dir := smallDisk(t, "1m")
			fill(t, filepath.Join(dir, "fill"), room*page)
			before := fingerprint(t, dir)
			o := autogit(t, dir, "write", "--output", "json", "compose")
			if o.code == 0 {
				return // there was room enough
			}
			failures++
			unchanged(t, dir, before)
			failed(t, o, "no space left on device")
		})
	}
	if failures == 0 && !t.Failed() {
		t.Skip("the disk was never full: no right to mount, or the files are smaller than a page")
	}
}

// fill makes a file that takes all the space of its disk but room.
func fill(t *testing.T, name string, room int64) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			break
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size(t, name)-room); err != nil {
		t.Fatal(err)
	}
}

func size(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
