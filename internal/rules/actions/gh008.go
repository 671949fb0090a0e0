package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/install"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh008() rule.Rule {
	r := base("GH008", finding.Warning, rule.Code, "zizmor:concurrency-limits")
	r.Doc = rule.Doc{
		Title: "outdated runs are not cancelled", Since: "0.1.0",
		Why:  "Each push to a pull request starts a run; without concurrency the old ones go on, and the one that matters waits for them.",
		Bad:  strings.Replace(workflow(checkout), "concurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\n", "", 1),
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		if _, ok := on(p, "pull_request"); !ok {
			return
		}
		c := p.YAML().Root().Get("concurrency")
		if c != nil {
			if v := c.Get("cancel-in-progress"); v != nil && v.Text() != "false" {
				p.Holds(at(p, v))
			} else {
				p.Broken(at(p, c), "outdated runs of a pull request go on: add cancel-in-progress")
			}
			return
		}
		for _, j := range jobs(p) {
			if j.Node.Has("concurrency") {
				return
			}
		}
		k, _ := p.YAML().Root().Find("on")
		p.Broken(at(p, k), "outdated runs of a pull request go on: add concurrency with cancel-in-progress",
			top(p, "cancel outdated runs", "concurrency:", "  group: ${{ github.workflow }}-${{ github.ref }}", "  cancel-in-progress: ${{ github.event_name == 'pull_request' }}")...)
	}
	return r
}

func gh009() rule.Rule {
	r := base("GH009", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "job without a time limit", Since: "0.1.0",
		Why:  "A job that hangs runs for six hours before GitHub ends it, and is paid for.",
		Bad:  strings.Replace(workflow(checkout), "    timeout-minutes: 10\n", "", 1),
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			if n := j.Node.Get("timeout-minutes"); n != nil {
				p.Holds(at(p, n))
				continue
			}
			if j.Node.Has("uses") || allStepsLimited(j) {
				continue // a called workflow has limits of its own
			}
			p.Broken(at(p, j.Key), "job "+j.ID+" may hang for six hours: set timeout-minutes", first(p, j.Node, "limit it to 30 minutes", "timeout-minutes: 30")...)
		}
	}
	return r
}

func allStepsLimited(j job) bool {
	for _, s := range j.Steps {
		if !s.Node.Has("timeout-minutes") {
			return false
		}
	}
	return len(j.Steps) > 0
}

func gh010() rule.Rule {
	r := base("GH010", finding.Warning, rule.Code)
	node := "      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0\n        with:\n          node-version: 24\n"
	r.Doc = rule.Doc{
		Title: "dependencies downloaded anew in each run", Since: "0.1.0",
		Why:  "The setup actions can cache the package manager's downloads by the lock file. It makes runs faster, and the registry's bad days matter less.",
		Bad:  workflow(node + "      - run: npm ci\n"),
		Good: workflow(node + "          cache: npm\n      - run: npm ci\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			if cachesItself(j) {
				continue
			}
			for _, s := range j.Steps {
				checkSetup(p, j, s)
			}
		}
	}
	return r
}

// cachesItself tells whether a step of the job caches.
func cachesItself(j job) bool {
	for _, s := range j.Steps {
		if strings.HasPrefix(s.Uses, "actions/cache") || strings.Contains(s.Uses, "setup-gradle") || strings.Contains(s.Uses, "setup-uv") || strings.Contains(s.Uses, "golangci-lint-action") || strings.Contains(s.Uses, "-cache") || strings.Contains(s.Uses, "cache-") {
			return true
		}
	}
	return j.Node.Has("container")
}

func checkSetup(p *rule.Pass, j job, s step) {
	with := s.Node.Get("with")
	var want string
	switch s.Uses {
	case "actions/setup-node":
		want = nodeManager(j)
	case "actions/setup-python":
		want = pythonManager(j)
	case "actions/setup-java":
		want = runsTool(j, "mvn", "maven", "gradle", "gradle")
	case "ruby/setup-ruby":
		want = runsTool(j, "bundle", "true")
		if v := with.Get("bundler-cache"); v != nil {
			p.Holds(at(p, v))
			return
		}
	case "actions/setup-go":
		// A workflow that publishes may have its reason: a cache can be poisoned.
		if _, ok := on(p, "pull_request"); !ok {
			return
		}
		if v := with.Get("cache"); v != nil && v.Text() == "false" {
			p.Broken(at(p, v), "setup-go caches modules by itself: remove cache: false")
		}
		return
	}
	if want == "" {
		return
	}
	if v := with.Get("cache"); v != nil {
		p.Holds(at(p, v))
		return
	}
	key := "cache"
	if s.Uses == "ruby/setup-ruby" {
		key = "bundler-cache"
	}
	var fix []finding.Fix
	if with.IsMapping() {
		fix = last(p, with, "cache the downloads", key+": "+want)
	} else if with == nil {
		fix = last(p, s.Node, "cache the downloads", "with:", "  "+key+": "+want)
	}
	p.Broken(at(p, s.Node.Get("uses")), "the dependencies are downloaded anew in each run: set "+key+": "+want, fix...)
}

