// Package ruby knows Ruby programs that Bundler installs: Rails, Sinatra, Roda, Hanami, Grape and plain Rack.
package ruby

import (
	"path"
	"regexp"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Name is the Stack's name.
const Name = "ruby"

// Stack is the knowledge of Ruby.
func Stack() stack.Stack {
	return stack.Stack{Name: Name, Manifests: []string{"Gemfile"}, Detect: detect, Recipe: recipe}
}

// program is a folder with a Gemfile that is more than a tool list.
type program struct {
	s         *stack.Scan
	b         *bundle
	framework string
	frameAt   source.Match
	sources   []source.File
	procfile  []stack.Process
}

var frameworks = []struct{ gem, name string }{
	{"rails", "rails"}, {"railties", "rails"}, {"hanami", "hanami"}, {"grape", "grape"}, {"roda", "roda"}, {"sinatra", "sinatra"}, {"padrino", "padrino"}, {"cuba", "cuba"}, {"rack", "rack"},
}

func detect(s *stack.Scan) []stack.Component {
	p := newProgram(s)
	if p == nil {
		return nil
	}
	c := stack.Component{Path: s.Dir, Kind: stack.KindLibrary, Stack: Name}
	c.Language = p.b.file.At(min(1, len(p.b.file.Lines))).Derived("ruby")
	c.PackageManager = source.Present(p.b.file.Path, "bundler")
	if p.b.hasLock() {
		c.LockFile = source.Present(p.b.lock.Path, "Gemfile.lock")
	} else {
		c.Notes = source.AddFact(c.Notes, source.Present(p.b.file.Path, "there is no Gemfile.lock: installs are not repeatable; commit it"))
	}
	if p.b.hasLock() && !p.b.linux {
		c.Notes = source.AddFact(c.Notes, source.Present(p.b.lock.Path,
			"Gemfile.lock names no Linux platform: a frozen install fails in a container; run bundle lock --add-platform x86_64-linux aarch64-linux"))
	}
	p.versions(&c)
	p.describe(&c)
	p.tools(&c)
	p.commands(&c)
	stack.SettleVariables(&c)
	return []stack.Component{c}
}

// newProgram reads the folder; nil for a Gemfile that only lists tools, and for a Jekyll site.
func newProgram(s *stack.Scan) *program {
	p := &program{s: s, b: readBundle(s.Tree, s.Dir), procfile: stack.Procfile(s.Tree, s.Dir)}
	for _, f := range frameworks {
		if m := p.b.gem(f.gem); m.OK() {
			p.framework, p.frameAt = f.name, m
			break
		}
	}
	if p.b.any("jekyll", "github-pages").OK() && p.framework == "" {
		return nil
	}
	p.sources = source.Tree(s.Tree, s.Dir, source.Ruby, []string{".rb", ".ru", ".rake", ".yml", ".erb"}, []string{"Gemfile"})
	switch {
	case p.framework != "" || s.Has("config.ru") || p.b.gemspec.OK() || len(p.procfile) > 0 || p.script() != "":
		return p
	}
	return nil
}

// script is the file that a program without a web server starts with.
func (p *program) script() string {
	name, _ := p.s.First("app.rb", "main.rb", "server.rb", "bot.rb", "worker.rb", "run.rb")
	return name
}

// describe fills in what the program is and how it is reached.
func (p *program) describe(c *stack.Component) {
	if p.framework != "" {
		c.Framework = p.frameAt.Declared(p.framework)
	}
	p.services(c)
	p.variables(c)
	switch {
	case p.framework != "" && !(p.b.gemspec.OK() && !p.s.Has("config.ru")), p.s.Has("config.ru"):
		c.Kind = stack.KindService
		p.endpoints(c)
	case p.b.gemspec.OK():
		return
	case p.worker() != "":
		c.Kind = stack.KindWorker
	default:
		c.Kind = stack.KindCLI
	}
	p.workers(c)
	p.entry(c)
	if p.s.Tree.HasDir(p.s.Path("public")) {
		c.Assets = source.AddFact(c.Assets, &stack.Fact{Value: "public", Evidence: stack.At(p.s.Path("public"), 0, ""), Confidence: stack.Derived})
	}
}

func (p *program) worker() string {
	for _, pr := range p.procfile {
		if pr.Name != "web" && pr.Name != "release" {
			return pr.Fact.Value
		}
	}
	return ""
}

func (p *program) entry(c *stack.Component) {
	switch {
	case p.s.Has("config.ru"):
		c.Entry = source.Present(p.s.Path("config.ru"), "config.ru")
	case p.script() != "":
		c.Entry = source.Present(p.s.Path(p.script()), p.script())
	}
}

// queues are the gems that work off jobs, and how each is started.
var queues = []struct{ gem, run string }{
	{"sidekiq", "bundle exec sidekiq"}, {"solid_queue", "bundle exec rake solid_queue:start"}, {"good_job", "bundle exec good_job start"},
	{"resque", "bundle exec rake resque:work"}, {"delayed_job_active_record", "bundle exec rake jobs:work"}, {"que", "bundle exec que"},
	{"sneakers", "bundle exec rake sneakers:run"}, {"karafka", "bundle exec karafka server"}, {"shoryuken", "bundle exec shoryuken -R"},
}

// workers are the processes beside the web one: as the Procfile says, else as the gems are started.
func (p *program) workers(c *stack.Component) {
	for _, pr := range p.procfile {
		if pr.Name != "web" && pr.Name != "release" && pr.Name != "console" {
			f := pr.Fact
			c.Workers = source.AddFact(c.Workers, &f)
		}
	}
	if len(c.Workers) > 0 {
		return
	}
	for _, q := range queues {
		if m := p.b.gem(q.gem); m.OK() {
			run := q.run
			if q.gem == "solid_queue" && p.s.Has("bin/jobs") {
				run = "bin/jobs"
			}
			c.Workers = source.AddFact(c.Workers, m.Derived(run))
		}
	}
}

var clients = []source.Dependency{
	{Name: "pg", Service: "postgres"}, {Name: "mysql2", Service: "mysql"}, {Name: "trilogy", Service: "mysql"}, {Name: "redis", Service: "redis"},
	{Name: "redis-client", Service: "redis"}, {Name: "hiredis", Service: "redis"}, {Name: "sidekiq", Service: "redis"}, {Name: "resque", Service: "redis"},
	{Name: "mongoid", Service: "mongodb"}, {Name: "mongo", Service: "mongodb"}, {Name: "bunny", Service: "rabbitmq"}, {Name: "sneakers", Service: "rabbitmq"},
	{Name: "karafka", Service: "kafka"}, {Name: "ruby-kafka", Service: "kafka"}, {Name: "rdkafka", Service: "kafka"},
	{Name: "elasticsearch", Service: "elasticsearch"}, {Name: "elasticsearch-model", Service: "elasticsearch"}, {Name: "opensearch-ruby", Service: "opensearch"},
	{Name: "dalli", Service: "memcached"}, {Name: "nats-pure", Service: "nats"},
}

func (p *program) services(c *stack.Component) {
	for _, g := range p.b.gems {
		if name := source.Service(clients, g.name); name != "" && g.production() {
			c.Services = source.AddFact(c.Services, g.at.Derived(name))
		}
	}
}

var (
	envFetchDef  = regexp.MustCompile(`ENV\.fetch\(\s*["']([A-Z][A-Z0-9_]+)["']\s*,\s*["']?([^"')]*)`)
	envFetchElse = regexp.MustCompile(`ENV\.fetch\(\s*["']([A-Z][A-Z0-9_]+)["']\s*\)\s*(?:\{|do\b)\s*["']?([^"'}\s]*)`)
	envFetch     = regexp.MustCompile(`ENV\.fetch\(\s*["']([A-Z][A-Z0-9_]+)["']\s*\)(?:\s*$|[^\s{]|\s+[^{d\s])`)
	envGet       = regexp.MustCompile(`ENV\[\s*["']([A-Z][A-Z0-9_]+)["']\s*\](?:\s*\|\|\s*["']([^"']*)["'])?`)
)

// variables are those of the source, and those that Rails reads although no line names them.
func (p *program) variables(c *stack.Component) {
	if p.framework == "rails" {
		p.railsVariables(c)
	}
	c.Env = source.Variables(c.Env, p.sources, envFetchDef, envFetchElse)
	known := len(c.Env)
	c.Env = source.Variables(c.Env, p.sources, envFetch)
	for i := known; i < len(c.Env); i++ {
		c.Env[i].Required = true
	}
	c.Env = source.Variables(c.Env, p.sources, envGet)
	for _, v := range stack.EnvExample(p.s.Tree, p.s.Dir) {
		c.Env = stack.AddVariable(c.Env, v)
	}
}

func (p *program) railsVariables(c *stack.Component) {
	add := func(name string, m source.Match, required bool) {
		v := stack.NewVariable(name, "", m.Evidence())
		v.Required = required
		c.Env = stack.AddVariable(c.Env, v)
	}
	if f := p.s.Path("config/credentials.yml.enc"); p.s.Tree.Has(f) {
		v := stack.NewVariable("RAILS_MASTER_KEY", "", stack.At(f, 0, ""))
		v.Required = true
		c.Env = stack.AddVariable(c.Env, v)
	} else {
		add("SECRET_KEY_BASE", p.frameAt, true)
	}
	if m := p.b.gem("pg", "mysql2", "trilogy"); m.OK() {
		add("DATABASE_URL", m, false)
	}
	if m := p.b.gem("sidekiq", "redis"); m.OK() {
		add("REDIS_URL", m, false)
	}
}

// railsBin is how Rails' own commands are called.
func (p *program) railsBin() string {
	if p.s.Has("bin/rails") {
		return "bin/rails"
	}
	return "bundle exec rails"
}

// railsVersion is the locked version of Rails; empty when it is not known.
func (p *program) railsVersion() string {
	for _, n := range []string{"rails", "railties"} {
		if v := p.b.locked[n]; v != "" {
			return v
		}
	}
	m := gemVersion.FindStringSubmatch(p.frameAt.Text)
	if m == nil {
		return ""
	}
	return m[1]
}

var gemVersion = regexp.MustCompile(`,\s*["'](?:~>|>=|=)?\s*(\d+(?:\.\d+)*)`)

// in tells whether the text stands in a file of the component, outside comments.
func (p *program) in(file, text string) source.Match {
	return source.Parse(p.s.Tree, path.Join(p.s.Dir, file), source.Ruby).Find(text)
}
