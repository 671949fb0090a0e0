package dotnet

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
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
		if lib := w.library(); lib != nil && !strings.Contains(s.Dir, "/") {
			return []stack.Component{w.describe(s, lib, s.Dir)}
		}
		return nil
	}
	var out []stack.Component
	for _, p := range apps {
		dir := p.dir
		if len(apps) == 1 {
			dir = s.Dir // one program is the repository, wherever its project lies
		}
		out = append(out, w.describe(s, p, dir))
	}
	return out
}

func hasSolution(s *stack.Scan) bool { return solutionIn(s) != "" }

func solutionIn(s *stack.Scan) string {
	for _, f := range s.Tree.Under(s.Dir) {
		if ext := path.Ext(f.Path); path.Dir(f.Path) == s.Dir && (ext == ".sln" || ext == ".slnx") {
			return f.Path
		}
	}
	return ""
}

func ownedBySolution(s *stack.Scan) bool {
	for _, dir := range s.Ancestors() {
		if hasSolution(&stack.Scan{Tree: s.Tree, Dir: dir}) {
			return true
		}
	}
	return false
}

// apps are the programs, services first.
func (w *workspace) apps() []*project {
	var out []*project
	for _, p := range w.projects {
		if p.kind != stack.KindLibrary && !p.test {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *project) int { return rank(a) - rank(b) })
	// Tools of the build and hosts of a development tool are no programs to ship, when there is one.
	if len(out) > 0 && rank(out[0]) < 2 {
		out = slices.DeleteFunc(out, func(p *project) bool { return rank(p) >= 2 })
	}
	return out
}

func rank(p *project) int {
	return slices.Index([]string{stack.KindService, stack.KindWorker, stack.KindCLI}, p.kind)
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
	if p.kind == stack.KindService {
		c.Framework = stack.DerivedFact("asp.net core", p.sdkAt)
	}
	w.commands(p, &c)
	if p.kind != stack.KindLibrary {
		d := &describer{scan: s, w: w, p: p, c: &c}
		d.read()
		c.Start = stack.DerivedFact("dotnet "+p.assembly+".dll", at)
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
			c.Test = stack.DerivedFact("dotnet test --configuration Release", finding.Evidence{File: t.file, Line: 1})
			c.Tools = stack.Add(c.Tools, *stack.DerivedFact(t.testTool, t.testAt))
		}
	}
	if f := ".editorconfig"; w.scan.Has(f) {
		c.Tools = stack.Add(c.Tools, *stack.DeclaredFact("dotnet format", finding.Evidence{File: w.scan.Path(f), Line: 1}))
		c.Lint = stack.DerivedFact("dotnet format analyzers --verify-no-changes --no-restore", finding.Evidence{File: w.scan.Path(f), Line: 1})
	}
}
