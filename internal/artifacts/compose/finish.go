package compose

import (
	"slices"
)

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
