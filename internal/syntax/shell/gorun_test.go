package shell

import "testing"

func TestGoRunOfAVersionIsAWrapper(t *testing.T) {
	for script, want := range map[string]string{
		"go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...": "golangci-lint",
		"go run -mod=mod honnef.co/go/tools/cmd/staticcheck@v0.6.1 ./...":                 "staticcheck",
		"go run ./cmd/server": "go",
		"go run . --at a@b":   "go",
	} {
		cmds := Commands(script)
		if len(cmds) != 1 || cmds[0].Tool() != want {
			t.Errorf("%s: tool %q, want %q", script, cmds[0].Tool(), want)
		}
	}
}
