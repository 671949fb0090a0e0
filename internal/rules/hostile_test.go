package rules_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
)

// numbered repeats a line with a number in it until a file has a size.
func numbered(size int, head, line string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len() < size-200; i++ {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// A file that is as large as may be, and made to be slow, must not hold the run up.
func TestHostileFilesEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many megabytes")
	}
	// The largest that is read at all, and sizes that stay below the limits on what is in a file.
	for _, size := range []int{1 << 20, 60 << 10} {
		for _, tt := range hostile(size) {
			t.Run(fmt.Sprintf("%s/%d", tt.name, size), func(t *testing.T) {
				_, err := rule.Run(context.Background(), repo.Memory(map[string]string{tt.file: tt.src}), []string{tt.file}, rules.All(), rule.Options{Strict: true, Workers: 1})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

type hostileFile struct{ name, file, src string }

func hostile(size int) []hostileFile {
	return []hostileFile{
		{"stages", "Dockerfile", numbered(size, "", "FROM a AS s%[1]d\nCOPY --from=x%[1]d a b\n")},
		{"steps", "Dockerfile", numbered(size, "FROM a\n", "RUN apt-get install p%d | sh\n")},
		{"one long step", "Dockerfile", numbered(size, "FROM a\nRUN true \\\n", " && apt-get install -y p%d \\\n")},
		{"arguments", "Dockerfile", numbered(size, "", "ARG A%[1]d=${A%[1]d}x\n") + "FROM $A1\n"},
		{"services", "docker-compose.yml", numbered(size, "services:\n", "  s%[1]d: {image: a, ports: ['%[1]d:1'], depends_on: [s0], networks: [n%[1]d], volumes: ['v%[1]d:/x']}\n")},
		{"one service", "docker-compose.yml", numbered(size, "services:\n  a:\n    image: x\n    environment:\n", "      TOKEN%[1]d: abcdefg%[1]d\n")},
		{"jobs", ".github/workflows/ci.yml", numbered(size, "on: pull_request\njobs:\n", "  j%[1]d: {runs-on: x, needs: [j%[1]d], steps: [{run: npm install}]}\n")},
		{"steps of a job", ".github/workflows/ci.yml", numbered(size, "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n", "      - run: echo ${{ github.head_ref }} %d\n")},
		{"gitlab jobs", ".gitlab-ci.yml", numbered(size, "", "j%[1]d: {script: x, needs: [j%[1]d], extends: [.a, .b]}\n")},
		{"gitlab chain", ".gitlab-ci.yml", numbered(size, "", "j%[1]d: {script: x, extends: j%[1]d1}\n")},
		{"targets", "Makefile", numbered(size, "", "t%[1]d: u%[1]d\n\tmake v%[1]d\n")},
		{"variables", "Makefile", numbered(size, "A=\n", "A += $(A)$(B%d)\n") + "t:\n\t$(A)\n"},
		{"brackets", "docker-compose.yml", strings.Repeat("[", size-1)},
		{"script", "x.sh", numbered(size, "", "curl x%d | sh &&\\\n")},
	}
}
