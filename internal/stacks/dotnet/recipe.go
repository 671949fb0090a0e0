package dotnet

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
	"github.com/autogit/autogit/internal/stacks/source"
)

func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	s := root(&stack.Scan{Tree: tree, Dir: c.Path}, path.Join(c.Path, c.Entry.String()))
	w := readWorkspace(s)
	if len(w.projects) == 0 { // a project without a solution, built from folders around it
		w = readWorkspace(&stack.Scan{Tree: tree, Dir: c.Path})
	}
	var p *project
	for _, o := range w.projects {
		if o.file == path.Join(c.Path, c.Entry.String()) {
			p = o
		}
	}
	if p == nil {
		return stack.Recipe{}
	}
	cmd := func(f *stack.Fact, tool, why string) []stack.Command {
		if f == nil {
			return nil
		}
		return []stack.Command{{Run: f.Value, Tool: tool, Why: why}}
	}
	r := stack.Recipe{
		Install: cmd(c.Install, "dotnet", ""), Build: cmd(c.Build, "dotnet", ""), FormatCheck: cmd(c.Format, "dotnet format", ""),
		Lint: cmd(c.Lint, "dotnet format", "The analyzers that .editorconfig configures."), Dev: cmd(c.Dev, "dotnet", ""),
		Format: []stack.Command{{Run: "dotnet format --no-restore", Tool: "dotnet format"}},
		Audit: []stack.Command{{
			Run:  "if dotnet list package --vulnerable --include-transitive | tee /dev/stderr | grep 'following vulnerable packages' > /dev/null; then exit 1; fi",
			Tool: "dotnet list package", Why: "The command itself succeeds whatever it finds, so its words decide.",
		}},
		Clean:     []stack.Command{{Run: "dotnet clean --configuration Release", Tool: "dotnet"}},
		TypeCheck: cmd(c.Build, "dotnet", "The compiler checks the types."),
		Matrix:    []string{c.Version.String()},
		Toolchain: toolchain(c),
	}
	if len(r.Lint) == 0 {
		r.Lint = []stack.Command{{Run: "dotnet format analyzers --verify-no-changes --no-restore", Tool: "dotnet format", Why: "No .editorconfig: the analyzers of the SDK, as they come."}}
	}
	if c.Test != nil {
		r.Test = cmd(c.Test, "dotnet test", "")
		w.collect(&r)
	}
	r.Tools = []stack.Tool{
		{Name: "dotnet format", Job: "format", Known: true, Commands: r.FormatCheck},
		{Name: "dotnet test", Job: "test", Known: c.Test != nil, Commands: testCommands(c)},
		{Name: "dotnet list package", Job: "audit", Known: true, Commands: r.Audit},
	}
	program(&r, s, w, p, c)
	return r
}

// program fills in what only a program has.
func program(r *stack.Recipe, s *stack.Scan, w *workspace, p *project, c *stack.Component) {
	if p.kind == stack.KindLibrary {
		return
	}
	r.Image = image(s, w, p, c)
	if p.kind == stack.KindStatic {
		r.Image = browserImage(s, w, p, c)
	}
	if c.Start != nil {
		r.Start = []stack.Command{{Run: "dotnet run --configuration Release --project " + c.Entry.String(), Tool: "dotnet"}}
	}
	r.DevTarget, r.DevReload = "build", true
	r.DevCommand = []string{"dotnet", "watch", "run", "--non-interactive", "--no-launch-profile", "--project", path.Join("/src", stack.Rel(s.Dir, p.file))}
	r.DevMounts = []string{"./" + strings.TrimPrefix(stack.Rel(c.Path, p.dir), ".") + ":" + path.Join("/src", stack.Rel(s.Dir, p.dir))}
}

// collect adds coverage where the one test project has the collector for it. Its file lies in a folder with a random name, so it
// is copied out; of several test projects each would have one, and none is the whole.
func (w *workspace) collect(r *stack.Recipe) {
	tests := slices.DeleteFunc(slices.Clone(w.projects), func(p *project) bool { return !p.test })
	if len(tests) != 1 || !tests[0].coverage {
		return
	}
	r.Clean = append(r.Clean, stack.Command{Run: "rm -rf coverage", Tool: "rm"})
	r.Test[0].Run = "rm -rf coverage && " + r.Test[0].Run + ` --collect "XPlat Code Coverage" --results-directory coverage`
	r.Test = append(r.Test, stack.Command{Run: `find coverage -name coverage.cobertura.xml -exec cp {} coverage/coverage.xml \;`, Tool: "find",
		Why: "The collector writes into a folder with a random name."})
	r.CoverageFile = "coverage/coverage.xml"
}

