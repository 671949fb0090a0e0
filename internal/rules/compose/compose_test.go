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
			{"list form", app("    environment:\n      - DB_PASSWORD=hunter2\n      - MODE=x"), []string{"5:9"}},
			{"variable that must be set", app("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?}"), nil},
			{"variable with a default", app("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-hunter2}"), []string{"5:20 default"}},
			{"passed through", app("    environment: [DB_PASSWORD]"), nil},
			{"address", app("    environment:\n      DATABASE_URL: postgres://app:hunter2@db/x"), []string{"5:36"}},
			{"address with variables", app("    environment:\n      DATABASE_URL: postgres://app:${PW}@db/x"), nil},
			{"command", app("    command: [redis-server, --requirepass-secret, abcdef12]"), []string{"4:29"}},
			{"through an anchor", "x-env: &e\n  API_TOKEN: abcdef99\n" + app("    environment:\n      <<: *e"), []string{"2:14"}},
			{"build arguments", app("    build:\n      args: {NPM_TOKEN: abcdef99}"), []string{"5:25"}},
		},
		"CO002": {
			{"variable with a default", "services:\n  a:\n    image: x:${TAG:-latest}\n", []string{"3:12"}},
			{"variable that must be set", "services:\n  a:\n    image: x:${TAG:?}\n", nil},
			{"whole image from a variable", "services:\n  a:\n    image: ${IMAGE}\n", nil},
			{"built here", "services:\n  a:\n    build: .\n    image: x\n", nil},
			{"registry with a port", "services:\n  a:\n    image: r:5000/x\n", []string{"3:12"}},
			{"digest", "services:\n  a:\n    image: x@sha256:aa\n", nil},
		},
		"CO003": {
			{"an image that may check itself", app(""), nil},
			{"the Dockerfile checks", "services:\n  a:\n    build: .\n    ports: [\"80:80\"]\n-- Dockerfile --\nFROM a:1\nHEALTHCHECK CMD [\"x\"]\n", nil},
			{"waited for and built without a check", "services:\n  a:\n    image: a:1\n    depends_on: {b: {condition: service_healthy}}\n  b:\n    build: .\n-- Dockerfile --\nFROM a:1\n", []string{"docker-compose.yml:4:33 waits"}},
			{"overlay", "services:\n  db:\n    restart: always\n", nil},
		},
		"CO004": {
			{"no check, no wait", app("    depends_on: [db]\n  db:\n    image: postgres:17"), nil},
			{"flow list", app("    depends_on: [db]\n" + healthyDB), []string{"4:18"}},
			{"started on purpose", app("    depends_on: {db: {condition: service_started}}\n" + healthyDB), nil},
		},
		"CO005": {
			{"old form", app("    mem_limit: 1g"), nil},
			{"development by source mount", "services:\n  a:\n    build: .\n    volumes: [\"./src:/app/src\"]\n", nil},
			{"overlay", "services:\n  a:\n    restart: always\n", nil},
			{"merged from an anchor", "x-l: &l\n  mem_limit: 1g\nservices:\n  a:\n    <<: *l\n    image: x:1\n", nil},
		},
		"CO006": {{"false", app("    privileged: false"), nil}},
		"CO007": {
			{"long form", app("    volumes:\n      - {type: bind, source: /var/run/docker.sock, target: /s}"), []string{"5:9"}},
			{"another socket", app("    volumes: [\"/run/x.sock:/s\"]"), nil},
		},
		"CO008": {{"of a service", app("    network_mode: service:db\n    pid: host"), []string{"5:5"}}},
		"CO009": {
			{"dangerous", app("    cap_drop: [ALL]\n    cap_add: [SYS_ADMIN]"), []string{"5:15"}},
			{"drop in small letters", app("    cap_drop: [all]\n    cap_add: [CHOWN]"), nil},
		},
		"CO010": {
			{"with equals sign", app("    security_opt: [\"no-new-privileges=true\"]"), nil},
			{"switched off", app("    security_opt: [\"no-new-privileges:false\"]"), []string{"2:3"}},
		},
		"CO012": {
			{"loopback in long form", "services:\n  db:\n    image: redis:8\n    ports:\n      - {target: 6379, published: 6379, host_ip: 127.0.0.1}\n", nil},
			{"all interfaces by name", "services:\n  db:\n    image: redis:8\n    ports: [\"0.0.0.0:6379:6379\"]\n", []string{"4:13"}},
			{"a web server may", "services:\n  db:\n    image: nginx:1\n    ports: [\"80:80\"]\n", nil},
			{"a bound variable", "services:\n  db:\n    image: redis:8\n    ports: [\"${IP:?}:6379:6379\"]\n", nil},
		},
		"CO014": {
			{"high ports need no quotes", app("    ports:\n      - 8080:8080"), nil},
			{"one port twice", "services:\n  a:\n    image: x:1\n    ports: [\"80:80\"]\n  b:\n    image: x:1\n    ports: [\"80:81\"]\n", []string{"7:13 line 4"}},
			{"other address, other protocol", "services:\n  a:\n    image: x:1\n    ports: [\"127.0.0.1:53:53\", \"53:53/udp\", \"53:53\"]\n", nil},
			{"profiles exclude each other", "services:\n  a:\n    image: x:1\n    profiles: [p]\n    ports: [\"80:80\"]\n  b:\n    image: x:1\n    ports: [\"80:81\"]\n", nil},
			{"one name twice", "services:\n  a:\n    image: x:1\n    container_name: c\n  b:\n    image: x:1\n    container_name: c\n", []string{"7:21"}},
		},
		"CO015": {{"a profile of its own", app("    security_opt: [\"seccomp:./p.json\"]"), nil}},
		"CO016": {
			{"extension fields", "x-a: 1\n" + app("    x-b: 2"), nil},
			{"wrong type", app("    ports: 80"), []string{"4:12"}},
			{"misspelt deep key", app("    healthcheck:\n      intervall: 5s"), []string{"5:7 intervall"}},
			{"unknown service", app("    depends_on: [db]"), []string{"4:18"}},
			{"undeclared volume", app("    volumes: [\"data:/d\"]"), []string{"4:15"}},
			{"path, variable and anonymous volume", app("    volumes: [\"./d:/d\", \"${D}:/e\", /f]"), nil},
			{"undeclared secret in long form", app("    secrets:\n      - source: s\n        target: t"), []string{"5:9"}},
			{"include may declare it", "include: [o.yml]\n" + app("    depends_on: [db]"), nil},
			{"reset tag", app("    ports: !reset []"), nil},
			{"variables in typed places", app("    mem_limit: ${M}\n    read_only: ${R:-true}\n    healthcheck: {test: x, retries: 3}"), nil},
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
