package makefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
)

// modification is an existing Makefile and what a task finds missing in it.
type modification struct {
	src      string
	unproven []criterion.Claim
	files    map[string]string
	make     []string // targets that must be there and readable afterwards
}

const users = `# Ours since 2019.
CC=gcc   # odd spacing stays

.PHONY: build  test # the usual
build:
	$(CC) -o app main.c

test: build
	./app --selftest

docs/index.html: docs/index.md
	md $< > $@
`

func modifications() map[string]modification {
	all := claim(criterion.Targets, "names", "install,test,lint,format,build,deploy,clean")
	return map[string]modification{
		"missing targets": {src: users, unproven: []criterion.Claim{all}, make: []string{"install", "test", "lint", "deploy", "clean"}},
		"help and default": {
			src:      users,
			unproven: []criterion.Claim{claim(criterion.HelpListsAll), claim(criterion.DefaultTarget, "name", "help")}, make: []string{"help", "test"},
		},
		"default goal is set": {
			src:      ".DEFAULT_GOAL = build  # why not\nbuild: ; @echo b\nhelp:\n\t@echo '  build'\n",
			unproven: []criterion.Claim{claim(criterion.DefaultTarget, "name", "help")}, make: []string{"help"},
		},
		"help by hand": {
			src:      "help:\n\t@echo \"make build   builds\"\nbuild:\n\t@echo b\nseed:\n\t./seed.sh\n.PHONY: help build seed",
			unproven: []criterion.Claim{claim(criterion.HelpListsAll), claim(criterion.Targets, "names", "lint")}, make: []string{"help", "lint", "seed"},
		},
		"named style": {
			src:      "## help: print this\nhelp:\n\t@sed -n 's/^##//p' $(MAKEFILE_LIST)\n\n## build: make it\nbuild:\n\t@echo b\n\nseed:\n\t@echo s\n.PHONY: help build seed\n",
			unproven: []criterion.Claim{claim(criterion.HelpListsAll), claim(criterion.Targets, "names", "format")}, make: []string{"help", "format"},
		},
		"other recipe prefix": {
			src:      ".RECIPEPREFIX := >\n.PHONY: test\ntest:\n> echo t\n",
			unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint,format-check")}, make: []string{"test", "lint", "format-check"},
		},
		"crlf": {
			src:      "# win\r\n.PHONY: test\r\ntest: ## Test\r\n\techo t\r\n",
			unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint")},
		},
		"long phony": {
			src:      ".PHONY: a \\\n        b\na:\n\t@echo a\nb: a\n\t@echo b\n",
			unproven: []criterion.Claim{claim(criterion.Phony), claim(criterion.Targets, "names", "clean")}, make: []string{"a", "b", "clean"},
		},
		"undeclared": {
			src:      "a:\n\t@echo a\nout.txt: in\n\tcp in out.txt\ngen:\n\ttouch $@\n_private:\n\ttrue\n",
			unproven: []criterion.Claim{claim(criterion.Phony)}, make: []string{"a"},
		},
		"tool": {
			src:      "lint:\n\tuv run ruff check .\n\n# after\ntest:\n\tuv run pytest",
			unproven: []criterion.Claim{claim(criterion.TargetRuns, "target", "lint", "tool", "mypy"), claim(criterion.TargetRuns, "target", "test", "tool", "pytest", "coverage", "true")}, make: []string{"lint", "test"},
		},
		"compose file": {
			src:      "deploy:\n\t@echo deploying\n\tdocker compose up -d\n",
			unproven: []criterion.Claim{claim(criterion.TargetRuns, "target", "deploy", "file", "docker-compose.prod.yml")}, make: []string{"deploy"},
			files: map[string]string{"docker-compose.prod.yml": "services: {}\n"},
		},
		"sudo": {
			src:      "up:\n\tsudo -E docker run x\n\techo sudoku && sudo systemctl restart y\n",
			unproven: []criterion.Claim{claim(criterion.NoRoot)}, make: []string{"up"},
		},
		"defines and conditionals": {
			src:      "define note\nlint:\n\tnot a rule\nendef\nifdef CI\ntest:\n\techo ci\nelse\ntest:\n\techo here\nendif\n.PHONY: test\n",
			unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint,clean")}, make: []string{"lint", "clean", "test"},
		},
		"first rule in a conditional": {
			src:      "# head\n\nA = 1\n# which one\nifdef CI\nifeq ($(A),1)\ntest:\n\techo ci\nendif\nelse\ntest:\n\techo here\nendif\n",
			unproven: []criterion.Claim{claim(criterion.Targets, "names", "deploy"), claim(criterion.DefaultTarget, "name", "help")}, make: []string{"test", "deploy", "help"},
		},
		"empty": {src: "", unproven: []criterion.Claim{claim(criterion.Targets, "names", "test"), claim(criterion.HelpListsAll)}, make: []string{"test", "help"}},
	}
}

