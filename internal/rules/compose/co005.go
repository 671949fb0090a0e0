package compose

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func co005() rule.Rule {
	r := base("CO005", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "service without a memory limit", Since: "0.1.0",
		Why:  "One service that leaks takes the memory of all others on the machine. Limit memory, and better CPU and processes too.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    security_opt: [\"no-new-privileges:true\"]\n",
		Good: "services:\n  app:\n    image: app:1.0\n    security_opt: [\"no-new-privileges:true\"]\n    deploy:\n      resources:\n        limits: {cpus: \"1\", memory: 512M, pids: 256}\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range shipped(p) {
			limits := s.Node.Get("deploy", "resources", "limits")
			if m := limits.Get("memory"); m != nil {
				p.Holds(at(p, m))
				continue
			}
			if m := s.Node.Get("mem_limit"); m != nil {
				p.Holds(at(p, m))
				continue
			}
			p.Broken(at(p, s.Key), "service "+s.Name+" may take all memory of the machine: set deploy.resources.limits with memory, cpus and pids")
		}
	}
	return r
}

func co006() rule.Rule {
	r := base("CO006", finding.Error, rule.Security, "semgrep:privileged-service")
	r.Doc = rule.Doc{
		Title: "privileged container", Since: "0.1.0",
		Why:  "A privileged container is root on the host: it sees all devices and can load kernel modules. Name the one device or capability that is needed.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    privileged: true\n",
		Good: "services:\n  app:\n    image: app:1.0\n    devices: [/dev/ttyUSB0]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			if n := s.Node.Get("privileged"); n.IsTrue() {
				k, _ := s.Node.Find("privileged")
				p.Broken(p.Span(k.Start, n.End), "service "+s.Name+" is root on the host: name the devices or capabilities that it needs instead of privileged")
			}
		}
	}
	return r
}

func co007() rule.Rule {
	r := base("CO007", finding.Error, rule.Security, "semgrep:exposing-docker-socket-volume")
	r.Doc = rule.Doc{
		Title: "Docker's socket mounted into a container", Since: "0.1.0",
		Why:  "Who can speak to the socket can start a container that is root on the host; mounting it read-only changes nothing. Put a proxy before it that lets only the needed calls through.",
		Bad:  "services:\n  agent:\n    image: agent:1.0\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n",
		Good: "services:\n  agent:\n    image: agent:1.0\n    environment:\n      DOCKER_HOST: tcp://socket-proxy:2375\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			for _, m := range mounts(s) {
				if strings.HasSuffix(m.source, "docker.sock") || strings.HasSuffix(m.source, "containerd.sock") || strings.HasSuffix(m.source, "podman.sock") {
					p.Broken(at(p, m.node), "service "+s.Name+" can control the host through "+m.source+": use a proxy that allows only the needed calls")
				}
			}
		}
	}
	return r
}

func co008() rule.Rule {
	r := base("CO008", finding.Error, rule.Security)
	r.Doc = rule.Doc{
		Title: "host namespace shared", Since: "0.1.0",
		Why:  "Sharing the host's network, processes, memory or users takes away what keeps a container apart from the host.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    network_mode: host\n",
		Good: "services:\n  app:\n    image: app:1.0\n    ports: [\"127.0.0.1:8080:8080\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			for _, key := range []string{"network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"} {
				if k, v := s.Node.Find(key); v.Resolve().Text() == "host" {
					p.Broken(p.Span(k.Start, v.End), "service "+s.Name+" shares the host's "+key+": publish ports or share with one service instead")
				}
			}
		}
	}
	return r
}

func co009() rule.Rule {
	r := base("CO009", finding.Warning, rule.Security)
	r.Doc = rule.Doc{
		Title: "capabilities added without dropping the others", Since: "0.1.0",
		Why:  "A service that needs one capability seldom needs the fourteen that Docker gives by default. Some, SYS_ADMIN first of all, are as good as root on the host.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    cap_add: [NET_BIND_SERVICE]\n",
		Good: "services:\n  app:\n    image: app:1.0\n    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			k, add := s.Node.Find("cap_add")
			if k == nil || len(add.Resolve().List()) == 0 {
				continue
			}
			for _, c := range add.Resolve().List() {
				if name := strings.TrimPrefix(strings.ToUpper(c.Text()), "CAP_"); dangerous(name) {
					p.Broken(at(p, c), name+" is as good as root on the host: find the one call that needs it")
				}
			}
			if drop := s.Node.Get("cap_drop"); !strings.EqualFold(strings.Join(drop.Strings(), ""), "all") {
				p.Broken(at(p, k), "service "+s.Name+" adds capabilities and keeps the default ones: drop ALL first", unsafe(insert(p, s, "drop all others", "cap_drop:", "  - ALL"))...)
			} else {
				p.Holds(at(p, drop))
			}
		}
	}
	return r
}

