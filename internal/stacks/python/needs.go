package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	requiredEnv   = regexp.MustCompile(`\benviron\[\s*["']([A-Z][A-Z0-9_]*)["']\s*\]`)
	optionalEnv   = regexp.MustCompile(`\b(?:environ\.get|getenv|environ\.setdefault|env\.get|environ_get)\(\s*["']([A-Z][A-Z0-9_]*)["'](?:\s*,\s*(["']?[^"'),]*["']?))?`)
	libraryEnv    = regexp.MustCompile(`\b(?:env|config|decouple\.config)(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["'](?:\s*,\s*(?:cast\s*=\s*\w+\s*,\s*)?default\s*=\s*(["']?[^"'),]*["']?))?`)
	settingsDef   = regexp.MustCompile(`^class\s+\w+\(\s*(?:[\w.]+\s*,\s*)*(?:\w+\.)?BaseSettings\b`)
	settingsPre   = regexp.MustCompile(`env_prefix\s*[=:]\s*["']([^"']*)["']`)
	settingsField = regexp.MustCompile(`^(\s+)([a-z_][a-zA-Z0-9_]*)\s*:\s*([^=]+?)(?:\s*=\s*(.+))?$`)
	aliasRe       = regexp.MustCompile(`(?:validation_)?alias\s*=\s*["']([A-Za-z][A-Za-z0-9_]*)["']`)
	defaultRe     = regexp.MustCompile(`^Field\(\s*(?:default\s*=\s*)?(["']?[^"',)]*["']?)`)
	pyIdent       = regexp.MustCompile(`^[A-Z_]+$`)
)

// variables lists the environment variables that the sources read, with the sources' own defaults.
func (d *describer) variables() {
	for _, f := range d.files {
		for i, l := range f.Code {
			if len(d.c.Env) > 200 {
				return
			}
			if !strings.Contains(l, "env") && !strings.Contains(l, "config") { // cheaper than the patterns
				continue
			}
			at := stack.At(f.Path, i+1, f.Lines[i])
			for _, m := range requiredEnv.FindAllStringSubmatch(l, -1) {
				v := stack.NewVariable(m[1], "", at)
				v.Required = true
				d.c.Env = stack.AddVariable(d.c.Env, v)
			}
			for _, m := range optionalEnv.FindAllStringSubmatch(l, -1) {
				d.c.Env = stack.AddVariable(d.c.Env, stack.NewVariable(m[1], d.literal(m[2]), at))
			}
			for _, m := range libraryEnv.FindAllStringSubmatch(l, -1) {
				d.c.Env = stack.AddVariable(d.c.Env, stack.NewVariable(m[1], d.literal(m[2]), at))
			}
		}
		d.settings(f)
	}
}

// literal is a default as text: None is none, a constant is what it holds.
func (d *describer) literal(s string) string {
	s = strings.TrimSpace(s)
	if m := stringRe.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	if s == "None" || strings.ContainsAny(s, "([{") {
		return ""
	}
	if pyIdent.MatchString(s) && len(s) > 1 {
		return d.constant(s, 0).def
	}
	return s
}

// settings reads the fields of pydantic's BaseSettings classes: each is a variable.
func (d *describer) settings(f source.File) {
	for i, l := range f.Code {
		if !strings.HasPrefix(l, "class ") || !settingsDef.MatchString(l) {
			continue
		}
		prefix := ""
		body := classBody(f, i)
		for _, b := range body {
			if m := settingsPre.FindStringSubmatch(f.Code[b]); m != nil {
				prefix = m[1]
			}
		}
		for _, b := range body {
			m := settingsField.FindStringSubmatch(f.Code[b])
			if m == nil || len(m[1]) > 4 || m[2] == "model_config" || strings.Contains(m[3], "ClassVar") {
				continue
			}
			name, def := prefix+m[2], strings.TrimSpace(m[4])
			if a := aliasRe.FindStringSubmatch(def); a != nil {
				name = a[1]
			}
			required := def == "" || strings.HasPrefix(def, "Field(...")
			if fd := defaultRe.FindStringSubmatch(def); fd != nil {
				def = fd[1]
			}
			v := stack.NewVariable(strings.ToUpper(name), d.literal(def), stack.At(f.Path, b+1, f.Lines[b]))
			v.Required = required
			d.c.Env = stack.AddVariable(d.c.Env, v)
		}
	}
}

// classBody are the indexes of the lines in a class.
func classBody(f source.File, class int) []int {
	var out []int
	for i := class + 1; i < len(f.Code) && i < class+200; i++ {
		l := f.Code[i]
		if strings.TrimSpace(l) == "" {
			continue
		}
		if !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
			break
		}
		out = append(out, i)
	}
	return out
}

