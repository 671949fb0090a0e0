package proof

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// stackFile is a Compose file.
type stackFile struct {
	path     string
	root     *yaml.Node
	services []service
}

// service is one service of a Compose file.
type service struct {
	name string
	node *yaml.Node
	line int
}

func (s service) image() string { return defaults(s.node.Get("image").Text()) }

// app: a service that the repository builds, or whose image is no server that everyone knows.
func (s service) app() bool {
	if s.node.Has("build") {
		return true
	}
	name, _ := imageParts(s.image())
	for _, images := range serviceImages {
		if slices.Contains(images, name) {
			return false
		}
	}
	return !slices.Contains([]string{"zookeeper", "mailhog", "mailpit", "adminer", "pgadmin4", "prometheus", "grafana", "loki", "busybox", "localstack"}, name)
}

// is tells whether a service is what a criterion calls it: by its own name, or by its image.
func (s service) is(what string) bool {
	name, _ := imageParts(s.image())
	if isService(name, what) {
		return true
	}
	if what == "database" && (s.name == "db" || s.name == "database") && !s.node.Has("build") {
		return true
	}
	return s.name == what && !s.app()
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-?+])?([^}]*)\}`)

// defaults fills in the defaults of ${NAME:-default}.
func defaults(s string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string {
		p := variable.FindStringSubmatch(m)
		if strings.HasSuffix(p[2], "-") {
			return p[3]
		}
		return m
	})
}

func (p *prover) stackFiles() []*stackFile {
	var out []*stackFile
	for _, f := range p.of(repo.KindCompose) {
		if s, err := p.stackFile(f); err != nil {
			p.bad = append(p.bad, err.Error())
		} else {
			out = append(out, s)
		}
	}
	return out
}

func (p *prover) stackFile(file string) (*stackFile, error) {
	b, err := p.in.Tree.Read(file)
	if err != nil {
		return nil, err
	}
	f, err := yaml.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := &stackFile{path: file, root: f.Root()}
	for _, e := range s.root.Get("services").Entries() {
		s.services = append(s.services, service{e.Key.Value, e.Value.Resolve(), e.Key.Line})
	}
	if len(s.services) == 0 {
		return nil, fmt.Errorf("%s has no services", file)
	}
	return s, nil
}

// someStack is for claims that one Compose file must satisfy; everyStack for those that all must.
func (p *prover) someStack(check func(*stackFile) Result) Result {
	files := p.stackFiles()
	near := unproven("there is no Compose file to look at")
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	for i, f := range files {
		r := check(f)
		if r.Status == Proven {
			return r
		}
		if i == 0 || r.Status == Contradicted {
			near = r
		}
	}
	return near
}

func (p *prover) everyStack(check func(*stackFile) Result) Result {
	files := p.stackFiles()
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	out := Result{Status: Proven}
	for _, f := range files {
		r := check(f)
		if r.Status != Proven {
			return r
		}
		out.Evidence = append(out.Evidence, r.Evidence...)
	}
	if len(files) == 0 {
		return unproven("there is no Compose file to look at")
	}
	return out
}

// everyService holds a property against all services of a file. good is the node that shows it; nil is a failure with why.
func (p *prover) everyService(f *stackFile, check func(service) (good *yaml.Node, why string)) Result {
	var ev []finding.Evidence
	for _, s := range f.services {
		n, why := check(s)
		if n == nil {
			return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
		}
		ev = append(ev, p.at(f.path, n.Line))
	}
	return proven(ev...)
}

func waitsHealthy(p *prover) Result {
	want := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		found := map[string]bool{}
		for _, s := range f.services {
			if !s.app() {
				continue
			}
			deps := s.node.Get("depends_on")
			for _, t := range f.services {
				if t.app() && len(want) == 0 || len(want) > 0 && !slices.ContainsFunc(want, t.is) {
					continue
				}
				if !slices.Contains(append(deps.Keys(), deps.Strings()...), t.name) {
					continue
				}
				cond := deps.Get(t.name, "condition")
				if cond.Text() != "service_healthy" {
					return unproven(fmt.Sprintf("service %s does not wait until %s is healthy", s.name, t.name), p.at(f.path, deps.Line))
				}
				if why := p.checkOf(f, t); why != "" {
					return unproven(fmt.Sprintf("service %s: %s", t.name, why), p.at(f.path, t.line))
				}
				ev = append(ev, p.at(f.path, cond.Line))
				for _, w := range want {
					found[w] = found[w] || t.is(w)
				}
			}
		}
		for _, w := range want {
			if !found[w] {
				return unproven("no service waits for a healthy "+w, p.at(f.path, f.services[0].line))
			}
		}
		if len(ev) == 0 {
			return unproven("no service waits until another is healthy", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

// checkOf says why a service has no health check that can fail; the image's own counts when it is built here.
func (p *prover) checkOf(f *stackFile, s service) string {
	h := s.node.Get("healthcheck")
	if h == nil {
		if im := p.built(f, s); im != nil {
			if in := im.target(s).Last("HEALTHCHECK"); in != nil && len(in.Command()) > 0 {
				return emptyCheck(im.commands(in), strings.Join(in.Command(), " "))
			}
		}
		return "it has no health check"
	}
	if h.Get("disable").IsTrue() {
		return "its health check is switched off"
	}
	words := h.Get("test").Strings()
	if h.Get("test").IsScalar() {
		words = []string{"CMD-SHELL", h.Get("test").Text()}
	}
	if len(words) < 2 || words[0] == "NONE" {
		return "its health check asks nothing"
	}
	return emptyCheck(testCommands(words), strings.Join(words[1:], " "))
}

func testCommands(words []string) []pipeline.Command {
	if words[0] == "CMD-SHELL" {
		return pipeline.Commands(repo.Memory(nil), "", 1, ".", strings.ReplaceAll(words[1], "$$", "$"), false)
	}
	quoted := make([]string, 0, len(words))
	for _, w := range words[1:] {
		quoted = append(quoted, "'"+strings.ReplaceAll(w, "'", `'\''`)+"'")
	}
	return pipeline.Commands(repo.Memory(nil), "", 1, ".", strings.Join(quoted, " "), false)
}

// built is the Dockerfile that a service builds; nil when it builds none that is here.
func (p *prover) built(f *stackFile, s service) *image {
	b := s.node.Get("build")
	if b == nil {
		return nil
	}
	dir, file := b.Text(), "Dockerfile"
	if b.IsMapping() {
		dir = b.Get("context").Text()
		if d := b.Get("dockerfile").Text(); d != "" {
			file = d
		}
	}
	full := path.Join(path.Dir(f.path), dir, file)
	if strings.HasPrefix(full, "../") || !p.in.Tree.Has(full) {
		return nil
	}
	q := &prover{in: p.in}
	return q.dockerfile(full)
}

func healthServices(p *prover) Result {
	want := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			switch {
			case len(want) > 0 && !slices.ContainsFunc(want, s.is):
				continue
			case len(want) == 0 && p.claim.Param("each") == "" && !s.app() && hasApp(f):
				continue
			}
			if why := p.checkOf(f, s); why != "" {
				return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
			}
			if why := p.healthFits(f, s); why != "" {
				return unproven(fmt.Sprintf("service %s: %s", s.name, why), p.at(f.path, s.line))
			}
			if h := s.node.Get("healthcheck"); h != nil {
				ev = append(ev, p.at(f.path, h.Line))
			} else {
				ev = append(ev, p.at(f.path, s.line))
			}
		}
		if len(ev) == 0 {
			return unproven("no service has a health check", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

func hasApp(f *stackFile) bool {
	return slices.ContainsFunc(f.services, service.app)
}

func (p *prover) healthFits(f *stackFile, s service) string {
	h := s.node.Get("healthcheck")
	text, interval := strings.Join(h.Get("test").Strings(), " "), h.Get("interval").Text()
	if h.Get("test") == nil {
		if im := p.built(f, s); im != nil {
			if in := im.target(s).Last("HEALTHCHECK"); in != nil {
				text = strings.Join(in.Command(), " ")
				if interval == "" {
					interval, _ = in.Flag("interval")
				}
			}
		}
	}
	if interval == "" {
		interval = "30s"
	}
	if want := p.claim.Param("path"); want != "" && !asks(text, want) {
		return "its health check does not ask " + want
	}
	if want := p.claim.Param("interval"); want != "" && seconds(interval) != seconds(want) {
		return "the interval is " + interval
	}
	if s.app() {
		return p.asksNoRoute(text)
	}
	return ""
}

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