func dangerous(c string) bool {
	switch c {
	case "ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "PERFMON", "SYS_BOOT", "MAC_ADMIN":
		return true
	}
	return false
}

func co010() rule.Rule {
	r := base("CO010", finding.Warning, rule.Security, "semgrep:no-new-privileges")
	r.Doc = rule.Doc{
		Title: "processes may gain privileges", Since: "0.1.0",
		Why:  "With no-new-privileges a program that is set-uid root cannot make an ordinary user root. It costs nothing.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    mem_limit: 512m\n",
		Good: "services:\n  app:\n    image: app:1.0\n    mem_limit: 512m\n    security_opt:\n      - no-new-privileges:true\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range shipped(p) {
			opts := s.Node.Get("security_opt")
			held := false
			for _, o := range opts.List() {
				if strings.HasPrefix(o.Text(), "no-new-privileges") && !strings.HasSuffix(o.Text(), "false") {
					held = true
					p.Holds(at(p, o))
				}
			}
			if held {
				continue
			}
			var fix []finding.Fix
			if opts == nil {
				fix = insert(p, s, "add no-new-privileges", "security_opt:", "  - no-new-privileges:true")
			}
			p.Broken(at(p, s.Key), "processes of "+s.Name+" may gain privileges: add security_opt no-new-privileges:true", fix...)
		}
	}
	return r
}

func co011() rule.Rule {
	r := base("CO011", finding.Info, rule.Security, "semgrep:writable-filesystem-service")
	r.Strict = true
	r.Doc = rule.Doc{
		Title: "writable root file system", Since: "0.1.0",
		Why:  "With a read-only root, an intruder cannot leave programs behind. What must be written goes to a volume or to tmpfs.",
		Bad:  "services:\n  app:\n    image: app:1.0\n",
		Good: "services:\n  app:\n    image: app:1.0\n    read_only: true\n    tmpfs: [/tmp]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range shipped(p) {
			if n := s.Node.Get("read_only"); n.IsTrue() {
				p.Holds(at(p, n))
			} else if !datastore(s) {
				p.Broken(at(p, s.Key), "the root file system of "+s.Name+" is writable: set read_only: true, with tmpfs for what must be written", unsafe(insert(p, s, "make it read-only", "read_only: true"))...)
			}
		}
	}
	return r
}

func co013() rule.Rule {
	r := base("CO013", finding.Info, rule.Code)
	r.Doc = rule.Doc{
		Title: "obsolete version key", Since: "0.1.0",
		Why:  "Compose ignores it and warns on every call.",
		Bad:  "version: \"3.8\"\nservices:\n  app:\n    image: app:1.0\n",
		Good: "services:\n  app:\n    image: app:1.0\n",
	}
	r.Check = func(p *rule.Pass) {
		k, v := p.YAML().Root().Find("version")
		if k == nil {
			return
		}
		end := v.End
		for end < len(p.Bytes) && p.Bytes[end-1] != '\n' {
			end++
		}
		p.Broken(p.Span(k.Start, v.End), "version is obsolete: remove the line", p.Replace("remove it", k.Start, end, ""))
	}
	return r
}

func co015() rule.Rule {
	r := base("CO015", finding.Error, rule.Security, "semgrep:seccomp-confinement-disabled")
	r.Doc = rule.Doc{
		Title: "confinement switched off", Since: "0.1.0",
		Why:  "seccomp, AppArmor and SELinux keep a container from calls that it never needs and that breakouts use.",
		Bad:  "services:\n  app:\n    image: app:1.0\n    security_opt: [\"seccomp:unconfined\"]\n",
		Good: "services:\n  app:\n    image: app:1.0\n    security_opt: [\"no-new-privileges:true\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range services(p.Source) {
			for _, o := range s.Node.Get("security_opt").List() {
				switch strings.ReplaceAll(o.Text(), "=", ":") {
				case "seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined":
					p.Broken(at(p, o), "service "+s.Name+" runs unconfined: give it a profile of its own instead of "+o.Text())
				}
			}
		}
	}
	return r
}
