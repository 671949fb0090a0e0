package golang

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// address is where a program listens, taken apart.
type address struct {
	host, port       string
	hostEnv, portEnv string
	addrEnv          string // one variable for host and port together
	flag             string
}

// split takes a put-together address apart at its last colon.
func split(p pieces) address {
	var a address
	at := -1
	for i, x := range p {
		if strings.Contains(x.def, ":") {
			at = i
		}
	}
	if at < 0 {
		a.port = p.text()
		for _, x := range p {
			if x.env != "" {
				a.portEnv = x.env
			}
			if x.flag != "" {
				a.flag = x.flag
			}
		}
		return a
	}
	text := p.text()
	colon := strings.LastIndex(text, ":")
	a.host, a.port = strings.Trim(text[:colon], "[]"), text[colon+1:]
	for i, x := range p {
		switch {
		case i == at && x.env != "":
			a.addrEnv = x.env
		case i < at && x.env != "":
			a.hostEnv = x.env
		case i > at && x.env != "":
			a.portEnv = x.env
		}
		if x.flag != "" {
			a.flag = x.flag
		}
	}
	return a
}

// network settles port and address. The first listen call with an address wins; HTTP comes before gRPC, and what is
// reached through a variable before a literal, which is often a metrics or debugging port.
func (d *describer) network() {
	for _, l := range d.src.facts.listens {
		if d.reach[l.dir] {
			d.listens = append(d.listens, l)
		}
	}
	best, score := -1, -1
	for i, l := range d.listens {
		if s := rank(l); s > score {
			best, score = i, s
		}
	}
	if best < 0 {
		return
	}
	l := d.listens[best]
	d.set(split(l.addr), l.at)
}

func rank(l listen) int {
	a := split(l.addr)
	score := 0
	if a.portEnv != "" || a.addrEnv != "" {
		score += 4
	}
	if stack.IsPort(a.port) {
		score += 3
	}
	if a.flag != "" {
		score++
	}
	if !l.grpc {
		score++
	}
	for _, x := range l.addr {
		name := strings.ToLower(x.env + x.flag)
		if strings.Contains(name, "metric") || strings.Contains(name, "pprof") || strings.Contains(name, "debug") || strings.Contains(name, "admin") {
			score -= 6
		}
	}
	if a.port == "6060" || a.port == "9090" || a.port == "2112" {
		score -= 2
	}
	return score
}

func (d *describer) set(a address, at finding.Evidence) {
	c := d.c
	d.addrEnv, d.portFlag = a.addrEnv, a.flag
	switch {
	case stack.IsPort(a.port):
		c.Port = stack.DeclaredFact(a.port, at)
	case namedPorts[a.port] != "":
		c.Port = stack.DeclaredFact(namedPorts[a.port], at)
	}
	if a.portEnv != "" {
		c.PortFromEnv = stack.DeclaredFact(a.portEnv, at)
		if c.Port == nil {
			c.Port = d.elsewhere()
		}
	}
	if c.Port == nil {
		if df := stack.ReadDockerfile(d.scan.Tree, d.scan.Dir); df != nil {
			c.Port = df.Expose
		}
	}
	if a.addrEnv != "" && c.Port == nil {
		c.Port = d.elsewhere()
	}
	if isLoopback(a.host) {
		c.Listen = stack.DeclaredFact(a.host, at)
		c.Notes = append(c.Notes, *stack.DerivedFact("listens on "+a.host+": a container must be told to listen on all interfaces", at))
	}
	switch {
	case a.hostEnv != "":
		c.ListenFromEnv = stack.DeclaredFact(a.hostEnv, at)
	case a.addrEnv != "":
		c.ListenFromEnv = stack.DeclaredFact(a.addrEnv, at)
		c.Notes = append(c.Notes, *stack.DerivedFact(a.addrEnv+" holds address and port together, as in 0.0.0.0:"+orDefault(c.Port.String()), at))
	}
}

var namedPorts = map[string]string{"http": "80", "https": "443", "http-alt": "8080"}

func orDefault(port string) string {
	if port == "" {
		return defaultPort
	}
	return port
}

// defaultPort is what a container is told when the source reads the port from a variable and has no default of its own.
const defaultPort = "8080"

func (d *describer) elsewhere() *stack.Fact {
	if df := stack.ReadDockerfile(d.scan.Tree, d.scan.Dir); df != nil && df.Expose != nil {
		return df.Expose
	}
	for _, v := range stack.EnvExample(d.scan.Tree, d.scan.Dir) {
		if d.c.PortFromEnv != nil && v.Name == d.c.PortFromEnv.Value && stack.IsPort(v.Default) {
			return stack.DeclaredFact(v.Default, v.Evidence)
		}
	}
	return stack.DefaultFact(defaultPort, "the source reads the port from a variable and has no default")
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
