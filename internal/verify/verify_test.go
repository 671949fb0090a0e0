package verify_test

import (
	"context"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/verify"
)

func TestFiles(t *testing.T) {
	const workflow = ".github/workflows/ci.yml"
	tests := []struct {
		name, file, src string
		tool            string
		line            int    // of the fault; 0 for a file that is fine
		message         string // a part of it
	}{
		{"dockerfile", "Dockerfile", "FROM scratch\nCOPY a b\n", "buildkit", 0, ""},
		{"dockerfile with a here-document", "Dockerfile", "FROM scratch\nRUN <<EOF\nfoo\nEOF\n", "buildkit", 0, ""},
		{"dockerfile with an unknown instruction", "Dockerfile", "FROM scratch\n\nCOPPY a b\n", "buildkit", 3, "unknown instruction"},
		{"dockerfile without FROM", "Dockerfile", "RUN x\n", "buildkit", 1, ""},
		{"empty dockerfile", "Dockerfile", "", "buildkit", 1, ""},
		{"workflow", workflow, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n", "actionlint", 0, ""},
		{"workflow with an unknown need", workflow, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps:\n      - run: make\n", "actionlint", 3, "needs job"},
		{"workflow with a bad expression", workflow, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nope.x }}\n", "actionlint", 6, "nope"},
		{"workflow with an old action", workflow, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v2\n", "actionlint", 0, ""},
		{"compose", "docker-compose.yml", "services:\n  a:\n    image: x:1\n    ports: [\"${PORT:-80}:80\"]\n    environment:\n      A: ${A:?set it}\n", "compose-go", 0, ""},
		{"compose with an unknown key", "docker-compose.yml", "services:\n  a:\n    image: x:1\n    helthcheck: {}\n", "compose-go", 4, "helthcheck"},
		{"compose with an undefined network", "docker-compose.yml", "services:\n  a:\n    image: x:1\n    networks: [b]\n", "compose-go", 1, "undefined network"},
		{"compose with a wrong type", "docker-compose.yml", "services:\n  a:\n    image: x:1\n    ports: 80\n", "compose-go", 4, "ports"},
		{"compose that would read files", "docker-compose.yml", "include: [/etc/passwd]\nservices:\n  a:\n    image: x:1\n    env_file: /etc/shadow\n", "compose-go", 0, ""},
		{"compose bomb", "docker-compose.yml", "services:\n  a: {image: x}\n" + bomb, "compose-go", 1, ""},
		{"gitlab", ".gitlab-ci.yml", "stages: [test]\n.base:\n  script: make\nt:\n  extends: .base\n  stage: test\n", "autogit gitlab-ci", 0, ""},
		{"gitlab unknown stage", ".gitlab-ci.yml", "stages: [test]\nt:\n  script: make\n  stage: tets\n", "autogit gitlab-ci", 4, "tets"},
		{"gitlab unknown keyword", ".gitlab-ci.yml", "t:\n  script: make\n  scrpt: x\n", "autogit gitlab-ci", 3, "scrpt"},
		{"gitlab job that runs nothing", ".gitlab-ci.yml", "t:\n  stage: test\n", "autogit gitlab-ci", 1, "neither script"},
		{"gitlab unknown need", ".gitlab-ci.yml", "t:\n  script: make\n  needs: [u]\n", "autogit gitlab-ci", 3, "does not exist"},
		{"gitlab needs in a circle", ".gitlab-ci.yml", "t:\n  script: make\n  needs: [u]\nu:\n  script: make\n  needs: [t]\n", "autogit gitlab-ci", 6, "needs itself"},
		{"gitlab extends in a circle", ".gitlab-ci.yml", ".a:\n  extends: .b\n.b:\n  extends: .a\nt:\n  extends: .a\n", "autogit gitlab-ci", 4, "extends itself"},
		{"gitlab with includes", ".gitlab-ci.yml", "include: other.yml\nt:\n  extends: .elsewhere\n  stage: odd\n", "autogit gitlab-ci", 0, ""},
		{"gitlab that is a list", ".gitlab-ci.yml", "- a\n", "autogit gitlab-ci", 1, "mapping"},
		{"makefile", "Makefile", "a: b\n\tc\n", "autogit makefile", 0, ""},
		{"makefile with spaces", "Makefile", "a: b\n    c\n", "autogit makefile", 2, ""},
		{"yaml", "values.yaml", "a: [\n", "yaml", 1, ""},
		{"json", ".github/a.json", "{\n\"a\": }\n", "json", 2, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checks := verify.Files(context.Background(), repo.Memory(map[string]string{tt.file: tt.src}), []string{tt.file, "missing.yml"})
			if len(checks) != 1 {
				t.Fatalf("checks = %+v, want one", checks)
			}
			c := checks[0]
			if c.Tool != tt.tool || c.OK != (tt.line == 0) || c.Line != tt.line || !strings.Contains(c.Message, tt.message) {
				t.Errorf("check = %+v, want tool %s, line %d, message %q", c, tt.tool, tt.line, tt.message)
			}
		})
	}
}

// An overlay cannot stand alone: it is verified on top of its base.
func TestComposeOverlay(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"docker-compose.yml":      "services:\n  app:\n    image: x:1\n  db:\n    image: y:1\n",
		"docker-compose.prod.yml": "services:\n  app:\n    restart: always\n    depends_on: [db]\n",
		"docker-compose.bad.yml":  "services:\n  app:\n    restart: always\n    depends_on: [gone]\n",
		"alone/compose.prod.yml":  "services:\n  app:\n    restart: always\n",
	})
	want := map[string]bool{"docker-compose.yml": true, "docker-compose.prod.yml": true, "docker-compose.bad.yml": false, "alone/compose.prod.yml": false}
	for file, ok := range want {
		if c := verify.Files(context.Background(), tree, []string{file})[0]; c.OK != ok {
			t.Errorf("%s: %+v", file, c)
		}
	}
}

func TestFilesTooLargeAreNotParsed(t *testing.T) {
	tree := repo.Memory(map[string]string{"Dockerfile": strings.Repeat("# x\n", 1<<19)})
	if c := verify.Files(context.Background(), tree, []string{"Dockerfile"})[0]; c.OK || !strings.Contains(c.Message, "at most") {
		t.Errorf("%+v", c)
	}
}

// bomb doubles ten times at each of nine levels.
var bomb = func() string {
	s := "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c <= 'i'; c++ {
		s += "x-" + string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	return s
}()

func FuzzFiles(f *testing.F) {
	names := []string{"Dockerfile", ".github/workflows/ci.yml", "docker-compose.yml", ".gitlab-ci.yml", "Makefile", "a.json"}
	f.Add(0, "FROM scratch\n")
	f.Add(2, "services: {a: {image: x}}\n")
	f.Add(3, "a: {script: x, needs: [a]}\n")
	f.Fuzz(func(t *testing.T, which int, src string) {
		name := names[((which%len(names))+len(names))%len(names)]
		for _, c := range verify.Files(context.Background(), repo.Memory(map[string]string{name: src}), []string{name}) {
			if !c.OK && (c.Line < 1 || c.Message == "") {
				t.Errorf("a fault without a place: %+v", c)
			}
		}
	})
}
