package compose

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
)

// render writes the project as a Compose file.
func (p *project) render() []byte {
	w := &writer{}
	for _, l := range p.header {
		if strings.HasPrefix(l, "  ") {
			w.line("# " + l)
		} else {
			w.comment(l)
		}
	}
	w.blank()
	w.key("name", p.name)
	w.blank()
	p.shareLogging(w)
	w.in("services", func() {
		for i, s := range p.services {
			if i > 0 {
				w.blank()
			}
			p.service(w, s)
		}
	})
	p.tail(w)
	w.blank()
	return artifact.Seal([]byte(w.b.String()))
}

func (p *project) service(w *writer, s *service) {
	w.comment(s.why)
	w.in(s.name, func() {
		p.origin(w, s)
		w.comment(s.commandWhy)
		w.flow("entrypoint", s.entrypoint)
		w.flow("command", s.command)
		if s.init {
			w.comment(p.once("A small init as process 1 passes signals on and reaps orphans, which interpreters do not."))
			w.raw("init", "true")
		}
		if s.user != "" {
			w.raw("user", double(s.user))
		}
		environment(w, s.env)
		w.list("env_file", s.envFile)
		w.list("secrets", s.secrets)
		w.comment(s.portsWhy)
		w.quotedList("ports", s.ports)
		w.list("volumes", s.volumes)
		w.list("tmpfs", s.tmpfs)
		if s.shmSize != "" {
			w.comment("Parallel queries share memory here, and Docker's 64 MB are too few.")
			w.key("shm_size", s.shmSize)
		}
		w.list("networks", s.networks)
		dependsOn(w, s.depends, p.condition)
		p.health(w, s)
		develop(w, s.watch)
		p.keep(w, s)
		p.harden(w, s)
		limits(w, s)
		p.logging(w, s)
	})
}

// once returns a comment the first time, and nothing after that.
func (p *project) once(text string) string {
	if slices.Contains(p.told, text) {
		return ""
	}
	p.told = append(p.told, text)
	return text
}

func (p *project) origin(w *writer, s *service) {
	if s.build != nil {
		w.in("build", func() {
			w.key("context", s.build.context)
			w.key("dockerfile", s.build.dockerfile)
			w.key("target", s.build.target)
		})
	}
	w.comment(s.imageWhy)
	w.key("image", s.image)
}

func environment(w *writer, list []entry) {
	if len(list) == 0 {
		return
	}
	w.in("environment", func() {
		for _, e := range list {
			w.comment(e.why)
			if e.pass {
				w.line(scalar(e.key) + ": null # handed on when .env or the shell sets it")
				continue
			}
			w.raw(e.key, scalar(e.value))
		}
	})
}

func dependsOn(w *writer, names []string, condition func(string) string) {
	if len(names) == 0 {
		return
	}
	w.in("depends_on", func() {
		for _, n := range names {
			w.in(n, func() { w.raw("condition", condition(n)) })
		}
	})
}

// condition is what can be waited for: health where a service is asked for it, else that it runs.
func (p *project) condition(name string) string {
	for _, s := range p.services {
		if s.name == name && s.health == nil {
			return "service_started"
		}
	}
	return "service_healthy"
}

func (p *project) health(w *writer, s *service) {
	if s.health == nil {
		if s.unhealthy != "" {
			w.comment(s.unhealthy)
			w.in("healthcheck", func() { w.raw("disable", "true") })
		}
		return
	}
	w.comment(s.health.why)
	w.in("healthcheck", func() {
		w.flow("test", append([]string{"CMD"}, s.health.test...))
		w.key("interval", s.health.interval)
		w.key("timeout", s.health.timeout)
		w.raw("retries", s.health.retries)
		w.key("start_period", s.health.start)
	})
}

