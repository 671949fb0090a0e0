package ruby

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// bundled runs a program of the bundle.
func bundled(cmd string) string { return "bundle exec " + cmd }

// tools are those that the bundle or a configuration file has.
func (p *program) tools(c *stack.Component) {
	for _, t := range []struct {
		name  string
		gems  []string
		files []string
	}{
		{"rubocop", []string{"rubocop", "rubocop-rails", "rubocop-rails-omakase"}, []string{".rubocop.yml"}},
		{"standard", []string{"standard"}, []string{".standard.yml"}},
		{"rspec", []string{"rspec", "rspec-rails"}, []string{".rspec"}},
		{"minitest", []string{"minitest"}, []string{"test/test_helper.rb"}},
		{"brakeman", []string{"brakeman"}, nil},
		{"bundler-audit", []string{"bundler-audit"}, nil},
		{"sorbet", []string{"sorbet"}, []string{"sorbet/config"}},
		{"steep", []string{"steep"}, []string{"Steepfile"}},
		{"erb_lint", []string{"erb_lint"}, []string{".erb_lint.yml"}},
		{"simplecov", []string{"simplecov"}, nil},
	} {
		if m := p.b.any(t.gems...); m.OK() {
			c.Tools = source.AddFact(c.Tools, m.Declared(t.name))
			continue
		}
		for _, f := range t.files {
			if p.s.Has(f) {
				c.Tools = source.AddFact(c.Tools, source.Present(p.s.Path(f), t.name))
			}
		}
	}
}

func (p *program) install() string {
	if p.b.hasLock() {
		return "BUNDLE_FROZEN=true bundle install"
	}
	return "bundle install"
}

// tests are the commands that run the tests. Rails wants its test database made first.
func (p *program) tests() []stack.Command {
	rspec := p.b.any("rspec", "rspec-rails").OK() || p.s.Tree.HasDir(p.s.Path("spec"))
	var out []stack.Command
	if p.framework == "rails" && p.b.gem("pg", "mysql2", "trilogy", "sqlite3", "activerecord").OK() {
		out = append(out, stack.Command{Run: p.railsBin() + " db:test:prepare", Tool: "rails", Why: "The tests need their database."})
	}
	switch {
	case rspec:
		return append(out, stack.Command{Run: bundled("rspec"), Tool: "rspec"})
	case p.framework == "rails":
		return append(out, stack.Command{Run: p.railsBin() + " test", Tool: "minitest"})
	case p.s.Has("Rakefile") && p.in("Rakefile", "TestTask").OK():
		return append(out, stack.Command{Run: bundled("rake test"), Tool: "minitest"})
	case p.s.Tree.HasDir(p.s.Path("test")):
		return append(out, stack.Command{Run: bundled(`ruby -Itest -e 'Dir["./test/**/*_test.rb"].sort.each { |f| require f }'`), Tool: "minitest"})
	}
	return nil
}

// start is the production command of the web process.
func (p *program) start() (string, *stack.Fact) {
	for _, pr := range p.procfile {
		if pr.Name == "web" && !strings.Contains(pr.Fact.Value, "shotgun") && !strings.Contains(pr.Fact.Value, "rerun") {
			f := pr.Fact
			return f.Value, &f
		}
	}
	conf := p.config()
	switch {
	case p.b.gem("puma").OK() && path.Base(conf.Path) != "unicorn.rb" && conf.Path != "":
		run := bundled("puma -C " + stack.Rel(p.s.Dir, conf.Path))
		return run, p.b.gem("puma").Derived(run)
	case p.b.gem("unicorn").OK() && conf.Path != "":
		run := bundled("unicorn -c " + stack.Rel(p.s.Dir, conf.Path))
		return run, p.b.gem("unicorn").Derived(run)
	case p.framework == "rails":
		run := p.railsBin() + " server -b 0.0.0.0"
		return run, p.frameAt.Derived(run)
	case p.s.Has("config.ru") && p.b.gem("puma").OK():
		run := bundled("puma -b tcp://0.0.0.0:9292")
		return run, p.b.gem("puma").Derived(run)
	case p.s.Has("config.ru"):
		run := bundled("rackup --host 0.0.0.0 --port 9292")
		return run, source.Present(p.s.Path("config.ru"), run)
	case p.script() != "" && p.framework == "sinatra":
		run := bundled("ruby " + p.script() + " -e production -o 0.0.0.0")
		return run, source.Present(p.s.Path(p.script()), run)
	case p.script() != "":
		run := bundled("ruby " + p.script())
		return run, source.Present(p.s.Path(p.script()), run)
	}
	return "", nil
}

