package java

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var clients = []source.Dependency{
	{Name: "org.postgresql:*", Service: "postgres"}, {Name: "io.quarkus:quarkus-jdbc-postgresql", Service: "postgres"},
	{Name: "io.quarkus:quarkus-reactive-pg-client", Service: "postgres"}, {Name: "io.vertx:vertx-pg-client", Service: "postgres"},
	{Name: "com.mysql:mysql-connector-j", Service: "mysql"}, {Name: "mysql:mysql-connector-java", Service: "mysql"},
	{Name: "io.quarkus:quarkus-jdbc-mysql", Service: "mysql"}, {Name: "org.mariadb*", Service: "mariadb"},
	{Name: "io.quarkus:quarkus-jdbc-mariadb", Service: "mariadb"}, {Name: "com.microsoft.sqlserver:*", Service: "sqlserver"},
	{Name: "org.springframework.boot:spring-boot-starter-data-redis*", Service: "redis"}, {Name: "redis.clients:jedis", Service: "redis"},
	{Name: "io.lettuce:lettuce-core", Service: "redis"}, {Name: "org.redisson:*", Service: "redis"}, {Name: "io.quarkus:quarkus-redis*", Service: "redis"},
	{Name: "io.micronaut.redis:*", Service: "redis"},
	{Name: "org.springframework.boot:spring-boot-starter-data-mongodb*", Service: "mongodb"}, {Name: "org.mongodb:*", Service: "mongodb"},
	{Name: "io.quarkus:quarkus-mongodb*", Service: "mongodb"}, {Name: "io.micronaut.mongodb:*", Service: "mongodb"},
	{Name: "org.springframework.kafka:*", Service: "kafka"}, {Name: "org.apache.kafka:*", Service: "kafka"},
	{Name: "io.quarkus:quarkus-kafka*", Service: "kafka"}, {Name: "io.quarkus:quarkus-messaging-kafka", Service: "kafka"}, {Name: "io.micronaut.kafka:*", Service: "kafka"},
	{Name: "org.springframework.boot:spring-boot-starter-amqp", Service: "rabbitmq"}, {Name: "com.rabbitmq:*", Service: "rabbitmq"},
	{Name: "io.quarkus:quarkus-messaging-rabbitmq", Service: "rabbitmq"},
	{Name: "org.springframework.boot:spring-boot-starter-data-elasticsearch", Service: "elasticsearch"}, {Name: "co.elastic.clients:*", Service: "elasticsearch"},
	{Name: "io.nats:jnats", Service: "nats"}, {Name: "net.spy:spymemcached", Service: "memcached"},
}

// urlKeys are the settings that say where a service is; the variable is what relaxed binding calls it.
var urlKeys = []struct{ key, env, service string }{
	{"spring.datasource.url", "SPRING_DATASOURCE_URL", ""}, {"spring.r2dbc.url", "SPRING_R2DBC_URL", ""},
	{"quarkus.datasource.jdbc.url", "QUARKUS_DATASOURCE_JDBC_URL", ""}, {"quarkus.datasource.reactive.url", "QUARKUS_DATASOURCE_REACTIVE_URL", ""},
	{"datasources.default.url", "DATASOURCES_DEFAULT_URL", ""},
	{"spring.data.redis.url", "SPRING_DATA_REDIS_URL", "redis"}, {"spring.data.redis.host", "SPRING_DATA_REDIS_HOST", "redis"},
	{"spring.redis.host", "SPRING_REDIS_HOST", "redis"}, {"quarkus.redis.hosts", "QUARKUS_REDIS_HOSTS", "redis"},
	{"spring.data.mongodb.uri", "SPRING_DATA_MONGODB_URI", "mongodb"}, {"spring.mongodb.uri", "SPRING_MONGODB_URI", "mongodb"},
	{"spring.kafka.bootstrap-servers", "SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka"}, {"kafka.bootstrap.servers", "KAFKA_BOOTSTRAP_SERVERS", "kafka"},
	{"spring.rabbitmq.host", "SPRING_RABBITMQ_HOST", "rabbitmq"}, {"spring.elasticsearch.uris", "SPRING_ELASTICSEARCH_URIS", "elasticsearch"},
}

