package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// builder makes a project from a request.
type builder struct {
	r      *artifact.Request
	parts  []artifact.Part
	stores []store
	// appNames are the service names of parts, in order.
	appNames []string
	p        *project
	names    names
	ports    hostPorts
	// suggested are Dockerfiles that a development stack builds and nobody has written yet.
	suggested []artifact.File
}

// newProject works out the services of the file at r.Path.
func newProject(r *artifact.Request) (*builder, error) {
	b := &builder{r: r, p: &project{path: r.Path, dev: !isProduction(r.Path)}, names: names{}, ports: hostPorts{}}
	b.parts = b.choose()
	for i, p := range b.parts {
		b.parts[i] = b.withClaims(p)
		b.appNames = append(b.appNames, b.names.take(p.Name, "app")) // before the stores: programs keep their names
	}
	if err := b.chooseStores(); err != nil {
		return nil, err
	}
	if len(b.parts) == 0 && len(b.stores) == 0 {
		return nil, &artifact.Refusal{Reason: nothingToRun(r)}
	}
	for i, p := range b.parts {
		if err := b.addApp(p, b.appNames[i]); err != nil {
			return nil, err
		}
	}
	for _, s := range b.stores {
		b.addStore(s)
	}
	b.addNetworks()
	if err := b.applyClaims(); err != nil {
		return nil, err
	}
	b.nameProject()
	b.writeHeader()
	return b, nil
}

// choose takes the components that keep running: those below the file's folder where there are some, else all.
// A repository that only has command-line programs gets those.
func (b *builder) choose() []artifact.Part {
	var below, all, tools []artifact.Part
	for _, p := range b.r.Parts() {
		switch {
		case runnable(p):
			all = append(all, p)
			if artifact.Inside(p.Path, b.r.Dir()) {
				below = append(below, p)
			}
		case p.Kind == stack.KindCLI:
			tools = append(tools, p)
		}
	}
	if len(below) > 0 {
		all = below
	}
	for _, p := range tools {
		if len(all) > 0 {
			b.note("%s (%s) is a command-line program: it does not keep running, so it is no service here", p.Name, p.Path)
		}
	}
	return all
}

// withClaims gives a component the image that its Dockerfile will have when the same task writes both.
func (b *builder) withClaims(p artifact.Part) artifact.Part {
	if !slices.ContainsFunc(b.r.Siblings, func(f string) bool { return repo.KindOf(f, nil) == repo.KindDockerfile }) {
		return p
	}
	im, err := dockerfile.Image(b.r, p)
	if err != nil {
		return p // the Dockerfile's own artifact says why
	}
	recipe := *p.Recipe
	recipe.Image = im
	p.Recipe = &recipe
	return p
}

// chooseStores takes the servers that the chosen components need, and those that a criterion names beside them.
func (b *builder) chooseStores() error {
	for _, p := range b.sources() {
		for _, f := range p.Services {
			if err := b.addStoreNamed(f.Value, ""); err != nil {
				b.note("%s needs %s (%s:%d), which AutoGit's catalogue does not have: add it by hand", p.Name, f.Value, f.Evidence.File, f.Evidence.Line)
			}
		}
	}
	for _, c := range criterion.Find(b.r.Claims, criterion.HasService) {
		if b.isProgram(c.Param("name")) {
			continue
		}
		if err := b.addStoreNamed(c.Param("name"), c.Param("version")); err != nil {
			return err
		}
	}
	for _, p := range b.parts {
		for _, f := range p.OptionalServices {
			if b.storeFor(f.Value) == nil {
				b.note("%s can use %s but does not need it: it is left out; a criterion such as \"with %s\" puts it in", p.Name, f.Value, f.Value)
			}
		}
	}
	return nil
}

// sources are the components whose services count: the chosen ones, or all when nothing runs, for a stack of servers alone.
func (b *builder) sources() []artifact.Part {
	if len(b.parts) > 0 {
		return b.parts
	}
	return b.r.Parts()
}