// settingsClass tells whether line i stands in a BaseSettings class, and that class's prefix.
func settingsClass(f source.File, i int) (prefix string, ok bool) {
	for j := i; j >= 0; j-- {
		l := f.Code[j]
		if strings.HasPrefix(l, "class ") {
			if !settingsDef.MatchString(l) {
				return "", false
			}
			for _, b := range classBody(f, j) {
				if m := settingsPre.FindStringSubmatch(f.Code[b]); m != nil {
					prefix = m[1]
				}
			}
			return prefix, true
		}
		if l != "" && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
			return "", false
		}
	}
	return "", false
}

// drivers are client libraries, the name that Python imports them by, and the servers that they speak to.
var drivers = []struct{ dep, module, service string }{
	{"psycopg", "psycopg", "postgres"}, {"psycopg2", "psycopg2", "postgres"}, {"psycopg2-binary", "psycopg2", "postgres"}, {"psycopg-binary", "psycopg", "postgres"}, {"asyncpg", "asyncpg", "postgres"},
	{"pg8000", "pg8000", "postgres"}, {"aiopg", "aiopg", "postgres"}, {"mysqlclient", "MySQLdb", "mysql"}, {"pymysql", "pymysql", "mysql"}, {"aiomysql", "aiomysql", "mysql"},
	{"asyncmy", "asyncmy", "mysql"}, {"mysql-connector-python", "mysql", "mysql"}, {"mariadb", "mariadb", "mariadb"}, {"redis", "redis", "redis"}, {"aioredis", "aioredis", "redis"},
	{"django-redis", "django_redis", "redis"}, {"rq", "rq", "redis"}, {"arq", "arq", "redis"}, {"coredis", "coredis", "redis"}, {"valkey", "valkey", "valkey"}, {"pymongo", "pymongo", "mongodb"},
	{"motor", "motor", "mongodb"}, {"mongoengine", "mongoengine", "mongodb"}, {"beanie", "beanie", "mongodb"}, {"pika", "pika", "rabbitmq"}, {"aio-pika", "aio_pika", "rabbitmq"},
	{"kafka-python", "kafka", "kafka"}, {"aiokafka", "aiokafka", "kafka"}, {"confluent-kafka", "confluent_kafka", "kafka"}, {"nats-py", "nats", "nats"},
	{"elasticsearch", "elasticsearch", "elasticsearch"}, {"elasticsearch-dsl", "elasticsearch_dsl", "elasticsearch"}, {"opensearch-py", "opensearchpy", "opensearch"}, {"pymemcache", "pymemcache", "memcached"},
	{"python-memcached", "memcache", "memcached"}, {"pylibmc", "pylibmc", "memcached"}, {"minio", "minio", "minio"}, {"clickhouse-driver", "clickhouse_driver", "clickhouse"},
	{"clickhouse-connect", "clickhouse_connect", "clickhouse"},
}

// services: a client among the dependencies needs its server; one of an extra, or whose import may fail, is optional.
func (d *describer) services() {
	for _, dr := range drivers {
		if dp, ok := d.p.has(dr.dep); ok {
			f := *stack.DerivedFact(dr.service, dp.at)
			if d.guarded(dr.module) {
				d.c.OptionalServices = stack.Add(d.c.OptionalServices, f)
			} else {
				d.c.Services = stack.Add(d.c.Services, f)
			}
		} else if dp, ok := lookup(d.p.extras, []string{dr.dep}); ok {
			d.c.OptionalServices = stack.Add(d.c.OptionalServices, *stack.DerivedFact(dr.service, dp.at))
		} else if len(d.p.deps) == 0 {
			if m := source.First(d.files, regexp.MustCompile(`^(?:from|import)\s+`+regexp.QuoteMeta(dr.module)+`\b`)); m.OK() {
				d.c.Services = stack.Add(d.c.Services, *m.Derived(dr.service))
			}
		}
	}
	d.celeryBroker()
	d.c.OptionalServices = slices.DeleteFunc(d.c.OptionalServices, func(f stack.Fact) bool { return stack.HasValue(d.c.Services, f.Value) })
}

var tryRe = regexp.MustCompile(`^\s*try:\s*$`)

// guarded tells whether every import of a module stands in a try, so that the program works without it.
func (d *describer) guarded(module string) bool {
	re := regexp.MustCompile(`^\s*(?:from|import)\s+` + regexp.QuoteMeta(module) + `\b`)
	n := 0
	for _, f := range d.files {
		for i, l := range f.Code {
			if !strings.Contains(l, module) || !re.MatchString(l) {
				continue
			}
			n++
			if i == 0 || !tryRe.MatchString(f.Code[i-1]) {
				return false
			}
		}
	}
	return n > 0
}

