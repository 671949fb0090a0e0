package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/work"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh008() rule.Rule {
	r := base("GH008", finding.Warning, rule.Code, "zizmor:concurrency-limits")
	good := example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: make test\n")
	r.Doc = rule.Doc{
		Title: "outdated runs are not cancelled", Since: "0.1.0",
		Why: "Each push to a pull request starts a run, and the old ones go on for nothing while the new one waits for a runner. Two pushes to a " +
			"branch that is deployed race each other, and the older may win.",
		Bad:  strings.Replace(good, "concurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\n", "", 1),
		Good: good,
	}
	r.Check = func(p *rule.Pass) {
		ts := triggers(p)
		_, called := ts["workflow_call"]
		_, pr := ts["pull_request"]
		if called || !pr && !(ts["push"].branches() && publishes(p)) {
			return // in a called workflow the group would be the caller's own
		}
		if k, c := root(p).Find("concurrency"); k != nil {
			checkCancel(p, k, c.Resolve(), pr)
			return
		}
		for _, j := range jobs(p) {
			if j.node.Has("concurrency") {
				return
			}
		}
		k, _ := root(p).Find("on")
		message := "outdated runs of a pull request go on: add concurrency with cancel-in-progress"
		if !pr {
			message = "two pushes run at the same time, and the older may end last: add concurrency"
		}
		p.Broken(at(p, k), message, addConcurrency(p, pr)...)
	}
	return r
}

// publishes tells whether some job hands something to others. Without that, runs of two pushes do not meet.
func publishes(p *rule.Pass) bool {
	for _, kinds := range jobWork(p) {
		if kinds[work.Publish] {
			return true
		}
	}
	return false
}

// checkCancel: cancel-in-progress that is written, even false, is somebody's decision.
func checkCancel(p *rule.Pass, k, c *yaml.Node, pr bool) {
	if c.Has("cancel-in-progress") || !pr {
		p.Holds(at(p, k))
		return
	}
	span := at(p, k)
	if c.IsScalar() {
		span = at(p, c)
	}
	edit, ok := after(p, c, "group", "cancel-in-progress: ${{ github.event_name == 'pull_request' }}")
	p.Broken(span, "outdated runs of a pull request are waited for: add cancel-in-progress", fix("cancel outdated runs of pull requests", true, edit, ok && c.IsMapping())...)
}

// addConcurrency is the fix. Runs that no pull request started get a group of their own, so that each commit of a
// branch keeps its result. Without pull requests, one run at a time may drop one that waits: that is not safe.
func addConcurrency(p *rule.Pass, pr bool) []finding.Fix {
	group := "  group: ${{ github.workflow }}-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}"
	cancel := "  cancel-in-progress: true"
	title := "cancel outdated runs of pull requests"
	if !pr {
		group, cancel, title = "  group: ${{ github.workflow }}-${{ github.ref }}", "  cancel-in-progress: false", "one run at a time for each branch"
	}
	behind := "on"
	if k, v := root(p).Find("permissions"); k != nil && v != nil && !strings.Contains(v.Text(), "\n") {
		behind = "permissions"
	}
	edit, ok := after(p, root(p), behind, "", "concurrency:", group, cancel)
	return fix(title, pr, edit, ok)
}
