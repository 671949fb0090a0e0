package stack

import (
	"regexp"
	"strings"
	"testing"
)

var exactTag = regexp.MustCompile(`^[a-z0-9./-]+:[A-Za-z]*\.?\d[\w.-]*$`)

func TestCatalogueIsComplete(t *testing.T) {
	want := []string{"postgres", "mysql", "mariadb", "redis", "valkey", "mongodb", "rabbitmq", "kafka", "nats", "elasticsearch", "opensearch", "memcached", "minio", "clickhouse"}
	for _, name := range want {
		s, ok := ServiceFor(name)
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		if !exactTag.MatchString(s.Image) {
			t.Errorf("%s: image %s is not pinned", name, s.Image)
		}
		if !IsPort(s.Port) || len(s.Health) == 0 || !strings.Contains(s.URL, "{host}") {
			t.Errorf("%s: port %q, health %v, URL %q", name, s.Port, s.Health, s.URL)
		}
		for _, kv := range s.Env {
			if isSecretName(kv.Key) && kv.Value != "yes" {
				t.Errorf("%s: %s is a secret in the open", name, kv.Key)
			}
		}
		if s.Secret != "" && s.Name != "minio" && !strings.Contains(s.URL, "{password}") {
			t.Errorf("%s has a password that its URL does not use", name)
		}
		if s.ReadOnly && len(s.Tmpfs) == 0 {
			t.Errorf("%s is read-only without any writable path", name)
		}
	}
	if len(ServiceNames()) != len(want) {
		t.Errorf("%v", ServiceNames())
	}
	if _, ok := ServiceFor("oracle"); ok {
		t.Error("an unknown service is known")
	}
}

func TestServicesInVersionsThatAreAskedFor(t *testing.T) {
	tests := []struct{ name, version, image, data string }{
		{"postgres", "16", "postgres:16.10-alpine3.22", "/var/lib/postgresql/data"},
		{"postgres", "18", "postgres:18.6-alpine3.24", "/var/lib/postgresql"},
		{"postgres", "19", "postgres:19-alpine", "/var/lib/postgresql"},
		{"postgres", "17.6", "postgres:17.6-alpine3.22", "/var/lib/postgresql/data"},
		{"postgres", "", "postgres:17.6-alpine3.22", "/var/lib/postgresql/data"},
		{"mariadb", "10.11", "mariadb:10.11", "/var/lib/mysql"},
		{"redis", "7", "redis:7.4.5-alpine3.21", "/data"},
		{"elasticsearch", "8.15.0", "docker.elastic.co/elasticsearch/elasticsearch:8.15.0", "/usr/share/elasticsearch/data"},
	}
	for _, tt := range tests {
		s, ok := ServiceAt(tt.name, tt.version)
		if !ok || s.Image != tt.image || s.DataDir != tt.data {
			t.Errorf("%s %s: %v %s %s", tt.name, tt.version, ok, s.Image, s.DataDir)
		}
	}
	for _, bad := range []string{"latest", "16; rm -rf /", "1\n2"} {
		if _, ok := ServiceAt("postgres", bad); ok {
			t.Errorf("%q is no version", bad)
		}
	}
}

func TestServicesByURLAndImage(t *testing.T) {
	for u, want := range map[string]string{
		"postgresql+asyncpg://x": "postgres", "mongodb+srv://x": "mongodb", "REDISS://x": "redis", "jdbc:mysql://x": "mysql", "https://x": "", "postgres": "",
	} {
		if got := ServiceOfURL(u); got != want {
			t.Errorf("%s: %q, want %q", u, got, want)
		}
	}
	for i, want := range map[string]string{"postgis/postgis:16": "postgres", "localhost:5000/mongo@sha256:aa": "mongodb", "clickhouse/clickhouse-server": "clickhouse", "nginx:1": ""} {
		if got := ServiceOfImage(i); got != want {
			t.Errorf("%s: %q, want %q", i, got, want)
		}
	}
}
