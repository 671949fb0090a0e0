package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func gh009() rule.Rule {
	r := base("GH009", finding.Warning, rule.Code)
	good := example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: make test\n")
	r.Doc = rule.Doc{
		Title: "job without a time limit", Since: "0.1.0",
		Why:  "A job that hangs holds its runner for six hours before GitHub ends it. All those minutes are paid for, and nobody hears of it before.",
		Bad:  strings.Replace(good, "    timeout-minutes: 10\n", "", 1),
		Good: good,
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			if n := j.node.Get("timeout-minutes"); n != nil {
				p.Holds(at(p, n))
				continue
			}
			if j.calls() || stepsLimited(p, j) {
				continue // the called workflow's jobs have their own
			}
			edit, ok := after(p, j.node, "runs-on", "timeout-minutes: 60")
			p.Broken(at(p, j.key), "job "+j.id+" may hang for six hours: set timeout-minutes to a little more than it takes", fix("end it after an hour", true, edit, ok)...)
		}
	}
	return r
}

// stepsLimited tells whether each step has a limit of its own.
func stepsLimited(p *rule.Pass, j *job) bool {
	list := of(p, j)
	for _, s := range list {
		if !s.node.Has("timeout-minutes") {
			return false
		}
	}
	return len(list) > 0
}
