package java

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// server is how a framework is told where to listen, and its own defaults.
type server struct {
	port    []string // setting keys
	portEnv string   // variable that moves the port although no setting names it
	def     string
	host    []string
	hostEnv string
}

var servers = map[string]server{
	"spring-boot": {[]string{"server.port"}, "SERVER_PORT", "8080", []string{"server.address"}, "SERVER_ADDRESS"},
	"quarkus":     {[]string{"quarkus.http.port"}, "QUARKUS_HTTP_PORT", "8080", []string{"quarkus.http.host"}, "QUARKUS_HTTP_HOST"},
	"micronaut":   {[]string{"micronaut.server.port"}, "MICRONAUT_SERVER_PORT", "8080", []string{"micronaut.server.host"}, "MICRONAUT_SERVER_HOST"},
	"ktor":        {[]string{"ktor.deployment.port"}, "", "", []string{"ktor.deployment.host"}, ""},
	"dropwizard":  {[]string{"server.applicationConnectors[0].port", "server.connector.port"}, "", "8080", nil, ""},
	"helidon":     {[]string{"server.port"}, "SERVER_PORT", "8080", []string{"server.host"}, "SERVER_HOST"},
	"spark":       {nil, "", "4567", nil, ""},
}

var (
	portCode = regexp.MustCompile(`(?:embeddedServer\([^)]*port\s*=\s*|\.start\(\s*|\bport\(\s*|InetSocketAddress\(\s*|\.listen\(\s*|\.asServer\([^)]*?\(|ServerBuilder\.forPort\(\s*|\.port\(\s*)(\d{2,5})\b`)
	portEnv  = regexp.MustCompile(`System\.getenv(?:\(\s*|\(\)\.getOrDefault\(\s*|\(\)\.get\(\s*|\(\)\[\s*)"(\w*PORT)"(?:[^\d\n;]{0,60}(\d{2,5})\b)?`)
	hostCode = regexp.MustCompile(`(?:host\s*=\s*|InetSocketAddress\(\s*)"(127\.0\.0\.1|localhost)"`)
	confPort = regexp.MustCompile(`^\s*port\s*=\s*(?:\$\{\?(\w+)\}|"?(\d+)"?)`)
	confHost = regexp.MustCompile(`^\s*host\s*=\s*"?(127\.0\.0\.1|localhost)"?`)
	mapping  = regexp.MustCompile(`@(?:Get|Request)Mapping\s*\(\s*(?:value\s*=\s*|path\s*=\s*)?\{?\s*"(` + source.HealthRoute + `)"`)
	prefix   = regexp.MustCompile(`^\s*@(?:RequestMapping|Path|Controller)\s*\(\s*(?:value\s*=\s*|path\s*=\s*)?"([^"]+)"`)
	pathRS   = regexp.MustCompile(`@(?:Path|Get)\s*\(\s*(?:uri\s*=\s*)?"(/?` + strings.TrimPrefix(source.HealthRoute, "/") + `)"`)
	getCall  = regexp.MustCompile(`\b(?:get|createContext|route|addServlet|GET bind)\s*\(\s*"(` + source.HealthRoute + `)"|"(` + source.HealthRoute + `)"\s+bind\s+(?:Method\.)?GET`)
	profile  = regexp.MustCompile(`@Profile\s*\(\s*\{?\s*"(?:dev|local|test|development)`)
	classDef = regexp.MustCompile(`\b(?:class|interface|object)\s+\w+`)
)

// endpoints finds where the program listens and how it tells that it is well.
func (a *app) endpoints(b *build, m *module, c *stack.Component) {
	s := servers[a.framework]
	if a.framework == "dropwizard" {
		for _, f := range []string{"config.yml", "config.yaml", "src/main/resources/config.yml", m.name + ".yml"} {
			a.settings.read(b.tree, path.Join(m.dir, f))
		}
	}
	a.port(b, m, s, c)
	a.listen(b, m, s, c)
	if c.Port == nil && !a.web {
		return
	}
	switch a.framework {
	case "spring-boot":
		a.springHealth(m, c)
	case "quarkus":
		a.quarkusHealth(m, c)
	case "micronaut":
		if d := m.dep("io.micronaut:micronaut-management"); d != nil {
			c.Health = d.at.Derived(joinRoute(a.settings.value("micronaut.server.context-path"), a.orElse("endpoints.all.path", ""), "/health"))
		}
	case "dropwizard":
		a.dropwizardHealth(c)
	}
	if c.Health == nil {
		a.routeHealth(c)
	}
	if c.Health != nil && !source.Route(c.Health.Value) {
		c.Health = nil // what cannot stand in a command as it is, is not asked
	}
}

