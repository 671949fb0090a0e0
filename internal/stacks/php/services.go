package php

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var clients = []source.Dependency{
	{Name: "ext-pdo_mysql", Service: "mysql"}, {Name: "ext-mysqli", Service: "mysql"}, {Name: "ext-pdo_pgsql", Service: "postgres"}, {Name: "ext-pgsql", Service: "postgres"},
	{Name: "ext-redis", Service: "redis"}, {Name: "predis/predis", Service: "redis"}, {Name: "symfony/redis-messenger", Service: "redis"}, {Name: "laravel/horizon", Service: "redis"},
	{Name: "ext-mongodb", Service: "mongodb"}, {Name: "mongodb/*", Service: "mongodb"}, {Name: "doctrine/mongodb-odm*", Service: "mongodb"}, {Name: "ext-amqp", Service: "rabbitmq"},
	{Name: "php-amqplib/*", Service: "rabbitmq"}, {Name: "symfony/amqp-messenger", Service: "rabbitmq"}, {Name: "ext-rdkafka", Service: "kafka"},
	{Name: "ext-memcached", Service: "memcached"}, {Name: "elasticsearch/elasticsearch", Service: "elasticsearch"}, {Name: "opensearch-project/*", Service: "opensearch"},
}

// drivers are values of Laravel's settings that name a service.
var drivers = map[string]string{"mysql": "mysql", "mariadb": "mariadb", "pgsql": "postgres", "redis": "redis", "memcached": "memcached", "mongodb": "mongodb", "rabbitmq": "rabbitmq"}

var driverKeys = map[string]bool{"DB_CONNECTION": true, "CACHE_STORE": true, "CACHE_DRIVER": true, "QUEUE_CONNECTION": true, "SESSION_DRIVER": true, "BROADCAST_CONNECTION": true}

// services are those that packages and extensions are clients of, and those that the example environment chooses.
func (p *project) services(c *stack.Component) {
	for _, name := range slices.Sorted(maps.Keys(table(p.c.table["require"]))) {
		if s := source.Service(clients, name); s != "" {
			c.Services = stack.Add(c.Services, *stack.DerivedFact(s, p.c.at(name)))
		}
	}
	for _, v := range c.Env {
		if s := drivers[v.Default]; driverKeys[v.Name] && s != "" {
			c.Services = stack.Add(c.Services, *stack.DerivedFact(s, v.Evidence))
		}
	}
	p.dsn(c)
	p.hosts(c)
	slices.SortFunc(c.Services, func(a, b stack.Fact) int { return strings.Compare(a.Value, b.Value) })
}

// hosts are the variables by which Laravel's own settings find the services, also where the example environment leaves them out.
func (p *project) hosts(c *stack.Component) {
	if p.framework != "laravel" {
		return
	}
	for _, h := range []struct{ service, name string }{
		{"redis", "REDIS_HOST"}, {"memcached", "MEMCACHED_HOST"},
		{"mysql", "DB_HOST"}, {"mariadb", "DB_HOST"}, {"postgres", "DB_HOST"}, {"mysql", "DB_PASSWORD"}, {"mariadb", "DB_PASSWORD"}, {"postgres", "DB_PASSWORD"},
	} {
		if stack.HasValue(c.Services, h.service) {
			c.Env = stack.AddVariable(c.Env, stack.NewVariable(h.name, "", p.c.at(p.pkg)))
		}
	}
}

var dsnLine = regexp.MustCompile(`^(DATABASE_URL|MESSENGER_TRANSPORT_DSN|REDIS_URL|MONGODB_URL)=["']?(\w+)(?:\+\w+)?:`)

