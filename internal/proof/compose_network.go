package proof

import (
	"github.com/autogit/autogit/internal/syntax/yaml"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

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
		ev, why := p.namedNetworks(f, declared, used)
		if why != "" {
			return unproven(why, ev...)
		}
		if len(ev) < 2 || !apart(used) && !storesApart(f, used) {
			return unproven("every service shares a network with every other", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

// namedNetworks are the lines that declare the networks that the claim names, or all; why is what one of them lacks.
func (p *prover) namedNetworks(f *stackFile, declared *yaml.Node, used map[string][]string) (ev []finding.Evidence, why string) {
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
			return []finding.Evidence{p.at(f.path, 1)}, "there is no network " + n
		}
		k, _ := declared.Find(full)
		if len(used[full]) == 0 {
			return []finding.Evidence{p.at(f.path, k.Line)}, "no service is in the network " + full
		}
		ev = append(ev, p.at(f.path, k.Line))
	}
	return ev, ""
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
