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
			{"official, in the strict profile", flow("      - uses: actions/checkout@v7"), []string{"6:15"}},
			{"local and docker", flow("      - uses: ./x\n      - uses: docker://a:1"), nil},
			{"path in a repository", flow("      - uses: a/b/c@v1"), []string{"6:15"}},
			{"reusable workflow", "on: push\njobs:\n  a:\n    uses: a/b/.github/workflows/x.yml@v1\n", []string{"4:11"}},
			{"short hash", flow("      - uses: a/b@3d3c42e"), []string{"6:15"}},
			{"branch is another rule's", flow("      - uses: a/b@main"), nil},
		},
		"GH002": {{"hash", flow("      - uses: a/b@" + sha), nil}, {"master", flow("      - uses: a/b@master"), []string{"6:15"}}},
		"GH003": {
			{"each job has its own", "on: push\njobs:\n  a:\n    permissions: {}\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", nil},
			{"write-all in a job", "on: push\npermissions: {}\njobs:\n  a:\n    permissions: write-all\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", []string{"5:18"}},
			{"called workflows take the caller's", "on: workflow_call\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", nil},
		},
		"GH004": {
			{"safe context", flow("      - run: echo ${{ github.sha }}"), nil},
			{"branch name", flow("      - run: |\n          x\n          git switch ${{ github.head_ref }}"), []string{"8"}},
			{"in env", flow("      - run: echo \"$B\"\n        env: {B: \"${{ github.head_ref }}\"}"), nil},
		},
		"GH005": {
			{"base is checked out", strings.Replace(flow("      - uses: actions/checkout@v7"), "pull_request", "pull_request_target", 1), nil},
			{"pull_request has no secrets", flow("      - uses: actions/checkout@v7\n        with: {ref: \"${{ github.event.pull_request.head.sha }}\"}"), nil},
			{"workflow_run", "on: {workflow_run: {workflows: [x]}}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v7\n        with:\n          ref: ${{ github.event.workflow_run.head_branch }}\n", []string{"8:16"}},
		},
		"GH006": {
			{"true is meant so", flow("      - uses: actions/checkout@v7\n        with: {persist-credentials: true}"), nil},
			{"the job pushes", flow("      - uses: actions/checkout@v7\n      - run: git push"), nil},
			{"other inputs", flow("      - uses: actions/checkout@v7\n        with:\n          fetch-depth: 0"), []string{"6:15"}},
		},
		"GH007": {
			{"database of one job", "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: postgres:17\n        env: {POSTGRES_PASSWORD: zx81-pw}\n    env:\n      DB_PASSWORD: zx81-pw\n      DATABASE_URL: postgres://a:zx81-pw@localhost/x\n    steps: [{run: x}]\n", nil},
			{"test values", flow("      - run: x\n        env: {SECRET_KEY: test-key-only, DB_PASSWORD: postgres, JWT_SECRET: ci-secret}"), nil},
			{"reference", flow("      - run: x\n        env: {TOKEN: \"${{ secrets.T }}\"}"), nil},
			{"input of an action", flow("      - uses: a/b@v1\n        with:\n          api-key: 9f8e7d6c5b4a3210"), []string{"8:20"}},
			{"all secrets", flow("      - run: echo '${{ toJSON(secrets) }}'"), []string{"6:20"}},
			{"own reusable workflow", "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n", nil},
			{"foreign reusable workflow", "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: inherit\n", []string{"5:14"}},
			{"echo", flow("      - run: echo ${{ secrets.T }}"), []string{"6:19"}},
			{"echo into a login", flow("      - run: echo ${{ secrets.T }} | docker login --password-stdin"), nil},
			{"id-token permission", "on: push\npermissions:\n  id-token: write\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", nil},
		},
		"GH008": {
			{"push alone", strings.Replace(flow("      - run: x"), "pull_request", "push", 1), nil},
			{"not cancelled", "concurrency: x\n" + flow("      - run: x"), []string{"1:14"}},
			{"by expression", "concurrency:\n  group: x\n  cancel-in-progress: ${{ github.ref != 'refs/heads/main' }}\n" + flow("      - run: x"), nil},
		},
		"GH009": {
			{"called workflow", "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n", nil},
			{"each step has one", flow("      - run: x\n        timeout-minutes: 5"), nil},
		},
		"GH010": {
			{"nothing installed", flow("      - uses: actions/setup-node@v7\n      - run: node x.js"), nil},
			{"cached by hand", flow("      - uses: actions/setup-node@v7\n      - uses: actions/cache@v6\n      - run: npm ci"), nil},
			{"python", flow("      - uses: actions/setup-python@v7\n      - run: pip install -r requirements.txt") + "-- requirements.txt --\na==1\n", []string{".github/workflows/ci.yml:6:15 cache: pip"}},
			{"python without a file that the key is made of", flow("      - uses: actions/setup-python@v7\n      - run: pip install -r requirements.txt"), nil},
			{"go caches by itself", flow("      - uses: actions/setup-go@v7\n      - run: go test ./..."), nil},
		},
		"GH011": {
			{"no tests, no gate", "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps: [{run: x}]\n", nil},
		},
		"GH012": {
			{"outcome is read", flow("      - id: t\n        run: pytest\n        continue-on-error: true\n      - if: steps.t.outcome == 'failure'\n        run: exit 1"), nil},
			{"no gate", flow("      - run: ./notify\n        continue-on-error: true"), nil},
		},
		"GH013": {
			{"in a block", flow("      - run: |\n          cd x\n          npm install") + "-- x/package-lock.json --\n{}\n", []string{".github/workflows/ci.yml:8:11"}},
			{"no lock file to keep to", flow("      - run: npm install"), nil},
			{"yarn keeps to the lock file in CI", flow("      - run: yarn install"), nil},
		},
		"GH014": {
			{"container in short form", "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    container: node\n    steps: [{run: x}]\n", []string{"5:16"}},
			{"expression", "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    container: node:${{ github.sha }}\n    steps: [{run: x}]\n", nil},
		},
		"GH015": {
			{"unknown property", flow("      - run: echo ${{ github.nope }}"), []string{"6 nope"}},
			{"a team's own runner", "on: push\njobs:\n  a:\n    runs-on: [self-hosted, big-gpu]\n    steps: [{run: x}]\n", nil},
			{"unknown key", flow("      - runs: x"), []string{"6"}},
		},
		"GH016": {
			{"runner in a matrix", "on: push\njobs:\n  a:\n    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [ubuntu-24.04, ubuntu-20.04]}}\n    steps: [{run: x}]\n", []string{"5:44"}},
			{"in a comment", flow("      - run: |\n          # ::set-output is gone\n          x"), nil},
			{"add-path in a block", flow("      - run: |\n          echo \"::add-path::/x\""), []string{"7:17 GITHUB_PATH"}},
			{"unsecure commands", flow("      - run: x\n        env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}"), []string{"7:15"}},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