func (p *program) dev(c *stack.Component) string {
	switch {
	case p.framework == "rails":
		return p.railsBin() + " server -b 0.0.0.0"
	case p.b.any("rerun").OK() && p.s.Has("config.ru"):
		return bundled("rerun -- rackup --host 0.0.0.0 --port " + c.Port.String())
	case p.s.Has("config.ru") && c.Port != nil:
		return bundled("rackup --host 0.0.0.0 --port " + c.Port.String())
	}
	return ""
}

// assets is the command that makes what the browser gets. Rails wants a secret for it, which newer ones make up themselves.
func (p *program) assets() string {
	if p.framework != "rails" || !p.s.Tree.HasDir(p.s.Path("app/assets")) && !p.b.gem("vite_rails", "shakapacker").OK() {
		return ""
	}
	if v := p.railsVersion(); v != "" && stack.CompareVersions(v, "7.1") < 0 {
		return `SECRET_KEY_BASE="$(head -c 48 /dev/urandom | base64 -w0)" RAILS_ENV=production ` + p.railsBin() + " assets:precompile"
	}
	return "SECRET_KEY_BASE_DUMMY=1 RAILS_ENV=production " + p.railsBin() + " assets:precompile"
}

// commands fills in the facts about how the component is worked with.
func (p *program) commands(c *stack.Component) {
	at := c.PackageManager.Evidence
	derived := func(run string) *stack.Fact {
		if run == "" {
			return nil
		}
		return stack.DerivedFact(run, at)
	}
	c.Install = derived(p.install())
	if t := p.tests(); len(t) > 0 {
		c.Test = derived(t[len(t)-1].Run)
	}
	if lint := p.lint(c); stack.HasValue(c.Tools, lint.Tool) {
		c.Lint = derived(lint.Run)
	}
	for _, t := range c.Tools {
		switch t.Value {
		case "rubocop":
			c.Format = derived(bundled("rubocop --autocorrect"))
		case "standard":
			c.Format = derived(bundled("standardrb --fix"))
		case "sorbet":
			c.TypeCheck = derived(bundled("srb tc"))
		case "steep":
			c.TypeCheck = derived(bundled("steep check"))
		}
	}
	c.Build = derived(p.assets())
	if c.Build != nil {
		c.Output = derived("public/assets")
	}
	if c.Kind == stack.KindLibrary {
		return
	}
	if c.Kind != stack.KindWorker {
		_, c.Start = p.start()
	} else if len(c.Workers) > 0 {
		c.Start = &c.Workers[0]
	}
	c.Dev = derived(p.dev(c))
}

// lint is the linter of the bundle, else Ruby's own check of every file.
func (p *program) lint(c *stack.Component) stack.Command {
	switch {
	case stack.HasValue(c.Tools, "rubocop"):
		return stack.Command{Run: bundled("rubocop"), Tool: "rubocop"}
	case stack.HasValue(c.Tools, "standard"):
		return stack.Command{Run: bundled("standardrb"), Tool: "standard"}
	}
	return stack.Command{Run: `find . -name '*.rb' -not -path './vendor/*' -exec ruby -wc {} +`, Tool: "ruby", Why: "No linter is in the bundle: Ruby itself checks the syntax and warns."}
}

// recipe says how to work with a component that detect found.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	p := newProgram(&stack.Scan{Tree: tree, Dir: c.Path, Contradict: func(string, ...stack.Fact) {}})
	if p == nil {
		return stack.Recipe{}
	}
	cmd := func(tool, run string) []stack.Command { return []stack.Command{{Run: run, Tool: tool}} }
	r := stack.Recipe{
		Install: cmd("bundler", p.install()), Lint: []stack.Command{p.lint(c)}, Test: p.tests(),
		Audit: p.audit(c), Tools: p.toolTable(c), Matrix: p.matrix(c), Toolchain: p.toolchain(c),
		Clean: []stack.Command{{Run: "rm -rf coverage tmp/cache", Tool: "rm"}},
	}
	if stack.HasValue(c.Tools, "simplecov") && p.b.any("simplecov-cobertura").OK() {
		r.CoverageFile = "coverage/coverage.xml"
	}
	if stack.HasValue(c.Tools, "rubocop") {
		r.FormatCheck, r.Format = cmd("rubocop", bundled("rubocop --only Layout")), cmd("rubocop", bundled("rubocop --autocorrect"))
	} else if stack.HasValue(c.Tools, "standard") {
		r.Format = cmd("standard", bundled("standardrb --fix"))
	}
	if c.TypeCheck != nil {
		r.TypeCheck = cmd("sorbet", c.TypeCheck.Value)
	}
	if a := p.assets(); a != "" {
		r.Build = cmd("rails", a)
		r.Clean = append(r.Clean, stack.Command{Run: p.railsBin() + " assets:clobber", Tool: "rails"})
	}
	if c.Kind == stack.KindLibrary || c.Start == nil {
		return r
	}
	r.Start = cmd("ruby", c.Start.Value)
	r.Image = p.image(c)
	if c.Dev != nil {
		r.Dev = cmd("ruby", c.Dev.Value)
		r.DevTarget, r.DevCommand, r.DevReload = "dev", strings.Fields(c.Dev.Value), p.framework == "rails"
		r.DevMounts = []string{".:/app"}
	}
	return r
}