func (a *app) orElse(key, def string) string {
	if v := a.settings.value(key); v != "" {
		return v
	}
	return def
}

func (a *app) port(b *build, m *module, s server, c *stack.Component) {
	if set, ok := a.settings.get(s.port...); ok {
		env, def := split(set.value)
		if env != "" {
			c.PortFromEnv = set.at.Declared(env)
		}
		if stack.IsPort(def) {
			c.Port = set.at.Declared(def)
		} else if def == "0" {
			c.Notes = source.AddFact(c.Notes, set.at.Derived("listens on a random port: set "+s.portEnv+" in a container"))
		}
	}
	if a.framework == "ktor" {
		a.hocon(b.tree, m, c)
	}
	a.portInCode(c)
	if c.Port == nil && a.web && s.def != "" {
		c.Port = a.frameAt.Derived(s.def)
	}
	if c.Port != nil && c.PortFromEnv == nil && s.portEnv != "" {
		c.PortFromEnv = a.frameAt.Derived(s.portEnv)
	}
}

// portInCode finds a port in a call that starts a server. Calls of the same names are many, so the program must be one.
func (a *app) portInCode(c *stack.Component) {
	if a.framework == "spring-boot" || a.framework == "quarkus" || a.framework == "micronaut" || a.framework == "dropwizard" {
		return
	}
	if e := source.First(a.sources, portEnv); e.OK() && c.PortFromEnv == nil {
		c.PortFromEnv = e.Declared(e.Group(1))
		if c.Port == nil && stack.IsPort(e.Group(2)) {
			c.Port = e.Declared(e.Group(2))
		}
	}
	if p := source.First(a.sources, portCode); p.OK() && c.Port == nil && stack.IsPort(p.Group(1)) {
		c.Port = p.Declared(p.Group(1))
	}
}

// hocon reads Ktor's application.conf: port = 8080, and below it port = ${?PORT}.
func (a *app) hocon(tree *repo.Tree, m *module, c *stack.Component) {
	f := source.Parse(tree, path.Join(m.dir, "src/main/resources/application.conf"), source.PHP)
	for _, l := range f.All(confPort) {
		switch {
		case l.Group(1) != "" && c.PortFromEnv == nil:
			c.PortFromEnv = l.Declared(l.Group(1))
		case stack.IsPort(l.Group(2)) && c.Port == nil:
			c.Port = l.Declared(l.Group(2))
		}
	}
	if l := f.First(confHost); l.OK() {
		c.Listen = l.Declared(l.Group(1))
	}
}

func (a *app) listen(_ *build, _ *module, s server, c *stack.Component) {
	if set, ok := a.settings.get(s.host...); ok && c.Listen == nil {
		env, def := split(set.value)
		if def == "127.0.0.1" || def == "localhost" || def == "::1" {
			c.Listen = set.at.Declared(def)
		}
		if env != "" {
			c.ListenFromEnv = set.at.Declared(env)
		}
	}
	if l := source.First(a.sources, hostCode); l.OK() && c.Listen == nil && a.framework != "spring-boot" {
		c.Listen = l.Declared(l.Group(1))
	}
	if c.Listen == nil {
		return
	}
	note := "listens on " + c.Listen.Value + ": in a container nothing else can reach it"
	if c.ListenFromEnv == nil && s.hostEnv != "" {
		c.ListenFromEnv = a.frameAt.Derived(s.hostEnv)
	}
	if c.ListenFromEnv != nil {
		note += "; set " + c.ListenFromEnv.Value + "=0.0.0.0"
	} else {
		note += "; no variable moves it, so the source must"
	}
	c.Notes = source.AddFact(c.Notes, &stack.Fact{Value: note, Evidence: c.Listen.Evidence, Confidence: stack.Derived})
}

