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
	for _, v := range b.p.vars {
		p.project.addVar(v)
	}
	for _, v := range b.p.volumes {
		p.project.addVolume(v)
	}
	for _, v := range b.p.secrets {
		p.project.addSecret(v)
	}
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

// finish writes what services are to get, the new services, and the top-level entries that they name.
func (p *patch) finish() {
	for _, e := range p.services {
		p.dependencies(e)
		p.addToService(e)
	}
	p.addServices()
	top := []struct {
		key   string
		lines []func(*writer) string
	}{{"networks", networkLines(p.project.networks)}, {"volumes", volumeLines(p.project.volumes)}, {"secrets", secretLines(p.project.secrets)}}
	for _, present := range []bool{true, false} { // what goes into a mapping comes before what follows it at the same place
		for _, t := range top {
			if p.root.Has(t.key) == present {
				p.addTop(t.key, t.lines)
			}
		}
	}
}

// addServices writes new services behind the last one.
func (p *patch) addServices() {
	services := p.root.Get("services")
	if len(p.newcomer) == 0 {
		return
	}
	if !isBlock(services) {
		p.cannot("services are not written as a block: add %s by hand", p.newcomer[0].name)
		return
	}
	for _, s := range p.newcomer {
		if n := len(p.project.networks); n > 0 {
			s.networks = []string{p.project.networks[n-1].name}
		}
		w := p.writerAt(column(services))
		w.blank()
		p.project.service(w, s)
		p.insertLines(lastOf(services), p.taken(w))
	}
}

// addToService renders the keys that a service is to get, behind its last one.
func (p *patch) addToService(e *entity) {
	if !isBlock(e.node) {
		return
	}
	w := p.writerAt(column(e.node))
	s := &e.add
	w.list("env_file", s.envFile)
	w.list("volumes", s.volumes)
	w.list("tmpfs", s.tmpfs)
	w.list("networks", s.networks)
	dependsOn(w, s.depends, p.project.condition)
	p.project.health(w, s)
	develop(w, s.watch)
	p.project.keep(w, s)
	p.project.harden(w, s)
	p.limits(w, e)
	p.project.logging(w, s)
	if w.b.Len() > 0 {
		p.insertLines(lastOf(e.node), p.taken(w))
	}
}

// limits adds resource limits, within the deploy block that is there.
func (p *patch) limits(w *writer, e *entity) {
	if e.add.memory == "" && e.add.cpus == "" {
		return
	}
	keys := []string{"deploy", "resources", "limits"}
	node, depth := e.node, 0
	for depth < len(keys) {
		_, v := own(node, keys[depth])
		if v == nil {
			break
		}
		node = v
		depth++
	}
	if depth == 0 && e.node.Get("deploy") != nil || depth > 0 && !isBlock(node) {
		p.cannot("deploy of service %s is shared or in braces: add the limits there", e.name)
		return
	}
	if depth > 0 {
		inner := p.writerAt(column(node))
		nested(inner, keys[depth:], &e.add)
		p.insertLines(lastOf(node), p.taken(inner))
		return
	}
	nested(w, keys, &e.add)
}

func nested(w *writer, keys []string, s *service) {
	if len(keys) > 0 {
		w.in(keys[0], func() { nested(w, keys[1:], s) })
		return
	}
	if s.cpus != "" {
		w.raw("cpus", double(s.cpus))
	}
	w.key("memory", s.memory)
}

// addTop adds entries to a top-level mapping, or the mapping itself. Each entry is a name and what stands behind it.
func (p *patch) addTop(key string, entries []func(*writer) string) {
	k, v := own(p.root, key)
	have := v.Keys()
	w := p.writerAt(1 + p.step)
	if isBlock(v) {
		w = p.writerAt(column(v))
	}
	for _, f := range entries {
		probe := &writer{}
		if !slices.Contains(have, f(probe)) {
			f(w)
		}
	}
	switch {
	case w.b.Len() == 0:
	case k == nil:
		p.appendTop(key + ":" + p.eol + p.taken(w))
	case isBlock(v):
		p.insertLines(lastOf(v), p.taken(w))
	case v.IsNull():
		p.insertLines(k.End, p.taken(w))
	default:
		p.cannot("%s at the top is in braces: add the entries there", key)
	}
}

func networkLines(list []network) (out []func(*writer) string) {
	for _, n := range list {
		out = append(out, func(w *writer) string {
			if n.internal {
				w.in(n.name, func() { w.raw("internal", "true") })
			} else {
				w.line(scalar(n.name) + ": {}")
			}
			return n.name
		})
	}
	return out
}

func volumeLines(list []volume) (out []func(*writer) string) {
	for _, v := range list {
		out = append(out, func(w *writer) string { w.line(scalar(v.name) + ": {}"); return v.name })
	}
	return out
}

func secretLines(list []string) (out []func(*writer) string) {
	for _, s := range list {
		out = append(out, func(w *writer) string {
			w.in(s, func() { w.key("file", "./secrets/"+s) })
			return s
		})
	}
	return out
}
