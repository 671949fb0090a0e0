package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/cli"
	"github.com/autogit/autogit/internal/syntax/yaml"
	"mvdan.cc/sh/v3/shell"
)

const (
	cleanImage = "FROM scratch\nCOPY app /app\nUSER 65532:65532\nENTRYPOINT [\"/app\"]\n"
	rootImage  = "FROM alpine:3.22\nCMD [\"sh\"]\n"
)

// repository makes a git repository with one commit and goes there.
func repository(t *testing.T, files map[string]string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Chdir(t.TempDir())
	put(t, files)
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "first"}} {
		gitDo(t, args...)
	}
}

func put(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func gitDo(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// autogit runs the program in this process.
func autogit(stdin string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = cli.Main(args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}

// Every command of docs/check.md works as it stands there.
func TestCheckExamples(t *testing.T) {
	blocks := fences(t, "docs/check.md", "sh")
	ignored := fences(t, "docs/check.md", "dockerfile")
	repository(t, map[string]string{"Dockerfile": cleanImage, "deploy/compose.yml": "services: {}\n"})
	for _, line := range strings.Split(strings.TrimSpace(strings.Join(blocks, "")), "\n") {
		command, stdin, _ := strings.Cut(line, " < ")
		args, err := shell.Fields(command, nil)
		if err != nil || args[0] != "autogit" {
			t.Fatalf("%s: %v", line, err)
		}
		in := ""
		if stdin != "" {
			in = cleanImage
		}
		if code, out, errs := autogit(in, args[1:]...); code != cli.ExitDone {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
		}
	}
	for _, src := range ignored {
		if code, out, _ := autogit(src, "check", "--fail-on", "info", "--stdin-filename", "Dockerfile"); code != cli.ExitDone || !strings.Contains(out, "1 ignored") {
			t.Errorf("the example of an ignore comment: exit code %d\n%s", code, out)
		}
	}
}

func TestCheckExitCodes(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, map[string]string{"Dockerfile": rootImage, "clean/Dockerfile": cleanImage})
	for _, tt := range []struct {
		args string
		want int
	}{
		{"check clean", 0},
		{"check", 1},
		{"check --fail-on never", 0},
		{"check --diff", 1},
		{"check --nonsense", 2},
		{"check --fail-on x", 2},
		{"check none", 2},
		{"check --baseline none.json", 2},
		{"check --output json=no/such/folder.json", 2},
		{"check --changed-since HEAD", 2}, // no repository of git
		{"explain XX1", 2},
		{"-C none check", 3},
	} {
		if code, out, errs := autogit("", strings.Fields(tt.args)...); code != tt.want {
			t.Errorf("autogit %s: exit code %d, want %d\n%s%s", tt.args, code, tt.want, out, errs)
		}
	}
}

func TestCheckChangedSince(t *testing.T) {
	repository(t, map[string]string{"old/Dockerfile": rootImage, "edited/Dockerfile": cleanImage, "gone/Dockerfile": rootImage, ".gitignore": "out/\n"})
	gitDo(t, "branch", "change")
	put(t, map[string]string{"theirs/Dockerfile": rootImage})
	gitDo(t, "add", ".")
	gitDo(t, "commit", "-q", "-m", "what main gains is no change of the branch")
	gitDo(t, "checkout", "-q", "change")
	put(t, map[string]string{"committed/Dockerfile": rootImage})
	gitDo(t, "add", ".")
	gitDo(t, "commit", "-q", "-m", "second")
	put(t, map[string]string{"edited/Dockerfile": rootImage, "new ü/Dockerfile": rootImage, "out/Dockerfile": rootImage})
	if err := os.Remove("gone/Dockerfile"); err != nil {
		t.Fatal(err)
	}
	code, out, errs := autogit("", "check", "--changed-since", "main", "--rules", "DK001", "--output", "github")
	if code != cli.ExitNotDone || strings.Count(out, "\n") != 3 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	for _, want := range []string{"file=committed/Dockerfile", "file=edited/Dockerfile", "file=new ü/Dockerfile"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	if code, out, _ := autogit("", "-C", "committed", "check", "--changed-since", "main", "--output", "github"); code != cli.ExitNotDone || !strings.Contains(out, "file=Dockerfile") {
		t.Errorf("in a folder: exit code %d\n%s", code, out)
	}
}

// A revision is a revision, whatever it looks like: never an option of git.
func TestChangedSinceIsNeverAnOption(t *testing.T) {
	repository(t, map[string]string{"Dockerfile": rootImage})
	for _, rev := range []string{"--output=pwned", "-O pwned", "--no-index", "--upload-pack=touch pwned", "none", "main:Dockerfile", "--all"} {
		code, out, errs := autogit("", "check", "--changed-since="+rev)
		if code != cli.ExitUsage || out != "" || !strings.Contains(errs, "--changed-since") {
			t.Errorf("%q: exit code %d\n%s%s", rev, code, out, errs)
		}
	}
	if _, err := os.Stat("pwned"); err == nil {
		t.Error("a revision became an option")
	}
}

// Fixes never go through a link, and a file that is a link is not reviewed.
func TestCheckFollowsNoLink(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "Dockerfile")
	t.Chdir(t.TempDir())
	put(t, map[string]string{outside: "FROM alpine:3.22\nADD . /\n"})
	if err := os.Symlink(outside, "Dockerfile"); err != nil {
		t.Skip(err)
	}
	if code, out, _ := autogit("", "check", "--fix", "--unsafe"); code != cli.ExitDone || !strings.Contains(out, "no findings in 0 files") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if b, _ := os.ReadFile(outside); string(b) != "FROM alpine:3.22\nADD . /\n" {
		t.Errorf("the file outside was changed: %q", b)
	}
}

// AutoGit's own delivery files pass the full rulebook; an exception carries its reason in the file.
func TestOwnFilesPassStrict(t *testing.T) {
	code, out, errs := autogit("", "check", "--profile", "strict", "--fail-on", "info",
		"Dockerfile", "Makefile", ".github", ".gitlab-ci.yml", ".ci", "scripts")
	if code != cli.ExitDone || strings.Contains(out, " 0 files") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// The hook for pre-commit names a command that is there, and the files that it reviews.
func TestPreCommitHook(t *testing.T) {
	src, err := os.ReadFile(".pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := yaml.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	hook := f.Root().Items[0]
	files := regexp.MustCompile(hook.Get("files").Text())
	for name, want := range map[string]bool{
		"Dockerfile": true, "a/Dockerfile.dev": true, "b/api.Dockerfile": true, "Containerfile": true, "docker-compose.yml": true, ".github/workflows/ci.yaml": true,
		".gitlab-ci.yml": true, "Makefile": true, "x.mk": true, "scripts/run.sh": true, "main.go": false, "README.md": false, "yml": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: want reviewed %v", name, want)
		}
	}
	t.Chdir(t.TempDir())
	put(t, map[string]string{"Dockerfile": rootImage, "values.yaml": "a: 1\n"})
	args := strings.Fields(hook.Get("entry").Text())
	if code, out, errs := autogit("", append(args[1:], "Dockerfile", "values.yaml")...); args[0] != "autogit" || code != cli.ExitNotDone {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
