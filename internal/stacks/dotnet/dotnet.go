package dotnet

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Stack finds solutions and projects.
func Stack() stack.Stack {
	return stack.Stack{
		Name: "dotnet", Manifests: []string{"*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj"},
		Detect: detect, Recipe: recipe,
	}
}

// detect describes the programs of a solution, or of a folder that belongs to none.
func detect(s *stack.Scan) []stack.Component {
	if !hasSolution(s) && ownedBySolution(s) {
		return nil
	}
	w := readWorkspace(s)
	apps := w.apps()
	if len(apps) == 0 {
		if lib := w.library(); lib != nil && !strings.Contains(s.Dir, "/") && !referenced(s, lib) {
			return []stack.Component{w.describe(s, lib, s.Dir)}
		}
		return nil
	}
	var out []stack.Component
	for _, p := range apps {
		out = append(out, w.describe(s, p, s.Dir)) // the solution is built and tested as a whole, wherever its projects lie
	}
	return out
}

// referenced tells whether another project of the repository is built from this one.
func referenced(s *stack.Scan, lib *project) bool {
	looked := 0
	for _, f := range s.Tree.Files() {
		if languages[path.Ext(f.Path)] == "" || f.Path == lib.file {
			continue
		}
		if looked++; looked > maxProjects {
			return false
		}
		if slices.Contains(readProject(s, f.Path).references, lib.file) {
			return true
		}
	}
	return false
}

func hasSolution(s *stack.Scan) bool { return slices.Contains(solutions(s), s.Dir) }

// solutions are the folders that have a solution, of those that are the scan's own or lie above it.
func solutions(s *stack.Scan) []string {
	var out []string
	for _, f := range s.Tree.Files() {
		if !strings.HasSuffix(f.Path, ".sln") && !strings.HasSuffix(f.Path, ".slnx") {
			continue
		}
		if dir := path.Dir(f.Path); source.Below(s.Dir, dir) && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

func ownedBySolution(s *stack.Scan) bool {
	return slices.ContainsFunc(solutions(s), func(dir string) bool { return dir != s.Dir })
}

// apps are the programs, services first.
func (w *workspace) apps() []*project {
	var out []*project
	for _, p := range w.projects {
		if p.kind != stack.KindLibrary && !p.test && !w.hosted(p) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *project) int { return rank(a) - rank(b) })
	// Tools of the build and hosts of a development tool are no programs to ship, when there is one.
	if len(out) > 0 && rank(out[0]) < 3 {
		out = slices.DeleteFunc(out, func(p *project) bool { return rank(p) >= 3 })
	}
	return out
}

func rank(p *project) int {
	return slices.Index([]string{stack.KindService, stack.KindStatic, stack.KindWorker, stack.KindCLI}, p.kind)
}

// hosted tells whether a client of the browser is published with a server of the same solution.
func (w *workspace) hosted(p *project) bool {
	return p.kind == stack.KindStatic && slices.ContainsFunc(w.projects, func(o *project) bool {
		return o.kind == stack.KindService && slices.Contains(o.references, p.file)
	})
}

func (w *workspace) library() *project {
	for _, p := range w.projects {
		if !p.test {
			return p
		}
	}
	return nil
}

var languages = map[string]string{".csproj": "csharp", ".fsproj": "fsharp", ".vbproj": "visual basic"}

func (w *workspace) describe(s *stack.Scan, p *project, dir string) stack.Component {
	at := finding.Evidence{File: p.file, Line: 1}
	c := stack.Component{
		Path: dir, Stack: "dotnet", Name: strings.TrimSuffix(path.Base(p.file), path.Ext(p.file)), Kind: p.kind,
		Language:       stack.DerivedFact(languages[path.Ext(p.file)], at),
		PackageManager: stack.DerivedFact("nuget", at),
		Entry:          stack.DerivedFact(stack.Rel(dir, p.file), at),
	}
	if lock := path.Join(p.dir, "packages.lock.json"); s.Tree.Has(lock) {
		c.LockFile = stack.DeclaredFact(lock, finding.Evidence{File: lock, Line: 1})
	}
	w.version(s, p, &c)
	if p.kind == stack.KindStatic {
		c.Framework = stack.DerivedFact("blazor", p.sdkAt)
		c.Port = stack.DefaultFact(pages.Port, "the web server of the image listens there")
		c.Health = stack.DefaultFact(pages.Health, "the web server of the image answers it")
	}
	if p.kind == stack.KindService {
		c.Framework = stack.DerivedFact("asp.net core", p.sdkAt)
	}
	w.commands(p, &c)
	if p.kind != stack.KindLibrary {
		d := &describer{scan: s, w: w, p: p, c: &c}
		d.read()
		if p.aot.OK() {
			c.Notes = source.AddFact(c.Notes, p.aot.Derived("the project asks for native compilation; the image runs it on the runtime instead, which needs no C compiler of the target"))
		}
		if p.kind != stack.KindStatic {
			c.Start = stack.DerivedFact("dotnet "+p.assembly+".dll", at)
		}
		c.Dev = stack.DerivedFact("dotnet watch run --project "+stack.Rel(dir, p.file), at)
	}
	stack.SettleVariables(&c)
	return c
}

// commands run in the component's folder: on the solution where there is one, else on the project.
func (w *workspace) commands(p *project, c *stack.Component) {
	at := finding.Evidence{File: p.file, Line: 1}
	locked := ""
	if c.LockFile != nil {
		locked = " --locked-mode"
	}
	c.Install = stack.DerivedFact("dotnet restore"+locked, at)
	c.Build = stack.DerivedFact("dotnet build --configuration Release --no-restore", at)
	c.Format = stack.DerivedFact("dotnet format --verify-no-changes --no-restore", at)
	for _, t := range w.projects {
		if t.test {
			c.Tools = stack.Add(c.Tools, *stack.DerivedFact(t.testTool, t.testAt))
		}
	}
	if i := slices.IndexFunc(w.projects, func(t *project) bool { return t.test }); i >= 0 {
		c.Test = stack.DerivedFact("dotnet test --configuration Release", finding.Evidence{File: w.projects[i].file, Line: 1})
	}
	if f := ".editorconfig"; w.scan.Has(f) {
		c.Tools = stack.Add(c.Tools, *stack.DeclaredFact("dotnet format", finding.Evidence{File: w.scan.Path(f), Line: 1}))
		c.Lint = stack.DerivedFact("dotnet format analyzers --verify-no-changes --no-restore", finding.Evidence{File: w.scan.Path(f), Line: 1})
	}
}