func testCommands(c *stack.Component) []stack.Command {
	if c.Test == nil {
		return []stack.Command{{Run: "dotnet test --configuration Release", Tool: "dotnet test"}}
	}
	return []stack.Command{{Run: c.Test.Value, Tool: "dotnet test"}}
}

// root is the folder that a build reads: the solution's, or for a project without one the folder that has all that it is built from.
func root(s *stack.Scan, file string) *stack.Scan {
	if hasSolution(s) {
		return s
	}
	if all := solutions(s); len(all) > 0 { // the nearest: the one with the longest path
		dir := slices.MaxFunc(all, func(a, b string) int { return len(a) - len(b) })
		return &stack.Scan{Tree: s.Tree, Dir: dir}
	}
	dir := s.Dir
	w := &workspace{scan: s}
	for _, f := range w.closure(&project{file: file}) {
		for dir != "." && !source.Below(f, dir) {
			dir = path.Dir(dir)
		}
	}
	return &stack.Scan{Tree: s.Tree, Dir: dir}
}

func toolchain(c *stack.Component) stack.Toolchain {
	t := stack.Toolchain{
		Actions: []stack.Action{{Name: "actions/setup-dotnet", Title: "Set up .NET", With: []stack.KV{{Key: "dotnet-version", Value: stack.VersionPlaceholder + ".x"}}}},

		GitLabImage: "mcr.microsoft.com/dotnet/sdk:" + stack.VersionPlaceholder,
		CacheKeys:   []string{path.Join(c.Path, c.Entry.String())},
		CachePaths:  []string{".cache/nuget/"}, CacheEnv: []stack.KV{{Key: "NUGET_PACKAGES", Value: "$CI_PROJECT_DIR/.cache/nuget"}},
	}
	if c.LockFile != nil {
		t.CacheKeys = []string{c.LockFile.Value}
		t.Actions[0].With = append(t.Actions[0].With, stack.KV{Key: "cache", Value: "true"}, stack.KV{Key: "cache-dependency-path", Value: c.LockFile.Value})
		return t
	}
	// The setup action's own cache wants a lock file, which few .NET projects have.
	t.Actions = append(t.Actions, stack.Action{Name: "actions/cache", Title: "Cache NuGet packages", With: []stack.KV{
		{Key: "path", Value: "~/.nuget/packages"}, {Key: "key", Value: "nuget-${{ runner.os }}-${{ hashFiles('" + path.Join(c.Path, "**/*.csproj") + "', '**/Directory.Packages.props') }}"},
		{Key: "restore-keys", Value: "nuget-${{ runner.os }}-"},
	}})
	return t
}

// tags are the pinned runtime and SDK images for a component.
func tags(c *stack.Component) (runtime, sdk string) {
	v := c.Version.String()
	t, ok := images[v]
	if !ok {
		t.runtime, t.sdk = v, v
	}
	if pin := pinnedSDK(c); pin != "" && stack.CompareVersions(stack.Shorten(pin, 2), v) >= 0 {
		t.sdk = pin
	}
	return t.runtime, t.sdk
}

