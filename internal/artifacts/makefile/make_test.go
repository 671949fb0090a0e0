package makefile

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/criterion"
)

// gnuMake runs the real make on a Makefile in a folder of its own.
func gnuMake(t *testing.T, makefile string, args ...string) string {
	t.Helper()
	out, err := tryMake(t, makefile, args...)
	if err != nil {
		t.Fatalf("make %s: %v\n%s\n%s", strings.Join(args, " "), err, out, makefile)
	}
	return out
}

func tryMake(t *testing.T, makefile string, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not on PATH: the Makefiles are not run")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(makefile), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "make", append([]string{"--no-print-directory", "--warn-undefined-variables"}, args...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "TERM=dumb", "GIT_CEILING_DIRECTORIES=" + dir}
	b, err := cmd.CombinedOutput()
	return string(b), err
}

func TestMakeReadsEveryTarget(t *testing.T) {
	for name, r := range requests() {
		t.Run(name, func(t *testing.T) {
			src := write(t, r)
			e := mustScan(t, src)
			for _, rule := range e.rules {
				if rule.targets[0] == ".PHONY" {
					continue
				}
				out := gnuMake(t, src, "-n", rule.targets[0])
				if strings.Contains(out, "warning") || strings.Contains(out, "up to date") {
					t.Errorf("make -n %s: %s", rule.targets[0], out)
				}
			}
		})
	}
}

func TestPlainMakeIsHelpAndListsEveryTarget(t *testing.T) {
	for name, r := range requests() {
		t.Run(name, func(t *testing.T) {
			src := write(t, r)
			out := gnuMake(t, src)
			if strings.Contains(out, "\x1b") {
				t.Error("help has colors, which a log cannot show")
			}
			for _, rule := range mustScan(t, src).rules {
				if n := rule.targets[0]; n != ".PHONY" && !strings.Contains(out, "  "+n+" ") {
					t.Errorf("help does not list %s:\n%s", n, out)
				}
			}
		})
	}
}

func TestATargetRunsAlthoughAFileHasItsName(t *testing.T) {
	src := write(t, requests()["go.mk"])
	src = strings.Replace(src, "\tgo mod download\n", "\t@touch install && echo ran\n", 1)
	if out := gnuMake(t, src, "install", "install"); !strings.Contains(out, "ran") {
		t.Errorf("make install: %s", out)
	}
	if out := gnuMake(t, strings.Replace(src, "@touch install &&", "@", 1), "install"); !strings.Contains(out, "ran") {
		t.Errorf("make install: %s", out)
	}
}

func TestVersionIsLazyAndReplaceable(t *testing.T) {
	src := write(t, requests()["go.mk"])
	probe := strings.Replace(src, "$(shell git ", "$(shell touch asked; git ", 1) + "\nprobe:\n\t@test ! -e asked && echo lazy\n"
	if out := gnuMake(t, probe, "probe"); !strings.Contains(out, "lazy") {
		t.Errorf("git was asked by a target that needs no version: %s", out)
	}
	if out := gnuMake(t, src, "-n", "image"); !strings.Contains(out, "notes-api:dev") {
		t.Errorf("without a repository the version is not dev: %s", out)
	}
	if out := gnuMake(t, src, "-n", "image", "DOCKER=podman", "VERSION=1.2.3", "IMAGE=registry.example.com/x"); !strings.Contains(out, "podman build --build-arg VERSION=1.2.3 -t registry.example.com/x:1.2.3 .") {
		t.Errorf("variables are not replaceable: %s", out)
	}
}

func TestGuardSaysWhatIsMissing(t *testing.T) {
	out, err := tryMake(t, write(t, requests()["alone.mk"]), "deploy", "DOCKER=echo")
	if err == nil || !strings.Contains(out, "docker-compose.prod.yml is missing") {
		t.Errorf("deploy without its file: %v %s", err, out)
	}
}

func TestDollarsReachTheShell(t *testing.T) {
	c, r := goService()
	r.Test = run(`for f in a b; do echo "got $f$$"; done | sed 's/[0-9]*$//'`, "X=1\nif [ \"$X\" = 1 ]; then\n  echo \"yes $X\" # said\nfi", `echo '#' "$(echo sub)"`)
	out := gnuMake(t, write(t, request(nil, c, r)), "-s", "test")
	if want := "got a\ngot b\nyes 1\n# sub\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestAFailingCommandInAFolderFails(t *testing.T) {
	c, r := goService()
	w, wr := nodeWorker()
	r.Test = run("true; echo in && pwd", "false || echo rescued")
	src := write(t, request(nil, at("gone/api", "api", c), r, w, wr))
	if out, err := tryMake(t, src, "api-test"); err == nil || strings.Contains(out, "rescued\n") {
		t.Errorf("a folder that is missing went unnoticed: %v %s", err, out)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	c, r := goService()
	w, wr := nodeWorker()
	nasty := "$(shell touch pwned)\n\tevil:\\"
	r.Test[0].Why = "ends with a backslash \\"
	r.Lint[0].Why = nasty
	r.Test = append(r.Test, run("echo `printf '%s' $HOME` \\\\")...)
	src := write(t, request(map[string]string{"a b$(x)/Dockerfile": ""}, at("a b$(x)", nasty, c), r, w, wr))
	out := gnuMake(t, src, "-n", "check")
	if strings.Contains(out, "evil") && !strings.Contains(out, "cd") {
		t.Errorf("a name became a rule: %s", out)
	}
	if e := mustScan(t, src); e.find("evil") != nil {
		t.Errorf("a name became a rule:\n%s", src)
	}
	if probe := gnuMake(t, src+"\nprobe:\n\t@test ! -e pwned && echo clean\n", "probe"); !strings.Contains(probe, "clean") {
		t.Error("a name was run")
	}
}

func TestModifiedFilesAreMakefilesStill(t *testing.T) {
	for name, tt := range modifications() {
		t.Run(name, func(t *testing.T) {
			out := modified(t, tt)
			for _, n := range tt.make {
				if got := gnuMake(t, out, "-n", n); strings.Contains(got, "warning: ") {
					t.Errorf("make -n %s: %s", n, got)
				}
			}
			for _, c := range tt.unproven {
				if c.Name == criterion.HelpListsAll {
					help := gnuMake(t, out, "help")
					for _, r := range mustScan(t, out).plainTargets(func(string) bool { return false }) {
						if !strings.Contains(help, r.targets[0]) {
							t.Errorf("help does not list %s:\n%s", r.targets[0], help)
						}
					}
				}
			}
		})
	}
}
