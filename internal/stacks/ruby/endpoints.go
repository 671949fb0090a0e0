package ruby

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	pumaPort  = regexp.MustCompile(`^\s*port\s*\(?\s*(?:ENV(?:\.fetch\(\s*|\[\s*)["'](\w+)["']\s*[\])]?(?:\s*\{\s*|\s*,\s*|\s*\|\|\s*)?["']?)?(\d{2,5})?`)
	pumaBind  = regexp.MustCompile(`^\s*bind\s*\(?\s*["']tcp://([\w.\[\]:-]+?):(\d{2,5}|#\{[^}]*\})`)
	listenUni = regexp.MustCompile(`^\s*listen\s*\(?\s*["']?(?:([\w.]+):)?(\d{2,5})`)
	setPort   = regexp.MustCompile(`^\s*set\s*\(?\s*:port\s*,\s*(?:ENV(?:\.fetch\(\s*|\[\s*)["'](\w+)["']\s*[\])]?(?:\s*,\s*|\s*\|\|\s*)?["']?)?(\d{2,5})?`)
	setBind   = regexp.MustCompile(`^\s*set\s*\(?\s*:bind\s*,\s*["']([\w.]+)["']`)
	cmdPort   = regexp.MustCompile(`(?:-p|--port)[= ]\s*(?:\$\{?(\w+)(?::-(\d+))?\}?|(\d{2,5}))|tcp://[\w.]+:(?:\$\{?(\w+)(?::-(\d+))?\}?|(\d{2,5}))`)
	railsUp   = regexp.MustCompile(`^\s*get\s*\(?\s*["']/?([\w/-]+)["']\s*(?:=>|,\s*to:)\s*["']rails/health#show["']`)
	getRoute  = regexp.MustCompile(`^\s*(?:get|match)\s*\(?\s*["'](/?` + strings.TrimPrefix(source.HealthRoute, "/") + `)["']|\br\.(?:get|is|on)\s*\(?\s*["'](health\w*|ping|up)["']`)
	mountGem  = regexp.MustCompile(`^\s*mount\s+(?:OkComputer::Engine|HealthCheck::Engine)[^"']*["'](/[\w/-]+)["']`)
	devBlock  = regexp.MustCompile(`Rails\.env\.(?:development|local)\?|Rails\.env\.test\?|settings\.development\?|development\?`)
	forceSSL  = regexp.MustCompile(`^\s*config\.force_ssl\s*=\s*true`)
)

// endpoints finds where the program listens and how it tells that it is well.
func (p *program) endpoints(c *stack.Component) {
	p.puma(c)
	p.procfilePort(c)
	p.sinatra(c)
	if c.Port == nil {
		p.defaultPort(c)
	}
	p.health(c)
	if c.Listen == nil {
		return
	}
	note := "listens on " + c.Listen.Value + ": in a container nothing else can reach it; "
	if path.Base(c.Listen.Evidence.File) == "puma.rb" {
		note += "the image's command binds 0.0.0.0 instead"
	} else {
		note += "no variable moves it, so the source must"
	}
	c.Notes = source.AddFact(c.Notes, &stack.Fact{Value: note, Evidence: c.Listen.Evidence, Confidence: stack.Derived})
}

// config is the configuration of the web server; no lines when there is none.
func (p *program) config() source.File {
	for _, n := range []string{"config/puma/production.rb", "config/puma.rb", "puma.rb", "config/unicorn.rb", "unicorn.rb"} {
		if p.s.Has(n) {
			return source.Parse(p.s.Tree, p.s.Path(n), source.Ruby)
		}
	}
	return source.File{}
}

func (p *program) puma(c *stack.Component) {
	f := p.config()
	for _, m := range f.All(pumaPort) {
		if m.Group(1) != "" && c.PortFromEnv == nil {
			c.PortFromEnv = m.Declared(m.Group(1))
		}
		if stack.IsPort(m.Group(2)) && c.Port == nil {
			c.Port = m.Declared(m.Group(2))
		}
	}
	for _, re := range []*regexp.Regexp{pumaBind, listenUni} {
		m := f.First(re)
		if !m.OK() {
			continue
		}
		if stack.IsPort(m.Group(2)) && c.Port == nil {
			c.Port = m.Declared(m.Group(2))
		}
		p.local(c, m, m.Group(1))
	}
}

