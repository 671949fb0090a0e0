package actions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	pins "github.com/autogit/autogit/internal/actions"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

var commit = regexp.MustCompile(`^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$`)

// official owners are GitHub itself: who can move their tags runs the runner anyway.
var official = []string{"actions", "github"}

// byTag are reusable workflows that check their own ref and refuse to run from a commit.
var byTag = []string{"slsa-framework/slsa-github-generator"}

// gh001 has a fix where the table of pins knows the action; the rulebook had none without a network.
func gh001() rule.Rule {
	r := baseSteps("GH001", finding.Warning, rule.Security, "zizmor:unpinned-uses")
	r.Doc = rule.Doc{
		Title: "action not pinned to a commit", Since: "0.1.0",
		Why: "A tag can be moved to other code, by the action's owner or by whoever has stolen the account, and the new code runs with this " +
			"workflow's token. A commit's hash cannot be moved. Actions of GitHub itself may keep their tags, except in the strict profile.",
		Bad:   example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: codecov/codecov-action@v5\n"),
		Good:  example("  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: codecov/codecov-action@18283e04ce6e62d37312384ff67231eb8fd56d24 # v5.4.3\n"),
		Links: []string{"https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions"},
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range uses(p) {
			switch {
			case u.local() || u.ref == "" || branch(u) || slices.Contains(byTag, u.repository()):
				// a branch is GH002's
			case commit.MatchString(u.ref):
				p.Holds(at(p, u.node))
			case slices.Contains(official, u.owner()) && !p.Strict:
			default:
				p.Broken(at(p, u.node), fmt.Sprintf("%s is used by its tag %s, which can be moved to other code: pin the commit and keep the version as a comment", u.name, u.ref), pin(p, u)...)
			}
		}
	}
	return r
}

// pin is the fix that puts the commit of the same major version in the place of the tag. It is safe where the tag
// names the major or exactly the version of the table.
func pin(p *rule.Pass, u use) []finding.Fix {
	pinned, ok := pins.SameMajor(u.name, u.ref)
	if !ok {
		return nil
	}
	title := "pin " + pinned.Version
	safe := !strings.Contains(u.ref, ".") || u.ref == pinned.Version
	start := u.refStart()
	edits := []finding.Edit{{File: p.Path, Start: start, End: start + len(u.ref), New: pinned.Commit}}
	if rest := p.Bytes[u.node.End:lineEnd(p.Bytes, u.node.End)]; strings.TrimSpace(string(rest)) == "" {
		edits = append(edits, finding.Edit{File: p.Path, Start: u.node.End, End: u.node.End, New: " # " + pinned.Version})
	}
	return []finding.Fix{{Title: title, Safe: safe, Edits: edits}}
}
