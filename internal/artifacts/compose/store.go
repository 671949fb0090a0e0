package compose

import (
	"fmt"
	"slices"
	"strings"
)

// addStore adds a server of the catalogue as a service.
func (b *builder) addStore(st store) {
	s := &service{
		name: st.host, image: st.Image, command: st.Command, user: st.RunAsUser, noNewPrivs: true, rotateLogs: true,
		stopSignal: st.Shutdown, grace: "1m", cpus: "1.0", memory: storeMemory(st.Name), pids: "512",
		readOnly: st.ReadOnly, dropCaps: true, addCaps: slices.Clone(st.Caps),
	}
	if !b.p.dev {
		s.restart = "unless-stopped" // a developer's machine need not start it at boot
	}
	if st.Name == "postgres" {
		s.shmSize = "128m" // parallel queries share memory there, and Docker gives 64 MB
	}
	if st.ReadOnly {
		s.tmpfs = slices.Clone(st.Tmpfs)
	}
	for _, kv := range st.Env {
		s.env = append(s.env, entry{key: kv.Key, value: strings.ReplaceAll(kv.Value, "{host}", st.host)})
	}
	b.storeSecret(s, st)
	if st.DataDir != "" {
		name := st.host + "-data"
		b.p.addVolume(volume{name: name})
		s.volumes = []string{name + ":" + st.DataDir}
	}
	if len(st.Health) > 0 {
		s.health = &health{test: escapeDollar(st.Health), interval: "10s", timeout: "5s", retries: "5", start: "30s"}
	}
	b.p.services = append(b.p.services, s)
}

// storeSecret tells the store its password: as a file in production where the image can read one, else from .env.
func (b *builder) storeSecret(s *service, st store) {
	if st.Secret == "" {
		return
	}
	if st.SecretFile && (!b.p.dev || slices.Contains(b.p.secrets, st.secret)) {
		b.p.addSecret(st.secret)
		s.secrets = []string{st.secret}
		s.env = append(s.env, entry{key: st.Secret + "_FILE", value: "/run/secrets/" + st.secret})
		return
	}
	b.needPassword(st)
	s.env = append(s.env, entry{key: st.Secret, value: st.password()})
}

// needPassword asks .env for a store's password.
func (b *builder) needPassword(st store) {
	why := fmt.Sprintf("Password of %s. Letters and digits only, because it becomes part of a URL: openssl rand -hex 24", st.host)
	if !b.p.dev && st.SecretFile {
		why = fmt.Sprintf("Password of %s, the same as in secrets/%s. Letters and digits only, because it becomes part of a URL.", st.host, st.secret)
	}
	b.p.addVar(variable{name: st.Secret, why: why, required: true})
}

// storeMemory is a first limit above what the server takes when it starts.
func storeMemory(name string) string {
	switch name {
	case "elasticsearch", "opensearch", "clickhouse":
		return "2G"
	case "kafka", "mysql", "mariadb", "mongodb":
		return "1G"
	case "memcached":
		return "128M"
	}
	return "512M"
}

// title is a service's name as people write it.
func title(name string) string {
	switch name {
	case "postgres":
		return "PostgreSQL"
	case "mysql":
		return "MySQL"
	case "mariadb":
		return "MariaDB"
	case "mongodb":
		return "MongoDB"
	case "rabbitmq":
		return "RabbitMQ"
	case "minio":
		return "MinIO"
	case "nats":
		return "NATS"
	case "clickhouse":
		return "ClickHouse"
	case "opensearch":
		return "OpenSearch"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// databases are the stores that a criterion means by "the database".
var databases = []string{"postgres", "mysql", "mariadb", "mongodb", "clickhouse"}

// means tells whether a criterion's word for a service means s.
func (b *builder) means(word string, s *service) bool {
	word = strings.ToLower(strings.TrimSpace(word))
	if a := aliases[word]; a != "" {
		word = a
	}
	switch word {
	case "", "all":
		return true
	case "app", "application", "api", "web", "service":
		if s.app {
			return true
		}
	case "database", "db", "data":
		return slices.ContainsFunc(b.stores, func(st store) bool { return st.host == s.name && slices.Contains(databases, st.Name) })
	case "cache":
		return slices.ContainsFunc(b.stores, func(st store) bool {
			return st.host == s.name && slices.Contains([]string{"redis", "valkey", "memcached"}, st.Name)
		})
	}
	return s.name == word || slices.ContainsFunc(b.stores, func(st store) bool { return st.host == s.name && st.Name == word })
}