func (p *program) local(c *stack.Component, m source.Match, host string) {
	if host == "127.0.0.1" || host == "localhost" || host == "[::1]" {
		c.Listen = m.Declared(strings.Trim(host, "[]"))
	}
}

func (p *program) procfilePort(c *stack.Component) {
	for _, pr := range p.procfile {
		m := cmdPort.FindStringSubmatch(pr.Fact.Value)
		if pr.Name != "web" || m == nil {
			continue
		}
		env, def := m[1]+m[4], m[2]+m[3]+m[5]+m[6]
		if env != "" && c.PortFromEnv == nil {
			c.PortFromEnv = stack.DeclaredFact(env, pr.Fact.Evidence)
		}
		if stack.IsPort(def) && c.Port == nil {
			c.Port = stack.DeclaredFact(def, pr.Fact.Evidence)
		}
	}
}

func (p *program) sinatra(c *stack.Component) {
	if m := source.First(p.sources, setPort); m.OK() && c.Port == nil {
		if m.Group(1) != "" {
			c.PortFromEnv = m.Declared(m.Group(1))
		}
		if stack.IsPort(m.Group(2)) {
			c.Port = m.Declared(m.Group(2))
		}
	}
	// A rack server takes no notice of Sinatra's own address.
	if m := source.First(p.sources, setBind); m.OK() && c.Listen == nil && !p.s.Has("config.ru") {
		p.local(c, m, m.Group(1))
	}
}

// defaultPort is that of the server that the start command runs.
func (p *program) defaultPort(c *stack.Component) {
	at := p.frameAt
	port := "9292"
	switch {
	case p.framework == "rails":
		port = "3000"
	case p.framework == "hanami":
		port = "2300"
	case p.framework == "sinatra" && !p.s.Has("config.ru"):
		port = "4567"
	}
	if !at.OK() {
		c.Port = source.Present(p.s.Path("config.ru"), port)
	} else {
		c.Port = at.Derived(port)
	}
	if c.PortFromEnv == nil && (p.framework == "rails" || p.b.gem("puma").OK()) {
		c.PortFromEnv = &stack.Fact{Value: "PORT", Evidence: c.Port.Evidence, Confidence: stack.Derived}
	}
}

// health is the route in the routes file or the program. One inside a development condition is none.
func (p *program) health(c *stack.Component) {
	files := p.sources
	if r := p.s.Path("config/routes.rb"); p.s.Tree.Has(r) {
		files = append([]source.File{source.Parse(p.s.Tree, r, source.Ruby)}, files...)
	}
	for _, f := range files {
		if path.Ext(f.Path) != ".rb" && path.Ext(f.Path) != ".ru" {
			continue
		}
		for _, re := range []*regexp.Regexp{railsUp, getRoute, mountGem} {
			m := f.First(re)
			if !m.OK() {
				continue
			}
			route := "/" + strings.TrimPrefix(m.Any(), "/")
			if inDevelopment(f, m.Line) {
				c.Notes = source.AddFact(c.Notes, m.Derived("the health route "+route+" exists only in development"))
				continue
			}
			if source.Route(route) {
				c.Health = m.Declared(route)
				return
			}
		}
	}
}

// inDevelopment tells whether a line, or a block that is open at it, asks for the development environment.
func inDevelopment(f source.File, line int) bool {
	depth := 0
	for i := line - 1; i >= 0 && i > line-40; i-- {
		l := f.Code[i]
		if i == line-1 {
			if devBlock.MatchString(l) {
				return true
			}
			continue
		}
		switch {
		case endLine.MatchString(l):
			depth++
		case blockLine.MatchString(l):
			if depth == 0 && devBlock.MatchString(l) {
				return true
			}
			depth = max(0, depth-1)
		}
	}
	return false
}

// behindTLS tells whether production redirects plain HTTP: a probe must then say that a proxy has dealt with TLS.
func behindTLS(tree *repo.Tree, dir string) bool {
	f := source.Parse(tree, path.Join(dir, "config/environments/production.rb"), source.Ruby)
	return f.First(forceSSL).OK()
}
