package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// The versions of tools that a project does not declare itself, as of November 2026.
var toolVersions = map[string]string{
	"ruff": "0.14.5", "black": "25.9.0", "flake8": "7.3.0", "isort": "6.1.0", "pylint": "3.3.9", "mypy": "1.18.2", "pyright": "1.1.406", "pytest": "8.4.2",
	"pytest-cov": "7.0.0", "bandit": "1.8.6", "pip-audit": "2.9.0", "gunicorn": "23.0.0", "uvicorn": "0.38.0",
	"uv": "0.12.10", "poetry": "2.2.1", "pipenv": "2025.0.4", "pdm": "2.26.1",
}

// deselected is how pytest's configuration leaves the integration tests out.
var deselected = regexp.MustCompile(`-m[ =]["'\\]*not integration`)

func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	scan := &stack.Scan{Tree: tree, Dir: c.Path, Contradict: func(string, ...stack.Fact) {}}
	d := &describer{scan: scan, p: read(scan), files: programs(scan), c: c, hasTests: hasTests(scan)}
	manager := d.p.manager.String()
	run := runner(manager)
	r := stack.Recipe{
		Toolchain: d.toolchain(),
		Install:   install(scan, d.p),
		Tools:     d.toolTable(run),
		Audit:     d.audit(run),
		Matrix:    matrix(c, d.p),
		Clean:     []stack.Command{{Run: "rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .coverage coverage.xml htmlcov requirements.audit.txt", Tool: "rm"}, {Run: "find . -type d -name __pycache__ -prune -exec rm -rf {} +", Tool: "find"}},
	}
	checks(&r)
	d.format(&r, run)
	d.tests(&r, run)
	d.build(&r, run)
	d.running(&r, run)
	return r
}

// checks are the tools that the project configures; ruff, which needs no configuration, where it configures none.
func checks(r *stack.Recipe) {
	for _, t := range r.Tools {
		if !t.Known {
			continue
		}
		switch t.Job {
		case "lint":
			r.Lint = append(r.Lint, t.Commands...)
		case "typecheck":
			r.TypeCheck = append(r.TypeCheck, t.Commands...)
		case "format":
			if t.Name == "black" || t.Name == "isort" {
				r.FormatCheck = append(r.FormatCheck, t.Commands...)
			}
		}
	}
	if len(r.Lint) == 0 {
		t := r.Tools[0]
		r.Lint = append(slices.Clone(t.Install), t.Commands...)
	}
}

func (d *describer) tests(r *stack.Recipe, run string) {
	if d.hasTests {
		cmd := d.testCommand(true)
		r.Test = []stack.Command{{Run: run + cmd, Tool: strings.Fields(strings.TrimPrefix(cmd, "python -m "))[0]}}
		if strings.Contains(cmd, "--cov") {
			r.CoverageFile = "coverage.xml"
		}
	}
	if d.has("pytest") && deselected.MatchString(d.scan.Text("pyproject.toml")+d.scan.Text("pytest.ini")+d.scan.Text("setup.cfg")) {
		r.Integration = []stack.Command{{Run: run + "pytest -m integration", Tool: "pytest", Why: "The configuration leaves these out of a plain run: they need the services."}}
	}
}

func (d *describer) format(r *stack.Recipe, run string) {
	switch {
	case d.has("black"):
		r.Format = []stack.Command{{Run: run + "black .", Tool: "black"}}
		if d.has("isort") {
			r.Format = append([]stack.Command{{Run: run + "isort .", Tool: "isort"}}, r.Format...)
		}
	case d.has("ruff"):
		r.FormatCheck = append(r.FormatCheck, stack.Command{Run: run + "ruff format --check .", Tool: "ruff"})
		r.Format = []stack.Command{{Run: run + "ruff format .", Tool: "ruff"}, {Run: run + "ruff check --fix .", Tool: "ruff"}}
	default:
		r.Format = append(slices.Clone(r.Tools[0].Install), stack.Command{Run: run + "ruff format .", Tool: "ruff"})
	}
}

