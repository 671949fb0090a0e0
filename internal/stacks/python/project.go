package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// dep is one dependency by its normalized name.
type dep struct {
	name string
	spec string
	at   finding.Evidence
}

// project is what the manifests say.
type project struct {
	name        string
	manager     *stack.Fact
	lock        *stack.Fact
	requires    *stack.Fact // the Python range, as written
	deps        []dep
	dev         []dep
	extras      []dep // of optional features
	scripts     []script
	classifiers []string
	tools       []stack.Fact
	buildable   bool            // it can be installed as a package
	runtime     []string        // requirement files for production, relative to the folder
	devFiles    []string        // requirement files for development
	hashes      bool            // the requirement files pin hashes
	seen        map[string]bool // requirement files that are read already
	groups      []string        // uv or Poetry groups beside the main one
}

type script struct {
	name, target string
	at           finding.Evidence
}

const maxManifest = 1 << 20

func read(scan *stack.Scan) *project {
	p := &project{seen: map[string]bool{}}
	p.readPyproject(scan)
	p.readPipfile(scan)
	p.readSetup(scan)
	p.readRequirements(scan)
	p.pickManager(scan)
	return p
}

var (
	nameRe = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)
	sepRe  = regexp.MustCompile(`[-_.]+`)
)

// normalize is a distribution's name as indexes compare it.
func normalize(name string) string { return strings.ToLower(sepRe.ReplaceAllString(name, "-")) }

// requirement reads "redis[hiredis]>=5,<6 ; python_version > '3.8'".
func requirement(text string, at finding.Evidence) (dep, bool) {
	text, _, _ = strings.Cut(text, ";")
	name := nameRe.FindString(strings.TrimSpace(text))
	if name == "" {
		return dep{}, false
	}
	return dep{name: normalize(name), spec: strings.TrimSpace(text), at: at}, true
}

func (p *project) readPyproject(scan *stack.Scan) {
	file := scan.Path("pyproject.toml")
	data, err := scan.Tree.Read(file)
	if err != nil || len(data) > maxManifest {
		return
	}
	var doc map[string]any
	if toml.Unmarshal(data, &doc) != nil {
		return
	}
	find := func(text string) finding.Evidence { return stack.FindText(scan.Tree, file, text) }
	_, p.buildable = doc["build-system"]
	if pr := table(doc, "project"); pr != nil {
		p.name = text(pr["name"])
		if r := text(pr["requires-python"]); r != "" {
			p.requires = stack.DeclaredFact(r, find("requires-python"))
		}
		p.deps = append(p.deps, list(pr["dependencies"], find)...)
		for _, extra := range sorted(table(pr, "optional-dependencies")) {
			ds := list(table(pr, "optional-dependencies")[extra], find)
			if isDevGroup(extra) {
				p.dev = append(p.dev, ds...)
				p.groups = append(p.groups, "extra:"+extra)
			} else {
				p.extras = append(p.extras, ds...)
			}
		}
		for _, c := range texts(pr["classifiers"]) {
			p.classifier(c)
		}
		p.addScripts(table(pr, "scripts"), find)
	}
	for _, g := range sorted(table(doc, "dependency-groups")) {
		p.dev = append(p.dev, list(table(doc, "dependency-groups")[g], find)...)
		p.groups = append(p.groups, g)
	}
	p.readTools(table(doc, "tool"), find)
}

func (p *project) readTools(tool map[string]any, find func(string) finding.Evidence) {
	for _, name := range sorted(tool) {
		p.tools = append(p.tools, *stack.DeclaredFact(name, find("[tool."+name)))
	}
	p.dev = append(p.dev, list(table(tool, "uv")["dev-dependencies"], find)...)
	for _, g := range sorted(table(tool, "pdm", "dev-dependencies")) {
		p.dev = append(p.dev, list(table(tool, "pdm", "dev-dependencies")[g], find)...)
	}
	if po := table(tool, "poetry"); po != nil {
		p.readPoetry(po, find)
	}
}

