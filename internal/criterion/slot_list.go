package criterion

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var eventWords = []nameRow{
	named("push", "push", "pushing", "commit", "branch push", "push event", "code push", "push to any branch", "push to all branch"),
	named("pull_request", "pull request", "pr", "pull_request", "opened pull request", "open pull request", "pull request event", "opening pull request"),
	named("merge_request", "merge request", "mr", "merge_request", "merge request event"),
	named("tag", "tag", "version tag", "git tag", "release tag", "tag push", "pushed tag", "new tag", "tagged commit", "tagged release", "tagged version"),
	named("release", "release", "github release", "published release"),
	named("schedule", "schedule", "cron", "cron schedule"),
	named("manual", "manual trigger", "manual dispatch", "workflow dispatch", "on demand", "manual run", "manual start", "demand", "manual"),
}

// events reads "push and PR", "every push to main and pull requests".
func events(m *matcher, i int) []reading {
	var out []reading
	item := wordReader(eventWords)
	var grow func(at int, list []string, branches string, depth int)
	grow = func(at int, list []string, branches string, depth int) {
		if depth > 8 {
			return
		}
		for at < len(m.toks) && contains([]string{"every", "each", "all", "any", "new", "on"}, m.toks[at].stem) {
			at++
		}
		for _, r := range item(m, at) {
			all := appendNew(list, r.value)
			more := append([]reading{{end: r.end}}, m.branchesAfter(r.end)...)
			for _, b := range more {
				br := branches
				if b.value != "" {
					br = b.value
				}
				if branches != "" && br != branches {
					continue // two sets of branches: which event has which would be lost
				}
				res := reading{end: b.end, value: strings.Join(all, ",")}
				if br != "" {
					res.more = map[string]string{"branches": br}
				}
				out = append(out, res)
				if next := m.conjunction(b.end); next > 0 {
					grow(next, all, br, depth+1)
				}
			}
		}
	}
	grow(i, nil, "", 0)
	sortReadings(out)
	return out
}

// branchesAfter reads "to main", "to the main branch", "against main and develop".
func (m *matcher) branchesAfter(i int) []reading {
	if i >= len(m.toks) || !contains([]string{"to", "against", "targeting", "on", "into", "for"}, m.toks[i].stem) {
		return nil
	}
	return branchList(m, i+1)
}

// branchList reads names of branches: the usual ones.
func branchList(m *matcher, i int) []reading {
	one := reader(func(m *matcher, i int) []reading {
		if i >= len(m.toks) || !branchNames[m.toks[i].stem] {
			return nil
		}
		out := []reading{{end: i + 1, value: m.toks[i].text}}
		if i+1 < len(m.toks) && m.toks[i+1].stem == "branch" {
			out = append(out, reading{end: i + 2, value: m.toks[i].text})
		}
		return out
	})
	return listOf(one, true)(m, i)
}

var versionForm = regexp.MustCompile(`^v?[0-9]{1,4}(\.[0-9]{1,4}){0,2}(\.x)?$`)

// version reads one version number; "v16" and "16.x" are 16.
func version(m *matcher, i int) []reading {
	if i >= len(m.toks) || !versionForm.MatchString(m.toks[i].text) {
		return nil
	}
	v := strings.TrimSuffix(strings.TrimPrefix(m.toks[i].text, "v"), ".x")
	return []reading{{end: i + 1, value: v}}
}

// versionList reads "3.10, 3.11 and 3.12", also as a range "3.10 to 3.12" where the steps are certain. The
// language may be said again before each version ("Node 20 and Node 22").
func versionList(m *matcher, i int) []reading {
	one := reader(func(m *matcher, i int) []reading {
		out := m.versionRange(i)
		out = append(out, version(m, i)...)
		for _, r := range wordReader(languageNames)(m, i) {
			out = append(out, version(m, r.end)...)
		}
		return out
	})
	return listOf(one, true)(m, i)
}

// versionRange reads "3.10 to 3.12" and "3.10-3.12": only minor versions of one major have certain steps.
func (m *matcher) versionRange(i int) []reading {
	lo := version(m, i)
	if lo == nil || i+1 >= len(m.toks) {
		return nil
	}
	at := i + 1
	switch w := m.toks[at]; {
	case contains([]string{"to", "up", "until"}, w.stem):
		at++
		if w.stem == "up" {
			at++
		}
	case !w.glued || !versionForm.MatchString(w.text):
		return nil
	}
	hi := version(m, at)
	if hi == nil {
		return nil
	}
	majorLo, minLo, ok1 := majorMinor(lo[0].value)
	majorHi, minHi, ok2 := majorMinor(hi[0].value)
	if !ok1 || !ok2 || majorLo != majorHi || minLo >= minHi || minHi-minLo > 12 {
		return nil
	}
	var list []string
	for n := minLo; n <= minHi; n++ {
		list = append(list, fmt.Sprintf("%s.%d", majorLo, n))
	}
	return []reading{{end: hi[0].end, value: strings.Join(list, ",")}}
}

func majorMinor(v string) (major string, minor int, ok bool) {
	major, rest, found := strings.Cut(v, ".")
	n, err := strconv.Atoi(rest)
	return major, n, found && err == nil
}

// targetWords are names that Makefile targets usually have.
var targetWords = wordSet(`help install test tests lint format fmt build deploy clean run dev start stop up down logs check all docs doc coverage cover cov typecheck
	type-check vet tidy generate release publish push docker image docker-build docker-push docker-run setup bootstrap init migrate seed shell watch serve bench e2e integration
	unit audit scan security package dist ci verify restart ps db db-migrate db-seed deps dependencies update upgrade benchmark demo compose-up compose-down lint-fix
	fix format-check fmt-check test-unit test-integration docker-clean uninstall distclean prod backup restore status pull version print`)

// targetList reads names of Makefile targets. Words joined by hyphens are one name.
func targetList(atMost int) slotFunc {
	one := reader(func(m *matcher, i int) []reading {
		if i >= len(m.toks) {
			return nil
		}
		name, end := m.joined(i)
		if !targetWords[stem(name)] || atMost == 1 && verbs[name] && !m.namesTarget(i) {
			return nil
		}
		return []reading{{end: end, value: name}}
	})
	return listOf(one, atMost > 1)
}

// verbs are target names that are also what a sentence may begin with: they need a "make" or "target" beside them.
var verbs = wordSet("run start stop check")

func (m *matcher) namesTarget(i int) bool {
	return i > 0 && contains([]string{"make", "target"}, m.toks[i-1].stem) || i+1 < len(m.toks) && m.toks[i+1].stem == "target"
}

// joined is the word at i as it was written, with the parts that hyphens tied to it.
func (m *matcher) joined(i int) (string, int) {
	end := i + 1
	for end < len(m.toks) && m.toks[end].glued && m.toks[end].start <= m.toks[end-1].end+1 && isWord(m.toks[end]) {
		end++
	}
	s := m.text[m.toks[i].start:m.toks[end-1].end]
	return s, end
}

func isWord(t token) bool {
	c := t.text[0]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}
