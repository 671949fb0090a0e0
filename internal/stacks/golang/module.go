package golang

import (
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/autogit/autogit/internal/stack"
)

// module is what go.mod says.
type module struct {
	path       string
	moduleLine int
	goVersion  string // as written: "1.25.0"
	goLine     int
	toolchain  string // "1.25.4", without "go"
	toolLine   int
	requires   map[string]int // module path to line
	local      []string       // folders that replace directives point to, relative to the repository
}

func readModule(scan *stack.Scan) (*module, bool) {
	file := scan.Path("go.mod")
	data, err := scan.Tree.Read(file)
	if err != nil {
		return nil, false
	}
	f, err := modfile.ParseLax(file, data, nil)
	if err != nil || f.Module == nil {
		return nil, false
	}
	m := &module{path: f.Module.Mod.Path, requires: map[string]int{}}
	if f.Module.Syntax != nil {
		m.moduleLine = f.Module.Syntax.Start.Line
	}
	if f.Go != nil {
		m.goVersion, m.goLine = f.Go.Version, f.Go.Syntax.Start.Line
	}
	for _, r := range f.Require {
		m.requires[r.Mod.Path] = r.Syntax.Start.Line
	}
	m.readLax(scan, data)
	return m, true
}

// readLax reads what ParseLax leaves out: the toolchain line and local replacements.
func (m *module) readLax(scan *stack.Scan, data []byte) {
	f, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		for i, l := range scan.Lines("go.mod") { // a directive of a newer Go: read the one line that matters
			if w := strings.Fields(l); len(w) == 2 && w[0] == "toolchain" {
				m.setToolchain(w[1], i+1)
			}
		}
		return
	}
	if f.Toolchain != nil {
		m.setToolchain(f.Toolchain.Name, f.Toolchain.Syntax.Start.Line)
	}
	for _, r := range f.Replace {
		if strings.HasPrefix(r.New.Path, "./") || strings.HasPrefix(r.New.Path, "../") {
			m.local = append(m.local, path.Join(scan.Dir, r.New.Path))
		}
	}
}

func (m *module) setToolchain(name string, line int) {
	v, ok := strings.CutPrefix(name, "go")
	if ok && v != "" {
		m.toolchain, m.toolLine = strings.SplitN(v, "-", 2)[0], line
	}
}

// versions settles the Go version: the toolchain line and version files pin it; pipelines and Dockerfiles come next, unless
// they are older than go.mod admits; then go.mod itself.
func versions(scan *stack.Scan, m *module, c *stack.Component) {
	file := scan.Path("go.mod")
	var list []stack.Candidate
	add := func(rank stack.Rank, f *stack.Fact) {
		if f == nil {
			return
		}
		if m.goVersion != "" && stack.CompareVersions(padded(f.Value), floor(m.goVersion, f.Value)) < 0 {
			scan.Contradict("version", *stack.DeclaredFact(m.goVersion, stack.At(file, m.goLine, "go "+m.goVersion)), *f)
			return
		}
		list = append(list, stack.Candidate{Rank: rank, Fact: *f})
	}
	if m.toolchain != "" {
		add(stack.RankPin, stack.DeclaredFact(m.toolchain, stack.At(file, m.toolLine, "toolchain go"+m.toolchain)))
	}
	add(stack.RankPin, stack.VersionFile(scan.Tree, scan.Dir, ".go-version"))
	add(stack.RankPin, stack.ToolVersion(scan.Tree, scan.Dir, "golang", "go"))
	if f := stack.PipelineVersion(scan.Tree, "go"); f != nil {
		f.Value = stack.Shorten(f.Value, 2)
		if m.goVersion == "" {
			add(stack.RankDelivery, f)
		}
	}
	add(stack.RankDelivery, stack.ReadDockerfile(scan.Tree, scan.Dir).BaseVersion(2, "golang"))
	if m.goVersion != "" {
		at := stack.At(file, m.goLine, "go "+m.goVersion)
		c.VersionRange = stack.DeclaredFact(">="+m.goVersion, at)
		add(stack.RankRange, stack.DeclaredFact(stack.Shorten(m.goVersion, 2), at))
	}
	add(stack.RankDefault, stack.DefaultFact(defaultGo, "go.mod has no go directive; "+defaultGo+" is supported"))
	c.Version = scan.Choose("version", list...)
}

// floor is the declared minimum, cut to as many numbers as the candidate has, so that 1.25 is not older than 1.25.3.
func floor(declared, candidate string) string {
	return stack.Shorten(declared, strings.Count(candidate, ".")+1)
}

func padded(v string) string { return strings.TrimPrefix(v, "go") }

// workspace is the folder of the go.work that has the module, or that holds its local replacements; empty for a module alone.
func workspace(scan *stack.Scan, m *module) string {
	for _, dir := range scan.Ancestors() {
		file := path.Join(dir, "go.work")
		data, err := scan.Tree.Read(file)
		if err != nil {
			continue
		}
		w, err := modfile.ParseWork(file, data, nil)
		if err != nil {
			continue
		}
		for _, u := range w.Use {
			if path.Join(dir, u.Path) == scan.Dir {
				return dir
			}
		}
	}
	top := scan.Dir
	for _, l := range m.local {
		for top != "." && l != top && !strings.HasPrefix(l, top+"/") {
			top = path.Dir(top)
		}
	}
	if top != scan.Dir {
		return top
	}
	return ""
}
