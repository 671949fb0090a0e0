package python

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// server is what serves the application in production.
func (d *describer) server() string {
	fw := d.c.Framework.String()
	if d.bind.module != "" {
		return "python"
	}
	_, gunicorn := d.p.has("gunicorn")
	if fw == "django" && strings.Contains(d.target, "asgi") || d.asgi() {
		if gunicorn && d.bind.gunicorn {
			return "gunicorn-asgi"
		}
		return "uvicorn"
	}
	return "gunicorn"
}

// commands settles how the component is installed, run and checked.
func (d *describer) commands() {
	run := runner(d.p.manager.String())
	at := finding.Evidence{File: d.manifest()}
	d.c.Install = stack.DerivedFact(join(install(d.scan, d.p)), at)
	d.start(at)
	if d.hasTests {
		d.c.Test = stack.DerivedFact(run+d.testCommand(false), at)
	}
	for _, t := range d.c.Tools {
		switch t.Value {
		case "ruff":
			d.c.Lint = stack.DeclaredFact(run+"ruff check .", t.Evidence)
		case "flake8", "pylint":
			if d.c.Lint == nil {
				d.c.Lint = stack.DeclaredFact(run+lintCommand(t.Value, d), t.Evidence)
			}
		case "mypy", "pyright":
			if d.c.TypeCheck == nil {
				d.c.TypeCheck = stack.DeclaredFact(run+d.typeCommand(t.Value), t.Evidence)
			}
		case "black":
			d.c.Format = stack.DeclaredFact(run+"black .", t.Evidence)
		}
	}
	if d.c.Format == nil && d.has("ruff") {
		d.c.Format = stack.DerivedFact(run+"ruff format .", d.c.Lint.Evidence)
	}
	if d.c.Lint == nil {
		d.c.Lint = stack.DefaultFact(run+"ruff check .", "no linter is configured; ruff is the usual one")
	}
}

func (d *describer) has(tool string) bool { return stack.HasValue(d.c.Tools, tool) }

func join(cs []stack.Command) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Run)
	}
	return strings.Join(out, " && ")
}

// runner is the prefix that runs a tool in the project's environment.
func runner(manager string) string {
	switch manager {
	case "uv":
		return "uv run "
	case "poetry", "pipenv", "pdm":
		return manager + " run "
	}
	return ""
}

// start is the production start and the development server with reload.
func (d *describer) start(at finding.Evidence) {
	c := d.c
	if c.Entry != nil {
		at = c.Entry.Evidence
	}
	fact := func(s string) *stack.Fact { return stack.DerivedFact(s, at) }
	switch c.Kind {
	case stack.KindWorker:
		c.Start = &stack.Fact{Value: c.Workers[0].Value, Evidence: c.Workers[0].Evidence, Confidence: stack.Derived}
		c.Workers = c.Workers[1:]
	case stack.KindCLI:
		c.Start = fact(c.Entry.Value)
		if strings.HasSuffix(c.Entry.Value, ".py") {
			c.Start = fact("python " + c.Entry.Value)
		} else if len(d.p.scripts) == 0 {
			c.Start = fact("python -m " + c.Entry.Value)
		}
	case stack.KindService:
		c.Start = fact(d.serve())
		if c.Listen != nil && d.server() != "python" {
			c.Listen, c.ListenFromEnv = nil, nil // the start command says 0.0.0.0
		}
		d.dev(fact, c.Port.String())
	}
}

// serve is the command of the production server.
func (d *describer) serve() string {
	target := d.target
	switch d.server() {
	case "python":
		return "python -m " + d.bind.module
	case "uvicorn":
		return "uvicorn " + target + d.factoryFlag() + " --host 0.0.0.0 --port " + d.c.Port.String()
	case "gunicorn-asgi":
		return "gunicorn " + target + " --worker-class uvicorn.workers.UvicornWorker"
	}
	if d.factory {
		target = "'" + target + "()'"
	}
	if d.bind.gunicorn {
		return "gunicorn " + target
	}
	return "gunicorn " + target + " --bind 0.0.0.0:" + d.c.Port.String()
}

func (d *describer) factoryFlag() string {
	if d.factory {
		return " --factory"
	}
	return ""
}

func (d *describer) dev(fact func(string) *stack.Fact, port string) {
	switch d.c.Framework.String() {
	case "django":
		d.c.Dev = fact("python manage.py runserver 0.0.0.0:" + port)
	case "flask":
		d.c.Dev = fact("flask --app " + d.target + " run --debug --host 0.0.0.0 --port " + port)
	case "aiohttp", "bottle", "falcon", "sanic":
		return
	default:
		if d.target != "" {
			d.c.Dev = fact("uvicorn " + d.target + d.factoryFlag() + " --reload --host 0.0.0.0 --port " + port)
		}
	}
}