// dsn reads the schemes of the addresses in Symfony's .env. Their passwords are not looked at.
func (p *project) dsn(c *stack.Component) {
	for _, n := range []string{".env", ".env.example", ".env.dist"} {
		if n == ".env" && p.framework != "symfony" {
			continue
		}
		for _, m := range source.Parse(p.s.Tree, p.s.Path(n), source.Syntax{Line: []string{"#"}}).All(dsnLine) {
			s := map[string]string{"mysql": "mysql", "postgresql": "postgres", "postgres": "postgres", "pgsql": "postgres", "mariadb": "mariadb",
				"amqp": "rabbitmq", "amqps": "rabbitmq", "redis": "redis", "mongodb": "mongodb"}[m.Group(2)]
			if s != "" {
				c.Services = stack.Add(c.Services, *m.Derived(s))
			}
		}
	}
}

var (
	queued     = regexp.MustCompile(`\bimplements\b[^{]*\bShouldQueue\b`)
	scheduled  = regexp.MustCompile(`\bSchedule::(?:command|job|call|exec)\(|\$schedule->(?:command|job|call|exec)\(`)
	transports = regexp.MustCompile(`^(\s+)transports\s*:\s*$`)
	yamlKey    = regexp.MustCompile(`^\s+([A-Za-z_]\w*)\s*:`)
)

// workers are the processes beside the web one.
func (p *project) workers(c *stack.Component) {
	for _, pr := range stack.Procfile(p.s.Tree, p.s.Dir) {
		if pr.Name != "web" && pr.Name != "release" {
			c.Workers = stack.Add(c.Workers, pr.Fact)
		}
	}
	if len(c.Workers) > 0 {
		return
	}
	switch p.framework {
	case "laravel", "lumen":
		p.laravelWorkers(c)
	case "symfony":
		p.symfonyWorkers(c)
	}
}

func (p *project) laravelWorkers(c *stack.Component) {
	if p.c.requires("laravel/horizon") != "" {
		c.Workers = stack.Add(c.Workers, *stack.DerivedFact("php artisan horizon", p.c.at("laravel/horizon")))
	} else if m := source.First(p.sources, queued); m.OK() {
		c.Workers = source.AddFact(c.Workers, m.Derived("php artisan queue:work --tries=3"))
	}
	if m := source.First(p.sources, scheduled); m.OK() {
		c.Workers = source.AddFact(c.Workers, m.Derived("php artisan schedule:work"))
	}
	if p.c.requires("laravel/reverb") != "" {
		c.Workers = stack.Add(c.Workers, *stack.DerivedFact("php artisan reverb:start", p.c.at("laravel/reverb")))
	}
}

func (p *project) symfonyWorkers(c *stack.Component) {
	if p.c.requires("symfony/messenger") == "" {
		return
	}
	f := source.Parse(p.s.Tree, p.s.Path("config/packages/messenger.yaml"), source.Syntax{Line: []string{"#"}})
	list := f.First(transports)
	child := 0
	for i := list.Line; list.OK() && i < len(f.Code); i++ {
		l := f.Code[i]
		depth := len(l) - len(strings.TrimLeft(l, " "))
		switch {
		case strings.TrimSpace(l) == "":
			continue
		case depth <= len(list.Group(1)):
			return
		case child == 0:
			child = depth
		}
		m := yamlKey.FindStringSubmatch(l)
		if depth != child || m == nil || strings.HasPrefix(m[1], "fail") || m[1] == "sync" || strings.Contains(l, "sync://") {
			continue
		}
		c.Workers = source.AddFact(c.Workers, f.At(i+1).Derived("php bin/console messenger:consume "+m[1]+" --time-limit=3600"))
		return
	}
}

