package pipeline

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax/makefile"
)

// lenient says by which of its settings a whole Makefile hides that a command fails, or runs none; empty when it does not.
func lenient(f *makefile.File) string {
	for _, r := range f.Rules {
		if slices.Contains(r.Targets, ".IGNORE") {
			return "the Makefile ignores failures: .IGNORE"
		}
	}
	for _, v := range f.Variables {
		words := strings.Fields(f.Expand(v.Value))
		switch v.Name {
		case "MAKEFLAGS", "GNUMAKEFLAGS":
			if slices.ContainsFunc(words, hidesFailures) {
				return "the Makefile hides failures: " + v.Name
			}
		case "SHELL":
			if len(words) > 0 && slices.Contains([]string{"true", "echo", "printf", "cat"}, path.Base(words[0])) {
				return "the Makefile runs no shell: SHELL is " + words[0]
			}
		}
	}
	return ""
}

var shortFlags = regexp.MustCompile(`^-[A-NP-Za-z]+$`) // -O has a word behind it

// hidesFailures: flags of make that go on after a failure, or run nothing at all.
func hidesFailures(flag string) bool {
	return shortFlags.MatchString(flag) && strings.ContainsAny(flag, "inqt") ||
		slices.Contains([]string{"--ignore-errors", "--dry-run", "--just-print", "--recon", "--touch", "--question"}, flag)
}