func develop(w *writer, list []watch) {
	if len(list) == 0 {
		return
	}
	w.in("develop", func() {
		w.seq("watch", func() {
			for _, r := range list {
				w.item("action: "+r.action, func() {
					w.key("path", r.path)
					w.key("target", r.target)
					w.list("ignore", r.ignore)
				})
			}
		})
	})
}

// keep is how the service is kept running and stopped.
func (p *project) keep(w *writer, s *service) {
	if s.restart == "no" {
		w.raw("restart", double("no")) // plain, YAML takes it for false
	} else {
		w.key("restart", s.restart)
	}
	if s.stopSignal != "" && s.stopSignal != "SIGTERM" {
		w.comment(p.once("The signal on which it stops in good order."))
		w.key("stop_signal", s.stopSignal)
	}
	if !p.dev {
		w.key("stop_grace_period", s.grace)
	}
}

// harden takes away what the service does not need.
func (p *project) harden(w *writer, s *service) {
	if s.readOnly {
		w.comment(p.once("What is in the image cannot be changed; what must be written goes to volumes and to memory."))
		w.raw("read_only", "true")
	}
	if s.noNewPrivs {
		w.comment(p.once("No program inside gains rights that it was not started with."))
		w.list("security_opt", []string{"no-new-privileges:true"})
	}
	if s.dropCaps {
		w.list("cap_drop", []string{"ALL"})
		if len(s.addCaps) > 0 {
			w.comment(p.once("Its entrypoint starts as root, prepares the data folder and gives root up: it needs these, and no others."))
			if slices.Contains(s.addCaps, "DAC_READ_SEARCH") {
				w.line("# autogit:ignore CO009 its data folder belongs to the user that it runs as later, and root must look into it")
			}
			w.list("cap_add", s.addCaps)
		}
	}
}

func limits(w *writer, s *service) {
	w.in("deploy", func() {
		w.in("resources", func() {
			w.in("limits", func() {
				w.raw("cpus", double(s.cpus))
				w.key("memory", s.memory)
				w.raw("pids", s.pids)
			})
		})
	})
}

const logReason = "Docker's own log file grows without end."

// shareLogging writes the log options once where several services have them.
func (p *project) shareLogging(w *writer) {
	n := 0
	for _, s := range p.services {
		if s.rotateLogs {
			n++
		}
	}
	if n < 2 {
		return
	}
	p.sharedLogs = true
	w.comment(logReason)
	w.line("x-logging: &logging")
	w.depth++
	logOptions(w)
	w.depth--
	w.blank()
}

func (p *project) logging(w *writer, s *service) {
	switch {
	case !s.rotateLogs:
	case p.sharedLogs:
		w.raw("logging", "*logging")
	default:
		w.comment(p.once(logReason))
		w.in("logging", func() { logOptions(w) })
	}
}

func logOptions(w *writer) {
	w.key("driver", "json-file")
	w.in("options", func() {
		w.key("max-size", "10m")
		w.raw("max-file", double("3"))
	})
}

// tail writes the networks, volumes and secrets that services name.
func (p *project) tail(w *writer) {
	if len(p.networks) > 0 {
		w.blank()
		w.in("networks", func() {
			for _, n := range p.networks {
				w.comment(n.why)
				if n.internal {
					w.in(n.name, func() { w.raw("internal", "true") })
				} else {
					w.line(scalar(n.name) + ": {}")
				}
			}
		})
	}
	if len(p.volumes) > 0 {
		w.blank()
		w.comment("Kept when containers are replaced; `docker compose down --volumes` deletes them.")
		w.in("volumes", func() {
			for _, v := range p.volumes {
				w.line(scalar(v.name) + ": {}")
			}
		})
	}
	if len(p.secrets) > 0 {
		w.blank()
		w.comment("Mounted at /run/secrets; the folder is not in Git.")
		w.in("secrets", func() {
			for _, s := range p.secrets {
				w.in(s, func() { w.key("file", "./secrets/"+s) })
			}
		})
	}
}
