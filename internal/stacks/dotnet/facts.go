package dotnet

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Dated November 2026: the release with long support, and when the support of older ones ended.
const defaultNet = "10.0"

var ended = map[string]string{
	"5.0": "May 2022", "6.0": "November 2024", "7.0": "May 2024", "8.0": "November 2026", "9.0": "November 2026",
}

// images are the last runtime and SDK releases whose images were seen in use, by version.
var images = map[string]struct{ runtime, sdk string }{
	"6.0": {"6.0.36-jammy", "6.0.428-jammy"}, "7.0": {"7.0.20-jammy", "7.0.410-jammy"},
	"8.0": {"8.0.21-noble", "8.0.415-noble"}, "9.0": {"9.0.10-noble", "9.0.306-noble"}, "10.0": {"10.0.12-noble", "10.0.401-noble"},
}

var sdkPin = regexp.MustCompile(`"version"\s*:\s*"(\d+\.\d+\.\d+)[^"]*"`)

// version is the target framework: the newest of several. global.json pins the SDK, which must not be older.
func (w *workspace) version(s *stack.Scan, p *project, c *stack.Component) {
	var list []stack.Candidate
	if len(p.frameworks) > 0 {
		best := slices.MaxFunc(p.frameworks, func(a, b stack.Fact) int { return stack.CompareVersions(a.Value, b.Value) })
		list = append(list, stack.Candidate{Rank: stack.RankPin, Fact: best})
	}
	if d := stack.ReadDockerfile(s.Tree, s.Dir); d != nil {
		if f := d.BaseVersion(2, "aspnet", "runtime", "sdk"); f != nil {
			list = append(list, stack.Candidate{Rank: stack.RankDelivery, Fact: *f})
		}
	}
	list = append(list, stack.Candidate{Rank: stack.RankDefault, Fact: *stack.DefaultFact(defaultNet, "the release with long support")})
	c.Version = s.Choose("version", list...)
	if when := ended[c.Version.Value]; when != "" {
		c.Notes = append(c.Notes, stack.Fact{Value: "support of .NET " + c.Version.Value + " ended in " + when, Evidence: c.Version.Evidence, Confidence: stack.Derived})
	}
	for _, dir := range append([]string{s.Dir}, s.Ancestors()...) {
		e, g, ok := stack.Find(s.Tree, path.Join(dir, "global.json"), sdkPin)
		if !ok {
			continue
		}
		c.Notes = append(c.Notes, *stack.DeclaredFact(sdkNote+g[1], e))
		if stack.CompareVersions(stack.Shorten(g[1], 2), c.Version.Value) < 0 && s.Contradict != nil {
			s.Contradict("version", *c.Version, *stack.DeclaredFact(stack.Shorten(g[1], 2), e))
		}
		break
	}
}

const sdkNote = "global.json pins the SDK "

func pinnedSDK(c *stack.Component) string {
	for _, n := range c.Notes {
		if v, ok := strings.CutPrefix(n.Value, sdkNote); ok {
			return v
		}
	}
	return ""
}

var clients = []source.Dependency{
	{Name: "Npgsql*", Service: "postgres"}, {Name: "Microsoft.EntityFrameworkCore.SqlServer", Service: "sqlserver"}, {Name: "Microsoft.Data.SqlClient", Service: "sqlserver"}, {Name: "System.Data.SqlClient", Service: "sqlserver"}, {Name: "Aspire.StackExchange.Redis*", Service: "redis"},
	{Name: "Marten*", Service: "postgres"}, {Name: "Aspire.Npgsql*", Service: "postgres"}, {Name: "AspNetCore.HealthChecks.NpgSql", Service: "postgres"},
	{Name: "Pomelo.EntityFrameworkCore.MySql", Service: "mysql"}, {Name: "MySql.*", Service: "mysql"}, {Name: "MySqlConnector", Service: "mysql"},
	{Name: "StackExchange.Redis", Service: "redis"}, {Name: "Microsoft.Extensions.Caching.StackExchangeRedis", Service: "redis"}, {Name: "Hangfire.Redis*", Service: "redis"},
	{Name: "MongoDB.*", Service: "mongodb"}, {Name: "RabbitMQ.Client", Service: "rabbitmq"}, {Name: "MassTransit.RabbitMQ", Service: "rabbitmq"}, {Name: "EasyNetQ", Service: "rabbitmq"},
	{Name: "Confluent.Kafka", Service: "kafka"}, {Name: "MassTransit.Kafka", Service: "kafka"}, {Name: "NATS.*", Service: "nats"}, {Name: "Elastic.Clients.Elasticsearch", Service: "elasticsearch"},
	{Name: "NEST", Service: "elasticsearch"}, {Name: "OpenSearch.Client", Service: "opensearch"}, {Name: "Minio", Service: "minio"}, {Name: "ClickHouse.*", Service: "clickhouse"}, {Name: "EnyimMemcachedCore", Service: "memcached"},
}

