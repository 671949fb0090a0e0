package compose_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/compose"
)

func byID(t *testing.T, id string) rule.Rule {
	t.Helper()
	for _, r := range compose.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return rule.Rule{}
}

// app puts lines into a service on line 3.
func app(lines string) string { return "services:\n  app:\n    image: app:1.0\n" + lines + "\n" }

const healthyDB = "  db:\n    image: postgres:17\n    healthcheck: {test: x}\n"

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"CO001": {
			{Name: "list form", Src: app("    environment:\n      - DB_PASSWORD=hunter2\n      - MODE=x"), Want: []string{"5:9"}},
			{Name: "variable that must be set", Src: app("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?}")},
			{Name: "variable with a default", Src: app("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-hunter2}"), Want: []string{"5:20 default"}},
			{Name: "passed through", Src: app("    environment: [DB_PASSWORD]")},
			{Name: "address", Src: app("    environment:\n      DATABASE_URL: postgres://app:hunter2@db/x"), Want: []string{"5:36"}},
			{Name: "address with variables", Src: app("    environment:\n      DATABASE_URL: postgres://app:${PW}@db/x")},
			{Name: "command", Src: app("    command: [redis-server, --requirepass-secret, abcdef12]"), Want: []string{"4:29"}},
			{Name: "through an anchor", Src: "x-env: &e\n  API_TOKEN: abcdef99\n" + app("    environment:\n      <<: *e"), Want: []string{"2:14"}},
			{Name: "build arguments", Src: app("    build:\n      args: {NPM_TOKEN: abcdef99}"), Want: []string{"5:25"}},
		},
		"CO002": {
			{Name: "variable with a default", Src: "services:\n  a:\n    image: x:${TAG:-latest}\n", Want: []string{"3:12"}},
			{Name: "variable that must be set", Src: "services:\n  a:\n    image: x:${TAG:?}\n"},
			{Name: "whole image from a variable", Src: "services:\n  a:\n    image: ${IMAGE}\n"},
			{Name: "built here", Src: "services:\n  a:\n    build: .\n    image: x\n"},
			{Name: "registry with a port", Src: "services:\n  a:\n    image: r:5000/x\n", Want: []string{"3:12"}},
			{Name: "digest", Src: "services:\n  a:\n    image: x@sha256:aa\n"},
		},
		"CO003": {
			{Name: "an image that may check itself", Src: app("")},
			{Name: "the Dockerfile checks", Src: "services:\n  a:\n    build: .\n    ports: [\"80:80\"]\n-- Dockerfile --\nFROM a:1\nHEALTHCHECK CMD [\"x\"]\n"},
			{Name: "waited for and built without a check", Src: "services:\n  a:\n    image: a:1\n    depends_on: {b: {condition: service_healthy}}\n  b:\n    build: .\n-- Dockerfile --\nFROM a:1\n", Want: []string{"docker-compose.yml:4:33 waits"}},
			{Name: "overlay", Src: "services:\n  db:\n    restart: always\n"},
		},
		"CO004": {
			{Name: "no check, no wait", Src: app("    depends_on: [db]\n  db:\n    image: postgres:17")},
			{Name: "flow list", Src: app("    depends_on: [db]\n" + healthyDB), Want: []string{"4:18"}},
			{Name: "started on purpose", Src: app("    depends_on: {db: {condition: service_started}}\n" + healthyDB)},
		},
		"CO005": {
			{Name: "old form", Src: app("    mem_limit: 1g")},
			{Name: "development by source mount", Src: "services:\n  a:\n    build: .\n    volumes: [\"./src:/app/src\"]\n"},
			{Name: "overlay", Src: "services:\n  a:\n    restart: always\n"},
			{Name: "merged from an anchor", Src: "x-l: &l\n  mem_limit: 1g\nservices:\n  a:\n    <<: *l\n    image: x:1\n"},
		},
		"CO006": {{Name: "false", Src: app("    privileged: false")}},
		"CO007": {
			{Name: "long form", Src: app("    volumes:\n      - {type: bind, source: /var/run/docker.sock, target: /s}"), Want: []string{"5:9"}},
			{Name: "another socket", Src: app("    volumes: [\"/run/x.sock:/s\"]")},
		},
		"CO008": {{Name: "of a service", Src: app("    network_mode: service:db\n    pid: host"), Want: []string{"5:5"}}},
		"CO009": {
			{Name: "dangerous", Src: app("    cap_drop: [ALL]\n    cap_add: [SYS_ADMIN]"), Want: []string{"5:15"}},
			{Name: "drop in small letters", Src: app("    cap_drop: [all]\n    cap_add: [CHOWN]")},
		},
		"CO010": {
			{Name: "with equals sign", Src: app("    security_opt: [\"no-new-privileges=true\"]")},
			{Name: "switched off", Src: app("    security_opt: [\"no-new-privileges:false\"]"), Want: []string{"2:3"}},
		},
		"CO012": {
			{Name: "loopback in long form", Src: "services:\n  db:\n    image: redis:8\n    ports:\n      - {target: 6379, published: 6379, host_ip: 127.0.0.1}\n"},
			{Name: "all interfaces by name", Src: "services:\n  db:\n    image: redis:8\n    ports: [\"0.0.0.0:6379:6379\"]\n", Want: []string{"4:13"}},
			{Name: "a web server may", Src: "services:\n  db:\n    image: nginx:1\n    ports: [\"80:80\"]\n"},
			{Name: "a bound variable", Src: "services:\n  db:\n    image: redis:8\n    ports: [\"${IP:?}:6379:6379\"]\n"},
		},
		"CO014": {
			{Name: "high ports need no quotes", Src: app("    ports:\n      - 8080:8080")},
			{Name: "one port twice", Src: "services:\n  a:\n    image: x:1\n    ports: [\"80:80\"]\n  b:\n    image: x:1\n    ports: [\"80:81\"]\n", Want: []string{"7:13 line 4"}},
			{Name: "other address, other protocol", Src: "services:\n  a:\n    image: x:1\n    ports: [\"127.0.0.1:53:53\", \"53:53/udp\", \"53:53\"]\n"},
			{Name: "profiles exclude each other", Src: "services:\n  a:\n    image: x:1\n    profiles: [p]\n    ports: [\"80:80\"]\n  b:\n    image: x:1\n    ports: [\"80:81\"]\n"},
			{Name: "one name twice", Src: "services:\n  a:\n    image: x:1\n    container_name: c\n  b:\n    image: x:1\n    container_name: c\n", Want: []string{"7:21"}},
		},
		"CO015": {{Name: "a profile of its own", Src: app("    security_opt: [\"seccomp:./p.json\"]")}},
		"CO016": {
			{Name: "extension fields", Src: "x-a: 1\n" + app("    x-b: 2")},
			{Name: "wrong type", Src: app("    ports: 80"), Want: []string{"4:12"}},
			{Name: "misspelt deep key", Src: app("    healthcheck:\n      intervall: 5s"), Want: []string{"5:7 intervall"}},
			{Name: "unknown service", Src: app("    depends_on: [db]"), Want: []string{"4:18"}},
			{Name: "undeclared volume", Src: app("    volumes: [\"data:/d\"]"), Want: []string{"4:15"}},
			{Name: "path, variable and anonymous volume", Src: app("    volumes: [\"./d:/d\", \"${D}:/e\", /f]")},
			{Name: "undeclared secret in long form", Src: app("    secrets:\n      - source: s\n        target: t"), Want: []string{"5:9"}},
			{Name: "include may declare it", Src: "include: [o.yml]\n" + app("    depends_on: [db]")},
			{Name: "overlay", Src: "-- docker-compose.yml --\nservices:\n  db: {image: \"a:1\"}\n  app: {image: \"a:1\"}\n-- docker-compose.prod.yml --\nservices:\n  app: {restart: always}\n  new: {image: \"a:1\", depends_on: [db]}\n"},
			{Name: "reset tag", Src: app("    ports: !reset []")},
			{Name: "variables in typed places", Src: app("    mem_limit: ${M}\n    read_only: ${R:-true}\n    healthcheck: {test: x, retries: 3}")},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}

func TestOverrideFilesAreNotHeldToProduction(t *testing.T) {
	for _, name := range []string{"docker-compose.override.yml", "docker-compose.dev.yml", "compose.test.yaml"} {
		for _, id := range []string{"CO005", "CO010", "CO011"} {
			r := byID(t, id)
			if fs := ruletest.Of(t, []rule.Rule{r}, r, map[string]string{name: app("")}); len(fs) > 0 {
				t.Errorf("%s in %s: %s", id, name, fs[0].Message)
			}
		}
	}
}
