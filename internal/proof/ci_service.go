package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// integrationTest proves that tests run beside a service that they are told of.
func integrationTest(p *prover) Result {
	service := p.claim.Param("service")
	hs := p.hits(criterion.Test, "")
	near := nearest(hs, "tests")
	if service == "" {
		for _, h := range counting(hs) {
			if len(h.j.Services) > 0 {
				return proven(p.at(h.j.File, h.j.Services[0].Line), h.ev[0])
			}
		}
		return unproven("no tests run beside a service")
	}
	for _, h := range counting(hs) {
		for _, s := range h.j.Services {
			name, version := imageParts(s.Image.Text)
			if !isService(name, service) {
				continue
			}
			ev := []finding.Evidence{p.at(h.j.File, max(s.Image.Line, s.Line)), h.ev[0]}
			want := p.claim.Param("version")
			switch {
			case want != "" && version != want && !strings.HasPrefix(version, want+".") && !strings.HasPrefix(version, want+"-"):
				near = unproven(fmt.Sprintf("the service is version %s, not %s", version, want), ev...)
			case !pointsTo(h, s, name):
				near = unproven("no variable tells the tests where the service is", ev...)
			default:
				return proven(ev...)
			}
		}
	}
	if near.Reason == "nothing runs tests" || len(counting(hs)) > 0 && near.Reason == "" {
		return unproven("no tests run beside "+service, near.Evidence...)
	}
	if near.Evidence == nil {
		near = unproven("no job with tests has the service " + service)
	}
	return near
}

// pointsTo tells whether a variable of the tests names the service.
func pointsTo(h hit, s pipeline.Service, image string) bool {
	words := []string{s.Name, image, servicePorts[image]}
	for _, m := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
		for k, v := range m {
			for _, w := range words {
				if w != "" && (strings.Contains(v.Text, w) || strings.HasPrefix(strings.ToLower(k), image) && strings.Contains(v.Text, "localhost")) && !strings.HasPrefix(k, "POSTGRES_") && !strings.HasPrefix(k, "MYSQL_") {
					return true
				}
			}
		}
	}
	if h.c == nil {
		return false
	}
	for _, a := range h.c.Raw.Env {
		for _, w := range words {
			if w != "" && strings.Contains(a.Value.Text, w) {
				return true
			}
		}
	}
	return false
}

var servicePorts = map[string]string{"postgres": "5432", "mysql": "3306", "mariadb": "3306", "redis": "6379", "valkey": "6379", "mongo": "27017", "rabbitmq": "5672", "kafka": "9092", "memcached": "11211", "elasticsearch": "9200"}

// imageParts splits an image into the last part of its name and its tag.
func imageParts(image string) (name, tag string) {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, '/'); i >= 0 {
		image = image[i+1:]
	}
	name, tag, _ = strings.Cut(image, ":")
	return name, tag
}

// serviceImages are the image names of each service that criteria name.
var serviceImages = map[string][]string{
	"postgres": {"postgres", "postgis", "timescaledb", "pgvector", "postgresql"}, "mysql": {"mysql"}, "mariadb": {"mariadb"}, "mongodb": {"mongo", "mongodb"},
	"redis": {"redis", "redis-stack", "redis-stack-server"}, "valkey": {"valkey"}, "rabbitmq": {"rabbitmq"}, "kafka": {"kafka", "redpanda"}, "nats": {"nats"}, "elasticsearch": {"elasticsearch"},
	"opensearch": {"opensearch"}, "memcached": {"memcached"}, "minio": {"minio"},
}

var serviceKinds = map[string][]string{
	"database": {"postgres", "mysql", "mariadb", "mongodb"}, "cache": {"redis", "valkey", "memcached"}, "broker": {"rabbitmq", "kafka", "nats", "redis"},
}

// isService tells whether an image is a service of a kind or a name.
func isService(image, service string) bool {
	for _, s := range append([]string{service}, serviceKinds[service]...) {
		if slices.Contains(serviceImages[s], image) {
			return true
		}
	}
	return false
}
