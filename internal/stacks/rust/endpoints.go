package rust

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	serves     = regexp.MustCompile(`TcpListener::bind|HttpServer::new|Server::bind|axum::serve|warp::serve|rocket::build|#\[launch\]|#\[rocket::main\]|Server::builder|tide::new|Server::new\(`)
	address    = regexp.MustCompile(`"(0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(\d{2,5}|\{[^"}]*\})"`)
	pair       = regexp.MustCompile(`\(\s*"(0\.0\.0\.0|127\.0\.0\.1|localhost|::1?|\[::1?\])"\s*,\s*(\d{2,5})?`)
	octets     = regexp.MustCompile(`\(?\[\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\]\s*,\s*(\d{2,5})?`)
	loopback   = regexp.MustCompile(`Ipv4Addr::LOCALHOST|Ipv4Addr::new\(127,`)
	portVar    = regexp.MustCompile(`(?:\bvar(?:_os)?\(\s*|\benv\s*=\s*)"(\w*PORT)"`)
	hostVar    = regexp.MustCompile(`(?:\bvar(?:_os)?\(\s*|\benv\s*=\s*)"(\w*(?:HOST|ADDR|ADDRESS|BIND|LISTEN)\w*)"`)
	plainPort  = regexp.MustCompile(`(?:^|[^\w.])"?(\d{2,5})(?:_?u16)?\b`)
	anyAddress = regexp.MustCompile(`"((?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\])(?::\d{2,5})?)"`)
	devOnly    = regexp.MustCompile(`cfg\(debug_assertions\)|cfg!\(debug_assertions\)`)
	rocketKey  = regexp.MustCompile(`^\s*(port|address)\s*=\s*"?([\w.:]+)"?`)
	health     = []*regexp.Regexp{
		regexp.MustCompile(`\.route\(\s*"(` + source.HealthRoute + `)"`),
		regexp.MustCompile(`#\[(?:\w+::)*get\(\s*"(` + source.HealthRoute + `)"`),
		regexp.MustCompile(`(?:web::resource|\.at|with_path|\.service\(resource)\(\s*"(/?` + strings.TrimPrefix(source.HealthRoute, "/") + `)"`),
		regexp.MustCompile(`warp::path(?:!\(|\()\s*"(health\w*|livez|readyz|ping|up)"`),
	}
)

// endpoints finds where the program listens and how it tells that it is well.
func (p *program) endpoints(c *stack.Component) {
	if c.Framework.String() == "rocket" {
		p.rocket(c)
	}
	p.variablesOf(c)
	p.address(c)
	if c.Port == nil && !p.w.serving(p) {
		return
	}
	p.health(c)
	if c.Listen == nil {
		return
	}
	note := "listens on " + c.Listen.Value + ": in a container nothing else can reach it"
	if c.ListenFromEnv != nil {
		note += "; set " + c.ListenFromEnv.Value
	} else {
		note += "; no variable moves it, so the source must"
	}
	c.Notes = source.AddFact(c.Notes, &stack.Fact{Value: note, Evidence: c.Listen.Evidence, Confidence: stack.Derived})
}

func (w *workspace) serving(p *program) bool { return source.First(p.sources, serves).OK() }

// rocket has defaults of its own, in release too: port 8000 on 127.0.0.1.
func (p *program) rocket(c *stack.Component) {
	d := p.c.dep("rocket")
	c.Port, c.PortFromEnv = d.Derived("8000"), d.Derived("ROCKET_PORT")
	c.Listen, c.ListenFromEnv = d.Derived("127.0.0.1"), d.Derived("ROCKET_ADDRESS")
	f := source.Read(p.w.tree, path.Join(p.c.dir, "Rocket.toml"))
	in := ""
	for i, l := range f.Lines {
		if m := header.FindStringSubmatch(l); m != nil {
			in = m[1]
			continue
		}
		m := rocketKey.FindStringSubmatch(l)
		if m == nil || in == "debug" || in == "development" {
			continue
		}
		switch at := f.At(i + 1); {
		case m[1] == "port" && stack.IsPort(m[2]):
			c.Port = at.Declared(m[2])
		case m[1] == "address" && m[2] != "0.0.0.0" && m[2] != "::":
			c.Listen = at.Declared(m[2])
		case m[1] == "address":
			c.Listen = nil
		}
	}
}

// window is the statement that starts at a line: until a semicolon, at most seven lines.
func window(f source.File, line int) string {
	var b strings.Builder
	for i := line - 1; i < len(f.Code) && i < line+6; i++ {
		b.WriteString(f.Code[i] + " ")
		if strings.Contains(f.Code[i], ";") || i > line-1 && strings.HasPrefix(strings.TrimSpace(f.Code[i]), "pub ") {
			break
		}
	}
	return b.String()
}

