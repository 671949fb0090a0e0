package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
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