func (p *program) audit(c *stack.Component) []stack.Command {
	var out []stack.Command
	if stack.HasValue(c.Tools, "brakeman") {
		out = append(out, stack.Command{Run: bundled("brakeman --no-pager --quiet"), Tool: "brakeman"})
	}
	if stack.HasValue(c.Tools, "bundler-audit") {
		return append(out, stack.Command{Run: bundled("bundle-audit check --update"), Tool: "bundler-audit"})
	}
	return append(out, stack.Command{Run: "gem install bundler-audit:0.9.2", Tool: "bundler-audit"}, stack.Command{Run: "bundle-audit check --update", Tool: "bundler-audit"})
}

func (p *program) toolTable(c *stack.Component) []stack.Tool {
	tool := func(name, job, run, install string) stack.Tool {
		t := stack.Tool{Name: name, Job: job, Known: stack.HasValue(c.Tools, name)}
		if t.Known {
			run = bundled(run)
		} else if install != "" {
			t.Install = []stack.Command{{Run: "gem install " + install, Tool: name}}
		}
		t.Commands = []stack.Command{{Run: run, Tool: name}}
		return t
	}
	out := []stack.Tool{
		tool("rubocop", "lint", "rubocop", "rubocop:1.75.8"), tool("standard", "lint", "standardrb", "standard:1.50.0"),
		tool("brakeman", "audit", "brakeman --no-pager --quiet", "brakeman:7.0.2"),
		tool("bundler-audit", "audit", "bundle-audit check --update", "bundler-audit:0.9.2"),
	}
	for _, t := range []struct{ name, job, run string }{{"sorbet", "typecheck", "srb tc"}, {"steep", "typecheck", "steep check"}, {"erb_lint", "lint", "erb_lint --lint-all"}} {
		if stack.HasValue(c.Tools, t.name) {
			out = append(out, tool(t.name, t.job, t.run, ""))
		}
	}
	if tests := p.tests(); len(tests) > 0 {
		out = append(out, stack.Tool{Name: tests[len(tests)-1].Tool, Job: "test", Known: true, Commands: tests})
	}
	return out
}

// toolchain lets the action install and cache the bundle by the lock file.
func (p *program) toolchain(c *stack.Component) stack.Toolchain {
	action := stack.Action{Name: "ruby/setup-ruby", Title: "Set up Ruby and the bundle", With: []stack.KV{
		{Key: "ruby-version", Value: stack.VersionPlaceholder}}}
	if p.b.hasLock() {
		action.With = append(action.With, stack.KV{Key: "bundler-cache", Value: "true"})
	}
	if c.Path != "." {
		action.With = append(action.With, stack.KV{Key: "working-directory", Value: c.Path})
	}
	t := stack.Toolchain{
		Actions:     []stack.Action{action},
		GitLabImage: "ruby:" + stack.VersionPlaceholder + "-" + codename(c.Version.String()),
		CachePaths:  []string{path.Join(c.Path, "vendor/ruby")},
		CacheEnv:    []stack.KV{{Key: "BUNDLE_PATH", Value: "vendor/ruby"}},
	}
	if p.b.hasLock() {
		t.CacheKeys = []string{p.b.lock.Path}
	}
	if libs := p.buildPackages(); len(libs) > 0 {
		apt := "apt-get install -y --no-install-recommends " + strings.Join(libs, " ")
		t.Setup = []stack.Command{{Run: "sudo apt-get update && sudo " + apt, Tool: "apt-get", Why: "C libraries that gems compile against."}}
		t.GitLabSetup = []stack.Command{{Run: "apt-get update && " + apt, Tool: "apt-get"}}
	}
	return t
}
