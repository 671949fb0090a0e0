package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh003() rule.Rule {
	r := base("GH003", finding.Warning, rule.Security, "zizmor:excessive-permissions", "checkov:CKV2_GHA_1")
	good := example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: make test\n")
	r.Doc = rule.Doc{
		Title: "token with more permissions than needed", Since: "0.1.0",
		Why: "Without permissions the token has what the repository's settings say, in many repositories write access to everything: " +
			"an action that turns bad can then push code and publish releases. Begin with contents: read and give a job what it needs.",
		Bad:   strings.Replace(good, "permissions:\n  contents: read\n", "", 1),
		Good:  good,
		Links: []string{"https://docs.github.com/en/actions/reference/security/secure-use#use-the-principle-of-least-privilege"},
	}
	r.Check = func(p *rule.Pass) {
		checkPermissions(p, root(p).Get("permissions"))
		for _, j := range jobs(p) {
			checkPermissions(p, j.node.Get("permissions"))
		}
		ts := triggers(p)
		if root(p).Has("permissions") || len(ts) == 0 || only(ts, "workflow_call") {
			return // a called workflow has at most what its caller gives it
		}
		for _, j := range jobs(p) {
			if !j.node.Has("permissions") {
				edit, ok := after(p, root(p), "on", "", "permissions:", "  contents: read")
				p.Broken(at(p, j.key), "job "+j.id+" runs with the default token, which may be able to write: add permissions: contents: read and give jobs what they need",
					fix("add contents: read", readsOnly(p), edit, ok)...)
				return
			}
		}
	}
	return r
}

func checkPermissions(p *rule.Pass, n *yaml.Node) {
	switch {
	case n == nil:
	case n.Text() == "write-all":
		p.Broken(at(p, n), "write-all lets every step change everything in the repository: name the permissions that are needed")
	default:
		p.Holds(at(p, n))
	}
}

// harmless are the beginnings of actions that need no more than to read the repository.
var harmless = []string{
	"actions/checkout", "actions/setup-", "actions/cache", "actions/upload-artifact", "actions/download-artifact", "docker/setup-",
	"docker/build-push-action", "docker/metadata-action", "astral-sh/setup-uv", "astral-sh/ruff-action", "golangci/golangci-lint-action", "ruby/setup-ruby",
	"shivammathur/setup-php", "pnpm/action-setup", "oven-sh/setup-bun", "dtolnay/rust-toolchain", "swatinem/rust-cache", "gradle/actions/setup-gradle",
	"hadolint/hadolint-action", "aquasecurity/trivy-action", "codecov/codecov-action",
}

// readsOnly tells whether nothing in the workflow can need a token that writes, so that contents: read takes nothing away.
func readsOnly(p *rule.Pass) bool {
	text := strings.ToLower(string(p.Bytes))
	for _, word := range []string{"github.token", "github_token", "gh_token", "git push", "gh ", "docker push", "ghcr.io", "push: true"} {
		if strings.Contains(text, word) {
			return false
		}
	}
	for _, u := range uses(p) {
		known := false
		for _, h := range harmless {
			known = known || strings.HasPrefix(u.name, h)
		}
		if !known {
			return false
		}
	}
	return true
}