func (d *describer) build(r *stack.Recipe, run string) {
	if !d.p.buildable {
		r.Build = []stack.Command{{Run: run + "python -m compileall -q " + d.sourceDir(), Tool: "python", Why: "The project is no package; this compiles every file, which finds what cannot be parsed."}}
		return
	}
	switch d.p.manager.String() {
	case "uv":
		r.Build = []stack.Command{{Run: "uv build", Tool: "uv"}}
	case "poetry":
		r.Build = []stack.Command{{Run: "poetry build", Tool: "poetry"}}
	default:
		r.Build = []stack.Command{{Run: run + "python -m pip wheel --no-deps --wheel-dir dist .", Tool: "pip"}}
	}
}

func (d *describer) running(r *stack.Recipe, run string) {
	c := d.c
	src := d.pythonPath()
	if c.Start != nil {
		r.Start = []stack.Command{{Run: src + run + c.Start.Value, Tool: strings.Fields(c.Start.Value)[0]}}
	}
	if c.Dev != nil {
		r.Dev = []stack.Command{{Run: src + run + c.Dev.Value, Tool: strings.Fields(c.Dev.Value)[0]}}
	}
	if c.Kind == stack.KindLibrary || c.Start == nil {
		return
	}
	r.Image = d.image()
	r.DevTarget = "runtime"
	r.DevMounts = d.mounts()
	switch {
	case c.Dev != nil:
		r.DevCommand, r.DevReload = strings.Fields(c.Dev.Value), true
	default:
		r.DevCommand = strings.Fields(c.Start.Value)
	}
}

// pythonPath lets a command find the packages of a src layout that is not installed.
func (d *describer) pythonPath() string {
	if d.srcLayout() && !d.p.buildable {
		return "PYTHONPATH=src "
	}
	return ""
}

func (d *describer) mounts() []string {
	if d.srcLayout() {
		return []string{"./src:/app/src"}
	}
	if dir := d.sourceDir(); dir != "." && d.flatPackages() {
		return []string{"./" + dir + ":/app/" + dir}
	}
	var out []string
	for _, p := range d.copied() {
		out = append(out, "./"+strings.TrimSuffix(p, "/")+":/app/"+strings.TrimSuffix(p, "/"))
	}
	return out
}

// flatPackages tells whether all code lies in one package folder.
func (d *describer) flatPackages() bool {
	dir := d.sourceDir()
	return !slices.ContainsFunc(d.files, func(f sourceFile) bool {
		rel := stack.Rel(d.scan.Dir, f.Path)
		return !strings.HasPrefix(rel, dir+"/")
	})
}

// install is what gets the locked dependencies, those for development included.
func install(scan *stack.Scan, p *project) []stack.Command {
	switch p.manager.String() {
	case "uv":
		flags := ""
		for _, g := range p.groups {
			if extra, ok := strings.CutPrefix(g, "extra:"); ok {
				flags += " --extra " + extra
			} else if g != "dev" {
				flags += " --group " + g
			}
		}
		if p.lock == nil {
			return []stack.Command{{Run: "uv sync" + flags, Tool: "uv", Why: "There is no uv.lock yet: commit the one that this writes."}}
		}
		return []stack.Command{{Run: "uv sync --locked" + flags, Tool: "uv", Why: "Fails when the lock file does not fit pyproject.toml."}}
	case "poetry":
		groups := ""
		for _, g := range p.groups {
			if extra, ok := strings.CutPrefix(g, "extra:"); ok {
				groups += " --extras " + extra
			}
		}
		cmd := stack.Command{Run: "poetry install --no-interaction" + groups, Tool: "poetry"}
		if p.lock == nil {
			cmd.Why = "There is no poetry.lock yet: commit the one that this writes."
		}
		return []stack.Command{cmd}
	case "pipenv":
		cmd := stack.Command{Run: "pipenv sync --dev", Tool: "pipenv"}
		if p.lock == nil {
			cmd = stack.Command{Run: "pipenv install --dev", Tool: "pipenv", Why: "There is no Pipfile.lock yet: commit the one that this writes."}
		}
		return []stack.Command{cmd}
	case "pdm":
		return []stack.Command{{Run: "pdm sync --dev", Tool: "pdm"}}
	}
	return pipInstall(scan, p)
}

