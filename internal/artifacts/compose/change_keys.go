package compose

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func (p *patch) noNewPrivileges(c criterion.Claim) {
	p.each(c, func(e *entity) {
		p.listItem(e, "security_opt", "no-new-privileges:true", func() { e.add.noNewPrivs = true })
	})
}

func (p *patch) capDrop(c criterion.Claim) {
	p.each(c, func(e *entity) {
		p.listItem(e, "cap_drop", "ALL", func() { e.add.dropCaps = true })
		s, ok := stack.ServiceFor(e.store)
		if !ok {
			return
		}
		for _, need := range s.Caps {
			p.listItem(e, "cap_add", need, func() {
				if !slices.Contains(e.add.addCaps, need) {
					e.add.addCaps = append(e.add.addCaps, need)
				}
			})
		}
	})
}

// listItem puts a value into a list of a service.
func (p *patch) listItem(e *entity, key, value string, add func()) {
	if slices.ContainsFunc(e.node.Get(key).Strings(), func(s string) bool {
		return strings.EqualFold(s, value) || strings.EqualFold(strings.ReplaceAll(s, "=", ":"), value)
	}) {
		return
	}
	if e.node.Get(key) == nil {
		add()
		return
	}
	if _, v := own(e.node, key); v != nil && v.Kind == yaml.Sequence {
		p.appendItem(v, value)
		return
	}
	p.cannot("%s of service %s is no list of its own: add %s by hand", key, e.name, value)
}

func (p *patch) logRotation(c criterion.Claim) {
	p.each(c, func(e *entity) {
		logging := e.node.Get("logging")
		options := logging.Get("options")
		switch {
		case options.Get("max-size") != nil:
		case logging == nil:
			e.add.rotateLogs = true
		case logging.Get("driver") != nil && logging.Get("driver").Text() != "json-file" && logging.Get("driver").Text() != "local":
			p.cannot("service %s logs through %s, where the receiver rotates", e.name, logging.Get("driver").Text())
		default:
			p.rotate(e)
		}
	})
}

// rotate adds the options to a log block that lacks them.
func (p *patch) rotate(e *entity) {
	_, logging := own(e.node, "logging")
	_, options := own(logging, "options")
	switch {
	case isBlock(options):
		w := p.writerAt(column(options))
		w.key("max-size", "10m")
		if options.Get("max-file") == nil {
			w.raw("max-file", double("3"))
		}
		p.insertLines(lastOf(options), p.taken(w))
	case isBlock(logging) && options == nil:
		w := p.writerAt(column(logging))
		w.in("options", func() {
			w.key("max-size", "10m")
			w.raw("max-file", double("3"))
		})
		p.insertLines(lastOf(logging), p.taken(w))
	default:
		p.cannot("the log options of service %s are shared or in braces: add max-size and max-file there", e.name)
	}
}

func (p *patch) envFile(c criterion.Claim) {
	file := c.Param("file")
	if file == "" {
		file = ".env"
	}
	if !envFilePattern.MatchString(file) {
		p.cannot("%q is no file of this repository", file)
		return
	}
	p.each(c, func(e *entity) {
		if e.store != "" {
			return
		}
		if v := e.node.Get("env_file"); v.IsScalar() && !v.IsNull() {
			p.cannot("env_file of service %s is %s: make it a list to have a second file", e.name, v.Text())
			return
		}
		p.listItem(e, "env_file", file, func() { e.add.envFile = []string{file} })
	})
}

func (p *patch) hotReload(c criterion.Claim) {
	p.each(c, func(e *entity) {
		if e.store != "" || !e.app || e.node.Get("develop", "watch") != nil {
			return
		}
		b := e.node.Get("build")
		context := b.Text()
		if b.IsMapping() {
			context = b.Get("context").Text()
		}
		if context == "" || e.node.Get("develop") != nil {
			p.cannot("service %s is not built from source here, so there is nothing to reload", e.name)
			return
		}
		e.add.watch = []watch{{action: "rebuild", path: context, ignore: []string{".git/"}}}
		p.note("service %s is rebuilt when its source changes: start the stack with docker compose up --watch", e.name)
	})
}

func (p *patch) notPrivileged(c criterion.Claim) {
	p.each(c, func(e *entity) {
		if k, v := own(e.node, "privileged"); v.IsTrue() && len(e.node.Pairs) > 1 {
			p.remove(k, v)
			p.note("service %s is no longer privileged: if it needs a device or a capability, give it that alone (devices, cap_add)", e.name)
		}
	})
}
