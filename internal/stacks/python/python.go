// Package python is what AutoGit knows of Python projects: pip, uv, Poetry and Pipenv. No code of a project is ever run;
// its sources are read by lines.
package python

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Stack finds Python projects.
func Stack() stack.Stack {
	return stack.Stack{
		Name:      "python",
		Manifests: append(slices.Clone(manifests), plainEntries...),
		Detect:    detect,
		Recipe:    recipe,
	}
}

var (
	manifests    = []string{"pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"}
	plainEntries = []string{"manage.py", "main.py", "app.py", "wsgi.py", "asgi.py"}
	// stops end a project's sources: a folder with one of these is a project of its own.
	stops = []string{"pyproject.toml", "setup.py", "Pipfile"}
	// syntax is enough of Python to blank comments. Docstrings stay: they hold no code that a pattern takes.
	syntax = source.Syntax{Line: []string{"#"}, Quotes: `"'`}
)

// notProgram are files that build, document or test a project.
var notProgram = []string{"setup.py", "conf.py", "noxfile.py", "tasks.py", "fabfile.py", "conftest.py", "dodo.py"}

func detect(scan *stack.Scan) []stack.Component {
	if !isProject(scan) {
		return nil
	}
	p := read(scan)
	files := programs(scan)
	if len(files) == 0 {
		return nil
	}
	d := &describer{scan: scan, p: p, files: files, c: &stack.Component{Path: scan.Dir, Stack: "python", Name: p.name}}
	d.base()
	if !d.app() {
		return nil
	}
	return []stack.Component{*d.c}
}

// isProject tells projects from the decoys: requirements for building documents, configuration of tools only, and modules
// of a project above that happen to be named like programs.
func isProject(scan *stack.Scan) bool {
	declared := false
	for _, m := range manifests {
		declared = declared || scan.Has(m)
	}
	above := false
	for _, dir := range scan.Ancestors() {
		s := &stack.Scan{Tree: scan.Tree, Dir: dir}
		_, ok := s.First(append(slices.Clone(manifests), "manage.py")...)
		above = above || ok
	}
	if above {
		_, own := scan.First("pyproject.toml", "setup.py", "Pipfile", "manage.py")
		base := path.Base(scan.Dir)
		return own || (scan.Has("requirements.txt") && base != "docs" && base != "doc" && base != "requirements" && hasEntry(scan))
	}
	return declared || hasEntry(scan)
}

func hasEntry(scan *stack.Scan) bool {
	_, ok := scan.First(append([]string{"app/main.py", "src/main.py", "app/__init__.py", "server.py", "run.py", "bot.py", "worker.py"}, plainEntries...)...)
	return ok
}

// programs are the project's source files, without those that only build or document it.
func programs(scan *stack.Scan) []source.File {
	all := source.Tree(scan.Tree, scan.Dir, syntax, []string{".py"}, stops)
	return slices.DeleteFunc(all, func(f source.File) bool {
		base := path.Base(f.Path)
		return slices.Contains(notProgram, base) || strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py")
	})
}

// describer fills a component from what was read.
type describer struct {
	scan     *stack.Scan
	p        *project
	files    []source.File
	c        *stack.Component
	target   string // what the server loads: "pkg.main:app"
	factory  bool
	bind     binding
	steps    int // names followed so far: a project whose names go in circles ends
	hasTests bool
}

// base is what holds for every project: language, versions, package manager, tools.
func (d *describer) base() {
	at := finding.Evidence{File: d.manifest()}
	d.c.Language = stack.DerivedFact("python", at)
	d.versions()
	d.c.PackageManager = d.p.manager
	d.c.LockFile = d.p.lock
	d.hasTests = hasTests(d.scan)
	d.tools()
}

func (d *describer) manifest() string {
	if m, ok := d.scan.First(append(slices.Clone(manifests), plainEntries...)...); ok {
		return d.scan.Path(m)
	}
	return d.files[0].Path
}

func hasTests(scan *stack.Scan) bool {
	for _, f := range scan.Tree.Under(scan.Dir) {
		base := path.Base(f.Path)
		if (strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "tests.py") && strings.HasSuffix(base, ".py") {
			return true
		}
	}
	return false
}
