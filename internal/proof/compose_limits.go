package proof

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// target is the stage that a service builds.
func (im *image) target(s service) *dockerfile.Stage {
	if t := s.node.Get("build", "target").Text(); t != "" {
		if st := im.StageByName(t); st != nil {
			return st
		}
	}
	return im.Final()
}

// limited proves a limit for the services that the claim speaks of: all, or those it names.
func limited(p *prover, keys [][]string, what, param string, measure func(string) float64) Result {
	want := measure(p.claim.Param(param))
	names := p.claim.List("service")
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		exact := false
		for _, s := range f.services {
			if len(names) > 0 && !slices.ContainsFunc(names, s.is) {
				continue
			}
			var n *yaml.Node
			for _, k := range keys {
				if n = s.node.Get(k...); n != nil {
					break
				}
			}
			have := measure(defaults(n.Text()))
			switch {
			case have <= 0:
				return unproven(fmt.Sprintf("service %s has no %s limit", s.name, what), p.at(f.path, s.line))
			case want > 0 && have > want:
				return unproven(fmt.Sprintf("service %s may use more: %s", s.name, n.Text()), p.at(f.path, n.Line))
			}
			exact = exact || have == want
			ev = append(ev, p.at(f.path, n.Line))
		}
		switch {
		case len(ev) == 0:
			return unproven("no such service", p.at(f.path, f.services[0].line))
		case want > 0 && !exact:
			return unproven("no service has this limit: all are lower", ev...)
		}
		return proven(ev...)
	})
}

func memoryLimit(p *prover) Result {
	return limited(p, [][]string{{"deploy", "resources", "limits", "memory"}, {"mem_limit"}}, "memory", "limit", func(s string) float64 { return float64(bytesOf(s)) })
}

func cpuLimit(p *prover) Result {
	return limited(p, [][]string{{"deploy", "resources", "limits", "cpus"}, {"cpus"}}, "CPU", "limit", func(s string) float64 {
		f, err := strconv.ParseFloat(strings.Trim(s, `"'`), 64)
		if err != nil {
			return -1
		}
		return f
	})
}

func readOnlyRoot(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		return p.everyService(f, func(s service) (*yaml.Node, string) {
			if n := s.node.Get("read_only"); n.IsTrue() {
				return n, ""
			}
			return nil, "its root file system can be written"
		})
	})
}

func noNewPrivileges(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		return p.everyService(f, func(s service) (*yaml.Node, string) {
			for _, n := range s.node.Get("security_opt").List() {
				switch strings.ReplaceAll(n.Text(), "=", ":") {
				case "no-new-privileges", "no-new-privileges:true":
					if !s.node.Get("privileged").IsTrue() {
						return n, ""
					}
				}
			}
			return nil, "it may gain privileges"
		})
	})
}

func capDrop(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		return p.everyService(f, func(s service) (*yaml.Node, string) {
			for _, n := range s.node.Get("cap_drop").List() {
				if strings.EqualFold(n.Text(), "ALL") && !s.node.Get("privileged").IsTrue() && !slices.Contains(s.node.Get("cap_add").Strings(), "ALL") {
					return n, ""
				}
			}
			return nil, "it keeps its capabilities"
		})
	})
}

func notPrivileged(p *prover) Result {
	return p.everyStack(func(f *stackFile) Result {
		for _, s := range f.services {
			if n := s.node.Get("privileged"); n != nil && n.Text() != "false" {
				return unproven("service "+s.name+" is privileged", p.at(f.path, n.Line))
			}
			if slices.Contains(s.node.Get("cap_add").Strings(), "ALL") {
				return unproven("service "+s.name+" has all capabilities", p.at(f.path, s.line))
			}
		}
		return proven(p.at(f.path, f.services[0].line))
	})
}

func noDockerSocket(p *prover) Result {
	return p.everyStack(func(f *stackFile) Result {
		for _, s := range f.services {
			for _, m := range s.mounts() {
				if strings.HasSuffix(m.source, "docker.sock") || strings.HasSuffix(m.target, "docker.sock") || m.kind == "bind" && (m.source == "/var/run" || m.source == "/run" || m.source == "/") {
					return unproven("service "+s.name+" holds the Docker socket", p.at(f.path, m.node.Line))
				}
			}
		}
		return proven(p.at(f.path, f.services[0].line))
	})
}

