package actions_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule/ruletest"
)

func edge(name, src string, want ...string) ruletest.Edge {
	return ruletest.Edge{Name: name, Src: src, Want: want}
}

// two is a workflow with the trigger and two jobs.
func two(on, a, b string) string {
	return "on: " + on + "\njobs:\n  a:\n    runs-on: x\n" + a + "  b:\n    runs-on: x\n" + b
}

func TestMoreEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"GH001": {
			edge("trusted builders must be called by tag", "on: push\njobs:\n  a:\n    uses: slsa-framework/slsa-github-generator/.github/workflows/x.yml@v2.1.0\n"),
			edge("channel of a toolchain", flow("      - uses: dtolnay/rust-toolchain@stable"), "6:15"),
			edge("through an alias", "on: push\nx: &u a/b@v1\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: *u}, {uses: *u}]\n", "2:7"),
		},
		"GH002": {
			edge("branch by its full name", flow("      - uses: a/b@refs/heads/x"), "6:15"),
			edge("branch with a version is GH001's", flow("      - uses: a/b@release/v1")),
		},
		"GH004": {
			edge("compared only", flow("      - run: echo ${{ github.head_ref == 'x' }} ${{ contains(github.event.issue.body, 'y') }}")),
			edge("index form and filter", flow("      - run: echo ${{ github['event']['issue'].title }} ${{ github.event.commits[0].message }}"), "6:19", "6:57"),
			edge("whole event", flow("      - run: echo '${{ toJSON(github.event) }}'"), "6:20"),
			edge("script of an action", flow("      - uses: actions/github-script@v9\n        with:\n          script: console.log('${{ github.event.issue.title }}')"), "8:32"),
			edge("brace in a string", flow("      - run: echo ${{ format('}}{0}', github.event.issue.title) }}"), "6:19"),
		},
		"GH005": {
			edge("pull request fetched by gh", "on: issue_comment\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: gh pr checkout 1\n", "6:14"),
			edge("only for our own branches", "on: pull_request_target\njobs:\n  a:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v7\n        with: {ref: \"${{ github.head_ref }}\"}\n"),
			edge("only in the harmless event", "on: [pull_request, pull_request_target]\njobs:\n  a:\n    if: github.event_name == 'pull_request'\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v7\n        with: {ref: \"${{ github.head_ref }}\"}\n"),
		},
		"GH006": {
			edge("job may write contents", "on: push\njobs:\n  a:\n    permissions: {contents: write}\n    runs-on: x\n    steps: [{uses: actions/checkout@v7}]\n"),
			edge("submodules are fetched later", flow("      - uses: actions/checkout@v7\n      - run: |\n          git -c a=b submodule update --init")),
			edge("local git commands need no token", flow("      - uses: actions/checkout@v7\n      - run: git log"), "6:15"),
		},
		"GH007": {
			edge("variable printed", flow("      - run: echo \"$T\"\n        env: {T: \"${{ secrets.T }}\"}"), "6:19"),
			edge("variable overwritten by the step", "on: push\nenv: {T: \"${{ secrets.T }}\"}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"$T\"\n        env: {T: a}\n"),
			edge("only whether it is set", flow("      - run: echo \"${T:+set}\" '$T'\n        env: {T: \"${{ secrets.T }}\"}")),
			edge("into a file, a pipe, a variable", flow("      - run: |\n          echo ${{ secrets.T }} > f\n          echo ${{ secrets.T }} | base64 -d > g\n          X=$(echo ${{ secrets.T }})")),
			edge("compared only", flow("      - run: echo ${{ secrets.T != '' }}")),
			edge("masked", flow("      - run: echo \"::add-mask::${{ secrets.T }}\"")),
			edge("address of a service", "on: push\njobs:\n  a:\n    runs-on: x\n    services: {db: {image: \"a:1\"}}\n    steps:\n      - run: psql postgres://u:hunter22@db:5432/x\n"),
			edge("address of elsewhere", flow("      - run: psql postgres://u:hunter22@db.example.org/x"), "6:32"),
		},
		"GH008": {
			edge("kept on purpose", "concurrency: {group: x, cancel-in-progress: false}\n"+flow("      - run: x")),
			edge("called workflow too", "on: [pull_request, workflow_call]\njobs:\n  a:\n    runs-on: x\n    steps: [{run: y}]\n"),
			edge("deploys each push", "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: docker push r/a}]\n", "1:1"),
			edge("tags do not race", "on: {push: {tags: [v*]}}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: docker push r/a}]\n"),
		},
		"GH010": {
			edge("key without the lock file", flow("      - uses: actions/cache@v6\n        with:\n          path: ~/.npm\n          key: ${{ runner.os }}-npm"), "9:16"),
			edge("key with the commit", flow("      - uses: actions/cache@v6\n        with: {path: ~/.npm, key: \"${{ github.sha }}\"}")),
			edge("key of something else", flow("      - uses: actions/cache@v6\n        with: {path: build, key: v1}")),
			edge("switched off", flow("      - uses: actions/setup-node@v7\n        with: {cache: ''}\n      - run: npm ci")+"-- package-lock.json --\n{}\n"),
			edge("release", "on: {push: {tags: [v*]}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-node@v7\n      - run: npm ci\n-- package-lock.json --\n{}\n"),
			edge("lock file of a folder", flow("      - uses: actions/setup-node@v7\n      - run: npm ci\n        working-directory: web")+"-- web/package-lock.json --\n{}\n", ".github/workflows/ci.yml:6:15"),
		},
		"GH011": {
			edge("through another job", "on: push\njobs:\n  t:\n    runs-on: x\n    steps: [{run: go test}]\n  i:\n    needs: t\n    runs-on: x\n    steps: [{run: x}]\n  d:\n    needs: i\n    runs-on: x\n    steps: [{run: docker push r/a}]\n"),
			edge("even after a failure", two("push", "    steps: [{run: go test}]\n", "    needs: a\n    if: always()\n    steps: [{run: docker push r/a}]\n"), "9:9 failed"),
			edge("into a cluster for tests", two("push", "    steps: [{run: go test}]\n", "    steps: [{run: kind create cluster}, {run: kubectl apply -f x}]\n")),
			edge("trial run", two("push", "    steps: [{run: go test}]\n", "    steps: [{run: npm publish --dry-run}]\n")),
			edge("tests itself", two("push", "    steps: [{run: go test}]\n", "    steps: [{run: go test}, {run: docker push r/a}]\n")),
			edge("linter last", two("push", "    steps: [{run: go test}]\n", "    needs: a\n    steps: [{run: go vet ./...}]\n"), "8:12 quick"),
			edge("through make", two("push", "    steps: [{run: make t}]\n", "    steps: [{run: make p}]\n")+"-- Makefile --\nt:\n\tgo test\np:\n\tdocker push r/a\n", ".github/workflows/ci.yml:6:3"),
			edge("needs in a circle", "on: push\njobs:\n  t: {runs-on: x, steps: [{run: go test}]}\n  a: {runs-on: x, needs: b, steps: [{run: docker push r}]}\n  b: {runs-on: x, needs: a, steps: [{run: x}]}\n", "4:3"),
		},
		"GH012": {
			edge("swallowed in the shell", flow("      - run: |\n          npm audit || true\n          rm x || true"), "7:20"),
			edge("answered in the shell", flow("      - run: go test || ./report")),
			edge("not known yet", flow("      - run: go test\n        continue-on-error: ${{ matrix.experimental }}")),
		},
		"GH013": {edge("pnpm keeps to the lock file in CI", flow("      - run: pnpm install")+"-- pnpm-lock.yaml --\na: b\n")},
		"GH015": {
			edge("place behind other letters", flow("      - run: echo \"äöü\" ${{ nope.x }}"), "6:32"),
			edge("duplicate keys are the engine's", "on: push\njobs:\n  a:\n    runs-on: x\n    runs-on: y\n    steps: [{run: z}]\n"),
		},
		"GH016": {
			edge("artifact action", flow("      - uses: actions/upload-artifact@v3\n      - uses: actions/upload-artifact@v4"), "6:15"),
			edge("own runner of that name", "on: push\njobs:\n  a:\n    runs-on: [self-hosted, ubuntu-20.04]\n    steps: [{run: z}]\n"),
		},
		"GH017": {
			edge("pushes only", "on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps: [{run: z}]\n"),
			edge("of a group", "on: pull_request\njobs:\n  a:\n    runs-on: {group: g, labels: [self-hosted]}\n    steps: [{run: z}]\n", "4:34"),
			edge("own branches only", "on: pull_request\njobs:\n  a:\n    if: github.event.pull_request.head.repo.fork == false\n    runs-on: self-hosted\n    steps: [{run: z}]\n"),
		},
		"GH018": {
			edge("tests may use it", "on: {push: {tags: [v*]}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v6\n      - run: go test\n"),
			edge("image from cached layers", "on: {release: {types: [published]}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: docker/build-push-action@v7\n        with:\n          push: true\n          cache-from: type=gha\n", "9:23"),
			edge("every push", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v6\n      - run: docker push r/a\n"),
		},
		"GH019": {
			edge("file of another tool", "-- action.yml --\nactions: [a]\n"),
			edge("node that is gone", "name: a\ndescription: b\nruns: {using: node16, main: index.js}\n", "3:15"),
			edge("output without a value", "name: a\ndescription: b\noutputs: {x: {description: c}}\nruns: {using: composite, steps: []}\n", "3:11"),
			edge("key of a workflow", "name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: x\n      shell: bash\n      timeout-minutes: 1\n", "8:7"),
		},
		"GH020": {
			edge("one line can set one variable", flow("      - run: echo \"T=$T\" >> \"$GITHUB_ENV\"\n        env: {T: \"${{ github.event.issue.title }}\"}")),
			edge("path", flow("      - run: echo \"$T\" >> $GITHUB_PATH\n        env: {T: \"${{ github.head_ref }}\"}"), "6:14"),
			edge("through tee", flow("      - run: echo \"B=$B\" | tee -a \"$GITHUB_ENV\"\n        env: {B: \"${{ github.event.comment.body }}\"}"), "6:14"),
			edge("output is another file", flow("      - run: echo \"B=$B\" >> \"$GITHUB_OUTPUT\"\n        env: {B: \"${{ github.event.comment.body }}\"}")),
			edge("file of a run that strangers cause", "on: {workflow_run: {workflows: [x]}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cat pr.env >> $GITHUB_ENV\n", "6:14"),
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