// nodeManager is the package manager of Node that installs in the job.
func nodeManager(j job) string {
	for _, c := range commands(j) {
		switch t := c.Tool(); t {
		case "npm", "pnpm", "yarn":
			if sub := c.Effective().Sub(); sub == "ci" || sub == "install" || sub == "i" || t == "yarn" && sub == "" {
				return t
			}
		}
	}
	return ""
}

// pythonManager is the package manager of Python that installs from files in the job.
func pythonManager(j job) string {
	for _, c := range commands(j) {
		e := c.Effective()
		switch t := c.Tool(); {
		case t == "pip" && e.Sub() == "install" && (e.Has("-r") || e.Has("--requirement")):
			return "pip"
		case (t == "poetry" || t == "pipenv") && e.Sub() == "install":
			return t
		}
	}
	return ""
}

// runsTool finds the first of the tools, given with its answer, that the job runs.
func runsTool(j job, pairs ...string) string {
	for _, c := range commands(j) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if c.Tool() == pairs[i] {
				return pairs[i+1]
			}
		}
	}
	return ""
}

func commands(j job) []shell.Command {
	var out []shell.Command
	for _, s := range j.Steps {
		out = append(out, s.Shell.Commands...)
	}
	return out
}

func gh013() rule.Rule {
	r := base("GH013", finding.Warning, rule.Code, "zizmor:adhoc-packages")
	r.Doc = rule.Doc{
		Title: "install past the lock file", Since: "0.1.0",
		Why:  "The pipeline then tests other versions than those that are shipped, and may run code that was published a minute ago.",
		Bad:  workflow(checkout + "      - run: npm install\n"),
		Good: workflow(checkout + "      - run: npm ci\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			for _, s := range j.Steps {
				for _, c := range s.Shell.Commands {
					f, ok := install.Unlocked(c)
					if !ok || (c.Tool() == "yarn" || c.Tool() == "pnpm") && s.Run != nil {
						continue // in CI these two keep to the lock file by themselves
					}
					start, end := s.Run.Offset(f.Word.Start), s.Run.Offset(f.Word.End-1)+1
					var fix []finding.Fix
					if f.Lock != "" && hasLock(p, f.Lock) && s.Run.Style != yaml.DoubleQuoted {
						fix = append(fix, p.Replace(f.Title, start, end, f.New))
					}
					p.Broken(s.span(p, c.Start, c.End), f.Message, fix...)
				}
			}
		}
	}
	return r
}

func hasLock(p *rule.Pass, name string) bool { return p.Tree.Has(name) }

func gh014() rule.Rule {
	r := base("GH014", finding.Warning, rule.Code, "zizmor:unpinned-images")
	r.Doc = rule.Doc{
		Title: "container image without a version", Since: "0.1.0",
		Why:  "The database that the tests run against changes without a commit, and one day they fail or, worse, pass.",
		Bad:  strings.Replace(workflow(checkout), "    steps:", "    services:\n      db:\n        image: postgres\n    steps:", 1),
		Good: strings.Replace(workflow(checkout), "    steps:", "    services:\n      db:\n        image: postgres:17.6\n    steps:", 1),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			c := j.Node.Get("container")
			if c.IsMapping() {
				c = c.Get("image")
			}
			checkImage(p, c)
			for _, s := range j.Node.Get("services").Entries() {
				checkImage(p, s.Value.Get("image"))
			}
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "docker://") {
					checkImage(p, s.Node.Get("uses"))
				}
			}
		}
	}
	return r
}

func checkImage(p *rule.Pass, n *yaml.Node) {
	ref := strings.TrimPrefix(n.Text(), "docker://")
	if ref == "" || strings.Contains(ref, "${{") || strings.Contains(ref, "@") {
		return
	}
	tag := ""
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		tag = ref[i+1:]
	}
	switch tag {
	case "":
		p.Broken(at(p, n), "image "+ref+" has no tag: name the version")
	case "latest":
		p.Broken(at(p, n), "image "+ref+" moves with every release: name the version")
	default:
		p.Holds(at(p, n))
	}
}
