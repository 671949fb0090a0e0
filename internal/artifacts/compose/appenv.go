package compose

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// surroundings are variables that a shell or an image sets itself: handing them on would break more than it tells.
var surroundings = []string{"PATH", "HOME", "USER", "PWD", "SHELL", "HOSTNAME", "TMPDIR", "TEMP", "TMP", "LANG", "TERM", "CI", "GITHUB_ACTIONS"}

var envPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// environment tells a program its port, where its stores are, and what else its source asks the environment for.
func (b *builder) environment(s *service, p artifact.Part) {
	known := map[string]bool{}
	add := func(e entry) {
		if !known[e.key] && envPattern.MatchString(e.key) {
			known[e.key] = true
			s.env = append(s.env, e)
		}
	}
	if im := p.Recipe.Image; im != nil && im.Port != "" {
		if v := p.PortFromEnv.String(); v != "" {
			add(entry{key: v, value: im.Port})
		}
	}
	if v := p.ListenFromEnv.String(); v != "" && p.Listen.String() != "" {
		add(entry{key: v, value: "0.0.0.0", why: "Its own default is " + p.Listen.Value + ", which nothing outside the container reaches."})
	} else if v != "" && b.p.dev && b.imageSets(p, v) {
		add(entry{key: v, value: "0.0.0.0"}) // the stage that development runs has no settings of the image
	}
	files := b.fileVariables(p)
	for _, st := range b.storesOf(p) {
		for _, e := range b.wireStore(s, p, st, files) {
			add(e)
		}
	}
	for _, v := range p.Env {
		if b.ours(v) {
			continue
		}
		if v.Service != "" && b.storeFor(v.Service) != nil || slices.Contains(surroundings, v.Name) || b.imageSets(p, v.Name) {
			continue
		}
		if e, ok := b.ownVariable(s, p, v); ok {
			add(e)
		}
	}
}

// ours tells whether a variable is known only from .env.example and is one that Compose files themselves ask for: it stands there
// for the stack, and the program does not read it. Without this, a second run would hand it to every program.
func (b *builder) ours(v stack.Variable) bool {
	base := path.Base(v.Evidence.File)
	if !strings.HasPrefix(base, ".env") && !strings.HasPrefix(base, "env.") {
		return false
	}
	return v.Name == "IMAGE" || strings.HasSuffix(v.Name, "_IMAGE") || slices.ContainsFunc(b.stores, func(s store) bool { return s.Secret == v.Name })
}

// imageSets tells whether the image already has the variable, so that a second place would only drift from it.
func (b *builder) imageSets(p artifact.Part, name string) bool {
	return p.Recipe.Image != nil && slices.ContainsFunc(p.Recipe.Image.Env, func(kv stack.KV) bool { return kv.Key == name })
}

// fileVariables are the variables that take a password as a file, by the service that it belongs to, where this stack uses them:
// always in production; in development only where the program knows no other way.
func (b *builder) fileVariables(p artifact.Part) map[string]string {
	out := map[string]string{}
	for _, v := range p.Env {
		if v.File && v.Service != "" && (!b.p.dev || v.Required) {
			if st := b.storeFor(v.Service); st != nil && st.SecretFile {
				out[v.Service] = v.Name
			}
		}
	}
	return out
}

// wireStore makes the variables of p that speak of store st point to it.
func (b *builder) wireStore(s *service, p artifact.Part, st store, files map[string]string) []entry {
	var out []entry
	file := files[st.Name]
	found := false
	for _, v := range p.Env {
		if v.Service != st.Name || b.ours(v) {
			continue
		}
		found = true
		if file != "" && v.Secret {
			continue // the password comes as a file
		}
		value, ok := st.wire(b.r, p, v, file == "")
		if !ok {
			continue
		}
		if strings.Contains(value, st.password()) {
			b.needPassword(st)
		}
		out = append(out, entry{key: v.Name, value: value})
	}
	if file != "" {
		b.p.addSecret(st.secret)
		s.secrets = append(s.secrets, st.secret)
		out = append(out, entry{key: file, value: "/run/secrets/" + st.secret, why: "A file, because everyone who may inspect the container can read its environment."})
	}
	if !found {
		b.note("the survey found no variable that tells %s where %s is; in this stack it is %s:%s", p.Name, st.Name, st.host, st.Port)
	}
	return out
}

