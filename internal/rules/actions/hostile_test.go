package actions_test

import (
	"fmt"
	"strings"
	"testing"
)

// A file that is made to be slow must not hold a run up: the test binary ends long before its limit. How long it takes is for a
// benchmark to say, since machines differ.
func TestHostileWorkflowsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files")
	}
	repeat := func(head, line string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < 40<<10; i++ {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	steps := "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n"
	for name, src := range map[string]string{
		"jobs":              repeat("on: pull_request\njobs:\n", "  j%[1]d: {runs-on: x, needs: [j%[1]d, k], steps: [{run: npm install}]}\n"),
		"chain of needs":    repeat("on: push\njobs:\n", "  j%[1]d: {runs-on: x, needs: j%[1]d0, steps: [{run: go test}, {run: docker push a}]}\n"),
		"expressions":       repeat(steps, "      - run: echo ${{ github.head_ref }} %d\n"),
		"setups":            repeat(steps, "      - {uses: actions/setup-node@v%d}\n"),
		"checkouts":         repeat(steps, "      - {uses: actions/checkout@v%d, id: x}\n"),
		"soft steps":        repeat(steps, "      - {run: go test, id: s%d, continue-on-error: true}\n"),
		"one script":        repeat(steps+"      - run: |\n", "          echo ${{ secrets.X }} ${{ github.head_ref }} %d | cat >> $GITHUB_ENV\n"),
		"one env":           repeat(steps+"      - run: echo $A1 >> $GITHUB_ENV\n        env:\n", "          A%d: ${{ secrets.X }}\n"),
		"addresses":         repeat(steps+"      - run: |\n", "          x://u:hunter22%d@db:1/ \n"),
		"many env and echo": repeat("on: push\nenv:\n  T: ${{ secrets.T }}\njobs:\n  a:\n    runs-on: x\n    steps:\n", "      - {run: echo $T, env: {A%d: b}}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			run(t, src, true)
		})
	}
}
