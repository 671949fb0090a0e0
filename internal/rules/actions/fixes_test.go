package actions_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/actions"
)

// fixed is a workflow after the fixes of one rule.
func fixed(t *testing.T, id string, files map[string]string) string {
	t.Helper()
	r := byID(t, id)
	return ruletest.Apply(t, files, ruletest.Of(t, actions.All(), r, files))[".github/workflows/ci.yml"]
}

func TestFixes(t *testing.T) {
	head := "name: CI\non:\n  pull_request:\n    branches: [main]\n"
	job := "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
	lock := map[string]string{"package-lock.json": "{}"}
	tests := []struct{ name, id, src, want string }{
		{"pinned with the version as a comment", "GH001", "      - uses: docker/login-action@v3\n", "      - uses: docker/login-action@c94ce9fb468520275223c153574b00df6fe4bcc9 # v3.7.0\n"},
		{"a comment that is there stays", "GH001", "      - uses: docker/login-action@v3 # for GHCR\n", "      - uses: docker/login-action@c94ce9fb468520275223c153574b00df6fe4bcc9 # for GHCR\n"},
		{"inside of quotes", "GH001", "      - uses: 'docker/login-action@v3'\n", "      - uses: 'docker/login-action@c94ce9fb468520275223c153574b00df6fe4bcc9' # v3.7.0\n"},
		{"no comment into a flow mapping", "GH001", "      - {uses: docker/login-action@v3}\n", "      - {uses: docker/login-action@c94ce9fb468520275223c153574b00df6fe4bcc9}\n"},
		{"with is made", "GH006", "      - uses: actions/checkout@v4\n      - run: make\n", "      - uses: actions/checkout@v4\n        with:\n          persist-credentials: false\n      - run: make\n"},
		{"with is there", "GH006", "      - uses: actions/checkout@v4\n        with:\n            fetch-depth: 0\n", "      - uses: actions/checkout@v4\n        with:\n            persist-credentials: false\n            fetch-depth: 0\n"},
		{"env is made behind the script", "GH004", "      - run: |\n          echo \"a ${{ github.event.issue.title }}\"\n          x '${{ github.sha }}'\n      - run: y\n",
			"      - run: |\n          echo \"a ${UNTRUSTED_ISSUE_TITLE}\"\n          x '${{ github.sha }}'\n        env:\n          UNTRUSTED_ISSUE_TITLE: ${{ github.event.issue.title }}\n      - run: y\n"},
		{"env is there, two expressions", "GH004", "      - env:\n          A: b\n        run: |\n          x ${{ github.head_ref }} \"${{ github.event.issue.body }}\"\n",
			"      - env:\n          UNTRUSTED_HEAD_REF: ${{ github.head_ref }}\n          UNTRUSTED_ISSUE_BODY: ${{ github.event.issue.body }}\n          A: b\n        run: |\n          x \"${UNTRUSTED_HEAD_REF}\" \"${UNTRUSTED_ISSUE_BODY}\"\n"},
		{"single quotes are left", "GH004", "      - run: |\n          x '${{ github.head_ref }}'\n", "      - run: |\n          x '${{ github.head_ref }}'\n"},
		{"set-output in a block", "GH016", "      - run: |\n          echo \"::set-output name=a::$B\"\n          y\n", "      - run: |\n          echo \"a=$B\" >> \"$GITHUB_OUTPUT\"\n          y\n"},
		{"npm ci", "GH013", "      - run: |\n          npm install --no-audit\n", "      - run: |\n          npm ci --no-audit\n"},
		{"cache", "GH010", "      - uses: actions/setup-node@v4\n      - run: npm ci\n", "      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n      - run: npm ci\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{".github/workflows/ci.yml": head + job + tt.src, "package-lock.json": lock["package-lock.json"]}
			if diff := cmp.Diff(head+job+tt.want, fixed(t, tt.id, files)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTopLevelFixes(t *testing.T) {
	src := "on:\n  push:\n    branches: [main]\n  pull_request:\n\n# The jobs.\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
	files := map[string]string{".github/workflows/ci.yml": src}
	for _, id := range []string{"GH003", "GH008", "GH009"} {
		files[".github/workflows/ci.yml"] = fixed(t, id, files)
	}
	want := "on:\n  push:\n    branches: [main]\n  pull_request:\n\npermissions:\n  contents: read\n\nconcurrency:\n" +
		"  group: ${{ github.workflow }}-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}\n  cancel-in-progress: true\n" +
		"\n# The jobs.\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 60\n    steps:\n      - run: make\n"
	if diff := cmp.Diff(want, files[".github/workflows/ci.yml"]); diff != "" {
		t.Error(diff)
	}
}

// A fix that takes rights away is safe only where nothing can need them.
func TestPermissionsFixIsSafeOnlyForReaders(t *testing.T) {
	for step, safe := range map[string]bool{
		"run: make test":                     true,
		"uses: actions/setup-go@v6":          true,
		"run: git push":                      false,
		"uses: somebody/else@v1":             false,
		"run: x\n        env: {GH_TOKEN: a}": false,
	} {
		files := map[string]string{".github/workflows/ci.yml": flow("      - " + step)}
		fs := ruletest.Of(t, actions.All(), byID(t, "GH003"), files)
		if len(fs) != 1 || fs[0].Fix == nil || fs[0].Fix.Safe != safe {
			t.Errorf("%s: want safe %v, got %+v", step, safe, fs)
		}
	}
}

// GH001 under the default profile leaves GitHub's own actions their tags.
func TestOfficialActionsAreRelaxed(t *testing.T) {
	src := flow("      - uses: actions/checkout@v7\n      - uses: github/codeql-action/init@v4\n      - uses: a/b@v1")
	for strict, want := range map[bool]int{false: 1, true: 3} {
		n := 0
		for _, f := range run(t, src, strict) {
			if f.Rule == "GH001" {
				n++
			}
		}
		if n != want {
			t.Errorf("strict %v: %d findings, want %d", strict, n, want)
		}
	}
}

// Deeply nested brackets must not end the program: the linter reads them by recursion.
func TestDeepExpressionsAreLeftAlone(t *testing.T) {
	for _, s := range []string{strings.Repeat("(", 200_000), strings.Repeat("!", 200_000), strings.Repeat("a[", 200_000), strings.Repeat("f(", 200_000)} {
		for _, f := range run(t, flow("      - run: echo ${{ "+s+" }}\n        if: "+s), true) {
			if f.Rule == rule.RuleFailed {
				t.Fatal(f.Message)
			}
		}
	}
}