// configFiles name the tools that configuration files of their own configure.
var configFiles = []struct{ file, tool string }{
	{"ruff.toml", "ruff"}, {".ruff.toml", "ruff"}, {".flake8", "flake8"}, {"mypy.ini", "mypy"}, {".mypy.ini", "mypy"}, {"pyrightconfig.json", "pyright"},
	{".pylintrc", "pylint"}, {"pylintrc", "pylint"}, {".isort.cfg", "isort"}, {"pytest.ini", "pytest"}, {".coveragerc", "coverage"}, {"tox.ini", "tox"},
	{"noxfile.py", "nox"}, {".pre-commit-config.yaml", "pre-commit"}, {".bandit", "bandit"}, {"bandit.yaml", "bandit"},
}

// known are the tools that a survey names.
var known = []string{
	"ruff", "black", "flake8", "isort", "pylint", "mypy", "pyright", "pytest", "coverage", "tox", "nox", "pre-commit", "bandit", "pip-audit", "djlint", "hatch", "pytest-cov",
}

// tools are what pyproject.toml, setup.cfg, tox.ini and files of their own configure, and the development dependencies.
func (d *describer) tools() {
	add := func(name string, at finding.Evidence) {
		if slices.Contains(known, name) {
			d.c.Tools = stack.Add(d.c.Tools, *stack.DeclaredFact(name, at))
		}
	}
	for _, t := range d.p.tools {
		add(t.Value, t.Evidence)
	}
	for _, cf := range configFiles {
		if d.scan.Has(cf.file) {
			add(cf.tool, finding.Evidence{File: d.scan.Path(cf.file)})
		}
	}
	for _, name := range []string{"setup.cfg", "tox.ini"} {
		for i, l := range d.scan.Lines(name) {
			section := strings.Trim(strings.TrimSpace(l), "[]")
			if section != strings.TrimSpace(l) {
				section, _, _ = strings.Cut(strings.TrimPrefix(section, "tool:"), ":")
				add(section, stack.At(d.scan.Path(name), i+1, l))
			}
		}
	}
	for _, dp := range d.p.dev {
		add(dp.name, dp.at)
	}
	for _, dp := range d.p.deps {
		add(dp.name, dp.at)
	}
}

// testCommand is how the tests are run; with coverage only where the project has it.
func (d *describer) testCommand(coverage bool) string {
	switch {
	case d.has("pytest"), d.has("pytest-cov"):
		if coverage && d.has("pytest-cov") {
			return "pytest --cov --cov-report=xml --cov-report=term"
		}
		return "pytest"
	case d.c.Framework.String() == "django":
		return "python manage.py test"
	case d.usesPytest():
		return "pytest"
	}
	return "python -m unittest discover"
}

func (d *describer) usesPytest() bool {
	for _, f := range d.scan.Tree.Under(d.scan.Dir) {
		if strings.HasPrefix(path.Base(f.Path), "test_") && strings.HasSuffix(f.Path, ".py") {
			t := d.scan.Tree.Text(f.Path)
			return strings.Contains(t, "import pytest") || (!strings.Contains(t, "unittest") && strings.Contains(t, "def test_"))
		}
	}
	return d.scan.Has("tests/conftest.py") || d.scan.Has("conftest.py")
}

// typeCommand: mypy without a path reads its own configuration; without one it is given the sources.
func (d *describer) typeCommand(tool string) string {
	if tool == "pyright" {
		return "pyright"
	}
	text := d.scan.Text("pyproject.toml") + d.scan.Text("mypy.ini") + d.scan.Text(".mypy.ini") + d.scan.Text("setup.cfg")
	for _, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if (strings.HasPrefix(l, "files") || strings.HasPrefix(l, "packages") || strings.HasPrefix(l, "modules")) && strings.Contains(l, "=") && strings.Contains(text, "mypy") {
			return "mypy"
		}
	}
	return "mypy " + d.sourceDir()
}

// sourceDir is the folder of the project's own code.
func (d *describer) sourceDir() string {
	if d.srcLayout() {
		return "src"
	}
	for _, f := range d.files {
		rel := stack.Rel(d.scan.Dir, f.Path)
		if dir, base, ok := strings.Cut(rel, "/"); ok && base == "__init__.py" {
			return dir
		}
	}
	return "."
}

func lintCommand(tool string, d *describer) string {
	if tool == "pylint" {
		return "pylint " + d.sourceDir()
	}
	return tool + " ."
}
