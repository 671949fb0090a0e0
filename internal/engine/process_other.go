//go:build !unix

package engine

import (
	"os"
	"os/exec"
)

func newMarker() string { return "AUTOGIT_ENGINE_RUN=1" }

func ownGroup(*exec.Cmd) {}

func endAll(cmd *exec.Cmd, _ string) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill()
	}
}

func removeAll(dir string) error { return os.RemoveAll(dir) }