var (
	laravelUp   = regexp.MustCompile(`\bhealth\s*:\s*['"](/[\w/-]+)['"]`)
	routeGet    = regexp.MustCompile(`(?:Route::|\$(?:app|router|routes|group|r)->)(?:get|any|match|view)\(\s*['"](/?` + strings.TrimPrefix(source.HealthRoute, "/") + `)['"]`)
	routeAttr   = regexp.MustCompile(`(?:#\[|@)Route\(\s*(?:path\s*[:=]\s*)?['"](` + source.HealthRoute + `)['"]`)
	routeYAML   = regexp.MustCompile(`^\s+path\s*:\s*['"]?(` + source.HealthRoute + `)['"]?\s*$`)
	localOnly   = regexp.MustCompile(`environment\(\s*\[?\s*['"](?:local|development|dev)['"]|isLocal\(\)|app\.env'?\)?\s*===?\s*['"]local`)
	whenDev     = regexp.MustCompile(`^when@(?:dev|test)\s*:`)
	classRoute  = regexp.MustCompile(`^\s*(?:#\[|\*\s*@)Route\(\s*['"](/[\w/-]*)['"]`)
	classLine   = regexp.MustCompile(`^\s*(?:final\s+|abstract\s+|readonly\s+)*class\s+\w+`)
	plainHealth = []string{"health.php", "healthz.php", "healthcheck.php", "ping.php"}
)

// health is the route by which the program tells that it is well. One that only development has is none.
func (p *project) health(c *stack.Component) {
	if m := source.Parse(p.s.Tree, p.s.Path("bootstrap/app.php"), source.PHP).First(laravelUp); m.OK() {
		c.Health = m.Declared(m.Group(1))
		return
	}
	files := p.sources
	for _, n := range []string{"config/routes.yaml", "config/routes.yml"} {
		files = append(files, source.Parse(p.s.Tree, p.s.Path(n), source.Syntax{Line: []string{"#"}}))
	}
	for _, f := range files {
		for _, re := range []*regexp.Regexp{routeGet, routeAttr, routeYAML} {
			m := f.First(re)
			if !m.OK() || re == routeYAML && path.Ext(f.Path) == ".php" {
				continue
			}
			if p.developmentOnly(f, m.Line) {
				c.Notes = source.AddFact(c.Notes, m.Derived("the health route "+m.Group(1)+" exists only in development"))
				continue
			}
			if route := p.prefix(f, m) + "/" + strings.TrimPrefix(m.Group(1), "/"); source.Route(route) {
				c.Health = m.Declared(route)
				return
			}
		}
	}
	for _, n := range plainHealth {
		if f := p.s.Path(path.Join(p.docroot, n)); p.docroot != "" && p.s.Tree.Has(f) {
			c.Health = source.Present(f, "/"+n)
			return
		}
	}
}

// prefix is what stands before a route: Laravel's /api for its file, a Symfony class's own route.
func (p *project) prefix(f source.File, m source.Match) string {
	if p.framework == "laravel" && stack.Rel(p.s.Dir, f.Path) == "routes/api.php" {
		return "/api"
	}
	seen := false
	for i := m.Line - 2; i >= 0; i-- {
		if classLine.MatchString(f.Code[i]) {
			seen = true
			continue
		}
		if g := classRoute.FindStringSubmatch(f.Lines[i]); g != nil && seen {
			return strings.TrimSuffix(g[1], "/")
		}
	}
	return ""
}

// developmentOnly walks up to the braces that are open at a line, and in YAML to the top key.
func (p *project) developmentOnly(f source.File, line int) bool {
	if path.Ext(f.Path) != ".php" {
		for i := line - 1; i >= 0; i-- {
			if l := f.Code[i]; l != "" && l[0] != ' ' && l[0] != '\t' {
				return whenDev.MatchString(l)
			}
		}
		return false
	}
	depth := 0
	for i := line - 2; i >= 0 && line-i < 100; i-- {
		depth += strings.Count(f.Code[i], "}") - strings.Count(f.Code[i], "{")
		if depth < 0 {
			if localOnly.MatchString(f.Code[i]) || i > 0 && localOnly.MatchString(f.Code[i-1]) && strings.TrimSpace(f.Code[i]) == "{" {
				return true
			}
			depth = 0
		}
	}
	return false
}