// secretKeys are settings whose literal value an image must get another way.
var secretKeys = []struct{ key, env string }{
	{"spring.datasource.username", "SPRING_DATASOURCE_USERNAME"}, {"spring.datasource.password", "SPRING_DATASOURCE_PASSWORD"},
	{"spring.data.redis.password", "SPRING_DATA_REDIS_PASSWORD"}, {"quarkus.datasource.username", "QUARKUS_DATASOURCE_USERNAME"},
	{"quarkus.datasource.password", "QUARKUS_DATASOURCE_PASSWORD"}, {"spring.rabbitmq.password", "SPRING_RABBITMQ_PASSWORD"},
}

// services are those that the dependencies are clients of. A database beside an embedded one that the settings choose is optional.
func (a *app) services(b *build, m *module, c *stack.Component) {
	embedded, url := a.embedded()
	for _, d := range m.deps {
		name := source.Service(clients, d.id)
		if name == "" {
			continue
		}
		f := d.at.Derived(name)
		if embedded && isDatabase(name) {
			f.Evidence = url.Evidence()
			c.OptionalServices = source.AddFact(c.OptionalServices, f)
			continue
		}
		c.Services = source.AddFact(c.Services, f)
	}
	b.sharedServices(m, c)
}

// sharedServices adds the clients of the build's own modules that this one depends on.
func (b *build) sharedServices(m *module, c *stack.Component) {
	for _, other := range b.modules {
		if other == m || !b.uses(m, other) {
			continue
		}
		for _, d := range other.deps {
			if name := source.Service(clients, d.id); name != "" && !stack.HasValue(c.OptionalServices, name) {
				c.Services = source.AddFact(c.Services, d.at.Derived(name))
			}
		}
	}
}

// uses tells whether a module depends directly on another of the build.
func (b *build) uses(m, other *module) bool {
	if m.pom != nil {
		return slices.ContainsFunc(m.deps, func(d dependency) bool { return strings.HasSuffix(d.id, ":"+other.name) })
	}
	re, err := regexp.Compile(`project\(\s*(?:path\s*[:=]\s*)?["']` + regexp.QuoteMeta(other.gradle.path) + `["']|projects\.` + regexp.QuoteMeta(accessor(strings.Trim(strings.ReplaceAll(other.gradle.path, ":", "."), "."))) + `\b`)
	return err == nil && other.gradle.path != "" && source.First(m.gradle.files(), re).OK()
}

func isDatabase(name string) bool {
	return name == "postgres" || name == "mysql" || name == "mariadb" || name == "sqlserver"
}

// embedded tells whether the settings use a database inside the program unless a variable says otherwise.
func (a *app) embedded() (bool, source.Match) {
	for _, k := range urlKeys[:5] {
		if v, ok := a.settings.get(k.key); ok {
			_, def := split(v.value)
			for _, e := range []string{"jdbc:h2:", "jdbc:hsqldb:", "jdbc:sqlite:", "jdbc:derby:", "r2dbc:h2:"} {
				if strings.HasPrefix(def, e) {
					return true, v.at
				}
			}
		}
	}
	return false, source.Match{}
}

var (
	getenv     = regexp.MustCompile(`System\.getenv(?:\(\s*|\(\)\.get\(\s*|\[\s*|\(\)\[\s*)"([A-Z][A-Z0-9_]+)"`)
	getenvOr   = regexp.MustCompile(`System\.getenv\(\)\.getOrDefault\(\s*"([A-Z][A-Z0-9_]+)"\s*,\s*"([^"]*)"`)
	elvis      = regexp.MustCompile(`System\.getenv\(\s*"([A-Z][A-Z0-9_]+)"\s*\)\s*\?:\s*"([^"]*)"`)
	valueRef   = regexp.MustCompile(`@(?:Value|ConfigProperty)\([^)]*?"\$\{([A-Z][A-Z0-9_]+)(?::([^}]*))?\}`)
	settingRef = regexp.MustCompile(`\$\{\??([A-Z][A-Z0-9_]+)(?::([^}]*))?\}`)
)

