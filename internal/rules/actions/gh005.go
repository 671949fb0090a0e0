package actions

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func gh005() rule.Rule {
	r := base("GH005", finding.Error, rule.Security, "zizmor:dangerous-triggers")
	head := "name: Comment\non:\n  %s:\npermissions:\n  contents: read\nconcurrency:\n  group: comment-${{ github.ref }}\n  cancel-in-progress: true\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n"
	checkout := "      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          persist-credentials: false\n"
	r.Doc = rule.Doc{
		Title: "code of a pull request checked out in a workflow with secrets", Since: "0.1.0",
		Why: "pull_request_target, workflow_run and issue_comment run with the secrets and the token of the target repository, for pull requests " +
			"from forks too. What such a run checks out and builds, a stranger has written. Build in a pull_request workflow, which has no secrets.",
		Bad:   fmt.Sprintf(head, "pull_request_target") + checkout + "          ref: ${{ github.event.pull_request.head.sha }}\n      - run: make test\n",
		Good:  fmt.Sprintf(head, "pull_request") + checkout + "      - run: make test\n",
		Links: []string{"https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/"},
	}
	r.Check = func(p *rule.Pass) {
		dangerous := dangerousTrigger(p)
		if dangerous == "" {
			return
		}
		for _, s := range allSteps(p) {
			if guarded(s) {
				continue
			}
			if n := s.input("ref"); s.runs("actions/checkout") && headRef.MatchString(n.Text()) {
				p.Broken(at(p, n), message(dangerous))
			} else if n := s.input("repository"); s.runs("actions/checkout") && headRepo.MatchString(n.Text()) {
				p.Broken(at(p, n), message(dangerous))
			}
		}
		for _, s := range scripts(p) {
			if guarded(s.step) {
				continue
			}
			for _, c := range s.shell.Commands {
				if fetches(s.source(c)) {
					p.Broken(s.span(p, c.Start, c.End), message(dangerous))
				}
			}
		}
	}
	return r
}

func message(trigger string) string {
	return "this fetches the code of the pull request, which a stranger may have written, into a run of " + trigger +
		" that has secrets: do it in a pull_request workflow, and hand over only data"
}

// dangerousTrigger is an event that gives secrets to runs that strangers cause; empty when there is none.
func dangerousTrigger(p *rule.Pass) string {
	ts := triggers(p)
	for _, n := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
		if _, ok := ts[n]; ok {
			return n
		}
	}
	return ""
}

var (
	headRef  = regexp.MustCompile(`(?i)\.pull_request\.head\.(?:sha|ref)\b|github\.head_ref\b|workflow_run\.head_(?:sha|branch|commit)\b|merge_commit_sha\b|refs/pull/`)
	headRepo = regexp.MustCompile(`(?i)\.pull_request\.head\.repo\.|workflow_run\.head_repository\.`)
	samePR   = regexp.MustCompile(`(?i)head\.repo\.(?:full_name|owner\.login|fork|id)|head_repository\.(?:full_name|owner|id)|author_association|event_name\s*==\s*'(?:pull_request|push|schedule|workflow_dispatch)'|workflow_run\.event\s*==\s*'(?:push|schedule|release)'|github\.actor\s*==|user\.login\s*==`)
)

func fetches(command string) bool {
	return strings.HasPrefix(command, "gh pr checkout") ||
		strings.HasPrefix(command, "git fetch") && (strings.Contains(command, "pull/") || headRef.MatchString(command)) ||
		strings.HasPrefix(command, "git checkout") && headRef.MatchString(command)
}

// guarded tells whether a condition of the step or of its job keeps strangers out, or other events in.
func guarded(s step) bool {
	return samePR.MatchString(s.node.Get("if").Text()) || samePR.MatchString(s.job.cond())
}
