package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

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
