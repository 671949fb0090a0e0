package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/work"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// gh018 has no fix, though the rulebook has one to opt into: which input switches a cache off depends on the action's version.
func gh018() rule.Rule {
	r := base("GH018", finding.Warning, rule.Security, "zizmor:cache-poisoning")
	head := "name: Release\non:\n  push:\n    tags: [v*]\npermissions:\n  contents: read\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n" +
		"      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0\n        with:\n          node-version: 24\n"
	tail := "      - run: npm ci\n      - run: npm publish\n"
	r.Doc = rule.Doc{
		Title: "release built from a cache", Since: "0.1.0",
		Why: "Any run of a branch can write the cache, one with an action that has turned bad too. What is published must be built of what the lock file names, " +
			"not of what an earlier run left.",
		Bad:  head + "          cache: npm\n" + tail,
		Good: head + "          package-manager-cache: false\n" + tail,
	}
	r.Check = func(p *rule.Pass) {
		all := releases(triggers(p))
		for _, j := range jobs(p) {
			if !jobWork(p)[j.id][work.Publish] || !all && !releaseCond(j.cond()) {
				continue
			}
			for _, s := range of(p, j) {
				if n := cacheInput(s); n != nil {
					p.Broken(at(p, n.node), n.what+" in a job that publishes a release: leave the cache out here")
				}
			}
		}
	}
	return r
}

// releaseCond tells whether a condition lets only tags and releases in.
func releaseCond(c string) bool {
	return strings.Contains(c, "refs/tags/") && !strings.Contains(c, "||") || strings.Contains(c, "event_name == 'release'") && !strings.Contains(c, "||")
}

// cacheUse is a place where something is taken from a cache.
type cacheUse struct {
	node *yaml.Node
	what string
}

// cacheInput is where a step takes something from a cache.
func cacheInput(s step) *cacheUse {
	u, ok := s.uses()
	if !ok {
		return nil
	}
	switch {
	case u.name == "actions/cache" || u.name == "actions/cache/restore" || u.name == "swatinem/rust-cache":
		return &cacheUse{u.node, u.name + " restores a cache"}
	case strings.HasPrefix(u.name, "actions/setup-") || u.name == "ruby/setup-ruby" || u.name == "astral-sh/setup-uv":
		for _, name := range []string{"cache", "bundler-cache", "enable-cache"} {
			if n := s.input(name); plain(n) != "" && n.Text() != "false" && n.Text() != "auto" {
				return &cacheUse{n, name + " is switched on"}
			}
		}
	case u.name == "docker/build-push-action" || u.name == "docker/bake-action":
		if n := s.input("cache-from"); strings.Contains(n.Text(), "type=gha") {
			return &cacheUse{n, "layers come from the cache of other runs"}
		}
	}
	return nil
}
