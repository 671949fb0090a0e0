package compose

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// port is one entry of a service's ports, defaults of variables filled in.
type port struct {
	node                      *yaml.Node
	ip, host, container, prot string
}

func ports(s service) []port {
	var out []port
	for _, n := range s.Node.Get("ports").List() {
		pt := port{node: n, prot: "tcp"}
		if n.IsMapping() {
			pt.ip, pt.host, pt.container = n.Get("host_ip").Text(), n.Get("published").Text(), n.Get("target").Text()
			if v := n.Get("protocol").Text(); v != "" {
				pt.prot = v
			}
			out = append(out, pt)
			continue
		}
		text, _ := expand(n.Text())
		text, proto, ok := strings.Cut(text, "/")
		if ok {
			pt.prot = proto
		}
		parts := splitShort(text)
		pt.container = parts[len(parts)-1]
		if len(parts) > 1 {
			pt.host = parts[len(parts)-2]
		}
		if len(parts) > 2 {
			pt.ip = strings.Trim(strings.Join(parts[:len(parts)-2], ":"), "[]")
		}
		out = append(out, pt)
	}
	return out
}

func co012() rule.Rule {
	r := base("CO012", finding.Warning, rule.Security)
	r.Doc = rule.Doc{
		Title: "database published on all interfaces", Since: "0.1.0",
		Why:  "A published port is open to the network, past most host firewalls. Services reach each other without it; a developer needs it on 127.0.0.1 only.",
		Bad:  "services:\n  db:\n    image: postgres:17.6\n    ports: [\"5432:5432\"]\n    healthcheck: {test: [CMD, pg_isready]}\n",
		Good: "services:\n  db:\n    image: postgres:17.6\n    ports: [\"127.0.0.1:5432:5432\"]\n    healthcheck: {test: [CMD, pg_isready]}\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			if !datastore(s) {
				continue
			}
			for _, pt := range ports(s) {
				if strings.Contains(pt.ip, "$") {
					continue
				}
				if pt.ip != "" && pt.ip != "0.0.0.0" && pt.ip != "::" {
					p.Holds(at(p, pt.node))
					continue
				}
				p.Broken(at(p, pt.node), fmt.Sprintf("port %s of %s is open to the whole network: bind it to 127.0.0.1, or do not publish it", pt.container, s.Name))
			}
		}
	}
	return r
}

func co014() rule.Rule {
	r := base("CO014", finding.Error, rule.Code)
	r.Doc = rule.Doc{
		Title: "port or container name that cannot work", Since: "0.1.0",
		Why:  "YAML 1.1 reads 22:22 without quotes as the number 1342. Two services cannot have one port of the host, nor one container name.",
		Bad:  "services:\n  git:\n    image: git:1.0\n    ports:\n      - 22:22\n",
		Good: "services:\n  git:\n    image: git:1.0\n    ports:\n      - \"22:22\"\n",
	}
	r.Check = func(p *rule.Pass) {
		taken := map[string]*yaml.Node{}
		for _, s := range services(p.Source) {
			if n := s.Node.Get("container_name"); n != nil && s.Node.Get("profiles") == nil {
				unique(p, taken, "container name "+n.Text(), n)
			}
			for _, pt := range ports(s) {
				if pt.node.IsScalar() && !pt.node.Quoted() && sexagesimal.MatchString(pt.node.Text()) {
					p.Broken(at(p, pt.node), pt.node.Text()+" without quotes is a number to the base of 60 for some readers: quote it", p.Replace("quote it", pt.node.Start, pt.node.End, `"`+pt.node.Text()+`"`))
				}
				if pt.host != "" && !strings.ContainsAny(pt.host, "$-") && s.Node.Get("profiles") == nil {
					unique(p, taken, "port "+pt.ip+" "+pt.host+"/"+pt.prot+" of the host", pt.node)
				}
			}
		}
	}
	return r
}

var sexagesimal = regexp.MustCompile(`^[0-9]+(?::[0-5]?[0-9])+$`)

func unique(p *rule.Pass, taken map[string]*yaml.Node, what string, n *yaml.Node) {
	if first := taken[what]; first != nil {
		what = strings.Replace(strings.Replace(what, "port  ", "port ", 1), "/tcp", "", 1)
		p.Report(finding.Finding{
			Span: at(p, n), Message: fmt.Sprintf("%s is taken already on line %d", what, first.Line),
			Related: []finding.Related{{Span: at(p, first), Message: "here"}},
		})
		return
	}
	taken[what] = n
}
