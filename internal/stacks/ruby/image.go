package ruby

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

const user = "10001:10001"

// library is what a gem compiles against and runs with, as Debian packages.
type library struct {
	gems       []string
	build, run []string
	run12      []string // on Debian 12, where it is named otherwise
}

var libraries = []library{
	{[]string{"pg"}, []string{"libpq-dev"}, []string{"libpq5"}, nil},
	{[]string{"mysql2"}, []string{"default-libmysqlclient-dev"}, []string{"libmariadb3"}, nil},
	{[]string{"sqlite3"}, []string{"libsqlite3-dev"}, []string{"libsqlite3-0"}, nil},
	{[]string{"ruby-vips", "image_processing"}, []string{"libvips-dev"}, []string{"libvips42t64"}, []string{"libvips42"}},
	{[]string{"rmagick"}, []string{"libmagickwand-dev"}, []string{"libmagickwand-7.q16-10"}, []string{"libmagickwand-6.q16-6"}},
	{[]string{"charlock_holmes"}, []string{"libicu-dev"}, []string{"libicu76"}, []string{"libicu72"}},
}

// image tag and Debian release of a Ruby version: the last patch of a supported minor, else what the repository pins.
func rubyImage(version string) string {
	for _, s := range supported {
		if s.minor == version || s.patch == version {
			return "ruby:" + s.patch + "-slim-trixie"
		}
	}
	return "ruby:" + version + "-slim-bookworm"
}

func codename(version string) string {
	if strings.HasSuffix(rubyImage(version), "trixie") {
		return "trixie"
	}
	return "bookworm"
}

func (p *program) libraries() []library {
	var out []library
	for _, l := range libraries {
		if p.b.gem(l.gems...).OK() {
			out = append(out, l)
		}
	}
	return out
}

func (p *program) buildPackages() []string {
	var out []string
	for _, l := range p.libraries() {
		out = append(out, l.build...)
	}
	slices.Sort(out)
	return out
}

func (p *program) runPackages(version string) []string {
	var out []string
	for _, l := range p.libraries() {
		if codename(version) == "bookworm" && l.run12 != nil {
			out = append(out, l.run12...)
			continue
		}
		out = append(out, l.run...)
	}
	slices.Sort(out)
	return out
}

