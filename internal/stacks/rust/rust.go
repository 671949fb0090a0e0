// Package rust knows Rust programs that Cargo builds: single crates and workspaces, with axum, actix-web, Rocket, warp and others.
package rust

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Name is the Stack's name.
const Name = "rust"

// Stack is the knowledge of Rust.
func Stack() stack.Stack {
	return stack.Stack{Name: Name, Manifests: []string{"Cargo.toml"}, Detect: detect, Recipe: recipe}
}

func detect(s *stack.Scan) []stack.Component {
	w := readWorkspace(s.Tree, s.Dir)
	if w == nil || isMember(s) {
		return nil
	}
	var out []stack.Component
	for _, c := range w.crates {
		if p := w.program(c); p != nil {
			out = append(out, p.component(s))
		}
	}
	if len(out) == 0 && len(w.crates) > 0 {
		lib := &program{w: w, c: w.crates[0]}
		out = append(out, lib.component(s))
	}
	return out
}

// isMember tells whether the folder belongs to a workspace above it.
func isMember(s *stack.Scan) bool {
	for _, up := range s.Ancestors() {
		if !s.Tree.Has(path.Join(up, "Cargo.toml")) {
			continue
		}
		w := &workspace{tree: s.Tree, dir: up}
		_, w.table = readManifest(s.Tree, up)
		ws := sub(w.table, "workspace")
		if ws == nil {
			continue
		}
		if w.listed(ws, s.Dir) {
			return true
		}
		// A path dependency of a member is a member too; this is asked last, because it reads all members.
		if w := readWorkspace(s.Tree, up); w != nil && !w.excluded(ws, s.Dir) && w.has(s.Dir) {
			return true
		}
	}
	return false
}

// program is a crate that has something to run.
type program struct {
	w       *workspace
	c       *crate
	bin     bin
	others  []bin
	sources []source.File
}

var (
	workerName = regexp.MustCompile(`(?i)worker|consumer|scheduler|cron|jobs?\b|processor|daemon`)
	helperName = regexp.MustCompile(`^(xtask|.*[-_]macros?|build[-_].*|.*[-_]tests?|.*[-_]bench.*|.*[-_]derive)$`)
)

// program chooses what a crate runs; nil for a library and for a helper of the build.
func (w *workspace) program(c *crate) *program {
	if len(c.bins) == 0 || helperName.MatchString(c.name) {
		return nil
	}
	p := &program{w: w, c: c}
	p.sources = w.sources(c)
	p.bin = p.choose()
	for _, b := range c.bins {
		if b.name != p.bin.name {
			p.others = append(p.others, b)
		}
	}
	return p
}

// choose takes default-run, the crate's own name, the one that serves, or the first.
func (p *program) choose() bin {
	for _, b := range p.c.bins {
		if b.name == p.c.defaultRun.Any() {
			return b
		}
	}
	for _, b := range p.c.bins {
		f := source.Parse(p.w.tree, b.path, source.Rust)
		if len(p.c.bins) > 1 && f.First(serves).OK() && !workerName.MatchString(b.name) {
			return b
		}
	}
	for _, b := range p.c.bins {
		if b.name == p.c.name {
			return b
		}
	}
	return p.c.bins[0]
}

// workers are the other programs that run beside this one: they belong into the same image.
func (p *program) workers() []string {
	var out []string
	for _, b := range p.c.bins {
		if b.name != p.bin.name && workerName.MatchString(b.name) {
			out = append(out, b.name)
		}
	}
	return out
}

// component describes a program, or without a bin the library.
func (p *program) component(s *stack.Scan) stack.Component {
	c := stack.Component{Path: s.Dir, Name: p.bin.name, Kind: stack.KindLibrary, Stack: Name}
	if c.Name == "" {
		c.Name = p.c.name
	}
	c.Language = p.c.at("package", "name").Declared("rust")
	if p.c.name == "" {
		c.Language = source.Present(p.c.file.Path, "rust")
	}
	c.PackageManager = source.Present(path.Join(s.Dir, "Cargo.toml"), "cargo")
	if lock := path.Join(s.Dir, "Cargo.lock"); s.Tree.Has(lock) {
		c.LockFile = source.Present(lock, "Cargo.lock")
	} else if p.bin.name != "" {
		c.Notes = source.AddFact(c.Notes, source.Present(p.c.file.Path, "there is no Cargo.lock: builds are not repeatable, and --locked would fail; commit it"))
	}
	p.versions(s, &c)
	if p.bin.name != "" {
		p.describe(&c)
	}
	p.commands(s, &c)
	stack.SettleVariables(&c)
	return c
}

// describe fills in what the program is and how it is reached.
func (p *program) describe(c *stack.Component) {
	c.Kind = stack.KindCLI
	c.Entry = stack.DerivedFact(p.bin.name, p.bin.evidence)
	for _, f := range frameworks {
		if d := p.c.dep(f.crate); d.OK() {
			c.Framework = d.Declared(f.name)
			break
		}
	}
	p.services(c)
	p.endpoints(c)
	p.assets(c)
	for _, b := range p.others {
		if workerName.MatchString(b.name) {
			c.Workers = append(c.Workers, *stack.DerivedFact("target/release/"+b.name, b.evidence))
		}
	}
	if len(p.others) > 0 && !p.c.defaultRun.OK() {
		names := []string{}
		for _, b := range p.others {
			names = append(names, b.name)
		}
		c.Notes = source.AddFact(c.Notes, source.Present(p.c.file.Path, "several programs and no default-run: cargo run needs --bin; "+
			p.bin.name+" is run, beside it are "+strings.Join(names[:min(5, len(names))], ", ")))
	}
	switch {
	case c.Port != nil || c.Framework != nil:
		c.Kind = stack.KindService
	case slices.ContainsFunc([]string{"lapin", "rdkafka", "apalis", "sqlxmq", "async-nats"}, func(n string) bool { return p.c.dep(n).OK() }):
		c.Kind = stack.KindWorker
	}
}

var frameworks = []struct{ crate, name string }{
	{"axum", "axum"}, {"actix-web", "actix-web"}, {"rocket", "rocket"}, {"warp", "warp"}, {"poem", "poem"}, {"salvo", "salvo"},
	{"tide", "tide"}, {"loco-rs", "loco"}, {"ntex", "ntex"}, {"tonic", "tonic"}, {"gotham", "gotham"},
}
