package stack

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
)

var (
	credentials = regexp.MustCompile(`(://[^\s:/@"']*):[^\s@/"'{$][^\s@"']*@`)
	assignment  = regexp.MustCompile(`(?i)((?:password|passwd|secret|token|api_?key)[a-z_]*["']?\s*[:=]\s*["']?)[^\s"',;)]{3,}`)
)

// redact takes the password out of URLs and of plain assignments, so that evidence can be shown and kept.
func redact(s string) string {
	s = credentials.ReplaceAllString(s, "$1:***@")
	return assignment.ReplaceAllStringFunc(s, func(m string) string {
		if strings.ContainsAny(m, "($[{<") { // a call or a reference, not a literal
			return m
		}
		return assignment.ReplaceAllString(m, "${1}***")
	})
}

// secretWords make a variable's name one that holds a secret.
var secretWords = []string{
	"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "SIGNING_KEY",
	"ENCRYPTION_KEY", "CREDENTIAL", "AUTH_KEY", "MASTER_KEY", "SALT", "WEBHOOK_KEY", "SECRET_KEY", "APP_KEY",
}

// notSecretSuffixes are endings of names that only speak of a secret: how long it lives, what it is called.
var notSecretSuffixes = []string{
	"_TTL", "_EXPIRY", "_EXPIRES", "_EXPIRATION", "_EXPIRES_IN", "_LIFETIME", "_EXPIRE_MINUTES", "_LENGTH", "_NAME", "_HEADER",
	"_URL", "_ENABLED", "_TYPE", "_ALGORITHM", "_ROUNDS", "_MINUTES", "_SECONDS", "_DAYS", "_HOURS", "_ID", "_ARN", "_PATH", "_DIR",
}

// NewVariable describes an environment variable by its name. The default of a secret is never kept.
func NewVariable(name, def string, at finding.Evidence) Variable {
	v := Variable{Name: name, Default: def, Evidence: at, Service: serviceOfEnv(name)}
	upper := strings.ToUpper(name)
	if base, ok := strings.CutSuffix(upper, "_FILE"); ok && isSecretName(base) {
		v.File = true
	} else {
		v.Secret = isSecretName(upper)
	}
	if s := ServiceOfURL(def); s != "" && v.Service == "" {
		v.Service = s
	}
	if v.Secret || credentials.MatchString(def) || len(def) > 200 || strings.ContainsAny(def, "\n\r\x00") {
		v.Default = ""
	}
	return v
}

func isSecretName(upper string) bool {
	for _, s := range notSecretSuffixes {
		if strings.HasSuffix(upper, s) {
			return false
		}
	}
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(upper, w) })
}

// AddVariable keeps the first description of a variable, filled up by what later ones know more.
func AddVariable(list []Variable, v Variable) []Variable {
	for i := range list {
		if list[i].Name != v.Name {
			continue
		}
		if list[i].Default == "" {
			list[i].Default = v.Default
		}
		if list[i].Service == "" {
			list[i].Service = v.Service
		}
		list[i].Required = list[i].Required || v.Required
		return list
	}
	return append(list, v)
}

// databases are the services that a bare DATABASE_URL can mean.
var databases = []string{"postgres", "mysql", "mariadb", "mongodb", "clickhouse"}

// SettleVariables gives each variable of the component the service that it points to, where the name alone did not say:
// DATABASE_URL means the one database that the component uses. Variables are sorted by name.
func SettleVariables(c *Component) {
	var db []string
	for _, list := range [][]Fact{c.Services, c.OptionalServices} {
		for _, f := range list {
			if slices.Contains(databases, f.Value) {
				db = append(db, f.Value)
			}
		}
	}
	for i := range c.Env {
		v := &c.Env[i]
		if v.Service == "database" {
			v.Service = ""
			if len(db) == 1 {
				v.Service = db[0]
			}
		}
		if v.Service == "broker" {
			v.Service = brokerOf(c)
		}
		v.Service = compatible(c, v.Service)
	}
	slices.SortFunc(c.Env, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
}

func brokerOf(c *Component) string {
	for _, name := range []string{"rabbitmq", "redis", "valkey", "kafka", "nats"} {
		if HasValue(c.Services, name) || HasValue(c.OptionalServices, name) {
			return name
		}
	}
	return ""
}

// compatible maps a service that a name suggests to the one in use that speaks the same protocol: MYSQL_URL beside MariaDB.
func compatible(c *Component, service string) string {
	for _, pair := range [][2]string{{"mysql", "mariadb"}, {"redis", "valkey"}, {"elasticsearch", "opensearch"}} {
		if service == pair[0] && !HasValue(c.Services, pair[0]) && !HasValue(c.OptionalServices, pair[0]) && HasValue(c.Services, pair[1]) {
			return pair[1]
		}
	}
	return service
}

var envServices = []struct {
	re      *regexp.Regexp
	service string
}{
	{regexp.MustCompile(`(^|_)(POSTGRES(QL)?|PG)(_|[A-Z]*$)`), "postgres"},
	{regexp.MustCompile(`(^|_)MARIADB(_|$)`), "mariadb"},
	{regexp.MustCompile(`(^|_)MYSQL(_|$)`), "mysql"},
	{regexp.MustCompile(`(^|_)VALKEY(_|$)`), "valkey"},
	{regexp.MustCompile(`(^|_)REDIS(_|$)`), "redis"},
	{regexp.MustCompile(`(^|_)MONGO(DB)?(_|$)`), "mongodb"},
	{regexp.MustCompile(`(^|_)(RABBITMQ|RABBIT|AMQP)(_|$)`), "rabbitmq"},
	{regexp.MustCompile(`(^|_)KAFKA(_|$)`), "kafka"},
	{regexp.MustCompile(`(^|_)NATS(_|$)`), "nats"},
	{regexp.MustCompile(`(^|_)(ELASTICSEARCH|ELASTIC|ES)_(URL|HOST|HOSTS|ADDR|NODE)`), "elasticsearch"},
	{regexp.MustCompile(`(^|_)OPENSEARCH(_|$)`), "opensearch"},
	{regexp.MustCompile(`(^|_)MEMCACHED?(_|$)`), "memcached"},
	{regexp.MustCompile(`(^|_)MINIO(_|$)`), "minio"},
	{regexp.MustCompile(`(^|_)CLICKHOUSE(_|$)`), "clickhouse"},
	{regexp.MustCompile(`(^|_)(DATABASE|DB)_(URL|URI|DSN|HOST|CONNECTION_STRING)$|^(DB|DATABASE)_(PORT|USER|NAME|PASSWORD|PASSWORD_FILE)$`), "database"},
	{regexp.MustCompile(`(^|_)BROKER_(URL|URI)$`), "broker"},
}

func serviceOfEnv(name string) string {
	upper := strings.ToUpper(name)
	for _, e := range envServices {
		if e.re.MatchString(upper) {
			return e.service
		}
	}
	return ""
}
