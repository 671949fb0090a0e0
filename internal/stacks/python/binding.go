package python

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// binding is where and how the project itself says that it listens.
type binding struct {
	module   string // what "python -m" runs, when the project starts its server itself and well
	gunicorn bool   // a gunicorn configuration has the address
}

var (
	portArg   = regexp.MustCompile(`\bport\s*=\s*(.+?)\s*(?:,\s*\w+\s*=|,\s*$|\)\s*$|$)`)
	hostArg   = regexp.MustCompile(`\bhost\s*=\s*(.+?)\s*(?:,\s*\w+\s*=|,\s*$|\)\s*$|$)`)
	envExpr   = regexp.MustCompile(`(?:environ(?:\.get)?|getenv|env(?:\.\w+)?|config)\s*[\[(]\s*["']([A-Z][A-Z0-9_]*)["']\s*(?:,\s*(?:default\s*=\s*)?(?:cast\s*=\s*\w+\s*,\s*default\s*=\s*)?["']?([\w.:-]*)["']?)?`)
	numberRe  = regexp.MustCompile(`^["']?(\d{2,5})["']?$`)
	stringRe  = regexp.MustCompile(`^["']([^"']*)["']$`)
	callRe    = regexp.MustCompile(`^(?:\w+\.)*(\w+)\(\s*\)$`)
	identRe   = regexp.MustCompile(`^(?:\w+\.)*(\w+)$`)
	bindRe    = regexp.MustCompile(`^bind\s*=\s*(.+)$`)
	hostPort  = regexp.MustCompile(`([\w.-]*|\[::\]):(\d{2,5})`)
	reloadArg = regexp.MustCompile(`\breload\s*=\s*True\b|\bdebug\s*=\s*True\b`)
)

// binding settles port and address: the project's own start, gunicorn's configuration, a Procfile, an existing Dockerfile,
// and last the servers' own default.
func (d *describer) binding() {
	d.ownStart()
	d.gunicornConfig()
	d.procfile()
	if d.target == "" && d.bind.module == "" {
		return
	}
	if d.c.Port == nil {
		if df := stack.ReadDockerfile(d.scan.Tree, d.scan.Dir); df != nil {
			d.c.Port = df.Expose
		}
	}
	if d.c.Port == nil {
		d.c.Port = stack.DefaultFact("8000", "uvicorn and gunicorn listen on 8000 unless told otherwise")
	}
	if d.bind.module == "" && d.c.PortFromEnv != nil && d.server() == "uvicorn" {
		// The start command names the port itself: the variable of the script that is not used moves nothing.
		d.c.PortFromEnv = nil
	}
}

// ownStart reads uvicorn.run(…), app.run(…) and web.run_app(…).
func (d *describer) ownStart() {
	for _, f := range d.files {
		for i, l := range f.Code {
			if !strings.Contains(l, "run") && !strings.Contains(l, "serve(") {
				continue
			}
			m := runRe.FindStringSubmatch(l)
			if m == nil || strings.HasPrefix(strings.TrimSpace(l), "def ") {
				continue
			}
			call := callText(f, i)
			if m[1] == "serve" && !strings.Contains(call, "port") {
				continue
			}
			d.readRun(f, i, m[1], call)
			return
		}
	}
}

func (d *describer) readRun(f source.File, i int, fn, call string) {
	at := f.At(i + 1)
	port := d.value(portArg.FindStringSubmatch(call))
	host := d.value(hostArg.FindStringSubmatch(call))
	if stack.IsPort(port.def) {
		d.c.Port = at.Declared(port.def)
	}
	if port.env != "" {
		d.c.PortFromEnv = at.Declared(port.env)
	}
	if host.env != "" {
		d.c.ListenFromEnv = at.Declared(host.env)
	}
	loopback := host.def == "localhost" || strings.HasPrefix(host.def, "127.")
	if host.def == "" && host.env == "" && fn != "web.run_app" {
		loopback = true // uvicorn and Flask listen on 127.0.0.1 unless told otherwise
	}
	ownServer := fn == "uvicorn.run" || fn == "web.run_app" || fn == "hypercorn.run" || fn == "serve"
	if loopback {
		d.c.Listen = at.Declared("127.0.0.1")
		d.c.Notes = append(d.c.Notes, *at.Derived("started by itself it listens on 127.0.0.1: a container must be told to listen on all interfaces"))
	}
	if !ownServer || reloadArg.MatchString(call) || (loopback && host.env == "") {
		return
	}
	module := d.module(f.Path)
	if path.Base(f.Path) == "__main__.py" {
		module = strings.TrimSuffix(module, ".__main__")
	} else if !f.First(mainGuard).OK() {
		return
	}
	d.bind.module = module
	d.c.Entry = at.Derived(module)
}

// maxSteps bounds how many names one survey follows.
const maxSteps = 300

// setting is a value of the source: a literal, or a variable with its default.
type setting struct{ env, def string }

// value follows an argument: a literal, an environment look-up, a constant or field, a function without arguments.
func (d *describer) value(m []string) setting {
	if m == nil {
		return setting{}
	}
	return d.follow(strings.TrimSpace(m[1]), 0)
}

