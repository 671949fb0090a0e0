package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
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
	if len(f.Duplicates) > 0 {
		d := f.Duplicates[0].Second
		return nil, fmt.Errorf("%s: line %d: the key %q is given twice", file, d.Line, d.Value)
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
