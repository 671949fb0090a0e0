package python

import (
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

type sourceFile = source.File

// toolTable is every tool that a task may name, ruff first because it is what a project without a linter gets.
func (d *describer) toolTable(run string) []stack.Tool {
	dir := d.sourceDir()
	test := d.testCommand(true)
	if !strings.HasPrefix(test, "pytest") {
		test = "pytest"
	}
	rows := []struct{ name, job, run string }{
		{"ruff", "lint", "ruff check ."}, {"flake8", "lint", "flake8 " + d.flakeDir()}, {"pylint", "lint", "pylint " + dir}, {"bandit", "lint", "bandit --recursive --quiet " + dir},
		{"mypy", "typecheck", d.typeCommand("mypy")}, {"pyright", "typecheck", "pyright"},
		{"black", "format", "black --check ."}, {"isort", "format", "isort --check-only ."}, {"ruff format", "format", "ruff format --check ."},
		{"pytest", "test", test}, {"pip-audit", "audit", "pip-audit"},
	}
	var out []stack.Tool
	for _, row := range rows {
		base, _, _ := strings.Cut(row.name, " ")
		t := stack.Tool{Name: row.name, Job: row.job, Commands: []stack.Command{{Run: run + row.run, Tool: base}}, Known: d.has(base)}
		if _, declared := d.p.hasDev(base); !declared {
			t.Install = d.add(base)
		}
		out = append(out, t)
	}
	return out
}

// flakeDir keeps flake8 out of the virtual environment, which it does not leave out by itself.
func (d *describer) flakeDir() string {
	if d.scan.Has(".flake8") || strings.Contains(d.scan.Text("setup.cfg")+d.scan.Text("tox.ini"), "[flake8]") {
		return "."
	}
	dir := d.sourceDir()
	if dir != "." && d.scan.Tree.HasDir(d.scan.Path("tests")) {
		return dir + " tests"
	}
	return dir
}

// add gets a tool that the project does not declare, at a fixed version, into the project's environment.
func (d *describer) add(tool string) []stack.Command {
	pin := tool + "==" + toolVersions[tool]
	why := "The project does not declare " + tool + "."
	switch d.p.manager.String() {
	case "uv":
		return []stack.Command{{Run: "uv pip install " + pin, Tool: "uv", Why: why}}
	case "poetry", "pipenv", "pdm":
		return []stack.Command{{Run: d.p.manager.Value + " run python -m pip install " + pin, Tool: "pip", Why: why}}
	}
	return []stack.Command{{Run: "python -m pip install " + pin, Tool: "pip", Why: why}}
}

// audit asks pip-audit about the locked versions.
func (d *describer) audit(run string) []stack.Command {
	if d.p.manager.String() == "uv" {
		return []stack.Command{
			{Run: "uv export --quiet --no-dev --no-emit-project --format requirements-txt --output-file requirements.audit.txt", Tool: "uv"},
			{Run: "uvx pip-audit@" + toolVersions["pip-audit"] + " --disable-pip --requirement requirements.audit.txt", Tool: "pip-audit", Why: "Asks for known vulnerabilities of the locked versions."},
		}
	}
	var out []stack.Command
	if _, ok := d.p.hasDev("pip-audit"); !ok {
		out = d.add("pip-audit")
	}
	cmd := "pip-audit"
	if d.p.manager.String() == "pip" && len(d.p.runtime) > 0 {
		cmd += " --requirement " + d.p.runtime[0]
	}
	return append(out, stack.Command{Run: run + cmd, Tool: "pip-audit", Why: "Asks for known vulnerabilities of the installed versions."})
}
