package rust

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// locked is the option that keeps Cargo to its lock file, where there is one.
func (w *workspace) lockedFlag() string {
	if w.hasLock {
		return " --locked"
	}
	return ""
}

// cargo is a command for one crate; in a workspace the crate is named.
func (w *workspace) cargo(c *crate, args string) string {
	out := "cargo " + args + w.lockedFlag()
	if len(w.crates) > 1 {
		out += " --package " + c.name
	}
	return out
}

// all is a command for all crates.
func (w *workspace) all(args string) string {
	out := "cargo " + args + w.lockedFlag()
	if len(w.crates) > 1 {
		out += " --workspace"
	}
	return out
}

func (p *program) build() string {
	if p.bin.name == "" {
		return p.w.all("build --release")
	}
	out := p.w.cargo(p.c, "build --release")
	if len(p.c.bins) > 1 {
		out += " --bin " + strings.Join(append([]string{p.bin.name}, p.workers()...), " --bin ")
	}
	return out
}

func (p *program) test() (string, source.Match) {
	for _, d := range []string{".config/nextest.toml"} {
		if f := path.Join(p.w.dir, d); p.w.tree.Has(f) {
			return p.w.all("nextest run"), source.Match{Path: f}
		}
	}
	return p.w.all("test"), source.Match{}
}

func (p *program) clippy() string { return p.w.all("clippy --all-targets") + " -- -D warnings" }

// commands fills in the facts about how the component is worked with.
func (p *program) commands(s *stack.Scan, c *stack.Component) {
	at := c.PackageManager.Evidence
	derived := func(run string) *stack.Fact { return stack.DerivedFact(run, at) }
	c.Install = derived("cargo fetch" + p.w.lockedFlag())
	c.Build = derived(p.build())
	test, nextest := p.test()
	c.Test = derived(test)
	c.TypeCheck = derived(p.w.all("check --all-targets"))
	c.Output = derived("target")
	for _, t := range []struct{ tool, file string }{{"clippy", "clippy.toml"}, {"clippy", ".clippy.toml"}, {"rustfmt", "rustfmt.toml"},
		{"rustfmt", ".rustfmt.toml"}, {"cargo-deny", "deny.toml"}, {"cargo-audit", ".cargo/audit.toml"}} {
		if f := path.Join(s.Dir, t.file); s.Tree.Has(f) {
			c.Tools = source.AddFact(c.Tools, source.Present(f, t.tool))
		}
	}
	if nextest.Path != "" {
		c.Tools = source.AddFact(c.Tools, source.Present(nextest.Path, "nextest"))
	}
	if sub(p.c.table, "lints") != nil || sub(sub(p.w.table, "workspace"), "lints") != nil {
		c.Tools = source.AddFact(c.Tools, source.Present(p.c.file.Path, "clippy"))
	}
	if stack.HasValue(c.Tools, "clippy") {
		c.Lint = derived(p.clippy())
	}
	if stack.HasValue(c.Tools, "rustfmt") {
		c.Format = derived("cargo fmt --all")
	}
	if p.bin.name != "" {
		c.Start = stack.DerivedFact("target/release/"+p.bin.name, p.bin.evidence)
		c.Dev = derived(p.dev())
	}
}

func (p *program) dev() string {
	out := p.w.cargo(p.c, "run")
	if len(p.c.bins) > 1 {
		out += " --bin " + p.bin.name
	}
	return out
}

// recipe says how to work with a component that detect found.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	w := readWorkspace(tree, c.Path)
	if w == nil {
		return stack.Recipe{}
	}
	p := w.find(c)
	test, _ := p.test()
	cmd := func(tool, run string) []stack.Command { return []stack.Command{{Run: run, Tool: tool}} }
	r := stack.Recipe{
		Install:     cmd("cargo", "cargo fetch"+w.lockedFlag()),
		Lint:        cmd("clippy", p.clippy()),
		TypeCheck:   cmd("cargo", w.all("check --all-targets")),
		FormatCheck: cmd("rustfmt", "cargo fmt --all --check"),
		Format:      cmd("rustfmt", "cargo fmt --all"),
		Test:        cmd("cargo", test),
		Build:       cmd("cargo", p.build()),
		Clean:       cmd("cargo", "cargo clean"),
		Matrix:      p.matrix(c),
		Toolchain:   p.toolchain(c),
		Tools:       p.tools(c),
	}
	if stack.HasValue(c.Tools, "cargo-deny") {
		r.Audit = []stack.Command{{Run: "cargo install --locked cargo-deny@0.18.5", Tool: "cargo-deny"}, {Run: "cargo deny check", Tool: "cargo-deny"}}
	} else {
		r.Audit = []stack.Command{{Run: "cargo install --locked cargo-audit@0.21.2", Tool: "cargo-audit"}, {Run: "cargo audit", Tool: "cargo-audit"}}
	}
	if p.bin.name == "" {
		return r
	}
	r.Start = cmd(p.bin.name, "target/release/"+p.bin.name)
	r.Dev = cmd("cargo", p.dev())
	r.Image = p.image(c)
	r.DevTarget, r.DevCommand = "deps", strings.Fields(p.dev())
	for _, o := range append([]*crate{p.c}, w.locals(p.c)...) {
		src := path.Join(w.rel(o.dir), "src")
		r.DevMounts = append(r.DevMounts, "./"+src+":/src/"+src)
	}
	return r
}