func pipInstall(scan *stack.Scan, p *project) []stack.Command {
	var args []string
	for _, f := range slices.Concat(p.runtime, p.devFiles) {
		args = append(args, "-r "+f)
	}
	if len(args) > 0 && p.hashes {
		args = append([]string{"--require-hashes"}, args...)
	}
	if p.buildable && (len(p.runtime) == 0 || scan.Has("pyproject.toml")) {
		extras := ""
		for _, g := range p.groups {
			if e, ok := strings.CutPrefix(g, "extra:"); ok {
				extras += "," + e
			}
		}
		if len(p.runtime) > 0 && !p.hashes {
			return []stack.Command{{Run: "python -m pip install " + strings.Join(args, " "), Tool: "pip"}, {Run: "python -m pip install --no-deps --editable .", Tool: "pip"}}
		}
		if len(p.runtime) == 0 {
			if extras != "" {
				extras = "[" + strings.TrimPrefix(extras, ",") + "]"
			}
			out := []stack.Command{{Run: "python -m pip install --editable '." + extras + "'", Tool: "pip", Why: "There is no lock file: versions are whatever is newest."}}
			if len(args) > 0 {
				out = append(out, stack.Command{Run: "python -m pip install " + strings.Join(args, " "), Tool: "pip"})
			}
			return out
		}
	}
	if len(args) == 0 {
		return nil
	}
	return []stack.Command{{Run: "python -m pip install " + strings.Join(args, " "), Tool: "pip"}}
}

// toolchain sets Python up, and the package manager with its cache.
func (d *describer) toolchain() stack.Toolchain {
	kv := func(k, v string) stack.KV { return stack.KV{Key: k, Value: v} }
	keys := d.cacheKeys()
	t := stack.Toolchain{GitLabImage: "python:" + stack.VersionPlaceholder + "-slim", CacheKeys: keys}
	python := stack.Action{Name: "actions/setup-python", Title: "Set up Python", With: []stack.KV{kv("python-version", stack.VersionPlaceholder)}}
	switch m := d.p.manager.String(); m {
	case "uv":
		uv := stack.Action{Name: "astral-sh/setup-uv", Title: "Set up uv", With: []stack.KV{
			kv("version", toolVersions["uv"]), kv("python-version", stack.VersionPlaceholder), kv("enable-cache", "true"), kv("cache-dependency-glob", strings.Join(keys, "\n")),
		}}
		t.Actions = []stack.Action{python, uv}
		t.GitLabSetup = []stack.Command{{Run: "python -m pip install uv==" + toolVersions["uv"], Tool: "pip"}}
		t.CachePaths, t.CacheEnv = []string{".cache/uv/"}, []stack.KV{kv("UV_CACHE_DIR", "$CI_PROJECT_DIR/.cache/uv"), kv("UV_LINK_MODE", "copy")}
	case "poetry", "pipenv", "pdm":
		pin := m + "==" + toolVersions[m]
		t.Setup = []stack.Command{{Run: "pipx install " + pin, Tool: "pipx", Why: "It lives in an environment of its own, and the cache of the next step asks for it."}}
		t.GitLabSetup = []stack.Command{{Run: "python -m pip install " + pin, Tool: "pip"}}
		if m != "pdm" { // the action knows the caches of the other two
			python.With = append(python.With, kv("cache", m), kv("cache-dependency-path", strings.Join(keys, "\n")))
		}
		t.Actions = []stack.Action{python}
		variable := map[string]string{"poetry": "POETRY_CACHE_DIR", "pipenv": "PIPENV_CACHE_DIR", "pdm": "PDM_CACHE_DIR"}[m]
		t.CachePaths, t.CacheEnv = []string{".cache/" + m + "/"}, []stack.KV{kv(variable, "$CI_PROJECT_DIR/.cache/"+m)}
	default:
		python.With = append(python.With, kv("cache", "pip"), kv("cache-dependency-path", strings.Join(keys, "\n")))
		t.Actions = []stack.Action{python}
		t.CachePaths, t.CacheEnv = []string{".cache/pip/"}, []stack.KV{kv("PIP_CACHE_DIR", "$CI_PROJECT_DIR/.cache/pip")}
	}
	return t
}

// cacheKeys are the files whose change makes a dependency cache old.
func (d *describer) cacheKeys() []string {
	if d.p.lock != nil && d.p.manager.String() != "pip" {
		return []string{d.p.lock.Value}
	}
	var out []string
	for _, f := range slices.Concat(d.p.runtime, d.p.devFiles) {
		out = append(out, path.Join(d.scan.Dir, f))
	}
	if len(out) == 0 {
		out = []string{d.manifest()}
	}
	return out
}
