package actions

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh010() rule.Rule {
	r := base("GH010", finding.Warning, rule.Code)
	setup := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0\n        with:\n          node-version: 24\n"
	lock := "-- package-lock.json --\n{}\n-- package.json --\n{}\n"
	r.Doc = rule.Doc{
		Title: "dependencies are downloaded anew in each run", Since: "0.1.0",
		Why: "The setup actions keep the package manager's downloads between runs when they are asked to, by the hash of the lock file. Runs get " +
			"faster, and a registry that is down for a minute breaks nothing. A cache whose key names no lock file is never renewed.",
		Bad:  example(setup+"      - run: npm ci\n") + lock,
		Good: example(setup+"          cache: npm\n      - run: npm ci\n") + lock,
	}
	r.Check = func(p *rule.Pass) {
		ts := triggers(p)
		for _, s := range allSteps(p) {
			if s.runs("actions/cache") || s.runs("actions/cache/restore") {
				checkKey(p, s)
			}
			if !releases(ts) { // GH018: a release is better built without a cache
				checkSetup(p, s)
			}
		}
	}
	return r
}

// downloads are folders that package managers fill from their lock file.
var downloads = regexp.MustCompile(`(?:^|/)(?:\.npm|node_modules|\.yarn/cache|\.cache/(?:yarn|pip|pypoetry|uv|composer|pnpm)|\.pnpm-store|pnpm/store|\.m2(?:/repository)?|\.gradle(?:/caches)?|\.cargo(?:/registry)?|go/pkg/mod|vendor/bundle|\.nuget/packages|\.venv|venv)/?$`)

// constants are what stays the same from run to run.
var constants = []string{"runner.", "matrix.", "github.workflow", "github.job", "github.ref", "github.ref_name", "github.base_ref", "github.head_ref", "github.repository"}

// checkKey looks at a cache of downloads whose key does not change with the lock file.
func checkKey(p *rule.Pass, s step) {
	key := s.input("key")
	kept := false
	for line := range strings.Lines(s.input("path").Text()) {
		kept = kept || downloads.MatchString(strings.TrimSpace(line))
	}
	if key.Text() == "" || !kept {
		return
	}
	for _, e := range expressions(key.Text()) {
		if e.parse() == nil || strings.Contains(e.body, "hashFiles") {
			return
		}
		for _, name := range e.paths() {
			if !constant(name) {
				return
			}
		}
	}
	p.Broken(at(p, key), "this key never changes, so the cache is never renewed: add ${{ hashFiles('…') }} of the lock file")
}

func constant(name string) bool {
	for _, c := range constants {
		if name == c || strings.HasSuffix(c, ".") && strings.HasPrefix(name, c) {
			return true
		}
	}
	return false
}

// cachesItself tells whether a job keeps its downloads in another way, or runs in a container that brings them.
func cachesItself(p *rule.Pass, j *job) bool {
	return perJob(p, cachesKey{}, j, func() bool { return caches(p, j) })
}

type cachesKey struct{}

func caches(p *rule.Pass, j *job) bool {
	if j == nil || j.node.Has("container") {
		return true
	}
	for _, s := range of(p, j) {
		if u, ok := s.uses(); ok && (strings.Contains(u.name, "cache") || u.local() || u.name == "gradle/actions/setup-gradle" || u.name == "bahmutov/npm-install") {
			return true
		}
		if s.runs("pnpm/action-setup") && s.input("cache").IsTrue() {
			return true
		}
	}
	return false
}

// manager is a package manager that a setup action can cache for.
type manager struct {
	action, tool string
	subs         []string // its subcommands that install
	locks        []string // files that the action hashes
	value        string   // of the input cache
	safe         bool     // the action needs nothing else for it
}

var managers = []manager{
	{"actions/setup-node", "npm", []string{"ci", "install", "i"}, []string{"package-lock.json", "npm-shrinkwrap.json"}, "npm", true},
	{"actions/setup-node", "yarn", []string{"", "install"}, []string{"yarn.lock"}, "yarn", true},
	{"actions/setup-node", "pnpm", []string{"install", "i"}, []string{"pnpm-lock.yaml"}, "pnpm", false}, // pnpm must be there before
	{"actions/setup-python", "pip", []string{"install"}, []string{"requirements.txt"}, "pip", true},
	{"actions/setup-python", "poetry", []string{"install"}, []string{"poetry.lock"}, "poetry", false},
	{"actions/setup-python", "pipenv", []string{"install", "sync"}, []string{"Pipfile.lock"}, "pipenv", false},
	{"actions/setup-java", "mvn", nil, []string{"pom.xml"}, "maven", true},
	{"actions/setup-java", "mvnw", nil, []string{"pom.xml"}, "maven", true},
	{"actions/setup-java", "gradlew", nil, []string{"build.gradle", "build.gradle.kts"}, "gradle", true},
}

func checkSetup(p *rule.Pass, s step) {
	u, ok := s.uses()
	if !ok || u.name != "actions/setup-node" && u.name != "actions/setup-python" && u.name != "actions/setup-java" {
		return
	}
	if cachesItself(p, s.job) {
		return
	}
	for _, input := range []string{"cache", "package-manager-cache"} {
		if n := s.input(input); n != nil {
			if n.Text() != "" && n.Text() != "false" {
				p.Holds(at(p, n))
			}
			return // an empty one is somebody's decision
		}
	}
	for _, m := range managers {
		if m.action != u.name {
			continue
		}
		lock, ok := m.installs(p, s.job)
		if !ok {
			continue
		}
		p.Broken(at(p, u.node), fmt.Sprintf("%s are downloaded anew in each run: set cache: %s", m.value+" packages", m.value), m.fix(p, s, lock)...)
		return
	}
}

// installs tells whether the job installs with the manager, and gives the lock file that it reads.
func (m manager) installs(p *rule.Pass, j *job) (lock string, ok bool) {
	lock = perJob(p, installsKey{m.tool}, j, func() string { return m.lockOf(p, j) })
	return lock, lock != ""
}

type installsKey struct{ tool string }

func (m manager) lockOf(p *rule.Pass, j *job) string {
	for _, s := range scriptsOf(p, j) {
		for _, c := range s.shell.Commands {
			if c.Tool() != m.tool || !m.takes(c.Effective().Sub()) {
				continue
			}
			for _, name := range m.locks {
				if f := path.Join(folder(p, s.step), name); p.Tree.Has(f) {
					return f
				}
			}
		}
	}
	return ""
}

func (m manager) takes(sub string) bool {
	for _, s := range m.subs {
		if s == sub {
			return true
		}
	}
	return m.subs == nil
}

func (m manager) fix(p *rule.Pass, s step, lock string) []finding.Fix {
	lines := []string{"cache: " + m.value}
	if strings.Contains(lock, "/") {
		lines = append(lines, "cache-dependency-path: "+lock)
	}
	edit, ok := into(p, s.node, "with", "uses", lines...)
	return fix("cache the downloads", true, edit, ok && m.safe)
}

// folder is where a step's script runs, as far as it is known; "." at the top of the repository.
func folder(p *rule.Pass, s step) string {
	for _, n := range []*yaml.Node{s.node.Get("working-directory"), s.job.get("defaults", "run", "working-directory"), root(p).Get("defaults", "run", "working-directory")} {
		if n.Text() == "" {
			continue
		}
		if d := path.Clean(n.Text()); !strings.Contains(d, "${{") && !strings.HasPrefix(d, "..") && !path.IsAbs(d) {
			return d
		}
		return "\x00" // nowhere
	}
	return "."
}
