package repo_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/google/go-cmp/cmp"
)

func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, dir string) *repo.Tree {
	t.Helper()
	tree, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tree.Close() })
	return tree
}

func paths(tree *repo.Tree) []string {
	out := []string{}
	for _, f := range tree.Files() {
		out = append(out, f.Path)
	}
	return out
}

func TestOpenListsFilesAndFollowsNoLink(t *testing.T) {
	outside := lay(t, map[string]string{"secret": "s"})
	dir := lay(t, map[string]string{"a.txt": "a", "sub/b.txt": "b", ".git/config": "x", "node_modules/x.js": "x", ".github/workflows/ci.yml": "on: push\n"})
	for link, target := range map[string]string{"out": outside, "file": outside + "/secret", "loop": dir, "sub/self": "."} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := open(t, dir)
	if diff := cmp.Diff([]string{".github/workflows/ci.yml", "a.txt", "sub/b.txt"}, paths(tree)); diff != "" {
		t.Error(diff)
	}
	if tree.Kind(".github/workflows/ci.yml") != repo.KindWorkflow {
		t.Error("a workflow is not known as one")
	}
}

// A link or a pipe that takes a file's place after the walk is neither followed nor waited for.
func TestReadAfterTheFileWasReplaced(t *testing.T) {
	outside := lay(t, map[string]string{"secret": "secret"})
	dir := lay(t, map[string]string{"a.txt": "a", "b.txt": "b", "c.txt": "c"})
	tree := open(t, dir)
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside+"/secret", filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "b.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.txt", "b.txt"} {
		if b, err := tree.Read(name); err == nil {
			t.Errorf("Read(%s) = %q, want an error", name, b)
		}
	}
}

func TestReadCapsSize(t *testing.T) {
	dir := lay(t, map[string]string{"big": strings.Repeat("x", repo.MaxFile+1), "fits": strings.Repeat("x", repo.MaxFile)})
	tree := open(t, dir)
	if _, err := tree.Read("big"); !errors.Is(err, repo.ErrTooLarge) {
		t.Errorf("error = %v, want ErrTooLarge", err)
	}
	if b, err := tree.Read("fits"); err != nil || len(b) != repo.MaxFile {
		t.Errorf("read %d bytes, %v", len(b), err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := lay(t, map[string]string{"file": ""})
	for path, want := range map[string]string{dir + "/none": "-C", dir + "/file": "is a file"} {
		if _, err := repo.Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s) = %v, want %q in it", path, err, want)
		}
	}
}

func TestDeepTreeEnds(t *testing.T) {
	dir := lay(t, map[string]string{"a.txt": "a", strings.Repeat("d/", 200) + "deep.txt": "x"})
	if diff := cmp.Diff([]string{"a.txt"}, paths(open(t, dir))); diff != "" {
		t.Error(diff)
	}
}

func TestWithLaysFilesOver(t *testing.T) {
	base := repo.Memory(map[string]string{"a": "old", "b": "b"})
	over := base.With(map[string][]byte{"a": []byte("new"), "c/d": []byte("d")})
	if diff := cmp.Diff([]string{"a", "b", "c/d"}, paths(over)); diff != "" {
		t.Error(diff)
	}
	if over.Text("a") != "new" || over.Text("b") != "b" || base.Text("a") != "old" || base.Has("c/d") {
		t.Error("the wrong content is seen")
	}
	if !over.HasDir("c") || over.HasDir("x") || len(over.Under("c")) != 1 {
		t.Error("folders are not seen")
	}
}