// variablesOf reads the variables that move port and address, with the defaults that stand in the same statement.
func (p *program) variablesOf(c *stack.Component) {
	for _, f := range p.sources {
		for _, m := range f.All(portVar) {
			text := window(f, m.Line)
			_, after, _ := strings.Cut(text, m.Group(1)+`"`)
			if isServiceName(m.Group(1)) || c.PortFromEnv != nil {
				continue
			}
			c.PortFromEnv = m.Declared(m.Group(1))
			if n := plainPort.FindStringSubmatch(after); n != nil && stack.IsPort(n[1]) && c.Port == nil {
				c.Port = m.Declared(n[1])
			}
		}
		for _, m := range f.All(hostVar) {
			_, after, _ := strings.Cut(window(f, m.Line), m.Group(1)+`"`)
			n := anyAddress.FindStringSubmatch(after)
			if isServiceName(m.Group(1)) || n == nil || c.ListenFromEnv != nil {
				continue
			}
			c.ListenFromEnv = m.Declared(m.Group(1))
			p.listen(c, m, n[1])
		}
	}
}

var serviceWord = regexp.MustCompile(`(?i)REDIS|POSTGRES|PG_?|MYSQL|MONGO|KAFKA|RABBIT|AMQP|DB_|DATABASE|SMTP|MAIL|NATS|ELASTIC`)

func isServiceName(name string) bool { return serviceWord.MatchString(name) }

// listen takes "127.0.0.1:3000" apart.
func (p *program) listen(c *stack.Component, m source.Match, addr string) {
	host, port := addr, ""
	if i := strings.LastIndex(addr, ":"); i > 0 && !strings.HasSuffix(addr, "]") {
		host, port = addr[:i], addr[i+1:]
	}
	host = strings.Trim(host, "[]")
	if stack.IsPort(port) && c.Port == nil {
		c.Port = m.Declared(port)
	}
	if (host == "127.0.0.1" || host == "localhost" || host == "::1") && c.Listen == nil {
		c.Listen = m.Declared(host)
	}
}

// address reads literal addresses. Only files that serve, or all where one file does everything, are asked.
func (p *program) address(c *stack.Component) {
	for _, f := range p.sources {
		if !f.First(serves).OK() && c.Framework == nil {
			continue
		}
		for _, m := range f.All(address) {
			p.listen(c, m, m.Group(1)+":"+m.Group(2))
		}
		for _, m := range f.All(pair) {
			p.listen(c, m, "["+strings.Trim(m.Group(1), "[]")+"]:"+m.Group(2))
		}
		for _, m := range f.All(octets) {
			ip := strings.Join(m.Groups[1:5], ".")
			if ip != "0.0.0.0" && ip != "127.0.0.1" {
				continue
			}
			p.listen(c, m, ip+":"+m.Group(5))
		}
		if m := f.First(loopback); m.OK() && c.Listen == nil && f.First(serves).OK() {
			c.Listen = m.Declared("127.0.0.1")
		}
	}
}

func (p *program) health(c *stack.Component) {
	for _, f := range p.sources {
		for _, re := range health {
			m := f.First(re)
			if !m.OK() {
				continue
			}
			route := "/" + strings.TrimPrefix(m.Group(1), "/")
			if m.Line > 1 && devOnly.MatchString(f.Code[m.Line-2]) {
				c.Notes = source.AddFact(c.Notes, m.Derived("the health route "+route+" exists only in development"))
				continue
			}
			c.Health = m.Declared(route)
			return
		}
	}
}

var (
	required = regexp.MustCompile(`\bvar\(\s*"([A-Z][A-Z0-9_]+)"\s*\)\s*(?:\.expect\(|\.unwrap\(\)|\?|\.context\(|\.with_context\()`)
	optional = regexp.MustCompile(`\bvar(?:_os)?\(\s*"([A-Z][A-Z0-9_]+)"\s*\)(?:\s*\.unwrap_or(?:_else)?\((?:\|_\|\s*)?"([^"]*)")?`)
	clapEnv  = regexp.MustCompile(`\benv\s*=\s*"([A-Z][A-Z0-9_]+)"(?:[^\]]*default_value(?:_t)?\s*=\s*"?([\w./:-]+))?`)
)

