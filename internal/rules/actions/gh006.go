package actions

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh006() rule.Rule {
	r := baseSteps("GH006", finding.Warning, rule.Security, "zizmor:artipacked")
	use := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n"
	r.Doc = rule.Doc{
		Title: "checkout keeps its credentials", Since: "0.1.0",
		Why: "By default the token stays on disk for Git after the checkout. Every later step can read it, a dependency's install script too, " +
			"and an upload of the folder publishes it. Only a job that pushes needs it.",
		Bad:  example(use + "      - run: make test\n"),
		Good: example(use + "        with:\n          persist-credentials: false\n      - run: make test\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range allSteps(p) {
			if !s.runs("actions/checkout") {
				continue
			}
			if n := s.input("persist-credentials"); n != nil {
				if n.Text() == "false" {
					p.Holds(at(p, n))
				}
				continue // true, or an expression: somebody has thought of it
			}
			if s.job == nil || mayPush(p, s.job) {
				continue // what calls an action may push
			}
			edit, ok := into(p, s.node, "with", "uses", "persist-credentials: false")
			p.Broken(at(p, s.node.Get("uses")), "the checkout leaves its token on disk, where every later step can read it: set persist-credentials: false",
				fix("set persist-credentials: false", true, edit, ok)...)
		}
	}
	return r
}

// pushers are parts of the names of actions that push with the checkout's token.
var pushers = []string{
	"auto-commit", "create-pull-request", "add-and-commit", "gh-pages", "github-pages", "changesets/", "semantic-release", "release-please",
	"push-action", "github-push", "chart-releaser", "chart-testing", "git-push", "standard-version", "tag-action", "bump", "pre-commit", "merge",
}

// remote are Git's subcommands that talk to the server.
var remote = []string{"push", "fetch", "pull", "submodule", "ls-remote", "clone", "lfs", "remote"}

// mayPush tells whether the job may need the token in Git: it may write to the repository, or it talks to the server.
func mayPush(p *rule.Pass, j *job) bool {
	return perJob(p, pushKey{}, j, func() bool { return pushes(p, j) })
}

type pushKey struct{}

func pushes(p *rule.Pass, j *job) bool {
	perms := j.node.Get("permissions")
	if perms == nil {
		perms = root(p).Get("permissions")
	}
	if perms.Text() == "write-all" || perms.Get("contents").Text() == "write" {
		return true
	}
	for _, s := range of(p, j) {
		u, ok := s.uses()
		if ok && (u.local() || slices.ContainsFunc(pushers, func(part string) bool { return strings.Contains(u.name, part) && !strings.HasPrefix(u.name, "docker/") })) {
			return true
		}
	}
	for _, s := range scriptsOf(p, j) {
		if talksToServer(s) {
			return true
		}
	}
	return false
}

func talksToServer(s script) bool {
	for _, c := range s.shell.Commands {
		e := c.Effective()
		switch c.Tool() {
		case "git":
			if slices.ContainsFunc(e.Operands(), func(o string) bool { return slices.Contains(remote, o) }) {
				return true
			}
		case "semantic-release", "lerna", "changeset", "release-it", "standard-version", "cz", "mike", "gh-pages", "goreleaser", "nbdev_ghp_deploy":
			return true
		case "mkdocs":
			if e.Sub() == "gh-deploy" {
				return true
			}
		}
	}
	return false
}

// plain is the text of a scalar that no expression is part of.
func plain(n *yaml.Node) string {
	if t := n.Text(); !strings.Contains(t, "${{") {
		return t
	}
	return ""
}