func TestUnderDoesNotTakeNeighbours(t *testing.T) {
	tree := repo.Memory(map[string]string{"a/x": "", "a-b/x": "", "a.c/x": "", "ab/x": "", "a/b/y": ""})
	var got []string
	for _, f := range tree.Under("a") {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"a/b/y", "a/x"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestExport(t *testing.T) {
	tree := repo.Memory(map[string]string{"a": "old", "b/c": "c"}).With(map[string][]byte{"a": []byte("new")})
	dir := t.TempDir()
	if err := tree.Export(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	if got := paths(open(t, dir)); !slices.Equal(got, []string{"a", "b/c"}) {
		t.Errorf("exported %v", got)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(b) != "new" {
		t.Errorf("a = %q, %v", b, err)
	}
}

// The ignore rules are Git's: for each set of them, Git and the walk list the same files.
func TestIgnoreRulesAreThoseOfGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	tree := map[string]string{
		"a.log": "", "keep.log": "", "build/out.txt": "", "src/build/out.txt": "", "src/a.go": "", "doc/frotz/x": "", "frotz/y": "",
		"foo/bar/baz.txt": "", "foo/x/bar/baz.txt": "", "#hash": "", "a b": "", "dist": "", "lib/dist/x": "", "x.tmp": "", "deep/er/x.tmp": "", "[odd]": "", "é.txt": "",
	}
	for _, rules := range []string{
		"*.log\n!keep.log\n", "build/\n", "/build\n", "build\n", "doc/frotz\n", "frotz/\n", "foo/**/bar\n", "**/bar/*.txt\n", "\\#hash\n# comment\n",
		"a\\ b\n", "a b  \n", "dist\n", "dist/\n", "*.t?p\n", "[a-c].log\n", "/*\n!/src\n", "src/*\n!src/a.go\n", "*\n!*/\n!*.go\n", "\r\n*.log\r\n", "é.*\n", "foo/*\n", "**\n",
	} {
		dir := lay(t, tree)
		if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(rules), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "src", ".gitignore"), []byte("!*.tmp\n/x\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
			t.Fatalf("git init: %v %s", err, out)
		}
		out, err := exec.Command("git", "-C", dir, "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard").Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		slices.Sort(want)
		if want[0] == "" {
			want = []string{}
		}
		if diff := cmp.Diff(want, paths(open(t, dir))); diff != "" {
			t.Errorf("rules %q (-git +walk):\n%s", rules, diff)
		}
	}
}

func TestKindOf(t *testing.T) {
	for p, want := range map[string]repo.Kind{
		"Dockerfile": repo.KindDockerfile, "a/Dockerfile.prod": repo.KindDockerfile, "api.dockerfile": repo.KindDockerfile, "Containerfile": repo.KindDockerfile,
		".dockerignore": repo.KindDockerignore, "Dockerfile.dockerignore": repo.KindDockerignore, "docker-compose.prod.yml": repo.KindCompose, "compose.yaml": repo.KindCompose,
		".github/workflows/x.yaml": repo.KindWorkflow, ".github/x.yml": "", "a/action.yml": repo.KindAction, ".gitlab-ci.yml": repo.KindGitLabCI, "ci/build.gitlab-ci.yml": repo.KindGitLabCI,
		"Makefile": repo.KindMakefile, "rules.mk": repo.KindMakefile, "Chart.yaml": repo.KindHelmChart, "main.tf": repo.KindTerraform, "x.sh": repo.KindShell, "main.go": "", "Dockerfilex": "", "dockerfile.go": "", "dockerfile.json": "",
	} {
		if got := repo.KindOf(p, nil); got != want {
			t.Errorf("KindOf(%s) = %q, want %q", p, got, want)
		}
	}
	if got := repo.KindOf("x.yaml", []byte("apiVersion: v1\nkind: Pod\n")); got != repo.KindKubernetes {
		t.Errorf("a manifest is %q", got)
	}
	if got := repo.KindOf("stack.yml", []byte("services:\n  a: {}\n")); got != repo.KindCompose {
		t.Errorf("a Compose file of another name is %q", got)
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.log\n!a\n[x\n/a/**/b\n", "a/b.log")
	f.Fuzz(func(t *testing.T, rules, name string) {
		repo.Ignores(rules, name)
	})
}
