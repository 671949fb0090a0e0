package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

const pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"

// workflow is a good small workflow with the given steps, for examples.
func workflow(steps string) string {
	return "name: CI\non:\n  pull_request:\npermissions:\n  contents: read\nconcurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n" + steps
}

const checkout = "      - uses: " + pinned + "\n        with:\n          persist-credentials: false\n"

func gh001() rule.Rule {
	r := base("GH001", finding.Warning, rule.Security, "zizmor:unpinned-uses")
	r.Doc = rule.Doc{
		Title: "action not pinned to a commit", Since: "0.1.0",
		Why:  "A tag can be moved to other code, by the action's owner or by who has stolen their account; it then runs with this workflow's token. A commit's hash cannot. GitHub's own actions are left out.",
		Bad:  workflow("      - uses: codecov/codecov-action@v5\n"),
		Good: workflow("      - uses: codecov/codecov-action@fb8b3582c8e4def4969c97caa2f19720cb33a72f # v7.0.0\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range uses(p) {
			owner, _, _ := strings.Cut(u.Action, "/")
			switch {
			case commit.MatchString(u.Ref):
				p.Holds(at(p, u.Node))
			case owner == "actions" || owner == "github" || movable(u.Ref) || strings.Contains(u.Ref, "${{"):
			default:
				p.Broken(at(p, u.Node), fmt.Sprintf("%s is pinned to %s, which can be moved: pin the full commit hash and keep the version as a comment", u.Action, u.Ref))
			}
		}
	}
	return r
}

// movable tells whether a ref is a branch by its name.
func movable(ref string) bool {
	return slices.Contains([]string{"main", "master", "develop", "trunk", "HEAD", "latest", "dev", "next"}, ref)
}

func gh002() rule.Rule {
	r := base("GH002", finding.Error, rule.Security, "zizmor:unpinned-uses")
	r.Doc = rule.Doc{
		Title: "action taken from a branch", Since: "0.1.0",
		Why:  "Whatever is pushed to the branch next runs with this workflow's token and secrets, without anyone here having seen it.",
		Bad:  workflow("      - uses: actions/checkout@main\n        with:\n          persist-credentials: false\n"),
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range uses(p) {
			if movable(u.Ref) {
				p.Broken(at(p, u.Node), fmt.Sprintf("%s follows the branch %s: pin the full commit hash of a release", u.Action, u.Ref))
			}
		}
	}
	return r
}

func gh003() rule.Rule {
	r := base("GH003", finding.Warning, rule.Security, "zizmor:excessive-permissions", "checkov:CKV2_GHA_1")
	noPermissions := strings.Replace(workflow(checkout), "permissions:\n  contents: read\n", "", 1)
	r.Doc = rule.Doc{
		Title: "token with more permissions than needed", Since: "0.1.0",
		Why:  "Without permissions the token may write to the whole repository, depending on its settings; an action that turns bad can push code. Start with contents: read, and give a job what it needs.",
		Bad:  noPermissions,
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		root := p.YAML().Root()
		if n := root.Get("permissions"); n != nil {
			writeAll(p, n.Text(), at(p, n))
		} else if !reusable(p) {
			for _, j := range jobs(p) {
				if !j.Node.Has("permissions") {
					p.Broken(at(p, j.Key), "job "+j.ID+" runs with the default token: add permissions with what it needs, contents: read to begin with", top(p, "add contents: read", "permissions:", "  contents: read")...)
					break
				}
			}
		}
		for _, j := range jobs(p) {
			if n := j.Node.Get("permissions"); n.IsScalar() {
				writeAll(p, n.Text(), at(p, n))
			}
		}
	}
	return r
}

func writeAll(p *rule.Pass, text string, span finding.Span) {
	if text == "write-all" {
		p.Broken(span, "write-all lets every step change everything: name the permissions that are needed")
		return
	}
	p.Holds(span)
}

func gh005() rule.Rule {
	r := base("GH005", finding.Error, rule.Security, "zizmor:dangerous-triggers")
	bad := strings.Replace(workflow("      - uses: "+pinned+"\n        with:\n          persist-credentials: false\n          ref: ${{ github.event.pull_request.head.sha }}\n"), "pull_request:", "pull_request_target:", 1)
	r.Doc = rule.Doc{
		Title: "code of a pull request run with secrets", Since: "0.1.0",
		Why:  "pull_request_target and workflow_run have the repository's secrets and a token that may write. Checking out the pull request's code there hands both to anyone who opens one.",
		Bad:  bad,
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		_, target := on(p, "pull_request_target")
		_, run := on(p, "workflow_run")
		if !target && !run {
			return
		}
		for _, j := range jobs(p) {
			for _, s := range j.Steps {
				ref := s.Node.Get("with", "ref")
				if s.Uses == "actions/checkout" && headRef(ref.Text()) {
					p.Broken(at(p, ref), "this checks out the pull request's own code in a workflow that has secrets: use the trigger pull_request, or do not run what is checked out")
				}
			}
		}
	}
	return r
}

func headRef(s string) bool {
	for _, part := range []string{"pull_request.head", "github.head_ref", "workflow_run.head", "merge_commit_sha", "refs/pull/"} {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

func gh006() rule.Rule {
	r := base("GH006", finding.Warning, rule.Security, "zizmor:artipacked")
	r.Doc = rule.Doc{
		Title: "checkout leaves its token behind", Since: "0.1.0",
		Why:  "By default the token stays in .git/config, where every later step reads it, and an upload of the folder publishes it.",
		Bad:  workflow("      - uses: " + pinned + "\n"),
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			if pushes(j) {
				continue
			}
			for _, s := range j.Steps {
				if s.Uses != "actions/checkout" {
					continue
				}
				with := s.Node.Get("with")
				if v := with.Get("persist-credentials"); v != nil {
					if v.Text() == "false" {
						p.Holds(at(p, v))
					}
					continue // true says that it is meant so
				}
				var fix []finding.Fix
				if with.IsMapping() {
					fix = first(p, with, "do not keep the token", "persist-credentials: false")
				} else if with == nil {
					fix = last(p, s.Node, "do not keep the token", "with:", "  persist-credentials: false")
				}
				p.Broken(at(p, s.Node.Get("uses")), "the checkout leaves its token for all later steps: set persist-credentials: false", fix...)
			}
		}
	}
	return r
}

// pushes tells whether a job needs the token in git: it pushes itself, or by an action that does.
func pushes(j job) bool {
	for _, s := range j.Steps {
		for _, a := range []string{"create-pull-request", "git-auto-commit", "gh-pages", "changesets", "semantic-release", "release-please", "add-and-commit", "github-push"} {
			if strings.Contains(s.Uses, a) {
				return true
			}
		}
		for _, c := range s.Shell.Commands {
			switch sub := c.Effective().Sub(); c.Tool() {
			case "git":
				if sub == "push" || sub == "fetch" || sub == "pull" || sub == "submodule" {
					return true
				}
			case "semantic-release", "lerna", "changeset", "goreleaser", "cz", "gh":
				return true
			case "mkdocs", "mike":
				return true
			}
		}
	}
	return false
}