// springHealth is Actuator's health route: only where the dependency is there in production and the endpoint is not closed.
func (a *app) springHealth(m *module, c *stack.Component) {
	d := m.dep("org.springframework.boot:spring-boot-starter-actuator", "org.springframework.boot:spring-boot-actuator*")
	if d == nil {
		if dev := find(m.tests, []string{"org.springframework.boot:spring-boot-starter-actuator"}); dev != nil {
			c.Notes = source.AddFact(c.Notes, dev.at.Derived("Actuator is not on the production class path, so it has no health route there"))
		}
		return
	}
	for _, k := range []string{"management.endpoint.health.enabled", "management.endpoint.health.access"} {
		if v, ok := a.settings.get(k); ok && (v.value == "false" || v.value == "none") {
			c.Notes = source.AddFact(c.Notes, v.at.Derived("Actuator's health route is switched off"))
			return
		}
	}
	if v, ok := a.settings.get("management.endpoints.web.exposure.exclude"); ok && (v.value == "*" || strings.Contains(v.value, "health")) {
		c.Notes = source.AddFact(c.Notes, v.at.Derived("Actuator's health route is not exposed"))
		return
	}
	at := d.at
	base, name := "/actuator", "/health"
	if v, ok := a.settings.get("management.endpoints.web.base-path"); ok {
		base, at = v.value, v.at
	}
	if v, ok := a.settings.get("management.endpoints.web.path-mapping.health"); ok {
		name, at = v.value, v.at
	}
	context := a.orElse("server.servlet.context-path", a.settings.value("spring.webflux.base-path"))
	if v, ok := a.settings.get("management.server.port"); ok {
		_, port := split(v.value)
		if port == "-1" {
			return
		}
		if stack.IsPort(port) && (c.Port == nil || port != c.Port.Value) {
			a.health, context = port, a.settings.value("management.server.base-path")
			c.Notes = source.AddFact(c.Notes, v.at.Derived("health answers on the management port "+port+", not on the program's own"))
		}
	}
	c.Health = at.Derived(joinRoute(context, base, name))
}

func (a *app) quarkusHealth(m *module, c *stack.Component) {
	d := m.dep("io.quarkus:quarkus-smallrye-health")
	if d == nil {
		return
	}
	root := a.settings.value("quarkus.http.root-path")
	base := a.orElse("quarkus.http.non-application-root-path", "q")
	name := a.orElse("quarkus.smallrye-health.root-path", "health")
	route := joinRoute(root, base, name)
	if strings.HasPrefix(base, "/") {
		route = joinRoute(base, name)
	}
	if strings.HasPrefix(name, "/") {
		route = joinRoute(name)
	}
	if a.settings.value("quarkus.management.enabled") == "true" {
		a.health = a.orElse("quarkus.management.port", "9000")
		c.Notes = source.AddFact(c.Notes, d.at.Derived("health answers on the management port "+a.health+", not on the program's own"))
	}
	c.Health = d.at.Derived(route)
}

func (a *app) dropwizardHealth(c *stack.Component) {
	v, ok := a.settings.get("server.adminConnectors[0].port")
	a.health = "8081"
	at := a.frameAt
	if ok && stack.IsPort(v.value) {
		a.health, at = v.value, v.at
	}
	if a.settings.value("server.type") == "simple" {
		a.health = ""
		c.Health = at.Derived(joinRoute(a.orElse("server.adminContextPath", "/admin"), "healthcheck"))
		return
	}
	c.Health = at.Derived("/healthcheck")
	c.Notes = source.AddFact(c.Notes, at.Derived("health answers on the admin port "+a.health+", not on the program's own"))
}

// routeHealth looks for a health route in the source itself. One behind a development profile is no health route.
func (a *app) routeHealth(c *stack.Component) {
	for _, f := range a.sources {
		for _, re := range []*regexp.Regexp{mapping, pathRS, getCall} {
			l := f.First(re)
			if !l.OK() {
				continue
			}
			if p := f.First(profile); p.OK() {
				c.Notes = source.AddFact(c.Notes, p.Derived("the health route "+l.Any()+" exists only in development"))
				continue
			}
			c.Health = l.Declared(joinRoute(a.settings.value("server.servlet.context-path"), classPrefix(f, l.Line), l.Any()))
			return
		}
	}
}

// classPrefix is the route of the class that a method's route is below; empty when the route is the class's own.
func classPrefix(f source.File, line int) string {
	def := 0
	for i := line; i < len(f.Code) && i < line+10; i++ {
		if classDef.MatchString(f.Code[i]) {
			return ""
		}
		if strings.Contains(f.Code[i], "(") && !strings.HasPrefix(strings.TrimSpace(f.Code[i]), "@") {
			break
		}
	}
	for i := line - 2; i >= 0; i-- {
		if def == 0 && classDef.MatchString(f.Code[i]) {
			def = i + 1
		}
		if m := prefix.FindStringSubmatch(f.Code[i]); m != nil && def > 0 && def-i < 12 {
			return m[1]
		}
	}
	return ""
}

// joinRoute joins parts of a route with single slashes.
func joinRoute(parts ...string) string { return path.Join("/", path.Join(parts...)) }
