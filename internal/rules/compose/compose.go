// Package compose holds the rules on Compose files.
package compose

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindCompose, Severity: sev, Reviewer: who, Peers: peers}
}

// All are the rules on Compose files.
func All() []rule.Rule {
	return []rule.Rule{
		co001(), co002(), co003(), co004(), co005(), co006(), co007(), co008(), co009(), co010(), co011(), co012(), co013(), co014(), co015(), co016(),
	}
}

// service is one service of a file.
type service struct {
	Name string
	Key  *yaml.Node
	Node *yaml.Node // aliases resolved
}

type servicesKey struct{}

// services are the services of a file, in its order.
func services(s *rule.Source) []service {
	return rule.Shared(s, servicesKey{}, func() []service {
		var out []service
		for _, e := range s.YAML().Root().Get("services").Entries() {
			if n := e.Value.Resolve(); n.IsMapping() {
				out = append(out, service{e.Key.Value, e.Key, n})
			}
		}
		return out
	})
}

// find is the service of a name.
func find(s *rule.Source, name string) (service, bool) {
	for _, sv := range services(s) {
		if sv.Name == name {
			return sv, true
		}
	}
	return service{}, false
}

// at is the place of a node.
func at(p *rule.Pass, n *yaml.Node) finding.Span { return p.Span(n.Start, n.End) }

// partial tells whether the service only adds to one of another file: no image and no build of its own.
func (s service) partial() bool {
	return s.Node.Get("image") == nil && s.Node.Get("build") == nil || s.Node.Has("extends")
}

var develops = regexp.MustCompile(`(?:^|[.\-_])(?:override|dev|develop|development|local|test|testing|ci|e2e|debug)(?:[.\-_]|$)`)

// development tells whether a file is, by its name, not for production.
func development(p *rule.Pass) bool { return develops.MatchString(path.Base(p.Path)) }

// overlay tells whether a file only makes sense on top of another: a base lies beside it, and one of its services
// has neither image nor build.
func overlay(p *rule.Pass) bool {
	for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
		file := path.Join(path.Dir(p.Path), name)
		if file == p.Path || !p.Tree.Has(file) {
			continue
		}
		for _, s := range services(p.Source) {
			if s.partial() && !s.Node.Has("extends") {
				return true
			}
		}
	}
	return false
}

// shipped are the services that run as they stand here: rules on what is missing look at these only.
func shipped(p *rule.Pass) []service {
	if development(p) {
		return nil
	}
	var out []service
	for _, s := range services(p.Source) {
		if !s.partial() && !runsFromSource(s) {
			out = append(out, s)
		}
	}
	return out
}

// runsFromSource tells whether a service is one for development: it is built here and its source is mounted into it.
func runsFromSource(s service) bool {
	if s.Node.Get("build") == nil {
		return false
	}
	if s.Node.Get("develop") != nil || devTarget.MatchString(s.Node.Get("build", "target").Text()) {
		return true
	}
	for _, m := range mounts(s) {
		if strings.HasPrefix(m.source, ".") && !m.readOnly && m.target != "" && !strings.HasSuffix(m.source, ".conf") && path.Ext(path.Clean("/"+m.source)) == "" {
			return true
		}
	}
	return false
}

var devTarget = regexp.MustCompile(`(?:^|[-_])(?:dev|devel|develop|development|debug|test)(?:$|[-_])`)

// mount is one entry of a service's volumes.
type mount struct {
	node           *yaml.Node
	source, target string
	readOnly       bool
}

func mounts(s service) []mount {
	var out []mount
	for _, v := range s.Node.Get("volumes").List() {
		if v.IsMapping() {
			out = append(out, mount{v, v.Get("source").Text(), v.Get("target").Text(), v.Get("read_only").IsTrue()})
			continue
		}
		parts := splitShort(v.Text())
		m := mount{node: v, target: parts[0]}
		if len(parts) > 1 {
			m.source, m.target = parts[0], parts[1]
		}
		m.readOnly = len(parts) > 2 && strings.Contains(parts[2], "ro")
		out = append(out, m)
	}
	return out
}

// splitShort splits a short volume or port at colons outside of ${…}.
func splitShort(s string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_]\w*)(?::?([-?+])([^{}]*))?\}|\$([A-Za-z_]\w*)`)

// expand fills in the defaults of variables; known is false when one has none.
func expand(s string) (out string, known bool) {
	known = true
	out = variable.ReplaceAllStringFunc(s, func(v string) string {
		m := variable.FindStringSubmatch(v)
		if m[2] == "-" {
			return m[3]
		}
		known = false
		return v
	})
	return out, known
}

// image is an image name taken apart.
type image struct{ name, tag, digest string }

func splitImage(ref string) image {
	var im image
	ref, im.digest, _ = strings.Cut(ref, "@")
	im.name = ref
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		im.name, im.tag = ref[:i], ref[i+1:]
	}
	return im
}

var datastores = regexp.MustCompile(`(?:^|/)(?:postgres|postgis|postgresql|timescaledb|pgvector|mysql|mariadb|percona|mongo|mongodb|redis|valkey|keydb|dragonfly|memcached|rabbitmq|elasticsearch|opensearch|clickhouse-server|clickhouse|cassandra|scylla|couchdb|neo4j|influxdb|minio|etcd|consul|zookeeper|kafka|cp-kafka|nats)$`)

// datastore tells whether a service is a database, a cache or a queue, by its image.
func datastore(s service) bool {
	ref, _ := expand(s.Node.Get("image").Text())
	return s.Node.Get("build") == nil && datastores.MatchString(splitImage(ref).name)
}

// insert is a fix that adds lines to a service, right behind its name, indented as its other keys.
func insert(p *rule.Pass, s service, title string, lines ...string) []finding.Fix {
	n := s.Node
	if len(n.Pairs) == 0 || n.Style != yaml.Block || n.Start < s.Key.End {
		return nil // in one line, or an anchor's
	}
	indent := strings.Repeat(" ", n.Column-1)
	at := n.Pairs[len(n.Pairs)-1].Value.End
	if k := n.Pairs[len(n.Pairs)-1].Key; at < k.End {
		at = k.End
	}
	for at < len(p.Bytes) && p.Bytes[at] != '\n' {
		at++ // behind a comment on that line
	}
	text := ""
	for _, l := range lines {
		text += "\n" + indent + l
	}
	return []finding.Fix{p.Replace(title, at, at, text)}
}

// unsafe marks a fix that may change how the service behaves.
func unsafe(fixes []finding.Fix) []finding.Fix {
	for i := range fixes {
		fixes[i].Safe = false
	}
	return fixes
}