// find is the program that a component was made from.
func (w *workspace) find(c *stack.Component) *program {
	for _, cr := range w.crates {
		for _, b := range cr.bins {
			if c.Entry != nil && b.name == c.Entry.Value {
				return &program{w: w, c: cr, bin: b, sources: w.sources(cr)}
			}
		}
	}
	return &program{w: w, c: w.crates[0]}
}

// matrix is the oldest Rust that the crate declares and the one that it is built with; a pinned toolchain is the only one.
func (p *program) matrix(c *stack.Component) []string {
	v := c.Version.String()
	if channel, _ := toolchainFile(p.w.tree, p.w.dir); channel != "" || c.VersionRange == nil || c.VersionRange.Confidence != stack.Declared {
		return []string{v}
	}
	low := strings.TrimPrefix(c.VersionRange.Value, ">=")
	return source.Matrix([]string{low}, v, func(m string) bool {
		return stack.CompareVersions(m, oldestMatrix) >= 0 && stack.CompareVersions(m, v) < 0
	})
}

// toolchain needs no action for Rust itself: the runners carry rustup. A toolchain file decides over any default of rustup.
func (p *program) toolchain(c *stack.Component) stack.Toolchain {
	channel, _ := toolchainFile(p.w.tree, p.w.dir)
	setup := []stack.Command{
		{Run: "rustup toolchain install " + stack.VersionPlaceholder + " --profile minimal --component clippy,rustfmt --no-self-update", Tool: "rustup"},
		{Run: "rustup default " + stack.VersionPlaceholder, Tool: "rustup"},
	}
	if channel != "" {
		setup = []stack.Command{{Run: "rustup toolchain install --no-self-update && rustup component add clippy rustfmt", Tool: "rustup",
			Why: "The toolchain file of the repository names the version."}}
	}
	workspaces := c.Path
	t := stack.Toolchain{
		Setup: setup,
		Actions: []stack.Action{{Name: "Swatinem/rust-cache", Title: "Cache dependencies and build", With: []stack.KV{
			{Key: "workspaces", Value: workspaces}}}},
		GitLabImage: "rust:" + stack.VersionPlaceholder + "-" + codename(c.Version.String()),
		GitLabSetup: []stack.Command{{Run: "rustup component add clippy rustfmt", Tool: "rustup"}},
		CachePaths:  []string{".cargo/registry", path.Join(c.Path, "target")},
		CacheEnv:    []stack.KV{{Key: "CARGO_HOME", Value: "$CI_PROJECT_DIR/.cargo"}},
	}
	if p.w.hasLock {
		t.CacheKeys = []string{path.Join(p.w.dir, "Cargo.lock")}
	}
	if libs := p.buildPackages(); len(libs) > 0 {
		apt := "apt-get install -y --no-install-recommends " + strings.Join(libs, " ")
		t.Setup = append([]stack.Command{{Run: "sudo apt-get update && sudo " + apt, Tool: "apt-get", Why: "C libraries that crates link to."}}, t.Setup...)
		t.GitLabSetup = append([]stack.Command{{Run: "apt-get update && " + apt, Tool: "apt-get"}}, t.GitLabSetup...)
	}
	return t
}

func (p *program) tools(c *stack.Component) []stack.Tool {
	test := p.w.all("test")
	tool := func(name, job, run, install string) stack.Tool {
		t := stack.Tool{Name: name, Job: job, Commands: []stack.Command{{Run: run, Tool: name}}, Known: stack.HasValue(c.Tools, name)}
		if install != "" {
			t.Install = []stack.Command{{Run: install, Tool: name}}
		}
		return t
	}
	return []stack.Tool{
		tool("clippy", "lint", p.clippy(), ""),
		tool("rustfmt", "format", "cargo fmt --all --check", ""),
		tool("cargo-check", "typecheck", p.w.all("check --all-targets"), ""),
		tool("cargo-test", "test", test, ""),
		tool("nextest", "test", p.w.all("nextest run"), "cargo install --locked cargo-nextest@0.9.106"),
		tool("cargo-llvm-cov", "test", p.w.all("llvm-cov --lcov --output-path lcov.info"), "rustup component add llvm-tools-preview && cargo install --locked cargo-llvm-cov@0.6.21"),
		tool("cargo-audit", "audit", "cargo audit", "cargo install --locked cargo-audit@0.21.2"),
		tool("cargo-deny", "audit", "cargo deny check", "cargo install --locked cargo-deny@0.18.5"),
	}
}
