package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var helpLine = regexp.MustCompile(`(?m)^\s*([a-z][a-z-]*)\s{2,}\S`)

// colours are what a help target may paint its names with.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// targets are the targets that the help of a Makefile lists.
func targets(t *testing.T, dir string, args ...string) map[string]bool {
	t.Helper()
	help := colours.ReplaceAllString(must(t, dir, "make", append([]string{"--no-print-directory"}, args...)...), "")
	found := map[string]bool{}
	for _, m := range helpLine.FindAllStringSubmatch(help, -1) {
		found[m[1]] = true
	}
	return found
}

// checkHelp demands that help is the default and lists what every generated Makefile has.
func checkHelp(t *testing.T, dir string) {
	t.Helper()
	listed := targets(t, dir, "help")
	for _, want := range []string{"help", "install", "test", "lint", "format", "build", "clean"} {
		if !listed[want] {
			t.Errorf("help does not list %q: %v", want, listed)
		}
	}
	if byDefault := targets(t, dir); len(byDefault) != len(listed) {
		t.Errorf("make alone lists %v, make help %v", byDefault, listed)
	}
	for target := range listed {
		// A dry run reads every variable and prerequisite of the target.
		must(t, dir, "make", "-n", target)
	}
}

func TestMakefileOfTheGoExample(t *testing.T) {
	needs(t, "make", "go")
	dir := service(t, "go-api")
	writeFiles(t, dir, "makefile")
	checkHelp(t, dir)
	for _, target := range []string{"install", "test", "lint", "format"} {
		must(t, dir, "make", target)
	}
	if changed := git(t, dir, "diff", "--stat"); changed != "" {
		t.Errorf("make format changed formatted code:\n%s", changed)
	}
}

// A lint target that passes whatever it is given is no lint target.
func TestMakefileLintFailsOnAFault(t *testing.T) {
	needs(t, "make", "go")
	dir := service(t, "go-api")
	writeFiles(t, dir, "makefile")
	fault := "package notes\n\nimport \"fmt\"\n\nfunc fault() { fmt.Printf(\"%d\\n\", \"no number\") }\n"
	if err := os.WriteFile(filepath.Join(dir, "internal", "notes", "fault.go"), []byte(fault), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := do(t, command(t, dir, "make", "lint")); o.code == 0 {
		t.Errorf("make lint passed on a wrong Printf:\n%s", o.stdout)
	}
}

func TestMakefileOfTheNodeExample(t *testing.T) {
	needs(t, "make", "node", "npm")
	dir := service(t, "node-api")
	writeFiles(t, dir, "makefile")
	checkHelp(t, dir)
	for _, target := range []string{"install", "lint", "test"} {
		must(t, dir, "make", target)
	}
	must(t, dir, "make", "clean")
	if left := git(t, dir, "status", "--porcelain", "--ignored"); strings.Contains(left, "dist/") {
		t.Errorf("make clean left built files:\n%s", left)
	}
}

func TestMakefileOfThePythonExample(t *testing.T) {
	needs(t, "make")
	dir := service(t, "python-api")
	writeFiles(t, dir, "makefile")
	checkHelp(t, dir)
}
