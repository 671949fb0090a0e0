package actions

import (
	"fmt"
	"strings"

	pins "github.com/autogit/autogit/internal/actions"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func gh002() rule.Rule {
	r := baseSteps("GH002", finding.Error, rule.Security, "zizmor:unpinned-uses")
	r.Doc = rule.Doc{
		Title: "action taken from a branch", Since: "0.1.0",
		Why:  "Whatever is pushed to that branch next runs here at once, with this workflow's token and secrets, and nobody has read it.",
		Bad:  example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: codecov/codecov-action@main\n"),
		Good: example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: codecov/codecov-action@fb8b3582c8e4def4969c97caa2f19720cb33a72f # v7.0.0\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range uses(p) {
			if !u.local() && branch(u) {
				hint := ""
				if known, ok := pins.Find(u.name); ok {
					hint = ", for example " + known.Commit + " # " + known.Version
				}
				p.Broken(at(p, u.node), fmt.Sprintf("%s follows the branch %s, so new code runs here unread: pin the commit of a release%s", u.name, u.ref, hint))
			}
		}
	}
	return r
}

// branches are names that no one gives to a release. "stable" and its like are left out: some actions name a channel so.
var branches = map[string]bool{
	"main": true, "master": true, "develop": true, "development": true, "dev": true, "trunk": true, "head": true, "next": true,
	"edge": true, "canary": true, "unstable": true,
}

// branch tells whether a ref is surely a branch. release/v1 may be one too, but is moved as seldom as a tag: GH001.
func branch(u use) bool {
	ref := strings.ToLower(u.ref)
	return branches[ref] || strings.HasPrefix(ref, "refs/heads/")
}
