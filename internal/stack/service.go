package stack

import (
	"path"
	"regexp"
	"strings"
)

// Service is a server that programs need beside them (a database, a cache, a broker), as pipelines and Compose files run it.
type Service struct {
	Name    string   // "postgres"
	Image   string   // pinned, smallest maintained variant
	Port    string   // in the container
	Command []string // what the image runs, when its own default does not serve
	Env     []KV     // settings that are no secret: POSTGRES_USER=app; {host} in a value is replaced as in URL
	Secret  string   // variable that holds the password ("POSTGRES_PASSWORD"), empty when it needs none
	// SecretFile tells that the image also reads the password from the file that Secret+"_FILE" names.
	SecretFile bool
	Health     []string // exec-form command that succeeds once it answers
	DataDir    string   // where it keeps data; empty when it keeps none
	URL        string   // how a client reaches it; {host} and {password} are replaced
	Shutdown   string   // stop signal where it differs from SIGTERM
	ReadOnly   bool     // works with a read-only root file system given Tmpfs
	Tmpfs      []string // paths that must be writable then
	RunAsUser  string   // numeric user the image runs as when not root, empty when its entrypoint drops privileges itself
	Caps       []string // capabilities that its entrypoint needs after cap_drop ALL
}

// ServiceFor looks a service up by the name that surveys use; ok is false for one that AutoGit does not know.
func ServiceFor(name string) (Service, bool) {
	for _, s := range services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// ServiceNames are the names of all services, in the order of the catalogue.
func ServiceNames() []string {
	out := make([]string, len(services))
	for i, s := range services {
		out[i] = s.Name
	}
	return out
}

var versionLike = regexp.MustCompile(`^\d+(\.\d+){0,3}$`)

// ServiceAt is a service in a version that somebody asks for ("16"): its exact image where the catalogue has one, else the
// image of that number in the variant that the catalogue uses. ok is false for an unknown service or for what is no version.
func ServiceAt(name, version string) (Service, bool) {
	s, ok := ServiceFor(name)
	if !ok || version == "" {
		return s, ok
	}
	if !versionLike.MatchString(version) {
		return Service{}, false
	}
	for _, e := range editions {
		if e.service == name && e.version == version {
			s.Image = e.image
			if e.dataDir != "" {
				s.DataDir = e.dataDir
			}
			return s, true
		}
	}
	image, tag, _ := strings.Cut(s.Image, ":")
	if Agree(version, leadNum.FindString(tag)) && strings.HasPrefix(tag, version) {
		return s, true
	}
	s.Image = image + ":" + version
	if strings.Contains(tag, "-alpine") {
		s.Image += "-alpine"
	}
	if name == "postgres" && CompareVersions(version, "18") >= 0 {
		s.DataDir = "/var/lib/postgresql"
	}
	return s, true
}

var schemes = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "pgsql": "postgres", "mysql": "mysql", "mysql2": "mysql", "mariadb": "mariadb",
	"redis": "redis", "rediss": "redis", "valkey": "valkey", "mongodb": "mongodb", "amqp": "rabbitmq", "amqps": "rabbitmq",
	"kafka": "kafka", "nats": "nats", "memcached": "memcached", "clickhouse": "clickhouse", "pyamqp": "rabbitmq",
	"jdbc:postgresql": "postgres", "jdbc:mysql": "mysql", "jdbc:mariadb": "mariadb", "jdbc:clickhouse": "clickhouse",
}

// ServiceOfURL is the service that a URL's scheme names, drivers and wrappers ("postgresql+asyncpg", "mongodb+srv") left aside.
func ServiceOfURL(u string) string {
	scheme, _, ok := strings.Cut(strings.ToLower(u), "://")
	if !ok {
		return ""
	}
	scheme, _, _ = strings.Cut(scheme, "+")
	return schemes[scheme]
}

var imageNames = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "postgis": "postgres", "pgvector": "postgres", "timescaledb": "postgres",
	"mysql": "mysql", "mariadb": "mariadb", "redis": "redis", "redis-stack": "redis", "redis-stack-server": "redis", "valkey": "valkey", "mongo": "mongodb", "mongodb": "mongodb",
	"rabbitmq": "rabbitmq", "kafka": "kafka", "cp-kafka": "kafka", "nats": "nats", "elasticsearch": "elasticsearch",
	"opensearch": "opensearch", "memcached": "memcached", "minio": "minio", "clickhouse-server": "clickhouse", "clickhouse": "clickhouse",
}

// ServiceOfImage is the service that an image runs, by the image's name without its tag.
func ServiceOfImage(image string) string {
	image, _, _ = strings.Cut(image, "@")
	base, _, _ := strings.Cut(path.Base(image), ":")
	return imageNames[base]
}
