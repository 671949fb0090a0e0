package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

const (
	user  = "10001:10001"
	cache = "--mount=type=cache,target=/usr/local/cargo/registry,sharing=locked --mount=type=cache,target=/usr/local/cargo/git,sharing=locked"
	// maxCopied bounds the COPY lines of the dependency layer.
	maxCopied = 25
)

// library is a C library that a -sys crate links to.
type library struct {
	crate    string
	vendored string   // crate that builds the library from source instead
	build    []string // Debian packages to compile with
	run      []string // to run with, on Debian 13; on 12 where it is named otherwise
	run12    []string
}

var libraries = []library{
	{"openssl-sys", "openssl-src", []string{"pkg-config", "libssl-dev"}, []string{"libssl3t64"}, []string{"libssl3"}},
	{"pq-sys", "pq-src", []string{"libpq-dev"}, []string{"libpq5"}, []string{"libpq5"}},
	{"mysqlclient-sys", "mysqlclient-src", []string{"default-libmysqlclient-dev"}, []string{"libmariadb3"}, []string{"libmariadb3"}},
	{"rdkafka-sys", "", []string{"cmake", "zlib1g-dev"}, []string{"zlib1g"}, []string{"zlib1g"}},
	{"libgit2-sys", "", []string{"cmake"}, nil, nil},
	{"prost-build", "protobuf-src", []string{"protobuf-compiler"}, nil, nil},
	{"aws-lc-sys", "", []string{"cmake"}, nil, nil},
	{"bindgen", "", []string{"libclang-dev"}, nil, nil},
}

// codename is the Debian release that the images of a Rust version are on: builder and runtime must have one libc.
func codename(version string) string {
	if stack.CompareVersions(version, firstTrixie) >= 0 {
		return "trixie"
	}
	return "bookworm"
}

func rustImage(version string) string {
	if version == newest {
		version = newestPatch
	}
	return "rust:" + version + "-" + codename(version)
}

// links are the C libraries of the locked crates.
func (p *program) links() []library {
	var out []library
	for _, l := range libraries {
		if p.w.inLock(l.crate) && !p.w.inLock(l.vendored) {
			out = append(out, l)
		}
	}
	return out
}