func (p *project) readPoetry(po map[string]any, find func(string) finding.Evidence) {
	if p.name == "" {
		p.name = text(po["name"])
	}
	deps := table(po, "dependencies")
	for _, name := range sorted(deps) {
		if name == "python" {
			if p.requires == nil {
				p.requires = stack.DeclaredFact(text(deps[name]), find("python ="))
			}
			continue
		}
		d := dep{name: normalize(name), spec: text(deps[name]), at: find(name)}
		if t, ok := deps[name].(map[string]any); ok && t["optional"] == true {
			p.extras = append(p.extras, d)
			continue
		}
		p.deps = append(p.deps, d)
	}
	groups := table(po, "group")
	for _, g := range sorted(groups) {
		for _, name := range sorted(table(groups, g, "dependencies")) {
			p.dev = append(p.dev, dep{name: normalize(name), at: find(name)})
		}
		p.groups = append(p.groups, g)
	}
	for _, name := range sorted(table(po, "dev-dependencies")) {
		p.dev = append(p.dev, dep{name: normalize(name), at: find(name)})
	}
	for _, c := range texts(po["classifiers"]) {
		p.classifier(c)
	}
	p.addScripts(table(po, "scripts"), find)
}

func (p *project) addScripts(t map[string]any, find func(string) finding.Evidence) {
	for _, name := range sorted(t) {
		if target := text(t[name]); strings.Contains(target, ":") {
			p.scripts = append(p.scripts, script{name, target, find(target)})
		}
	}
}

func (p *project) classifier(c string) {
	if v, ok := strings.CutPrefix(c, "Programming Language :: Python :: 3."); ok && !strings.Contains(v, " ") {
		p.classifiers = append(p.classifiers, "3."+v)
	}
}

func (p *project) readPipfile(scan *stack.Scan) {
	file := scan.Path("Pipfile")
	data, err := scan.Tree.Read(file)
	if err != nil || len(data) > maxManifest {
		return
	}
	var doc map[string]any
	if toml.Unmarshal(data, &doc) != nil {
		return
	}
	for _, name := range sorted(table(doc, "packages")) {
		p.deps = append(p.deps, dep{name: normalize(name), at: stack.FindText(scan.Tree, file, name)})
	}
	for _, name := range sorted(table(doc, "dev-packages")) {
		p.dev = append(p.dev, dep{name: normalize(name), at: stack.FindText(scan.Tree, file, name)})
	}
}

func (p *project) readRequirements(scan *stack.Scan) {
	production := []string{"requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt", "requirements/requirements.txt", "requirements-prod.txt"}
	for _, f := range production {
		if scan.Has(f) {
			p.runtime = []string{f}
			p.deps = append(p.deps, p.requirementFile(scan, f)...)
			break
		}
	}
	for _, f := range []string{
		"requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "requirements/dev.txt", "requirements/development.txt", "requirements/local.txt",
		"requirements-test.txt", "requirements_test.txt", "test-requirements.txt", "requirements/test.txt", "requirements/tests.txt",
		"requirements-lint.txt", "requirements/lint.txt", "requirements.dev.txt",
	} {
		if scan.Has(f) {
			p.devFiles = append(p.devFiles, f)
			p.dev = append(p.dev, p.requirementFile(scan, f)...)
		}
	}
}

// requirementFile reads a file and those that it includes, each once.
func (p *project) requirementFile(scan *stack.Scan, file string) []dep {
	if p.seen[file] || len(p.seen) > 50 {
		return nil
	}
	p.seen[file] = true
	var out []dep
	for i, l := range scan.Lines(file) {
		t := strings.TrimSpace(l)
		if strings.Contains(t, "--hash=") {
			p.hashes = true
		}
		if rest, ok := strings.CutPrefix(t, "-r "); ok {
			out = append(out, p.requirementFile(scan, path.Join(path.Dir(file), strings.TrimSpace(rest)))...)
			continue
		}
		if t == "" || strings.HasPrefix(t, "#") || strings.HasPrefix(t, "-") || len(out) > 2000 {
			continue
		}
		if d, ok := requirement(t, stack.At(scan.Path(file), i+1, l)); ok {
			out = append(out, d)
		}
	}
	return out
}

func isDevGroup(name string) bool {
	return slices.Contains([]string{"dev", "test", "tests", "testing", "lint", "develop", "development", "docs", "typing", "qa", "ci"}, strings.ToLower(name))
}