// safeDefault is a default that can stand within ${NAME:-…} as it is.
var safeDefault = regexp.MustCompile(`^[A-Za-z0-9_./:,@+*-]{1,120}$`)

// ownVariable hands on what the source reads and no store gives.
func (b *builder) ownVariable(s *service, p artifact.Part, v stack.Variable) (entry, bool) {
	e := entry{key: v.Name}
	if url, ok := b.neighbour(s, v); ok {
		e.value = url
		return e, true
	}
	switch {
	case v.File:
		return b.fileVariable(s, p, v)
	case v.Secret && b.hasFileTwin(p, v) && !b.p.dev:
		return e, false
	case v.Required && (v.Secret || v.Default == ""):
		e.value = "${" + v.Name + ":?set " + v.Name + " in .env}"
		b.p.addVar(variable{name: v.Name, required: true, why: readBy(p, v)})
	case !v.Secret && safeDefault.MatchString(v.Default):
		e.value = "${" + v.Name + ":-" + v.Default + "}"
		b.p.addVar(variable{name: v.Name, example: v.Default, why: readBy(p, v)})
	case v.Default != "":
		return e, false // its own default cannot be written here without changing it
	default:
		e.pass = true
		b.p.addVar(variable{name: v.Name, why: readBy(p, v)})
	}
	return e, true
}

// localURL is an address on the developer's own machine.
var localURL = regexp.MustCompile(`^(https?|wss?|grpc)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):([0-9]+)(/[A-Za-z0-9_./-]*)?$`)

// neighbour is the address of another component of the repository, where the source's default is that component's port on
// the developer's machine: in a container, localhost is nobody but oneself.
func (b *builder) neighbour(s *service, v stack.Variable) (string, bool) {
	m := localURL.FindStringSubmatch(v.Default)
	if m == nil || v.Secret {
		return "", false
	}
	found := -1
	for i, p := range b.parts {
		if b.appNames[i] == s.name || p.Recipe.Image == nil || p.Recipe.Image.Port != m[2] {
			continue
		}
		if found >= 0 {
			return "", false // two components have this port: which one is meant cannot be known
		}
		found = i
	}
	if found < 0 {
		return "", false
	}
	if name := b.appNames[found]; !b.reaches(name, s.name) {
		s.depends = append(s.depends, name)
	}
	return m[1] + "://" + b.appNames[found] + ":" + m[2] + m[3], true
}

// reaches tells whether a service waits for another, through others too: a circle would start nothing.
func (b *builder) reaches(from, to string) bool {
	s := b.service(from)
	return from == to || s != nil && slices.ContainsFunc(s.depends, func(next string) bool { return b.reaches(next, to) })
}

func (b *builder) hasFileTwin(p artifact.Part, v stack.Variable) bool {
	return slices.ContainsFunc(p.Env, func(o stack.Variable) bool { return o.File && o.Name == v.Name+"_FILE" })
}

// fileVariable gives the program a secret as a file where it must have one, and in production wherever it can.
func (b *builder) fileVariable(s *service, p artifact.Part, v stack.Variable) (entry, bool) {
	twin := slices.ContainsFunc(p.Env, func(o stack.Variable) bool { return o.Name+"_FILE" == v.Name })
	if v.Service != "" || !v.Required && (b.p.dev || !twin) {
		return entry{}, false
	}
	name := strings.ToLower(strings.TrimSuffix(v.Name, "_FILE"))
	b.p.addSecret(name)
	if !slices.Contains(s.secrets, name) {
		s.secrets = append(s.secrets, name)
	}
	return entry{key: v.Name, value: "/run/secrets/" + name}, true
}

func readBy(p artifact.Part, v stack.Variable) string {
	if v.Evidence.File == "" {
		return "Read by " + p.Name + "."
	}
	return fmt.Sprintf("Read by %s (%s).", p.Name, v.Evidence.File)
}