// isProgram tells whether a criterion's service is one of the repository's own programs.
func (b *builder) isProgram(name string) bool {
	name = artifact.Slug(name)
	for _, p := range b.parts {
		if name == artifact.Slug(p.Name) || p.Path != "." && name == artifact.Slug(path.Base(p.Path)) || name == "worker" && len(p.Workers) > 0 {
			return true
		}
	}
	return slices.Contains([]string{"app", "application", "api", "backend", "service", "server", "web"}, name) && len(b.parts) == 1
}

// aliases are the words of criteria for services of the catalogue.
var aliases = map[string]string{"postgresql": "postgres", "pg": "postgres", "mongo": "mongodb", "rabbit": "rabbitmq", "elastic": "elasticsearch"}

func (b *builder) addStoreNamed(name, version string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	if a := aliases[name]; a != "" {
		name = a
	}
	s, ok := stack.ServiceAt(name, version)
	if !ok {
		return &artifact.Refusal{Reason: fmt.Sprintf("%s: a service %q is asked for, and AutoGit knows none of that name; it knows %s",
			b.r.Path, strings.TrimSpace(name+" "+version), strings.Join(stack.ServiceNames(), ", "))}
	}
	if have := b.storeFor(name); have != nil {
		if version != "" {
			have.Service = s
		}
		return nil
	}
	b.stores = append(b.stores, newStore(s, b.names.take(name, "store")))
	return nil
}

func (b *builder) storeFor(name string) *store {
	for i := range b.stores {
		if b.stores[i].Name == name {
			return &b.stores[i]
		}
	}
	return nil
}

// storesOf are the stores that a component waits for: those it needs, those it can use, and those that nobody asked for by survey.
func (b *builder) storesOf(p artifact.Part) []store {
	var out []store
	for _, s := range b.stores {
		if stack.HasValue(p.Services, s.Name) || stack.HasValue(p.OptionalServices, s.Name) || !b.surveyed(s.Name) {
			out = append(out, s)
		}
	}
	return out
}

func (b *builder) surveyed(name string) bool {
	return slices.ContainsFunc(b.parts, func(p artifact.Part) bool {
		return stack.HasValue(p.Services, name) || stack.HasValue(p.OptionalServices, name)
	})
}

// addNetworks keeps the stores away from the outside: programs are on both networks, stores only on the inner one.
func (b *builder) addNetworks() {
	outer, inner, asked := "frontend", "backend", false
	for _, c := range criterion.Find(b.r.Claims, criterion.SeparateNetworks) {
		asked = true
		if list := c.List("names"); len(list) >= 2 {
			outer, inner = networkName(list[0], outer), networkName(list[1], inner)
		}
	}
	if len(b.stores) == 0 && !asked {
		return
	}
	b.p.networks = []network{
		{name: outer, why: "The way in and out, for the repository's own programs."},
		{name: inner, why: "No way out: who is only here can be reached, and can reach, nothing but its neighbours.", internal: true},
	}
	for _, s := range b.p.services {
		if s.app {
			s.networks = []string{outer, inner}
		} else {
			s.networks = []string{inner}
		}
	}
}

func networkName(s, fallback string) string {
	if s = artifact.Slug(s); s != "" {
		return s
	}
	return fallback
}

// nameProject gives the stack a name of its own: without one, development and production on one machine would share volumes.
func (b *builder) nameProject() {
	name := "app"
	if n := len(b.appNames); n > 0 {
		name = strings.Join(b.appNames[:min(n, 3)], "-")
	} else if len(b.r.Parts()) > 0 {
		name = names{}.take(b.r.Parts()[0].Name, "app")
	}
	if b.p.dev {
		name += "-dev"
	}
	b.p.name = name
}

func (b *builder) note(format string, args ...any) {
	b.p.notes = append(b.p.notes, fmt.Sprintf(format, args...))
}

func nothingToRun(r *artifact.Request) string {
	var found []string
	for _, p := range r.Parts() {
		found = append(found, fmt.Sprintf("%s (%s, %s)", p.Path, p.Stack, p.Kind))
	}
	if len(found) == 0 {
		return r.Path + ": the survey found no component that AutoGit knows, so there is no service to write; `autogit survey` shows what was looked for"
	}
	return fmt.Sprintf("%s: nothing in this repository keeps running and it needs no server, so a Compose file would be empty; found: %s",
		r.Path, strings.Join(found, ", "))
}
