//go:build unix

package engine

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// newMarker is an environment variable that only the processes of one run carry.
func newMarker() string { return "AUTOGIT_ENGINE_RUN=" + rand.Text() }

// ownGroup puts the command into a process group of its own, which is ended as a whole.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endAll ends what is left of a run: the group, and processes that left the group but still carry the marker.
func endAll(cmd *exec.Cmd, marker string) {
	if cmd.Process == nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	for range 10 { // a process may fork while it is looked for
		left := marked(marker)
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// marked finds processes by their environment, where the system shows it (Linux); elsewhere none.
func marked(marker string) []int {
	var pids []int
	dirs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, p := range dirs {
		env, err := os.ReadFile(p) //nolint:gosec // a file of /proc
		if err != nil || !bytes.Contains(env, []byte(marker)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(p))); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// removeAll removes a private copy, also one whose folders a command made unwritable.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(p, 0o700) //nolint:gosec // a folder must be searchable to be removed
		}
		return nil
	})
	return os.RemoveAll(dir)
}
