package dotnet

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// project is one project file.
type project struct {
	file, dir  string
	kind       string
	sdkAt      finding.Evidence
	test       bool
	testTool   string
	testAt     finding.Evidence
	coverage   bool // has coverlet's collector
	frameworks []stack.Fact
	assembly   string
	packages   []source.Match // PackageReference, group 1 is the name
	references []string       // project files that it is built from, repository paths
	aspnet     bool           // needs the ASP.NET runtime
	aot        source.Match   // compiles to machine code when it is published
}

// workspace is a solution with its projects, or a folder with one.
type workspace struct {
	scan     *stack.Scan
	projects []*project
}

const maxProjects = 200

var (
	sdkAttr    = regexp.MustCompile(`<Project\s[^>]*Sdk\s*=\s*"([^"]+)"|<Sdk\s[^>]*Name\s*=\s*"([^"]+)"`)
	outputType = regexp.MustCompile(`(?i)<OutputType>\s*(exe|winexe)\s*</OutputType>`)
	framework  = regexp.MustCompile(`<TargetFrameworks?>\s*([^<]+?)\s*</TargetFrameworks?>`)
	assembly   = regexp.MustCompile(`<AssemblyName>\s*([\w.-]+)\s*</AssemblyName>`)
	testMark   = regexp.MustCompile(`(?i)<IsTestProject>\s*true|Include="(Microsoft\.NET\.Test\.Sdk|xunit(?:\.v3)?|NUnit|MSTest(?:\.TestFramework)?|TUnit)"|Sdk="(MSTest\.Sdk)`)
	packageRef = regexp.MustCompile(`<PackageReference\s[^>]*Include\s*=\s*"([^"]+)"`)
	projectRef = regexp.MustCompile(`<ProjectReference\s[^>]*Include\s*=\s*"([^"]+)"`)
	aspnetRef  = regexp.MustCompile(`(?:FrameworkReference|PackageReference)\s[^>]*Include\s*=\s*"Microsoft\.AspNetCore\.App"`)
	publishAot = regexp.MustCompile(`(?i)<PublishAot>\s*true`)
	webApp     = regexp.MustCompile(`\bWebApplication\.Create|\.UseKestrel\(|ConfigureWebHostDefaults\(`)
	netVersion = regexp.MustCompile(`^net(?:coreapp)?(\d+\.\d+)`)
)

// readWorkspace reads the project files below the folder.
func readWorkspace(s *stack.Scan) *workspace {
	w := &workspace{scan: s}
	whole := hasSolution(s)
	for _, f := range s.Tree.Under(s.Dir) {
		if languages[path.Ext(f.Path)] == "" || len(w.projects) >= maxProjects || strings.Contains(f.Path, "/bin/") || strings.Contains(f.Path, "/obj/") {
			continue
		}
		if !whole && path.Dir(f.Path) != s.Dir {
			continue
		}
		if source.Plain(f.Path) { // a name that a shell reads differently is written into no command
			w.projects = append(w.projects, readProject(s, f.Path))
		}
	}
	return w
}

func readProject(s *stack.Scan, file string) *project {
	src := source.Parse(s.Tree, file, source.XML)
	p := &project{file: file, dir: path.Dir(file), kind: stack.KindLibrary, assembly: strings.TrimSuffix(path.Base(file), path.Ext(file))}
	sdk := src.First(sdkAttr)
	p.sdkAt = finding.Evidence{File: file, Line: 1}
	if sdk.OK() {
		p.sdkAt = sdk.Evidence()
	}
	switch {
	case strings.HasPrefix(sdk.Any(), "Microsoft.NET.Sdk.Web"):
		p.kind = stack.KindService
	case strings.HasPrefix(sdk.Any(), "Microsoft.NET.Sdk.BlazorWebAssembly"):
		p.kind = stack.KindStatic
	case strings.HasPrefix(sdk.Any(), "Microsoft.NET.Sdk.Worker"):
		p.kind = stack.KindWorker
	case src.First(outputType).OK():
		p.kind = stack.KindCLI
	}
	p.aspnet, p.aot = p.kind == stack.KindService || src.First(aspnetRef).OK(), src.First(publishAot)
	if p.aspnet && p.kind != stack.KindService && p.kind != stack.KindLibrary && startsServer(s, p.dir) {
		p.kind = stack.KindService
	}
	if m := src.First(testMark); m.OK() {
		p.test, p.testAt, p.testTool = true, m.Evidence(), testTool(m.Text)
	}
	if m := src.First(assembly); m.OK() {
		p.assembly = m.Group(1)
	}
	p.packages = src.All(packageRef)
	p.coverage = slices.ContainsFunc(p.packages, func(m source.Match) bool { return m.Group(1) == "coverlet.collector" })
	for _, m := range src.All(projectRef) {
		if ref := path.Join(p.dir, strings.ReplaceAll(m.Group(1), `\`, "/")); s.Tree.Has(ref) {
			p.references = append(p.references, ref)
		}
	}
	p.frameworks = targets(src)
	if len(p.frameworks) == 0 {
		p.frameworks = inherited(s, p.dir)
	}
	return p
}

// startsServer tells whether a program without the web SDK serves all the same.
func startsServer(s *stack.Scan, dir string) bool {
	return source.First(source.Tree(s.Tree, dir, csharp, []string{".cs", ".fs", ".vb"}, nil), webApp).OK()
}

func testTool(line string) string {
	lower := strings.ToLower(line)
	for _, t := range []string{"xunit", "nunit", "mstest", "tunit"} {
		if strings.Contains(lower, t) {
			return t
		}
	}
	return "dotnet test"
}

func targets(src source.File) []stack.Fact {
	var out []stack.Fact
	m := src.First(framework)
	for _, t := range strings.Split(m.Group(1), ";") {
		if g := netVersion.FindStringSubmatch(strings.TrimSpace(t)); g != nil {
			out = append(out, *m.Declared(g[1]))
		}
	}
	return out
}

// inherited are the frameworks that Directory.Build.props sets for all projects below it.
func inherited(s *stack.Scan, dir string) []stack.Fact {
	for d := dir; ; d = path.Dir(d) {
		if f := path.Join(d, "Directory.Build.props"); s.Tree.Has(f) {
			return targets(source.Parse(s.Tree, f, source.XML))
		}
		if d == "." || d == "/" || d == "" {
			return nil
		}
	}
}

// closure is a project file with all that it is built from, sorted.
func (w *workspace) closure(p *project) []string {
	seen := map[string]bool{}
	var visit func(file string)
	visit = func(file string) {
		if seen[file] || len(seen) > maxProjects {
			return
		}
		seen[file] = true
		for _, o := range w.all(file) {
			visit(o)
		}
	}
	visit(p.file)
	out := make([]string, 0, len(seen))
	for f := range seen {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

func (w *workspace) all(file string) []string {
	for _, p := range w.projects {
		if p.file == file {
			return p.references
		}
	}
	return readProject(w.scan, file).references
}
