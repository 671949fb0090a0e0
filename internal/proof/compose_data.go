package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func restart(p *prover) Result {
	want := p.claim.Param("policy")
	return p.someStack(func(f *stackFile) Result {
		return p.everyService(f, func(s service) (*yaml.Node, string) {
			n := s.node.Get("restart")
			have, _, _ := strings.Cut(n.Text(), ":")
			switch {
			case n == nil || have == "" || have == "no":
				return nil, "it is not restarted"
			case want != "" && have != want:
				return nil, "its restart policy is " + have
			}
			return n, ""
		})
	})
}

// dataDirs are where the services that everyone knows keep their data.
var dataDirs = map[string][]string{
	"postgres": {"/var/lib/postgresql/data", "/var/lib/postgresql", "/var/lib/postgresql/18/docker"}, "postgis": {"/var/lib/postgresql/data"}, "timescaledb": {"/var/lib/postgresql/data"}, "pgvector": {"/var/lib/postgresql/data", "/var/lib/postgresql"},
	"mysql": {"/var/lib/mysql"}, "mariadb": {"/var/lib/mysql"}, "mongo": {"/data/db"}, "redis": {"/data"}, "valkey": {"/data"}, "rabbitmq": {"/var/lib/rabbitmq"},
	"elasticsearch": {"/usr/share/elasticsearch/data"}, "minio": {"/data"}, "kafka": {"/var/lib/kafka/data", "/bitnami/kafka"},
}

// mount is one entry of a service's volumes.
type mount struct {
	source, target, kind string
	node                 *yaml.Node
}

func (s service) mounts() []mount {
	var out []mount
	for _, n := range s.node.Get("volumes").List() {
		if n.IsMapping() {
			out = append(out, mount{n.Get("source").Text(), n.Get("target").Text(), n.Get("type").Text(), n})
			continue
		}
		parts := strings.Split(defaults(n.Text()), ":")
		m := mount{node: n, kind: "volume"}
		if len(parts) == 1 {
			m.target = parts[0]
		} else {
			m.source, m.target = parts[0], parts[1]
		}
		if strings.HasPrefix(m.source, ".") || strings.HasPrefix(m.source, "/") || strings.HasPrefix(m.source, "~") {
			m.kind = "bind"
		}
		out = append(out, m)
	}
	return out
}

func persistentVolume(p *prover) Result {
	want := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		near := unproven("no service that keeps data", p.at(f.path, f.services[0].line))
		var ev []finding.Evidence
		for _, s := range f.services {
			name, _ := imageParts(s.image())
			if len(want) > 0 && !slices.ContainsFunc(want, s.is) || len(want) == 0 && dataDirs[name] == nil {
				continue
			}
			n, why := persistent(f, s, name)
			if why != "" {
				return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
			}
			ev = append(ev, p.at(f.path, n.Line))
		}
		if len(ev) == 0 {
			return near
		}
		return proven(ev...)
	})
}

func persistent(f *stackFile, s service, image string) (*yaml.Node, string) {
	dirs := dataDirs[image]
	env := environment(s)
	if d := env["PGDATA"]; d != "" {
		dirs = []string{d}
	}
	if len(dirs) == 0 {
		return nil, "it is not known where " + image + " keeps its data"
	}
	for _, t := range s.node.Get("tmpfs").Strings() {
		if slices.Contains(dirs, strings.SplitN(t, ":", 2)[0]) {
			return nil, "its data is in memory: tmpfs"
		}
	}
	for _, m := range s.mounts() {
		at := strings.TrimSuffix(m.target, "/")
		if !slices.ContainsFunc(dirs, func(d string) bool {
			return d == at || strings.HasPrefix(d, at+"/") && at != "" && at != "/var" && at != "/var/lib"
		}) {
			continue
		}
		switch {
		case m.kind != "volume" || m.source == "":
			return nil, "its data is not in a named volume"
		case !f.root.Get("volumes").Has(m.source):
			return nil, "the volume " + m.source + " is not declared"
		}
		return m.node, ""
	}
	return nil, "no volume is mounted where it keeps its data, " + dirs[0]
}

// environment are the variables of a service, from either form.
func environment(s service) map[string]string {
	out := map[string]string{}
	n := s.node.Get("environment")
	for _, e := range n.Entries() {
		out[e.Key.Value] = e.Value.Text()
	}
	for _, l := range n.List() {
		k, v, _ := strings.Cut(l.Text(), "=")
		out[k] = v
	}
	return out
}