var (
	csharp = source.Syntax{Line: []string{"//"}, Open: "/*", Close: "*/", Quotes: `"`}

	urls           = regexp.MustCompile(`(?:UseUrls|\.Run|Urls\.Add)\(\s*"https?://([^":/]+):(\d{2,5})`)
	listenAny      = regexp.MustCompile(`\.Listen(?:AnyIP|Localhost)\(\s*(\d{2,5})`)
	localhost      = regexp.MustCompile(`\.ListenLocalhost\(`)
	configURL      = regexp.MustCompile(`"(?:Url|Urls|urls)"\s*:\s*"https?://([^":/]+):(\d{2,5})`)
	mapHealth      = regexp.MustCompile(`\.(?:MapHealthChecks|UseHealthChecks|MapGet)\(\s*"(` + source.HealthRoute + `)"`)
	routeAttr      = regexp.MustCompile(`\[Route\(\s*"/?([\w/-]*)"`)
	httpGet        = regexp.MustCompile(`\[HttpGet\(\s*"/?([\w/-]+)"`)
	devGuard       = regexp.MustCompile(`if\s*\(.*IsDevelopment\(\)`)
	notDev         = regexp.MustCompile(`!\s*[\w.]*IsDevelopment\(\)`)
	envVar         = regexp.MustCompile(`GetEnvironmentVariable\(\s*"([A-Za-z_][A-Za-z0-9_]*)"\s*\)(?:\s*\?\?\s*"([^"]*)")?`)
	connection     = regexp.MustCompile(`GetConnectionString\(\s*"(\w+)"`)
	connectionName = regexp.MustCompile(`^\w{1,60}$`)
	setting        = regexp.MustCompile(`[Cc]onfiguration\[\s*"([A-Za-z][\w:]*)"\s*\]`)
)

// describer reads the sources of one program.
type describer struct {
	scan *stack.Scan
	w    *workspace
	p    *project
	c    *stack.Component
}

func (d *describer) read() {
	files := d.sources()
	d.services()
	d.env(files)
	if d.p.kind != stack.KindService {
		return
	}
	d.port(files)
	d.health(files)
	for _, dir := range []string{"wwwroot", "Views", "Pages"} {
		if dir == "wwwroot" && d.scan.Tree.HasDir(path.Join(d.p.dir, dir)) {
			d.c.Notes = append(d.c.Notes, *source.Present(d.p.file, "wwwroot is published with the program"))
		}
	}
}

// sources are those of the program and of the projects that it is built from.
func (d *describer) sources() []source.File {
	var files []source.File
	for _, f := range d.w.closure(d.p) {
		files = append(files, source.Tree(d.scan.Tree, path.Dir(f), csharp, []string{".cs", ".fs", ".vb"}, nil)...)
	}
	return files
}

// services go by the packages of the program and of the projects that it is built from.
func (d *describer) services() {
	for _, file := range d.w.closure(d.p) {
		for _, p := range d.w.projects {
			if p.file != file {
				continue
			}
			for _, m := range p.packages {
				if s := source.Service(clients, m.Group(1)); s != "" {
					d.c.Services = stack.Add(d.c.Services, *m.Derived(s))
				}
			}
		}
	}
}

func (d *describer) env(files []source.File) {
	d.c.Env = source.Variables(d.c.Env, files, envVar)
	add := func(name string, m source.Match) {
		if len(d.c.Env) < 200 {
			d.c.Env = stack.AddVariable(d.c.Env, stack.NewVariable(name, "", m.Evidence()))
		}
	}
	for _, m := range source.All(files, connection) {
		add("ConnectionStrings__"+m.Group(1), m)
	}
	d.connections(add)
	for _, m := range source.All(files, setting) {
		add(strings.ReplaceAll(m.Group(1), ":", "__"), m)
	}
}