var brokerURL = regexp.MustCompile(`["']((?:amqp|amqps|pyamqp|redis|rediss)://)`)

// celeryBroker: Celery needs a broker; which one, its extra or a URL in the sources says.
func (d *describer) celeryBroker() {
	dp, ok := d.p.has("celery")
	if !ok {
		return
	}
	if strings.Contains(dp.spec, "[redis") {
		d.c.Services = stack.Add(d.c.Services, *stack.DerivedFact("redis", dp.at))
		return
	}
	if m := source.First(d.files, brokerURL); m.OK() {
		d.c.Services = stack.Add(d.c.Services, *m.Derived(stack.ServiceOfURL(m.Group(1) + "x")))
		return
	}
	if !stack.HasValue(d.c.Services, "redis") && !stack.HasValue(d.c.Services, "rabbitmq") {
		d.c.Notes = append(d.c.Notes, *stack.DerivedFact("Celery needs a broker, and the sources do not say which", dp.at))
	}
}

var (
	beatRe     = regexp.MustCompile(`beat_schedule|crontab\(`)
	arqRe      = regexp.MustCompile(`^class\s+(WorkerSettings)\b`)
	dramatiqRe = regexp.MustCompile(`^@dramatiq\.actor`)
)

// workers are the processes beside the web one: those of a Procfile, and the ones that task queues start.
func (d *describer) workers() {
	for _, p := range stack.Procfile(d.scan.Tree, d.scan.Dir) {
		if p.Name != "web" && p.Name != "release" {
			d.c.Workers = stack.Add(d.c.Workers, p.Fact)
		}
	}
	if len(d.c.Workers) > 0 {
		return
	}
	for _, f := range d.files {
		if m := f.First(celeryRe); m.OK() {
			app := d.module(f.Path)
			d.c.Workers = stack.Add(d.c.Workers, *m.Derived("celery -A " + app + " worker --loglevel=info"))
			if beat := source.First(d.files, beatRe); beat.OK() {
				d.c.Workers = stack.Add(d.c.Workers, *beat.Derived("celery -A " + app + " beat --loglevel=info"))
			}
			return
		}
		if m := f.First(arqRe); m.OK() {
			if _, ok := d.p.has("arq"); ok {
				d.c.Workers = stack.Add(d.c.Workers, *m.Derived("arq " + d.module(f.Path) + "." + m.Group(1)))
				return
			}
		}
		if m := f.First(dramatiqRe); m.OK() {
			d.c.Workers = stack.Add(d.c.Workers, *m.Derived("dramatiq " + d.module(f.Path)))
			return
		}
	}
}

// assets are files beside the packages that the program needs when it runs.
func (d *describer) assets() {
	for _, dir := range []string{"templates", "static", "migrations", "alembic", "locale", "data", "public", "frontend/dist"} {
		if d.scan.Tree.HasDir(d.scan.Path(dir)) && d.mentions(dir) {
			d.c.Assets = stack.Add(d.c.Assets, *stack.DerivedFact(dir, finding.Evidence{File: d.scan.Path(dir)}))
		}
	}
	for _, m := range source.All(holding(d.files, "directory", "_folder"), regexp.MustCompile(`(?:StaticFiles\(\s*directory\s*=|static_folder\s*=|template_folder\s*=|Jinja2Templates\(\s*directory\s*=)\s*["']([^"']+)["']`)) {
		p := path.Clean(m.Group(1))
		if strings.HasPrefix(p, "..") || path.IsAbs(p) || p == "." {
			continue
		}
		d.c.Assets = stack.Add(d.c.Assets, *m.Derived(p))
	}
	for _, f := range []string{"alembic.ini", "gunicorn.conf.py", "manage.py", "config.yaml", "config.toml", "logging.ini", "logging.yaml"} {
		if d.scan.Has(f) {
			d.c.Assets = stack.Add(d.c.Assets, *stack.DerivedFact(f, finding.Evidence{File: d.scan.Path(f)}))
		}
	}
}

// holding are the files that have one of the words: what is cheap to see spares the patterns.
func holding(files []source.File, words ...string) []source.File {
	var out []source.File
	for _, f := range files {
		if slices.ContainsFunc(f.Code, func(l string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(l, w) })
		}) {
			out = append(out, f)
		}
	}
	return out
}

func (d *describer) mentions(dir string) bool {
	if dir == "alembic" || dir == "migrations" || dir == "locale" {
		return true
	}
	for _, f := range d.files {
		for _, l := range f.Code {
			if strings.Contains(l, `"`+dir) || strings.Contains(l, `'`+dir) || strings.Contains(l, `/`+dir) {
				return true
			}
		}
	}
	return slices.Contains([]string{"flask", "django"}, d.c.Framework.String()) && (dir == "templates" || dir == "static")
}