func (m modification) request() *artifact.Request {
	p, pr := pythonService()
	files := map[string]string{"Makefile": m.src}
	for k, v := range m.files {
		files[k] = v
	}
	r := request(files, p, pr)
	r.Claims, r.Unproven = m.unproven, m.unproven
	return r
}

func modified(t *testing.T, m modification) string {
	t.Helper()
	out, err := Modify(m.request())
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Content)
}

func TestModifyGolden(t *testing.T) {
	for name, m := range modifications() {
		t.Run(name, func(t *testing.T) { golden(t, "modify-"+strings.ReplaceAll(name, " ", "-")+".mk", modified(t, m)) })
	}
}

// Every line that a person wrote is still there, in the same order, except for what the claim is about.
func TestModifyKeepsTheUsersLines(t *testing.T) {
	for name, m := range modifications() {
		if name == "sudo" || name == "compose file" || name == "default goal is set" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			rest := modified(t, m)
			for _, line := range strings.Split(strings.TrimRight(m.src, "\r\n"), "\n") {
				line = strings.TrimRight(line, "\r")
				i := strings.Index(rest, strings.TrimSuffix(line, " # the usual"))
				if i < 0 {
					t.Fatalf("the line %q is gone or moved", line)
				}
				rest = rest[i:]
			}
		})
	}
}

func TestModifyTwiceChangesNothing(t *testing.T) {
	for name, m := range modifications() {
		t.Run(name, func(t *testing.T) {
			once := modified(t, m)
			m.src = once
			if twice := modified(t, m); twice != once {
				t.Errorf("the second run changed it again:\n%s\n---\n%s", once, twice)
			}
		})
	}
}

func TestModifyDropsASealThatIsNoLongerTrue(t *testing.T) {
	src := string(artifact.Seal([]byte("test:\n\techo t\n")))
	out := modified(t, modification{src: src + "mine:\n\techo m\n", unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint")}})
	if artifact.Untouched([]byte(out)) || !strings.Contains(out, "mine:") {
		t.Errorf("got:\n%s", out)
	}
	out = modified(t, modification{src: src, unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint")}})
	if artifact.Sealed([]byte(out)) || strings.Contains(out, "autogit:seal") {
		t.Errorf("the old seal stands in the middle:\n%s", out)
	}
}

func TestModifyMakesTheFixesOfRules(t *testing.T) {
	m := modification{src: "# x\nlint:\n\ttrue\n"}
	r := m.request()
	r.Problems = []finding.Finding{
		{Rule: "MK001", Severity: finding.Error, Fix: &finding.Fix{Edits: []finding.Edit{{File: "Makefile", Start: 4, End: 4, New: ".PHONY: lint\n"}}}},
		{Rule: "MK999", Severity: finding.Error},
	}
	out, err := Modify(r)
	if want := "# x\n.PHONY: lint\nlint:\n\ttrue\n"; err != nil || string(out.Content) != want {
		t.Errorf("got %v:\n%s", err, out.Content)
	}
}

func TestModifyRefusesABrokenFile(t *testing.T) {
	m := modification{src: "test:\n    echo spaces, no tab\n", unproven: []criterion.Claim{claim(criterion.Targets, "names", "lint")}}
	_, err := Modify(m.request())
	var refusal *artifact.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, "line 2") {
		t.Errorf("got %v, want a refusal that names line 2", err)
	}
}

func FuzzModify(f *testing.F) {
	for _, m := range modifications() {
		f.Add(m.src)
	}
	f.Add("a:\\\n\\\n\tb\n")
	f.Add(".RECIPEPREFIX=\na:\n b\n")
	f.Add("define\n$((\nendef\n%:;")
	f.Fuzz(func(t *testing.T, src string) {
		if artifact.Sealed([]byte(src)) {
			return // the seal goes
		}
		m := modification{src: src, unproven: []criterion.Claim{
			claim(criterion.Targets, "names", "lint,clean"), claim(criterion.HelpListsAll), claim(criterion.Phony),
			claim(criterion.TargetRuns, "target", "test", "tool", "pytest"), claim(criterion.TargetRuns, "target", "deploy", "file", "docker-compose.prod.yml"),
		}}
		before, err := scan([]byte(src))
		if err != nil {
			return // it is refused, see TestModifyRefusesABrokenFile
		}
		if before.goal == nil {
			m.unproven = append(m.unproven, claim(criterion.DefaultTarget, "name", "help"))
		}
		out, err := Modify(m.request())
		if err != nil {
			return
		}
		if !within([]byte(src), out.Content) {
			t.Fatalf("a byte of the user's is gone:\n%q\n%q", src, out.Content)
		}
		for _, r := range mustScan(t, string(out.Content)).rules {
			if r.head.start > r.head.end || r.end > len(out.Content) {
				t.Fatalf("rule %v lies outside of the file", r.targets)
			}
		}
	})
}

// within tells whether all bytes of small stand in big, in their order.
func within(small, big []byte) bool {
	for _, b := range big {
		if len(small) > 0 && small[0] == b {
			small = small[1:]
		}
	}
	return len(small) == 0
}
