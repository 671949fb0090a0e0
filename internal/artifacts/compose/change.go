package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// changes are the claims that an existing file can be brought to satisfy.
var changes = map[string]func(*patch, criterion.Claim){
	criterion.Restart:          (*patch).restart,
	criterion.HealthCheck:      (*patch).healthCheck,
	criterion.WaitsHealthy:     (*patch).waits,
	criterion.MemoryLimit:      (*patch).memory,
	criterion.CPULimit:         (*patch).cpu,
	criterion.ReadOnlyRoot:     (*patch).readOnlyRoot,
	criterion.NoNewPrivileges:  (*patch).noNewPrivileges,
	criterion.CapDrop:          (*patch).capDrop,
	criterion.LogRotation:      (*patch).logRotation,
	criterion.EnvFile:          (*patch).envFile,
	criterion.HotReload:        (*patch).hotReload,
	criterion.PersistentVolume: (*patch).persist,
	criterion.OnlyAppPublished: (*patch).onlyApp,
	criterion.SeparateNetworks: (*patch).separate,
	criterion.HasService:       (*patch).newService,
	criterion.ImagesPinned:     (*patch).pinImages,
	criterion.NoLiteralSecrets: (*patch).noLiterals,
	criterion.NotPrivileged:    (*patch).notPrivileged,
}

// each calls f for every service that a claim speaks of and whose mapping can be changed.
func (p *patch) each(c criterion.Claim, f func(*entity)) {
	found := false
	for _, e := range p.services {
		if !e.means(c.Param("service")) {
			continue
		}
		found = true
		if !isBlock(e.node) {
			p.cannot("service %s is not written as a block of its own lines (it is an alias, empty, or in braces): write it out, then ask again", e.name)
			continue
		}
		f(e)
	}
	if !found {
		p.cannot("there is no service %q: it has %s", c.Param("service"), strings.Join(p.serviceNames(), ", "))
	}
}

func (p *patch) serviceNames() []string {
	var out []string
	for _, e := range p.services {
		out = append(out, e.name)
	}
	return out
}

// scalarKey sets a scalar of a service: replaced where it stands, remembered through add where it is to come.
func (p *patch) scalarKey(e *entity, key, value string, add func()) {
	if e.node.Get(key).Text() == value {
		return
	}
	if _, v := own(e.node, key); v != nil {
		if v.Kind != yaml.Scalar || v.IsNull() {
			p.cannot("%s of service %s is no plain value: set it to %s by hand", key, e.name, value)
			return
		}
		p.setScalar(v, value)
		return
	}
	add()
}

func (p *patch) restart(c criterion.Claim) {
	policy := c.Param("policy")
	if policy == "" {
		policy = "unless-stopped"
	}
	if !restartPolicy.MatchString(policy) {
		p.cannot("%q is no restart policy; Docker has no, always, on-failure and unless-stopped", policy)
		return
	}
	p.each(c, func(e *entity) { p.scalarKey(e, "restart", policy, func() { e.add.restart = policy }) })
}

func (p *patch) memory(c criterion.Claim) {
	limit := ""
	if asked := c.Param("limit"); asked != "" {
		var err error
		if limit, err = memory(asked); err != nil {
			p.cannot("%v", err)
			return
		}
	}
	p.each(c, func(e *entity) {
		p.limit(e, "memory", "mem_limit", limit, func() string {
			if e.store != "" {
				return storeMemory(e.store)
			}
			if e.ref != nil {
				return e.ref.memory
			}
			return "512M"
		})
	})
}

func (p *patch) cpu(c criterion.Claim) {
	limit := strings.TrimSpace(c.Param("limit"))
	if limit != "" && !cpuPattern.MatchString(limit) {
		p.cannot("%q is no number of CPUs; write it as 0.5 or 2", limit)
		return
	}
	p.each(c, func(e *entity) { p.limit(e, "cpus", "cpus", limit, func() string { return "1.0" }) })
}

// limit sets a resource limit in the place where the service has it: deploy.resources.limits or the short key.
func (p *patch) limit(e *entity, key, short, want string, fallback func() string) {
	limits := e.node.Get("deploy", "resources", "limits")
	present := limits.Get(key)
	if present == nil {
		present = e.node.Get(short)
	}
	switch {
	case present != nil && (want == "" || sameAmount(present.Text(), want)):
		return
	case present != nil:
		if _, v := own(limits, key); v != nil && v.Kind == yaml.Scalar {
			p.setScalar(v, want)
		} else if _, v := own(e.node, short); v != nil && v.Kind == yaml.Scalar {
			p.setScalar(v, want)
		} else {
			p.cannot("the %s limit of service %s comes from an anchor that others share: set it there", key, e.name)
		}
		return
	case want == "":
		want = fallback()
	}
	if key == "memory" {
		e.add.memory = want
	} else {
		e.add.cpus = want
	}
}

// sameAmount compares 512M with 512m and 512MB, and 1 with 1.0.
func sameAmount(a, b string) bool {
	if x, err := strconv.ParseFloat(a, 64); err == nil {
		y, err := strconv.ParseFloat(b, 64)
		return err == nil && x == y
	}
	x, err := memory(a)
	if err != nil {
		return a == b
	}
	y, err := memory(b)
	return err == nil && x == y
}

func (p *patch) readOnlyRoot(c criterion.Claim) {
	p.each(c, func(e *entity) {
		tmpfs := []string{"/tmp"}
		if s, ok := stack.ServiceFor(e.store); ok {
			if !s.ReadOnly {
				p.cannot("service %s: the image of %s does not start with a read-only root file system", e.name, title(e.store))
				return
			}
			tmpfs = s.Tmpfs
		} else if e.ref != nil && len(e.ref.tmpfs) > 0 {
			tmpfs = e.ref.tmpfs
		}
		if e.node.Get("read_only").IsTrue() {
			return
		}
		p.scalarKey(e, "read_only", "true", func() { e.add.readOnly = true })
		p.addTmpfs(e, tmpfs)
	})
}

func (p *patch) addTmpfs(e *entity, paths []string) {
	_, v := own(e.node, "tmpfs")
	if e.node.Get("tmpfs") == nil {
		e.add.tmpfs = paths
		return
	}
	if v == nil || v.Kind != yaml.Sequence {
		p.cannot("tmpfs of service %s is no list of its own: add %s by hand", e.name, strings.Join(paths, ", "))
		return
	}
	for _, dir := range paths {
		if !slices.ContainsFunc(v.Strings(), func(have string) bool { return have == dir || strings.HasPrefix(have, dir+":") }) {
			p.appendItem(v, dir)
		}
	}
}
