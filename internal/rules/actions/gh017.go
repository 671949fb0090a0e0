package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func gh017() rule.Rule {
	r := base("GH017", finding.Warning, rule.Security, "zizmor:self-hosted-runner")
	tail := "    timeout-minutes: 10\n    steps:\n      - run: make test\n"
	r.Doc = rule.Doc{
		Title: "own runner for pull requests", Since: "0.1.0",
		Why: "In a public repository anyone can open a pull request and run what they like on this machine, and leave something behind for the next job. " +
			"A private repository may say so in an ignore comment.",
		Bad:  example("  test:\n    runs-on: [self-hosted, linux]\n" + tail),
		Good: example("  test:\n    runs-on: ubuntu-24.04\n" + tail),
	}
	r.Check = func(p *rule.Pass) {
		ts := triggers(p)
		event := ""
		for _, n := range []string{"pull_request", "pull_request_target", "issue_comment"} {
			if _, ok := ts[n]; ok && event == "" {
				event = n
			}
		}
		if event == "" {
			return
		}
		for _, j := range jobs(p) {
			on := j.node.Get("runs-on").Resolve()
			labels := on
			if on.IsMapping() {
				labels = on.Get("labels").Resolve()
			}
			for _, n := range append(labels.List(), labels) {
				if strings.EqualFold(n.Text(), "self-hosted") && !samePR.MatchString(j.cond()) {
					p.Broken(at(p, n), "pull requests run on this machine, in a public repository those of strangers too: use a runner of GitHub, or one that is made anew for each job")
				}
			}
		}
	}
	return r
}