// imagesPinned proves that no image among the files may be another tomorrow.
func imagesPinned(p *prover) Result {
	if len(p.of(repo.KindDockerfile)) > 0 {
		return basePinned(p)
	}
	if len(p.ci) > 0 {
		return jobImagesPinned(p)
	}
	return p.everyStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			n := s.node.Get("image")
			if n == nil {
				if !s.node.Has("build") {
					return unproven("service "+s.name+" has no image", p.at(f.path, s.line))
				}
				continue
			}
			ref := s.image()
			why := pinned(ref)
			if why != "" && s.app() && strings.Contains(ref, ":?") {
				why = "" // whoever starts it must say which version
			}
			if why != "" && s.node.Has("build") && !strings.Contains(ref, "latest") {
				why = "" // the name of what is built here
			}
			if why != "" {
				return unproven(fmt.Sprintf("service %s: %s: %s", s.name, ref, why), p.at(f.path, n.Line))
			}
			ev = append(ev, p.at(f.path, n.Line))
		}
		if len(ev) == 0 {
			return unproven("no service has an image", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

func jobImagesPinned(p *prover) Result {
	var ev []finding.Evidence
	for _, pl := range p.ci {
		for _, j := range pl.Jobs {
			list := []struct {
				text string
				line int
			}{{j.Image.Text, j.Image.Line}}
			for _, s := range j.Services {
				list = append(list, struct {
					text string
					line int
				}{s.Image.Text, max(s.Image.Line, s.Line)})
			}
			for _, x := range list {
				if x.text == "" {
					continue
				}
				if why := pinned(x.text); why != "" && !strings.Contains(x.text, "$") {
					return unproven(x.text+": "+why, p.at(j.File, x.line))
				}
				ev = append(ev, p.at(j.File, x.line))
			}
		}
	}
	if len(ev) == 0 {
		return unproven("no job has an image")
	}
	return proven(ev...)
}

func onlyAppPublished(p *prover) Result {
	return p.everyStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			if s.node.Get("network_mode").Text() == "host" {
				return unproven("service "+s.name+" uses the host's network: all its ports are open", p.at(f.path, s.line))
			}
			ports := s.node.Get("ports")
			if ports == nil || len(ports.List()) == 0 {
				continue
			}
			if !s.app() {
				return unproven("service "+s.name+" publishes a port", p.at(f.path, ports.Line))
			}
			ev = append(ev, p.at(f.path, ports.Line))
		}
		if len(ev) == 0 {
			return unproven("the app publishes no port", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

func separateNetworks(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		declared := f.root.Get("networks")
		used := map[string][]string{}
		for _, s := range f.services {
			n := s.node.Get("networks")
			list := append(n.Strings(), n.Keys()...)
			for _, name := range list {
				if !declared.Has(name) {
					return unproven("the network "+name+" is not declared", p.at(f.path, s.line))
				}
				used[name] = append(used[name], s.name)
			}
			if len(list) == 0 {
				return unproven("service "+s.name+" is in the default network", p.at(f.path, s.line))
			}
		}
		var ev []finding.Evidence
		names := p.claim.List("names")
		if len(names) == 0 {
			names = declared.Keys()
		}
		for _, n := range names {
			full := ""
			for _, k := range declared.Keys() {
				if strings.ReplaceAll(strings.ToLower(k), "-", "") == n || strings.HasPrefix(k, n+"-") || strings.HasPrefix(k, n+"_") || strings.HasSuffix(k, "-"+n) || strings.HasSuffix(k, "_"+n) {
					full = k
				}
			}
			if full == "" {
				return unproven("there is no network "+n, p.at(f.path, 1))
			}
			if len(used[full]) == 0 {
				k, _ := declared.Find(full)
				return unproven("no service is in the network "+full, p.at(f.path, k.Line))
			}
			k, _ := declared.Find(full)
			ev = append(ev, p.at(f.path, k.Line))
		}
		if len(ev) < 2 || !apart(used) && !storesApart(f, used) {
			return unproven("every service shares a network with every other", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

// storesApart: one network has the stores, and another has programs and no store, so that who comes in there reaches none.
func storesApart(f *stackFile, used map[string][]string) bool {
	stores := map[string]bool{}
	for _, s := range f.services {
		stores[s.name] = stack.ServiceOfImage(s.node.Get("image").Text()) != ""
	}
	with, without := false, false
	for network, services := range used {
		switch {
		case !slices.ContainsFunc(services, func(name string) bool { return stores[name] }):
			without = true
		case strings.Contains(network, "front"), strings.Contains(network, "public"), strings.Contains(network, "edge"):
			return false // the outer network reaches a store
		default:
			with = true
		}
	}
	return with && without
}

// apart: two services that have no network in common.
func apart(used map[string][]string) bool {
	in := map[string][]string{}
	for n, services := range used {
		for _, s := range services {
			in[s] = append(in[s], n)
		}
	}
	for a, na := range in {
		for b, nb := range in {
			if a != b && !slices.ContainsFunc(na, func(n string) bool { return slices.Contains(nb, n) }) {
				return true
			}
		}
	}
	return false
}

// reloaders are programs and flags that start the app again when its source changes.
var reloaders = []string{"--reload", "nodemon", "air", "reflex", "watchexec", "watchfiles", "watchmedo", "--watch", "--hot", "vite", "--debug", "ts-node-dev", "CompileDaemon", "cargo-watch", "entr", "livereload", "bootRun", "--continuous", "spring-boot:run", "rails"}

func hotReload(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		near := unproven("no service mounts the source and reloads", p.at(f.path, f.services[0].line))
		for _, s := range f.services {
			if !s.app() {
				continue
			}
			var m *yaml.Node
			for _, v := range s.mounts() {
				if v.kind == "bind" && (v.source == "." || strings.HasPrefix(v.source, "./") || strings.HasPrefix(v.source, "../")) && !strings.HasSuffix(v.source, ".env") && !path.IsAbs(v.source) {
					m = v.node
				}
			}
			for _, w := range s.node.Get("develop", "watch").List() {
				if a := w.Get("action").Text(); strings.HasPrefix(a, "sync") || a == "rebuild" {
					if a == "sync+restart" || a == "rebuild" {
						return proven(p.at(f.path, w.Line))
					}
					m = w
				}
			}
			if m == nil {
				continue
			}
			line, ok := p.reloads(f, s)
			if !ok {
				near = unproven("service "+s.name+" mounts the source, and nothing in its command reloads it", p.at(f.path, m.Line))
				continue
			}
			return proven(p.at(f.path, m.Line), line)
		}
		return near
	})
}

// reloads tells whether the command of a service, or of the stage that it builds, is a server that reloads.
func (p *prover) reloads(f *stackFile, s service) (finding.Evidence, bool) {
	c := s.node.Get("command")
	text, ev := strings.Join(c.Strings(), " "), finding.Evidence{}
	if c != nil {
		ev = p.at(f.path, c.Line)
	}
	if e := s.node.Get("entrypoint"); e != nil {
		text = strings.Join(e.Strings(), " ") + " " + text
		ev = p.at(f.path, e.Line)
	}
	if text == "" {
		im := p.built(f, s)
		if im == nil {
			return ev, false
		}
		st := im.target(s)
		for _, name := range []string{"ENTRYPOINT", "CMD"} {
			if in := st.Last(name); in != nil {
				text += " " + strings.Join(in.Words, " ")
				ev = p.at(im.path, in.Line)
			}
		}
	}
	for _, w := range strings.Fields(text) {
		w = strings.Trim(w, `"',[]`)
		if slices.Contains(reloaders, path.Base(w)) || strings.HasPrefix(w, "--reload") || strings.HasPrefix(w, "--watch") {
			return ev, true
		}
	}
	return ev, strings.Contains(text, "run dev") || strings.Contains(text, "yarn dev") || strings.Contains(text, "pnpm dev") || strings.Contains(text, "next dev") || strings.Contains(text, "fastapi dev") || strings.Contains(text, "dotnet watch") || strings.Contains(text, "hugo server")
}

func logRotation(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		return p.everyService(f, func(s service) (*yaml.Node, string) {
			l := s.node.Get("logging")
			driver := l.Get("driver").Text()
			size, files := l.Get("options", "max-size"), l.Get("options", "max-file")
			switch {
			case l == nil:
				return nil, "its log grows without end"
			case driver != "" && driver != "json-file" && driver != "local":
				return nil, "the driver " + driver + " does not rotate"
			case driver == "local":
				return l, ""
			case size == nil || bytesOf(size.Text()) <= 0:
				return nil, "its log has no largest size"
			case files == nil:
				return nil, "its log has no number of files to keep"
			}
			return size, ""
		})
	})
}

func envFile(p *prover) Result {
	want := p.claim.Param("file")
	return p.someStack(func(f *stackFile) Result {
		near := unproven("no service takes its environment from "+want, p.at(f.path, f.services[0].line))
		for _, s := range f.services {
			n := s.node.Get("env_file")
			names := n.Strings()
			for _, it := range n.List() {
				names = append(names, it.Get("path").Text())
			}
			for _, name := range names {
				if path.Clean(name) == want && (s.app() || !hasApp(f)) {
					return proven(p.at(f.path, n.Line))
				}
			}
		}
		return near
	})
}

func hasService(p *prover) Result {
	return p.someStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, w := range p.claim.List("name") {
			i := slices.IndexFunc(f.services, func(s service) bool { return s.is(w) })
			if i < 0 {
				return unproven("there is no service "+w, p.at(f.path, f.services[0].line))
			}
			if pr := f.services[i].node.Get("profiles"); len(pr.List()) > 0 {
				return unproven("the service "+w+" is started with a profile only", p.at(f.path, pr.Line))
			}
			ev = append(ev, p.at(f.path, f.services[i].line))
		}
		return proven(ev...)
	})
}

// nonRootServices proves that the app's containers run as another user: by user, or by the image that is built here.
func nonRootServices(p *prover) Result {
	return p.everyStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			if !s.app() {
				continue
			}
			if u := s.node.Get("user"); u != nil {
				name, _, _ := strings.Cut(defaults(u.Text()), ":")
				if isRoot(name) || strings.Contains(name, "$") {
					return unproven("service "+s.name+" runs as root", p.at(f.path, u.Line))
				}
				if want := p.claim.Param("uid"); want != "" && name != want {
					return unproven("the user is "+name+", not "+want, p.at(f.path, u.Line))
				}
				ev = append(ev, p.at(f.path, u.Line))
				continue
			}
			im := p.built(f, s)
			if im == nil {
				return unproven("it is not known as whom service "+s.name+" runs", p.at(f.path, s.line))
			}
			in := im.target(s).Last("USER")
			if in == nil || isRoot(strings.SplitN(im.value(im.target(s), in.Text), ":", 2)[0]) {
				return unproven("the image of service "+s.name+" runs as root", p.at(f.path, s.line))
			}
			ev = append(ev, p.at(im.path, in.Line))
		}
		if len(ev) == 0 {
			return unproven("there is no service of the app", p.at(f.path, 1))
		}
		return proven(ev...)
	})
}

// exposeServices proves that the app publishes a port of its container.
func exposeServices(p *prover, port, wrong string) Result {
	if wrong != "" {
		return contradicted(wrong)
	}
	return p.someStack(func(f *stackFile) Result {
		for _, s := range f.services {
			if !s.app() {
				continue
			}
			for _, n := range s.node.Get("ports").List() {
				target := n.Get("target").Text()
				if n.IsScalar() {
					parts := strings.Split(defaults(n.Text()), ":")
					target, _, _ = strings.Cut(parts[len(parts)-1], "/")
				}
				if target == port || port == "" {
					return proven(p.at(f.path, n.Line))
				}
			}
		}
		return unproven("no service of the app publishes port "+port, p.at(f.path, f.services[0].line))
	})
}