func (d *describer) follow(expr string, depth int) setting {
	expr = strings.TrimSuffix(strings.TrimSpace(expr), ",")
	for _, wrap := range []string{"int(", "str("} {
		if strings.HasPrefix(expr, wrap) {
			expr = strings.TrimSuffix(strings.TrimPrefix(expr, wrap), ")")
		}
	}
	if m := numberRe.FindStringSubmatch(expr); m != nil {
		return setting{def: m[1]}
	}
	if m := stringRe.FindStringSubmatch(expr); m != nil {
		return setting{def: m[1]}
	}
	if m := envExpr.FindStringSubmatch(expr); m != nil {
		s := setting{env: m[1], def: m[2]}
		if _, rest, ok := strings.Cut(expr, " or "); ok && s.def == "" {
			s.def = d.follow(rest, depth+1).def
		}
		if !stack.IsPort(s.def) && identRe.MatchString(s.def) && depth < 4 {
			if c := d.constant(s.def, depth+1); c.def != "" {
				s.def = c.def
			}
		}
		return s
	}
	if d.steps++; depth > 4 || d.steps > maxSteps {
		return setting{}
	}
	if m := callRe.FindStringSubmatch(expr); m != nil {
		return d.function(m[1], depth+1)
	}
	if m := identRe.FindStringSubmatch(expr); m != nil {
		return d.constant(m[1], depth+1)
	}
	return setting{}
}

// constant finds NAME = value, or a field name: type = value, anywhere in the project.
func (d *describer) constant(name string, depth int) setting {
	re := regexp.MustCompile(`^\s*(?:self\.)?` + regexp.QuoteMeta(name) + `\s*(?::\s*[\w\[\], |]+)?\s*=\s*(.+)$`)
	for _, f := range d.files {
		for i, l := range f.Code {
			if !strings.Contains(l, name) {
				continue
			}
			m := re.FindStringSubmatch(l)
			if m == nil {
				continue
			}
			s := d.follow(m[1], depth)
			if strings.HasPrefix(l, " ") && s.env == "" {
				if prefix, ok := settingsClass(f, i); ok {
					s.env = strings.ToUpper(prefix + name)
				}
			}
			if s != (setting{}) {
				return s
			}
		}
	}
	return setting{}
}

// function reads the first look-up in a function's body, and the default that stands beside it.
func (d *describer) function(name string, depth int) setting {
	def := regexp.MustCompile(`^\s*def\s+` + regexp.QuoteMeta(name) + `\s*\(`)
	for _, f := range d.files {
		m := f.First(def)
		if !m.OK() {
			continue
		}
		for _, l := range f.Code[m.Line:min(m.Line+15, len(f.Code))] {
			_, rhs, ok := strings.Cut(l, "=")
			if !ok {
				_, rhs, ok = strings.Cut(l, "return ")
			}
			if ok && envExpr.MatchString(rhs) {
				return d.follow(strings.TrimSpace(rhs), depth)
			}
		}
	}
	return setting{}
}

// gunicornConfig reads bind from gunicorn.conf.py.
func (d *describer) gunicornConfig() {
	for _, name := range []string{"gunicorn.conf.py", "gunicorn_conf.py", "gunicorn.py"} {
		f := source.Parse(d.scan.Tree, d.scan.Path(name), syntax)
		m := f.First(bindRe)
		if !m.OK() {
			continue
		}
		if e := envExpr.FindStringSubmatch(m.Group(1)); e != nil {
			d.c.PortFromEnv = m.Declared(e[1])
			if stack.IsPort(e[2]) {
				d.c.Port = m.Declared(e[2])
			}
			d.bind.gunicorn = true
			return
		}
		if hp := hostPort.FindStringSubmatch(m.Group(1)); hp != nil {
			d.c.Port = m.Declared(hp[2])
			d.bind.gunicorn = hp[1] != "localhost" && !strings.HasPrefix(hp[1], "127.")
			if !d.bind.gunicorn {
				d.c.Listen = m.Declared(hp[1])
				d.c.Notes = append(d.c.Notes, *m.Derived("gunicorn is configured to listen on " + hp[1] + ": the start command says otherwise"))
			}
			return
		}
	}
}

var procPort = regexp.MustCompile(`(?:--port[ =]|--bind[ =][\w.]*:|-b[ =]?[\w.]*:|-p )\s*(\d{2,5}|\$\{?\w+(?::-(\d+))?\}?)`)

func (d *describer) procfile() {
	for _, p := range stack.Procfile(d.scan.Tree, d.scan.Dir) {
		if p.Name != "web" {
			continue
		}
		if m := procPort.FindStringSubmatch(p.Fact.Value); m != nil && d.c.Port == nil {
			port := m[1]
			if strings.HasPrefix(port, "$") {
				port = m[2]
			}
			if stack.IsPort(port) {
				d.c.Port = stack.DeclaredFact(port, p.Fact.Evidence)
			}
		}
	}
}

// callText is a call from its line to the closing bracket, in one line.
func callText(f source.File, i int) string {
	var b strings.Builder
	open := 0
	for _, l := range f.Code[i:min(i+40, len(f.Code))] {
		b.WriteString(strings.TrimSpace(l))
		b.WriteByte(' ')
		open += strings.Count(l, "(") - strings.Count(l, ")")
		if open <= 0 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}