// variables are the environment variables of the source and of the settings, and those by which fixed addresses are moved.
func (a *app) variables(c *stack.Component) {
	c.Env = source.Variables(c.Env, a.sources, getenvOr, elvis, getenv, valueRef)
	for _, k := range keys(a.settings) {
		v := a.settings[k]
		for _, g := range settingRef.FindAllStringSubmatch(v.value, 20) {
			n := stack.NewVariable(g[1], g[2], v.at.Evidence())
			n.Required = !strings.Contains(g[0], ":") && !strings.Contains(g[0], "?") && g[0] == strings.Trim(v.value, `"'`)
			if n.Service == "" {
				n.Service = serviceOfKey(k, c)
			}
			if g[0] == strings.Trim(v.value, `"'`) && g[2] == "" {
				n.Scheme = schemeOfKey(k, serviceOfKey(k, c))
			}
			c.Env = stack.AddVariable(c.Env, n)
		}
	}
	a.fixedAddresses(c)
}

// serviceOfKey is the service that a setting's own name points to.
func serviceOfKey(key string, c *stack.Component) string {
	for _, u := range urlKeys {
		if relaxed(u.key) != key {
			continue
		}
		if u.service != "" {
			return u.service
		}
		for _, f := range append(slices.Clone(c.Services), c.OptionalServices...) {
			if isDatabase(f.Value) {
				return f.Value
			}
		}
	}
	return ""
}

// schemeOfKey is what a setting's driver wants its address to start with: JDBC and R2DBC have schemes of their own.
func schemeOfKey(key, service string) string {
	scheme := map[string]string{"postgres": "postgresql", "mysql": "mysql", "mariadb": "mariadb"}[service]
	switch {
	case scheme == "":
		return ""
	case key == relaxed("spring.r2dbc.url"):
		return "r2dbc:" + scheme
	case key == relaxed("spring.datasource.url") || key == relaxed("quarkus.datasource.jdbc.url") || key == relaxed("datasources.default.url"):
		return "jdbc:" + scheme
	}
	return ""
}

// fixedAddresses names the variables that override what the settings fix: localhost is no address of a service in a container.
func (a *app) fixedAddresses(c *stack.Component) {
	for _, u := range urlKeys {
		v, ok := a.settings.get(u.key)
		if env, _ := split(v.value); !ok || env != "" || settingRef.MatchString(v.value) {
			continue
		}
		n := stack.NewVariable(u.env, v.value, v.at.Evidence())
		n.Service = serviceOfKey(relaxed(u.key), c)
		c.Env = stack.AddVariable(c.Env, n)
	}
	a.implied(c)
	for _, s := range secretKeys {
		v, ok := a.settings.get(s.key)
		if env, _ := split(v.value); !ok || env != "" || settingRef.MatchString(v.value) {
			continue
		}
		n := stack.NewVariable(s.env, v.value, v.at.Evidence())
		if strings.Contains(s.key, "datasource") {
			n.Service = serviceOfKey(relaxed("spring.datasource.url"), c)
		}
		c.Env = stack.AddVariable(c.Env, n)
	}
}

// springHosts are the variables by which Spring Boot is told where a service is when no setting says so: it then asks localhost.
var springHosts = []struct{ service, env, def string }{
	{"redis", "SPRING_DATA_REDIS_HOST", "localhost"}, {"mongodb", "SPRING_DATA_MONGODB_URI", "mongodb://localhost/test"},
	{"rabbitmq", "SPRING_RABBITMQ_HOST", "localhost"}, {"kafka", "SPRING_KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"},
	{"elasticsearch", "SPRING_ELASTICSEARCH_URIS", "http://localhost:9200"},
}

// implied names those variables for services that nothing else points to.
func (a *app) implied(c *stack.Component) {
	if a.framework != "spring-boot" {
		return
	}
	for _, h := range springHosts {
		i := slices.IndexFunc(c.Services, func(f stack.Fact) bool { return f.Value == h.service })
		if i < 0 || slices.ContainsFunc(c.Env, func(v stack.Variable) bool { return v.Service == h.service }) {
			continue
		}
		name := h.env
		if h.service == "redis" && a.boot != "" && stack.CompareVersions(a.boot, "3.0") < 0 {
			name = "SPRING_REDIS_HOST"
		}
		n := stack.NewVariable(name, h.def, c.Services[i].Evidence)
		n.Service = h.service
		c.Env = stack.AddVariable(c.Env, n)
	}
}