func apt(packages []string) string {
	return "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends " + strings.Join(packages, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*"
}

// image is the plan: gems have C extensions, so every stage is of the target's own architecture.
func (p *program) image(c *stack.Component) *stack.Image {
	img := &stack.Image{
		Args: []stack.KV{{Key: "RUBY_IMAGE", Value: rubyImage(c.Version.String())}},
		User: user, Port: c.Port.String(), Platforms: []string{"linux/amd64", "linux/arm64"},
		Ignore: source.Ignore(".bundle", "vendor/bundle", "vendor/ruby", "log/*", "tmp/*", "storage/*", "coverage", "node_modules", "config/master.key", "config/credentials/*.key", "spec", "test"),
		Env:    p.environment(c),
	}
	base := stack.Stage{Name: "base", From: "${RUBY_IMAGE}", Steps: []stack.Step{{Text: "WORKDIR /app"}}}
	if libs := p.runPackages(c.Version.String()); len(libs) > 0 {
		base.Steps = append(base.Steps, stack.Step{Why: "Libraries that gems link to.", Text: apt(libs)})
	}
	tools := stack.Stage{Name: "tools", From: "base", Why: "Compilers for gems with C extensions; they stay out of the final image.",
		Steps: []stack.Step{{Text: apt(append([]string{"build-essential", "git", "libyaml-dev", "pkg-config"}, p.buildPackages()...))}}}
	tools.Steps = append(tools.Steps, p.manifests()...)
	dev := stack.Stage{Name: "dev", From: "tools", Why: "Development runs here: with the gems of all groups and the source bound in.",
		Steps: []stack.Step{{Text: p.bundle("")}}}
	if st, arg, ok := c.Frontend.Stage(c.Path); ok {
		img.Args = append(img.Args, arg)
		img.Stages = append(img.Stages, st)
	}
	img.Stages = append(img.Stages, base, tools, dev, p.build(c), p.final())
	p.run(c, img)
	return img
}

// bundle installs the gems. Downloads stay in a cache, so that a changed lock file gets only what is new.
func (p *program) bundle(env string) string {
	if p.b.hasLock() {
		env += "BUNDLE_FROZEN=true "
	}
	return "RUN --mount=type=cache,target=/cache/bundle,sharing=locked \\\n    " + env + "BUNDLE_GLOBAL_GEM_CACHE=true BUNDLE_USER_CACHE=/cache/bundle bundle install"
}

// manifests are copied before the source. What the Gemfile itself reads goes with it.
func (p *program) manifests() []stack.Step {
	files := []string{"Gemfile"}
	for _, n := range []string{"Gemfile.lock", ".ruby-version", ".tool-versions"} {
		if p.s.Has(n) {
			files = append(files, n)
		}
	}
	steps := []stack.Step{{Why: "Dependencies first: this layer stays cached until the lock file changes.", Text: "COPY " + strings.Join(files, " ") + " ./"}}
	if p.s.Tree.HasDir(p.s.Path("vendor/cache")) {
		steps = append(steps, stack.Step{Text: "COPY vendor/cache/ vendor/cache/"})
	}
	return steps
}

func (p *program) build(c *stack.Component) stack.Stage {
	st := stack.Stage{Name: "build", From: "tools", Steps: []stack.Step{
		{Text: "ENV RAILS_ENV=production RACK_ENV=production BUNDLE_WITHOUT=development:test"},
		{Text: p.bundle("")}, {Text: "COPY . ."}}}
	if p.framework != "rails" {
		st.Steps[0].Text = "ENV RACK_ENV=production BUNDLE_WITHOUT=development:test"
	}
	assets := p.assets()
	if c.Frontend != nil && c.Frontend.Image != "" {
		out := stack.Rel(c.Path, c.Frontend.Output)
		if p.b.gem("jsbundling-rails", "cssbundling-rails").OK() {
			out = "app/assets/builds"
		}
		f := *c.Frontend
		f.Output = joinPath(c.Path, out)
		st.Steps = append(st.Steps, stack.Step{Text: "COPY --from=frontend " + f.BuiltIn(c.Path) + "/ " + out + "/"})
		assets = strings.Replace(assets, "SECRET_KEY_BASE", "SKIP_JS_BUILD=1 SKIP_CSS_BUILD=1 SKIP_YARN_INSTALL=1 SECRET_KEY_BASE", 1)
	}
	if p.b.gem("bootsnap").OK() {
		st.Steps = append(st.Steps, stack.Step{Why: "Ruby's parsed source is kept, so the program starts faster.", Text: "RUN bundle exec bootsnap precompile --gemfile app/ lib/"})
	}
	if assets != "" {
		st.Steps = append(st.Steps, stack.Step{Why: "Assets are made without the real secret.", Text: "RUN " + assets})
	}
	return st
}

func joinPath(dir, rel string) string {
	if dir == "." {
		return rel
	}
	return dir + "/" + rel
}

// writable are the folders that the program writes to, beside /tmp.
func (p *program) writable() []string {
	if p.framework != "rails" {
		return nil
	}
	return []string{"/app/log", "/app/storage", "/app/tmp"}
}

func (p *program) final() stack.Stage {
	st := stack.Stage{Name: "runtime", From: "base", Steps: []stack.Step{
		{Text: "COPY --from=build /usr/local/bundle /usr/local/bundle"}, {Text: "COPY --from=build /app /app"}}}
	if dirs := p.writable(); len(dirs) > 0 {
		if p.b.gem("sqlite3").OK() && p.s.Tree.HasDir(p.s.Path("db")) {
			dirs = append(dirs, "/app/db")
		}
		st.Steps = append(st.Steps, stack.Step{Why: "The code stays root's; the program may write only here.",
			Text: "RUN mkdir -p " + strings.Join(dirs, " ") + " \\\n    && chown -R " + user + " " + strings.Join(dirs, " ")})
	}
	return st
}

func (p *program) environment(c *stack.Component) []stack.KV {
	env := []stack.KV{{Key: "RACK_ENV", Value: "production"}, {Key: "BUNDLE_WITHOUT", Value: "development:test"}}
	if p.b.hasLock() {
		env = append(env, stack.KV{Key: "BUNDLE_FROZEN", Value: "true"})
	}
	if p.framework == "rails" {
		env = append([]stack.KV{{Key: "RAILS_ENV", Value: "production"}, {Key: "RAILS_LOG_TO_STDOUT", Value: "1"}, {Key: "RAILS_SERVE_STATIC_FILES", Value: "1"}}, env...)
	}
	if p.framework == "sinatra" {
		env = append(env, stack.KV{Key: "APP_ENV", Value: "production"})
	}
	if c.PortFromEnv != nil && c.Port != nil {
		env = append(env, stack.KV{Key: c.PortFromEnv.Value, Value: c.Port.Value})
	}
	return env
}

// run is the command, the health check and the stop signal. A start command that needs a shell gets one that execs.
func (p *program) run(c *stack.Component, img *stack.Image) {
	img.Writable = p.writable()
	start := c.Start.String()
	img.Cmd = strings.Fields(start)
	if strings.ContainsAny(start, "$|&;<>()`\"'*?") {
		img.Cmd = []string{"sh", "-c", "exec " + start}
	}
	if c.Listen != nil && strings.Contains(start, "puma") && !strings.Contains(start, "-b ") {
		open := " -b tcp://0.0.0.0:" + c.Port.String()
		if img.Cmd[0] == "sh" {
			img.Cmd[2] += open
		} else {
			img.Cmd = append(img.Cmd, strings.Fields(open)...)
		}
	}
	if strings.Contains(start, "unicorn") {
		img.StopSignal = "SIGQUIT"
	}
	if c.Kind != stack.KindService || c.Port == nil {
		return
	}
	port := source.PortExpression(c.PortFromEnv.String(), c.Port.Value)
	if c.Health == nil {
		img.Health = source.PortProbe(port)
		img.HealthWhy = "The program has no health route, so the check only opens a connection; bash does it, because the image has no HTTP client."
		return
	}
	header := ""
	img.HealthWhy = "bash speaks HTTP itself here: the image has no HTTP client."
	if behindTLS(p.s.Tree, p.s.Dir) {
		header = "X-Forwarded-Proto: https"
		img.HealthWhy += " The header is there because production redirects plain HTTP."
	}
	img.Health = source.BashProbe(port, c.Health.Value, header)
}
