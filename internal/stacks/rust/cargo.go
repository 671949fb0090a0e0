package rust

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/pelletier/go-toml/v2"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

const (
	maxCrates = 200
	maxBins   = 50
)

// bin is a program that a crate builds.
type bin struct {
	name, path string // path in the repository
	evidence   finding.Evidence
}

// crate is one package of a workspace.
type crate struct {
	dir        string
	name       string
	file       source.File
	table      map[string]any
	bins       []bin
	targets    []string // files of all targets, that Cargo misses when they are not there
	defaultRun source.Match
}

// workspace is a Cargo workspace or a single crate.
type workspace struct {
	tree    *repo.Tree
	dir     string
	file    source.File
	table   map[string]any
	crates  []*crate
	locked  []string // names in Cargo.lock
	hasLock bool
}

// readWorkspace reads the Cargo.toml of dir and those of its members; nil when it is no manifest.
func readWorkspace(tree *repo.Tree, dir string) *workspace {
	w := &workspace{tree: tree, dir: dir}
	w.file, w.table = readManifest(tree, dir)
	if w.table == nil {
		return nil
	}
	if _, ok := w.table["package"]; ok {
		w.add(dir)
	}
	for _, d := range w.members() {
		if d != dir {
			w.add(d)
		}
	}
	w.lock()
	if len(w.crates) == 0 {
		return nil
	}
	return w
}

func readManifest(tree *repo.Tree, dir string) (source.File, map[string]any) {
	p := path.Join(dir, "Cargo.toml")
	b, err := tree.Read(p)
	if err != nil {
		return source.File{}, nil
	}
	t := map[string]any{}
	if toml.Unmarshal(b, &t) != nil {
		return source.File{}, nil
	}
	return source.Parse(tree, p, source.Syntax{Line: []string{"#"}, Quotes: `"'`}), t
}

// members are the folders of the workspace's crates.
func (w *workspace) members() []string {
	ws := sub(w.table, "workspace")
	if ws == nil {
		return nil
	}
	var dirs, out []string
	for _, f := range w.tree.Under(w.dir) {
		if strings.HasSuffix(f.Path, "/Cargo.toml") && len(dirs) < 10*maxCrates {
			dirs = append(dirs, path.Dir(f.Path))
		}
	}
	for _, d := range dirs {
		if len(out) < maxCrates && w.listed(ws, d) {
			out = append(out, d)
		}
	}
	return out
}

// listed tells whether the member list of a workspace takes a folder in.
func (w *workspace) listed(ws map[string]any, d string) bool {
	return !w.excluded(ws, d) && slices.ContainsFunc(strs(ws["members"]), func(pattern string) bool {
		ok, err := doublestar.Match(path.Join(w.dir, pattern), d)
		return err == nil && ok
	})
}

func (w *workspace) excluded(ws map[string]any, d string) bool {
	return slices.ContainsFunc(strs(ws["exclude"]), func(e string) bool { return source.Below(d, path.Join(w.dir, e)) })
}

// has tells whether a folder is one of the workspace's crates, by its member list or by a path dependency of one.
func (w *workspace) has(dir string) bool {
	if sub(w.table, "workspace") == nil {
		return false
	}
	for _, c := range w.crates {
		if c.dir == dir {
			return true
		}
		for _, d := range c.paths() {
			if d == dir {
				return true
			}
		}
	}
	return false
}

func (w *workspace) add(dir string) {
	f, t := readManifest(w.tree, dir)
	pkg := sub(t, "package")
	name, _ := pkg["name"].(string)
	if pkg == nil || !source.Plain(name) || !source.Plain(dir) || strings.Contains(name, "/") {
		return
	}
	c := &crate{dir: dir, name: name, file: f, table: t}
	if d, ok := pkg["default-run"].(string); ok {
		c.defaultRun = c.at("package", "default-run")
		c.defaultRun.Groups = []string{d, d}
	}
	c.findBins(w.tree)
	c.findTargets(w.tree)
	w.crates = append(w.crates, c)
}

// dep is the line of a dependency of the program, of the target's own ones too; not of those that only tests or the build use.
func (c *crate) dep(name string) source.Match {
	if _, ok := c.spec(name); !ok {
		return source.Match{}
	}
	if m := c.at("dependencies", name); m.OK() {
		return m
	}
	return c.file.Find(name)
}

// spec is what the manifest says of a dependency.
func (c *crate) spec(name string) (any, bool) {
	if v, ok := sub(c.table, "dependencies")[name]; ok {
		return v, true
	}
	for _, t := range sub(c.table, "target") {
		if m, ok := t.(map[string]any); ok {
			if v, ok := sub(m, "dependencies")[name]; ok {
				return v, true
			}
		}
	}
	return nil, false
}

// features are those that a crate asks of a dependency, here or in the workspace's list.
func (w *workspace) features(c *crate, name string) []string {
	spec, _ := c.spec(name)
	out := strs(asTable(spec)["features"])
	if inherit, _ := asTable(spec)["workspace"].(bool); inherit {
		out = append(out, strs(asTable(sub(sub(w.table, "workspace"), "dependencies")[name])["features"])...)
	}
	return out
}

// paths are the folders of the crate's dependencies that lie in the repository.
func (c *crate) paths() []string {
	var out []string
	for _, v := range sub(c.table, "dependencies") {
		if p, ok := asTable(v)["path"].(string); ok {
			out = append(out, path.Join(c.dir, p))
		}
	}
	slices.Sort(out)
	return out
}

// locals are the crates of the workspace that a crate depends on.
func (w *workspace) locals(c *crate) []*crate {
	var out []*crate
	paths := c.paths()
	for _, o := range w.crates {
		_, named := c.spec(o.name)
		if o != c && (named || slices.Contains(paths, o.dir)) {
			out = append(out, o)
		}
	}
	return out
}

// sources are those of the crate and of the local crates that it uses. Lines that a call leaves open are joined with the next.
func (w *workspace) sources(c *crate) []source.File {
	var out []source.File
	for _, o := range append([]*crate{c}, w.locals(c)...) {
		for _, f := range source.Tree(w.tree, path.Join(o.dir, "src"), source.Rust, []string{".rs"}, nil) {
			out = append(out, joined(f))
		}
	}
	return out
}

// joined puts the first argument of a call that rustfmt broke onto the line of the call.
func joined(f source.File) source.File {
	code := slices.Clone(f.Code)
	for i := range code {
		if t := strings.TrimRight(code[i], " "); strings.HasSuffix(t, "(") && i+1 < len(code) && len(code[i+1]) < 500 {
			code[i] = t + strings.TrimSpace(code[i+1])
		}
	}
	f.Code = code
	return f
}

var lockName = regexp.MustCompile(`^name = "([\w-]+)"`)

func (w *workspace) lock() {
	p := path.Join(w.dir, "Cargo.lock")
	w.hasLock = w.tree.Has(p)
	for _, m := range source.Read(w.tree, p).All(lockName) {
		w.locked = append(w.locked, m.Group(1))
	}
	slices.Sort(w.locked)
}

// inLock tells whether Cargo.lock has a package.
func (w *workspace) inLock(name string) bool {
	_, ok := slices.BinarySearch(w.locked, name)
	return ok
}

// rel is a repository path as the build context sees it.
func (w *workspace) rel(p string) string { return stack.Rel(w.dir, p) }