func (p *program) buildPackages() []string {
	var out []string
	for _, l := range p.links() {
		out = append(out, l.build...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *program) runPackages(version string) []string {
	var out []string
	for _, l := range p.links() {
		if codename(version) == "trixie" {
			out = append(out, l.run...)
			continue
		}
		out = append(out, l.run12...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// image compiles on the build machine for the target, unless C libraries of the target are linked; then under emulation.
func (p *program) image(c *stack.Component) *stack.Image {
	version := c.Version.String()
	cross := len(p.links()) == 0
	img := &stack.Image{
		Args: []stack.KV{{Key: "RUST_IMAGE", Value: rustImage(version)},
			{Key: "RUNTIME_IMAGE", Value: "debian:" + codename(version) + "-" + debianDate + "-slim"}},
		User: user, Port: c.Port.String(), Entrypoint: []string{"/usr/local/bin/" + p.bin.name},
		Platforms: []string{"linux/amd64", "linux/arm64"},
		Ignore:    source.Ignore("target", "**/target"),
	}
	if cross && codename(version) == "trixie" {
		img.Platforms = append(img.Platforms, "linux/riscv64")
	}
	p.environment(c, img)
	deps, build := p.stages(cross)
	if st, arg, ok := c.Frontend.Stage(c.Path); ok {
		img.Args = append(img.Args, arg)
		img.Stages = append(img.Stages, st)
		out := stack.Rel(c.Path, c.Frontend.Output)
		build.Steps = slices.Insert(build.Steps, 1, stack.Step{Text: "COPY --from=frontend " + c.Frontend.BuiltIn(c.Path) + "/ " + out + "/"})
	}
	img.Stages = append(img.Stages, deps, build, p.final(c, version))
	p.probe(c, img)
	return img
}

// environment opens the address, where a variable does that, and keeps port and check together.
func (p *program) environment(c *stack.Component, img *stack.Image) {
	if c.ListenFromEnv != nil && c.Listen != nil {
		v := "0.0.0.0"
		for _, e := range c.Env {
			if e.Name == c.ListenFromEnv.Value && strings.Contains(e.Default, ":") {
				v += ":" + c.Port.String()
			}
		}
		img.Env = append(img.Env, stack.KV{Key: c.ListenFromEnv.Value, Value: v})
	}
	if c.PortFromEnv != nil && c.Port != nil {
		img.Env = append(img.Env, stack.KV{Key: c.PortFromEnv.Value, Value: c.Port.Value})
	}
}

func (p *program) probe(c *stack.Component, img *stack.Image) {
	if c.Port == nil {
		return
	}
	port := source.PortExpression(c.PortFromEnv.String(), c.Port.Value)
	if c.Health == nil {
		img.Health = source.PortProbe(port)
		img.HealthWhy = "The program has no health route, so the check only opens a connection; bash does it, because the image has no HTTP client."
		return
	}
	img.Health = source.BashProbe(port, c.Health.Value, "")
	img.HealthWhy = "bash speaks HTTP itself here: the image has no HTTP client."
}

// target is a script that sets Cargo up for the platform that is built for.
const target = `COPY <<'EOF' /etc/cargo-target
case "$TARGETARCH" in
  amd64) triple=x86_64-unknown-linux-gnu; gnu=x86_64-linux-gnu ;;
  arm64) triple=aarch64-unknown-linux-gnu; gnu=aarch64-linux-gnu ;;
  riscv64) triple=riscv64gc-unknown-linux-gnu; gnu=riscv64-linux-gnu ;;
  *) echo "no Rust target is known for $TARGETARCH" >&2; exit 1 ;;
esac
export CARGO_BUILD_TARGET="$triple"
if [ "$(dpkg --print-architecture)" != "$TARGETARCH" ]; then
  name=$(echo "$triple" | tr - _)
  export "CC_$name=$gnu-gcc" "CXX_$name=$gnu-g++" "AR_$name=$gnu-ar"
  export "CARGO_TARGET_$(echo "$name" | tr a-z A-Z)_LINKER=$gnu-gcc"
fi
EOF`

const installTarget = `RUN . /etc/cargo-target && rustup target add "$triple" \
    && if [ "$(dpkg --print-architecture)" != "$TARGETARCH" ]; then \
         apt-get update \
         && apt-get install -y --no-install-recommends "crossbuild-essential-$TARGETARCH" \
         && rm -rf /var/lib/apt/lists/*; \
       fi`

// stages are the one that gets the crates, in which development runs, and the one that compiles.
func (p *program) stages(cross bool) (deps, build stack.Stage) {
	deps = stack.Stage{Name: "deps", From: "${RUST_IMAGE}", Cross: cross, Steps: []stack.Step{{Text: "WORKDIR /src"}}}
	if cross {
		deps.Why = "Rust compiles for every architecture, so this stage runs on the build machine's own, without emulation."
	} else {
		deps.Why = "The program links to C libraries of the target, so this stage runs on the target's own architecture."
	}
	if libs := p.buildPackages(); len(libs) > 0 {
		deps.Steps = append(deps.Steps, stack.Step{Text: "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends " + strings.Join(libs, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*"})
	}
	deps.Steps = append(deps.Steps, p.fetch()...)
	build = stack.Stage{Name: "build", From: "deps"}
	bins := append([]string{p.bin.name}, p.workers()...)
	compile := "cargo build --release" + p.w.lockedFlag() + " --package " + p.c.name + " --bin " + strings.Join(bins, " --bin ")
	mounts := cache + " --mount=type=cache,target=/src/target,sharing=locked"
	if p.offline() != "" {
		build.Steps = append(build.Steps, stack.Step{Why: "sqlx checks its queries against their committed descriptions, not against a database.", Text: "ENV SQLX_OFFLINE=true"})
	}
	if cross {
		build.Steps = append(build.Steps, stack.Step{Text: "ARG TARGETARCH"}, stack.Step{Why: "What Cargo and C compilers must know to compile for the target.", Text: target},
			stack.Step{Text: installTarget})
	}
	build.Steps = append(build.Steps, stack.Step{Text: "COPY . ."})
	why := "The target folder stays in a cache; what it made is copied out of it."
	if cross {
		build.Steps = append(build.Steps, stack.Step{Why: why, Text: "RUN " + mounts + " \\\n    . /etc/cargo-target \\\n    && " + compile +
			installs("target/$triple/release", bins)})
		return deps, build
	}
	build.Steps = append(build.Steps, stack.Step{Why: why, Text: "RUN " + mounts + " \\\n    " + compile +
		installs("target/release", bins)})
	return deps, build
}

func installs(dir string, bins []string) string {
	var b strings.Builder
	for _, n := range bins {
		b.WriteString(" \\\n    && install -D \"" + dir + "/" + n + "\" /out/" + n)
	}
	return b.String()
}

// fetch gets the crates from manifests alone. Cargo wants every target's file to be there, so empty programs stand in.
func (p *program) fetch() []stack.Step {
	if len(p.w.crates) > maxCopied {
		return nil
	}
	root := []string{"Cargo.toml"}
	for _, n := range []string{"Cargo.lock", "rust-toolchain.toml", "rust-toolchain"} {
		if p.w.tree.Has(path.Join(p.w.dir, n)) {
			root = append(root, n)
		}
	}
	steps := []stack.Step{{Why: "Dependencies first: this layer stays cached until a manifest or the lock file changes.", Text: "COPY " + strings.Join(root, " ") + " ./"}}
	if p.w.tree.HasDir(path.Join(p.w.dir, ".cargo")) {
		steps = append(steps, stack.Step{Text: "COPY .cargo/ .cargo/"})
	}
	var targets []string
	for _, c := range p.w.crates {
		if d := p.w.rel(c.dir); d != "." && c.dir != p.w.dir {
			steps = append(steps, stack.Step{Text: "COPY " + d + "/Cargo.toml " + d + "/"})
		}
		for _, t := range c.targets {
			if rel := p.w.rel(t); source.Plain(rel) {
				targets = append(targets, rel)
			}
		}
	}
	return append(steps, stack.Step{Why: "Cargo reads no manifest whose targets are missing: empty programs stand in until the source comes.",
		Text: "RUN " + cache + " \\\n    for f in " + strings.Join(targets, " ") + "; do mkdir -p \"$(dirname \"$f\")\" && echo 'fn main() {}' > \"$f\"; done \\\n    && cargo fetch" + p.w.lockedFlag()})
}

// final is Debian with the program. Certificates come from the builder, so nothing is installed where nothing is linked.
func (p *program) final(c *stack.Component, version string) stack.Stage {
	st := stack.Stage{Name: "runtime", From: "${RUNTIME_IMAGE}", Why: "The same Debian release as the builder, so the C library fits."}
	if libs := p.runPackages(version); len(libs) > 0 {
		st.Steps = append(st.Steps, stack.Step{Text: "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends " + strings.Join(libs, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*"})
	}
	st.Steps = append(st.Steps, stack.Step{Text: "WORKDIR /app"},
		stack.Step{Why: "For TLS to other servers.", Text: "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/"})
	for _, a := range c.Assets {
		rel := stack.Rel(p.w.rel(p.c.dir), a.Value)
		if !source.Plain(a.Value) || !source.Plain(rel) {
			continue
		}
		if strings.HasSuffix(rel, ".toml") {
			st.Steps = append(st.Steps, stack.Step{Text: "COPY " + a.Value + " ./"})
			continue
		}
		st.Steps = append(st.Steps, stack.Step{Why: "The program reads this folder while it runs.", Text: "COPY " + a.Value + "/ ./" + rel + "/"})
	}
	return append1(st, "COPY --from=build /out/ /usr/local/bin/")
}

func append1(st stack.Stage, text string) stack.Stage {
	st.Steps = append(st.Steps, stack.Step{Text: text})
	return st
}