// image compiles on the build machine for the architecture that is asked for, and runs on the runtime alone.
func image(s *stack.Scan, w *workspace, p *project, c *stack.Component) *stack.Image {
	runtime, sdk := tags(c)
	base := "mcr.microsoft.com/dotnet/runtime:"
	if p.aspnet {
		base = "mcr.microsoft.com/dotnet/aspnet:"
	}
	img := &stack.Image{
		Args: []stack.KV{{Key: "SDK_IMAGE", Value: "mcr.microsoft.com/dotnet/sdk:" + sdk}, {Key: "RUNTIME_IMAGE", Value: base + runtime}},
		User: "1654:1654", Port: c.Port.String(), Entrypoint: []string{"dotnet", p.assembly + ".dll"}, Platforms: []string{"linux/amd64", "linux/arm64"},
		Env:    []stack.KV{{Key: "DOTNET_EnableDiagnostics", Value: "0"}},
		Ignore: source.Ignore("**/bin", "**/obj", "**/TestResults", "coverage", "**/*.user", ".vs"),
	}
	if root := s.Dir; root != c.Path {
		img.Context = root
	}
	if e := c.PortFromEnv.String(); e == "ASPNETCORE_URLS" {
		img.Env = append(img.Env, stack.KV{Key: e, Value: "http://+:" + img.Port})
	} else if e != "" {
		img.Env = append(img.Env, stack.KV{Key: e, Value: img.Port})
	}
	img.Stages = []stack.Stage{buildStage(s, w, p, c), {
		Name: "runtime", From: "${RUNTIME_IMAGE}", Why: "The runtime without compiler and SDK.",
		Steps: []stack.Step{{Text: "WORKDIR /app"}, {Text: "COPY --from=build /app ./"}},
	}}
	if img.Port != "" {
		img.HealthWhy = "The image has neither curl nor wget; bash itself speaks HTTP."
		if c.Health != nil {
			img.Health = source.BashProbe(img.Port, c.Health.Value, "")
		} else {
			img.Health, img.HealthWhy = source.PortProbe(img.Port), "No health route is known, so this only asks whether the port is open; bash does it, because the image has no curl."
		}
	}
	return img
}

// browserImage serves a client that runs in the browser: its published pages need no .NET where they are served.
func browserImage(s *stack.Scan, w *workspace, p *project, c *stack.Component) *stack.Image {
	_, sdk := tags(c)
	img := pages.Image(pages.Site{
		Args: []stack.KV{{Key: "SDK_IMAGE", Value: "mcr.microsoft.com/dotnet/sdk:" + sdk}}, Stages: []stack.Stage{buildStage(s, w, p, c)},
		From: "build", Dir: "/app/wwwroot", App: true, Ignore: source.Ignore("**/bin", "**/obj", "**/TestResults", "coverage", ".vs"),
	})
	if s.Dir != c.Path {
		img.Context = s.Dir
	}
	return img
}

func buildStage(s *stack.Scan, w *workspace, p *project, c *stack.Component) stack.Stage {
	b := stack.Stage{Name: "build", From: "${SDK_IMAGE}", Cross: true, Why: "What the SDK makes runs on every architecture, so it is made once, on the build machine's own."}
	add := func(why, text string) { b.Steps = append(b.Steps, stack.Step{Why: why, Text: text}) }
	add("", "WORKDIR /src")
	var shared []string
	for _, f := range []string{"global.json", "nuget.config", "NuGet.config", "NuGet.Config", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"} {
		if s.Has(f) {
			shared = append(shared, f)
		}
	}
	why := "Project files before source: the restored packages stay cached until one of them changes."
	if len(shared) > 0 {
		add(why, "COPY "+strings.Join(shared, " ")+" ./")
		why = ""
	}
	for _, f := range w.closure(p) {
		rel := stack.Rel(s.Dir, f)
		if !source.Plain(rel) {
			continue
		}
		files := rel
		if lock := path.Join(path.Dir(f), "packages.lock.json"); s.Tree.Has(lock) {
			files += " " + stack.Rel(s.Dir, lock)
		}
		add(why, "COPY "+files+" ./"+strings.TrimPrefix(path.Dir(rel)+"/", "./"))
		why = ""
	}
	rel := stack.Rel(s.Dir, p.file)
	locked := ""
	if c.LockFile != nil {
		locked = " --locked-mode"
	}
	cache := "RUN --mount=type=cache,target=/root/.nuget/packages \\\n    "
	aot := ""
	if p.aot.OK() {
		aot = " -p:PublishAot=false"
	}
	// No runtime identifier: the result fits every architecture, and a lock file needs no entry for each.
	add("", cache+"dotnet restore "+rel+locked+aot)
	add("", "COPY . .")
	add("", cache+"dotnet publish "+rel+" --no-restore -c Release -o /app -p:UseAppHost=false"+aot)
	return b
}
