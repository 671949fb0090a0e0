package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

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