func (p *program) services(c *stack.Component) {
	for _, o := range append([]*crate{p.c}, p.w.locals(p.c)...) {
		for _, d := range clients {
			if m := o.dep(d.Name); m.OK() {
				c.Services = source.AddFact(c.Services, m.Derived(d.Service))
			}
		}
		for _, name := range []string{"sqlx", "diesel", "sea-orm", "diesel-async", "deadpool-diesel", "rbatis"} {
			m := o.dep(name)
			if !m.OK() {
				continue
			}
			for _, f := range p.w.features(o, name) {
				if db := databaseOf(f); db != "" {
					c.Services = source.AddFact(c.Services, m.Derived(db))
				}
			}
		}
	}
	c.Env = source.Variables(c.Env, p.sources, required)
	for i := range c.Env {
		c.Env[i].Required = true
	}
	c.Env = source.Variables(c.Env, p.sources, optional, clapEnv)
	p.sqlx(c)
}

func databaseOf(feature string) string {
	switch {
	case strings.Contains(feature, "postgres"):
		return "postgres"
	case strings.Contains(feature, "mysql"):
		return "mysql"
	}
	return ""
}

var clients = []source.Dependency{
	{Name: "tokio-postgres", Service: "postgres"}, {Name: "postgres", Service: "postgres"}, {Name: "deadpool-postgres", Service: "postgres"},
	{Name: "bb8-postgres", Service: "postgres"}, {Name: "mysql", Service: "mysql"}, {Name: "mysql_async", Service: "mysql"},
	{Name: "redis", Service: "redis"}, {Name: "fred", Service: "redis"}, {Name: "deadpool-redis", Service: "redis"}, {Name: "bb8-redis", Service: "redis"},
	{Name: "mongodb", Service: "mongodb"}, {Name: "lapin", Service: "rabbitmq"}, {Name: "amqprs", Service: "rabbitmq"}, {Name: "rdkafka", Service: "kafka"},
	{Name: "rskafka", Service: "kafka"}, {Name: "async-nats", Service: "nats"}, {Name: "nats", Service: "nats"},
	{Name: "elasticsearch", Service: "elasticsearch"}, {Name: "memcache", Service: "memcached"}, {Name: "clickhouse", Service: "clickhouse"},
}

var queryMacro = regexp.MustCompile(`\bquery(?:_as|_scalar|_file|_file_as)?(?:_unchecked)?!\s*\(`)

// sqlx checks queries against a live database while it compiles, unless their descriptions are committed.
func (p *program) sqlx(c *stack.Component) {
	m := source.First(p.sources, queryMacro)
	if !m.OK() || !p.uses("sqlx") {
		return
	}
	if d := p.offline(); d != "" {
		c.Notes = source.AddFact(c.Notes, source.Present(d, "sqlx checks its queries while compiling: SQLX_OFFLINE=true makes it use "+p.w.rel(d)))
		return
	}
	c.Notes = source.AddFact(c.Notes, m.Derived("sqlx checks its queries while compiling and needs a database for it: run cargo sqlx prepare and commit .sqlx"))
}

func (p *program) uses(name string) bool {
	for _, o := range append([]*crate{p.c}, p.w.locals(p.c)...) {
		if o.dep(name).OK() {
			return true
		}
	}
	return false
}

// offline is where sqlx's committed descriptions lie; empty when they do not.
func (p *program) offline() string {
	for _, d := range []string{p.c.dir, p.w.dir} {
		if p.w.tree.HasDir(path.Join(d, ".sqlx")) {
			return path.Join(d, ".sqlx")
		}
		if f := path.Join(d, "sqlx-data.json"); p.w.tree.Has(f) {
			return f
		}
	}
	return ""
}

var assetCall = regexp.MustCompile(`(?:ServeDir::new|ServeFile::new|Files::new\(\s*"[^"]*"\s*,|fs::dir|FileServer::from|StaticDir::new|StaticFilesEndpoint::new|Tera::new|\.serve_dir|Migrator::new\(\s*Path::new)\s*\(?\s*"\.?/?([\w.-]+(?:/[\w.-]+)*)`)

// assets are folders that the program reads while it runs. What macros compile in is no asset.
func (p *program) assets(c *stack.Component) {
	for _, m := range source.All(p.sources, assetCall) {
		for _, d := range []string{m.Group(1), path.Dir(m.Group(1))} {
			if d != "." && p.w.tree.HasDir(path.Join(p.c.dir, d)) {
				c.Assets = source.AddFact(c.Assets, m.Declared(path.Join(p.w.rel(p.c.dir), d)))
				break
			}
		}
	}
	if p.c.name != "" && p.w.tree.Has(path.Join(p.c.dir, "Rocket.toml")) && p.c.dep("rocket").OK() {
		c.Assets = source.AddFact(c.Assets, source.Present(path.Join(p.c.dir, "Rocket.toml"), path.Join(p.w.rel(p.c.dir), "Rocket.toml")))
	}
}
