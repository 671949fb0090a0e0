package actions_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/actions"
)

func byID(t *testing.T, id string) rule.Rule {
	t.Helper()
	for _, r := range actions.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return rule.Rule{}
}

// flow puts steps, which start on line 6, into a job.
func flow(steps string) string {
	return "on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n" + steps + "\n"
}

const sha = "3d3c42e5aac5ba805825da76410c181273ba90b1"

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"GH001": {
			{Name: "official, in the strict profile", Src: flow("      - uses: actions/checkout@v7"), Want: []string{"6:15"}},
			{Name: "local and docker", Src: flow("      - uses: ./x\n      - uses: docker://a:1")},
			{Name: "path in a repository", Src: flow("      - uses: a/b/c@v1"), Want: []string{"6:15"}},
			{Name: "reusable workflow", Src: "on: push\njobs:\n  a:\n    uses: a/b/.github/workflows/x.yml@v1\n", Want: []string{"4:11"}},
			{Name: "short hash", Src: flow("      - uses: a/b@3d3c42e"), Want: []string{"6:15"}},
			{Name: "branch is another rule's", Src: flow("      - uses: a/b@main")},
		},
		"GH002": {{Name: "hash", Src: flow("      - uses: a/b@" + sha)}, {Name: "master", Src: flow("      - uses: a/b@master"), Want: []string{"6:15"}}},
		"GH003": {
			{Name: "each job has its own", Src: "on: push\njobs:\n  a:\n    permissions: {}\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n"},
			{Name: "write-all in a job", Src: "on: push\npermissions: {}\njobs:\n  a:\n    permissions: write-all\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", Want: []string{"5:18"}},
			{Name: "called workflows take the caller's", Src: "on: workflow_call\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n"},
		},
		"GH004": {
			{Name: "safe context", Src: flow("      - run: echo ${{ github.sha }}")},
			{Name: "branch name", Src: flow("      - run: |\n          x\n          git switch ${{ github.head_ref }}"), Want: []string{"8"}},
			{Name: "in env", Src: flow("      - run: echo \"$B\"\n        env: {B: \"${{ github.head_ref }}\"}")},
		},
		"GH005": {
			{Name: "base is checked out", Src: strings.Replace(flow("      - uses: actions/checkout@v7"), "pull_request", "pull_request_target", 1)},
			{Name: "pull_request has no secrets", Src: flow("      - uses: actions/checkout@v7\n        with: {ref: \"${{ github.event.pull_request.head.sha }}\"}")},
			{Name: "workflow_run", Src: "on: {workflow_run: {workflows: [x]}}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v7\n        with:\n          ref: ${{ github.event.workflow_run.head_branch }}\n", Want: []string{"8:16"}},
		},
		"GH006": {
			{Name: "true is meant so", Src: flow("      - uses: actions/checkout@v7\n        with: {persist-credentials: true}")},
			{Name: "the job pushes", Src: flow("      - uses: actions/checkout@v7\n      - run: git push")},
			{Name: "other inputs", Src: flow("      - uses: actions/checkout@v7\n        with:\n          fetch-depth: 0"), Want: []string{"6:15"}},
		},
		"GH007": {
			{Name: "database of one job", Src: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: postgres:17\n        env: {POSTGRES_PASSWORD: zx81-pw}\n    env:\n      DB_PASSWORD: zx81-pw\n      DATABASE_URL: postgres://a:zx81-pw@localhost/x\n    steps: [{run: x}]\n"},
			{Name: "test values", Src: flow("      - run: x\n        env: {SECRET_KEY: test-key-only, DB_PASSWORD: postgres, JWT_SECRET: ci-secret}")},
			{Name: "reference", Src: flow("      - run: x\n        env: {TOKEN: \"${{ secrets.T }}\"}")},
			{Name: "input of an action", Src: flow("      - uses: a/b@v1\n        with:\n          api-key: 9f8e7d6c5b4a3210"), Want: []string{"8:20"}},
			{Name: "all secrets", Src: flow("      - run: echo '${{ toJSON(secrets) }}'"), Want: []string{"6:20"}},
			{Name: "own reusable workflow", Src: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n"},
			{Name: "foreign reusable workflow", Src: "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: inherit\n", Want: []string{"5:14"}},
			{Name: "echo", Src: flow("      - run: echo ${{ secrets.T }}"), Want: []string{"6:19"}},
			{Name: "echo into a login", Src: flow("      - run: echo ${{ secrets.T }} | docker login --password-stdin")},
			{Name: "id-token permission", Src: "on: push\npermissions:\n  id-token: write\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n"},
		},
		"GH008": {
			{Name: "push alone", Src: strings.Replace(flow("      - run: x"), "pull_request", "push", 1)},
			{Name: "not cancelled", Src: "concurrency: x\n" + flow("      - run: x"), Want: []string{"1:14"}},
			{Name: "by expression", Src: "concurrency:\n  group: x\n  cancel-in-progress: ${{ github.ref != 'refs/heads/main' }}\n" + flow("      - run: x")},
		},
		"GH009": {
			{Name: "called workflow", Src: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n"},
			{Name: "each step has one", Src: flow("      - run: x\n        timeout-minutes: 5")},
		},
		"GH010": {
			{Name: "nothing installed", Src: flow("      - uses: actions/setup-node@v7\n      - run: node x.js")},
			{Name: "cached by hand", Src: flow("      - uses: actions/setup-node@v7\n      - uses: actions/cache@v6\n      - run: npm ci")},
			{Name: "python", Src: flow("      - uses: actions/setup-python@v7\n      - run: pip install -r requirements.txt") + "-- requirements.txt --\na==1\n", Want: []string{".github/workflows/ci.yml:6:15 cache: pip"}},
			{Name: "python without a file that the key is made of", Src: flow("      - uses: actions/setup-python@v7\n      - run: pip install -r requirements.txt")},
			{Name: "go caches by itself", Src: flow("      - uses: actions/setup-go@v7\n      - run: go test ./...")},
		},
		"GH011": {
			{Name: "no tests, no gate", Src: "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n"},
		},
		"GH012": {
			{Name: "outcome is read", Src: flow("      - id: t\n        run: pytest\n        continue-on-error: true\n      - if: steps.t.outcome == 'failure'\n        run: exit 1")},
			{Name: "no gate", Src: flow("      - run: ./notify\n        continue-on-error: true")},
		},
		"GH013": {
			{Name: "in a block", Src: flow("      - run: |\n          cd x\n          npm install") + "-- x/package-lock.json --\n{}\n", Want: []string{".github/workflows/ci.yml:8:11"}},
			{Name: "no lock file to keep to", Src: flow("      - run: npm install")},
			{Name: "yarn keeps to the lock file in CI", Src: flow("      - run: yarn install")},
		},
		"GH014": {
			{Name: "container in short form", Src: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    container: node\n    steps: [{run: x}]\n", Want: []string{"5:16"}},
			{Name: "expression", Src: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    container: node:${{ github.sha }}\n    steps: [{run: x}]\n"},
		},
		"GH015": {
			{Name: "unknown property", Src: flow("      - run: echo ${{ github.nope }}"), Want: []string{"6 nope"}},
			{Name: "a team's own runner", Src: "on: push\njobs:\n  a:\n    runs-on: [self-hosted, big-gpu]\n    steps: [{run: x}]\n"},
			{Name: "unknown key", Src: flow("      - runs: x"), Want: []string{"6"}},
		},
		"GH016": {
			{Name: "runner in a matrix", Src: "on: push\njobs:\n  a:\n    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [ubuntu-24.04, ubuntu-20.04]}}\n    steps: [{run: x}]\n", Want: []string{"5:44"}},
			{Name: "in a comment", Src: flow("      - run: |\n          # ::set-output is gone\n          x")},
			{Name: "add-path in a block", Src: flow("      - run: |\n          echo \"::add-path::/x\""), Want: []string{"7:17 GITHUB_PATH"}},
			{Name: "unsecure commands", Src: flow("      - run: x\n        env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}"), Want: []string{"7:15"}},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
