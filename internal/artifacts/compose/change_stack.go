package compose

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// persist gives stores a named volume for their data.
func (p *patch) persist(c criterion.Claim) {
	found := false
	for _, e := range p.services {
		s, ok := stack.ServiceFor(e.store)
		if !ok || s.DataDir == "" || !e.means(c.Param("service")) || !isBlock(e.node) {
			continue
		}
		found = true
		if kept(e.node.Get("volumes"), s.DataDir) {
			continue
		}
		name := artifact.Slug(e.name) + "-data"
		p.listItem(e, "volumes", name+":"+dataDir(e, s), func() { e.add.volumes = []string{name + ":" + dataDir(e, s)} })
		p.project.addVolume(volume{name: name})
	}
	if !found {
		p.cannot("no service of this file is a store that AutoGit knows: name the volume and its folder by hand")
	}
}

// dataDir is where this version of a store keeps its data.
func dataDir(e *entity, s stack.Service) string {
	_, tag, _ := strings.Cut(e.node.Get("image").Text(), ":")
	major, _, _ := strings.Cut(strings.SplitN(tag, "-", 2)[0], ".")
	if at, ok := stack.ServiceAt(e.store, major); ok && major != "" {
		return at.DataDir
	}
	return s.DataDir
}

// kept tells whether a volume is mounted at or above a folder.
func kept(volumes *yaml.Node, dir string) bool {
	for _, v := range volumes.List() {
		target := v.Get("target").Text()
		if v.IsScalar() {
			if parts := strings.Split(v.Text(), ":"); len(parts) >= 2 {
				target = parts[1]
			}
		}
		if target != "" && (target == dir || strings.HasPrefix(dir, strings.TrimSuffix(target, "/")+"/")) {
			return true
		}
	}
	return false
}

// onlyApp takes the published ports of stores away: who is in the same network needs none.
func (p *patch) onlyApp(criterion.Claim) {
	for _, e := range p.services {
		if e.store == "" {
			continue
		}
		if k, v := own(e.node, "ports"); k != nil && len(e.node.Pairs) > 1 && isBlock(e.node) {
			p.remove(k, v)
			p.note("%s is no longer published on the host; `docker compose exec %s` still reaches it", e.name, e.name)
		} else if e.node.Get("ports") != nil {
			p.cannot("ports of service %s come from an anchor: take them out there", e.name)
		}
	}
}

// separate puts programs on both networks and stores on the inner one.
func (p *patch) separate(c criterion.Claim) {
	outer, inner := "frontend", "backend"
	if list := c.List("names"); len(list) >= 2 {
		outer, inner = networkName(list[0], outer), networkName(list[1], inner)
	}
	if p.separated(outer, inner) {
		return
	}
	for _, e := range p.services {
		if e.node.Get("networks") != nil || e.node.Get("network_mode") != nil {
			p.cannot("service %s already says which networks it is on: only who knows why can move it", e.name)
			return
		}
		if !isBlock(e.node) {
			p.cannot("service %s is not written as a block of its own lines: write it out, then ask again", e.name)
			return
		}
	}
	for _, e := range p.services {
		e.add.networks = []string{outer, inner}
		if e.store != "" {
			e.add.networks = []string{inner}
		}
	}
	p.project.networks = []network{{name: outer}, {name: inner, internal: true}}
}

// separated tells whether every service is on its networks already.
func (p *patch) separated(outer, inner string) bool {
	for _, e := range p.services {
		n := e.node.Get("networks")
		has := func(name string) bool { return n.Has(name) || slices.Contains(n.Strings(), name) }
		if !has(inner) || (e.store == "") != has(outer) {
			return false
		}
	}
	return true
}

// newService adds a store of the catalogue, and lets the programs wait for it.
func (p *patch) newService(c criterion.Claim) {
	name := strings.ToLower(strings.TrimSpace(c.Param("name")))
	if a := aliases[name]; a != "" {
		name = a
	}
	for _, e := range p.services {
		if e.name == name || e.store == name {
			return
		}
	}
	s, ok := stack.ServiceAt(name, c.Param("version"))
	if !ok {
		p.cannot("a service %q is asked for, and AutoGit knows none of that name; it knows %s", name, strings.Join(stack.ServiceNames(), ", "))
		return
	}
	sub := *p.r
	sub.Claims = p.r.Unproven
	st := newStore(s, name)
	b := &builder{r: &sub, p: &project{path: p.r.Path, dev: p.project.dev}, stores: []store{st}}
	b.addStore(st)
	b.shape()
	fresh := b.p.services[0]
	if inner := p.innerNetwork(); inner != "" {
		fresh.networks = []string{inner}
	}
	p.project.take(b.p)
	p.newcomer = append(p.newcomer, fresh)
	for _, e := range p.services {
		if e.store == "" && (e.app || p.programs() == 1) {
			e.waitsFor(name)
		}
	}
}

// shape applies the claims that a new service can meet by itself; what it cannot, the others of the file could not either.
func (b *builder) shape() {
	for _, c := range b.r.Claims {
		if apply := appliers[c.Name]; apply != nil && !c.Not && c.Name != criterion.HealthCheck {
			_ = apply(b, c) // a claim that nobody can meet is told where it is met for the file's own services
		}
	}
}

// innerNetwork is the network that the stores of the file are on.
func (p *patch) innerNetwork() string {
	for _, e := range p.services {
		if e.store != "" {
			if n := e.node.Get("networks"); n != nil {
				if n.IsMapping() {
					return n.Pairs[0].Key.Value
				}
				return first(n.Strings())
			}
		}
	}
	for _, e := range p.services {
		if n := e.node.Get("networks"); n.IsSequence() {
			return first(n.Strings())
		}
	}
	return ""
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// pinImages gives images without a tag, or with latest, the version of the catalogue.
func (p *patch) pinImages(criterion.Claim) {
	for _, e := range p.services {
		image := e.node.Get("image").Text()
		if image == "" || strings.Contains(image, "@") || strings.Contains(image, "${") {
			continue
		}
		name, tag := splitTag(image)
		if tag != "" && tag != "latest" {
			continue
		}
		_, v := own(e.node, "image")
		s, ok := stack.ServiceFor(e.store)
		if known, _ := splitTag(s.Image); !ok || v == nil || v.Kind != yaml.Scalar || !sameImage(known, name) {
			p.cannot("image %s of service %s has no version, and AutoGit does not know which one runs today: `docker compose images` shows it", image, e.name)
			continue
		}
		p.setScalar(v, s.Image)
		if s.DataDir != "" {
			p.note("%s is pinned to %s: if its volume was written by another major version, pin that one instead", e.name, s.Image)
		}
	}
}

func splitTag(image string) (name, tag string) {
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, ""
}

func sameImage(a, b string) bool {
	short := func(s string) string {
		return strings.TrimPrefix(strings.TrimPrefix(s, "docker.io/"), "library/")
	}
	return short(a) == short(b)
}