// connections are the names in the settings' table of connection strings. One that names a service points to it; where only
// one service is used, all point to that.
func (d *describer) connections(add func(string, source.Match)) {
	file := path.Join(d.p.dir, "appsettings.json")
	var settings struct{ ConnectionStrings map[string]any }
	if b, err := d.scan.Tree.Read(file); err == nil && json.Unmarshal(b, &settings) == nil {
		for _, name := range slices.Sorted(maps.Keys(settings.ConnectionStrings)) {
			if connectionName.MatchString(name) {
				m := source.Read(d.scan.Tree, file).Find(`"` + name + `"`)
				m.Text = `"` + name + `": …` // the value may hold a password
				add("ConnectionStrings__"+name, m)
			}
		}
	}
	for i := range d.c.Env {
		v := &d.c.Env[i]
		name, ok := strings.CutPrefix(v.Name, "ConnectionStrings__")
		if !ok || v.Service != "" {
			continue
		}
		for _, s := range d.c.Services {
			if len(d.c.Services) == 1 || strings.Contains(strings.ToLower(name), s.Value) {
				v.Service = s.Value
			}
		}
		if db := d.databases(); v.Service == "" && len(db) == 1 {
			v.Service = db[0]
		}
	}
}

func (d *describer) databases() []string {
	var out []string
	for _, s := range d.c.Services {
		if s.Value == "postgres" || s.Value == "mysql" || s.Value == "sqlserver" {
			out = append(out, s.Value)
		}
	}
	return out
}

// port: launchSettings.json is for development only. Without a word in the source, images listen on 8080 since .NET 8, and on 80 before.
func (d *describer) port(files []source.File) {
	settings := []source.File{source.Read(d.scan.Tree, path.Join(d.p.dir, "appsettings.json")), source.Read(d.scan.Tree, path.Join(d.p.dir, "appsettings.Production.json"))}
	d.c.PortFromEnv = stack.DerivedFact("ASPNETCORE_HTTP_PORTS", d.p.sdkAt)
	for _, try := range []struct {
		files []source.File
		re    *regexp.Regexp
	}{{files, urls}, {settings, configURL}} {
		if m := source.First(try.files, try.re); m.OK() && stack.IsPort(m.Group(2)) {
			d.c.Port, d.c.PortFromEnv = m.Declared(m.Group(2)), nil
			if h := m.Group(1); h == "localhost" || strings.HasPrefix(h, "127.") {
				d.loopback(m, h)
			}
			return
		}
	}
	if m := source.First(files, listenAny); m.OK() && stack.IsPort(m.Group(1)) {
		d.c.Port, d.c.PortFromEnv = m.Declared(m.Group(1)), nil
		if l := source.First(files, localhost); l.OK() {
			d.loopback(l, "localhost")
		}
		return
	}
	port := "8080"
	if stack.CompareVersions(d.c.Version.String(), "8.0") < 0 {
		port, d.c.PortFromEnv = "8080", stack.DerivedFact("ASPNETCORE_URLS", d.p.sdkAt)
	}
	d.c.Port = stack.DerivedFact(port, d.p.sdkAt)
}

func (d *describer) loopback(m source.Match, host string) {
	d.c.Listen = m.Declared(host)
	d.c.Notes = append(d.c.Notes, *m.Declared("listens on " + host + " only: nothing outside of a container reaches it; leave the address to ASPNETCORE_HTTP_PORTS"))
}

// health takes the most telling route. One that is mapped only in development is none.
func (d *describer) health(files []source.File) {
	best := -1
	offer := func(route string, m source.Match) {
		if r := stack.HealthRank(route); r >= 0 && (best < 0 || r < best) && source.Route(route) {
			best, d.c.Health = r, m.Declared(route)
		}
	}
	for _, f := range files {
		for _, m := range f.All(mapHealth) {
			if inDevelopment(f.Code, m.Line-1) {
				d.c.Notes = source.AddFact(d.c.Notes, m.Derived("the health route "+m.Group(1)+" exists only in development"))
				continue
			}
			offer(m.Group(1), m)
		}
		prefix := f.First(routeAttr).Group(1)
		for _, m := range f.All(httpGet) {
			offer(path.Join("/", prefix, m.Group(1)), m)
		}
	}
}

// inDevelopment walks up to the braces that are open at a line.
func inDevelopment(code []string, line int) bool {
	depth := 0
	for i := line - 1; i >= 0 && line-i < 200; i-- {
		depth += strings.Count(code[i], "}") - strings.Count(code[i], "{")
		if depth >= 0 {
			continue
		}
		depth = 0
		for _, at := range []int{i, i - 1} { // the brace often stands on a line of its own
			if at >= 0 && devGuard.MatchString(code[at]) && !notDev.MatchString(code[at]) {
				return true
			}
		}
	}
	return false
}
