package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

const (
	modCache   = "--mount=type=cache,target=/go/pkg/mod"
	buildCache = "--mount=type=cache,target=/root/.cache/go-build"
)

// image plans a static program on distroless, or with cgo a dynamic one on Debian.
func image(scan *stack.Scan, c *stack.Component) *stack.Image {
	p := &planner{scan: scan, c: c, context: contextOf(scan), cgo: needsCgo(c)}
	p.dir = stack.Rel(p.context, c.Path)
	img := &stack.Image{
		User: "65532:65532", Port: c.Port.String(), StaticFinal: !p.cgo,
		Platforms: []string{"linux/amd64", "linux/arm64", "linux/riscv64"}, Ignore: ignore(),
	}
	if p.context != c.Path {
		img.Context = p.context
	}
	base := staticImage
	if p.cgo {
		base = runtimeImage(c.Version.String())
		if codename(c.Version.String()) != "trixie" { // Debian 12 has no riscv64
			img.Platforms = img.Platforms[:2]
		}
	}
	img.Args = []stack.KV{{Key: "GO_IMAGE", Value: goImage(c.Version.String())}, {Key: "RUNTIME_IMAGE", Value: base}}
	if st, arg, ok := c.Frontend.Stage(p.context); ok {
		img.Args = append(img.Args, arg)
		img.Stages = append(img.Stages, st)
		p.frontend = true
	}
	img.Stages = append(img.Stages, p.build(), p.final())
	words := strings.Fields(c.Start.String())
	img.Entrypoint = []string{"/app/" + binary(c)}
	if len(words) > 1 {
		img.Cmd = words[1:]
	}
	img.Env = environment(c)
	if c.Kind == stack.KindService && img.Port != "" {
		img.Health, img.HealthWhy = health(c)
	}
	return img
}

func needsCgo(c *stack.Component) bool {
	return slices.ContainsFunc(c.Notes, func(f stack.Fact) bool { return strings.HasPrefix(f.Value, cgoNote) })
}

type planner struct {
	scan     *stack.Scan
	c        *stack.Component
	context  string
	dir      string // the component's folder in the context
	cgo      bool
	frontend bool
}

func (p *planner) build() stack.Stage {
	s := stack.Stage{Name: "build", From: "${GO_IMAGE}", Cross: !p.cgo}
	if p.cgo {
		s.Why = "cgo compiles with the C compiler of the target, so this stage runs on the target's own architecture."
	} else {
		s.Why = "Go compiles for every architecture, so this stage runs on the build machine's own, without emulation."
	}
	add := func(why, text string) { s.Steps = append(s.Steps, stack.Step{Why: why, Text: text}) }
	add("", "WORKDIR "+path.Join("/src", p.dir))
	if p.dir == "." {
		manifests := "go.mod"
		if p.c.LockFile != nil {
			manifests += " go.sum"
		}
		add("Dependencies first: this layer stays cached until go.mod or go.sum changes.", "COPY "+manifests+" ./")
		if !p.scan.Tree.HasDir(p.scan.Path("vendor")) {
			add("", "RUN "+modCache+" go mod download")
		}
	}
	env := "CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH"
	add("", "ARG TARGETOS TARGETARCH")
	if p.probed() {
		add("The final image has neither shell nor curl, so it gets a small program that asks the health route.", probe(p.c.PortFromEnv.String()))
		add("", "RUN "+buildCache+" "+env+" go build -trimpath -ldflags=\"-s -w\" -o /out/healthcheck /healthcheck/main.go")
	}
	if p.dir == "." {
		add("", "COPY . .")
	} else {
		add("The modules beside it are part of it.", "COPY . /src")
	}
	if p.frontend {
		add("", "COPY --from=frontend "+p.c.Frontend.BuiltIn(p.context)+" "+path.Join("/src", stack.Rel(p.context, p.c.Frontend.Output)))
	}
	s.Steps = append(s.Steps, p.compile(env))
	return s
}

func (p *planner) compile(env string) stack.Step {
	flags, why := "-trimpath -ldflags=\"-s -w\"", ""
	if p.cgo {
		env, why = "CGO_ENABLED=1", "timetzdata: the final image has no time zones of its own."
		flags += " -tags timetzdata"
	}
	return stack.Step{Why: why, Text: "RUN " + modCache + " " + buildCache + " \\\n    " + strings.Join(p.commands(env+" go build "+flags), " \\\n    && ")}
}

// commands compile the main program and the workers, each under the name of its package.
func (p *planner) commands(build string) []string {
	out := []string{build + " -o /out/" + binary(p.c) + " " + p.c.Entry.Value}
	for _, w := range p.c.Workers {
		dir := path.Dir(w.Evidence.File)
		out = append(out, build+" -o /out/"+path.Base(dir)+" ./"+stack.Rel(p.c.Path, dir))
	}
	return out
}

func (p *planner) probed() bool { return p.c.Kind == stack.KindService && p.c.Port != nil }

func (p *planner) final() stack.Stage {
	s := stack.Stage{Name: "runtime", From: "${RUNTIME_IMAGE}", Why: "Only the program: no shell, no package manager, no source."}
	if p.cgo {
		s.Why = "The C library that the program was linked against, and little else."
		s.Steps = append(s.Steps, stack.Step{
			Why:  "For connections out over TLS; the slim image has no certificates.",
			Text: "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/",
		})
	}
	s.Steps = append(s.Steps, stack.Step{Text: "WORKDIR /app"}, stack.Step{Text: "COPY --from=build /out/ /app/"})
	for _, a := range p.c.Assets {
		from := path.Join(p.dir, a.Value)
		if p.frontend && within(path.Join(p.c.Path, a.Value), p.c.Frontend.Output) {
			continue // comes with the built frontend below
		}
		if p.scan.Tree.Has(p.scan.Path(a.Value)) {
			s.Steps = append(s.Steps, stack.Step{Text: "COPY " + from + " " + "./" + a.Value})
		} else {
			s.Steps = append(s.Steps, stack.Step{Why: "The program reads it at run time.", Text: "COPY " + from + "/ ./" + a.Value + "/"})
		}
	}
	if p.frontend && !embedded(p.c) {
		s.Steps = append(s.Steps, stack.Step{
			Why:  "The built frontend, which the program serves.",
			Text: "COPY --from=frontend " + p.c.Frontend.BuiltIn(p.context) + "/ ./" + stack.Rel(p.c.Path, p.c.Frontend.Output) + "/",
		})
	}
	return s
}

func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// embedded tells whether the built frontend is compiled into the program.
func embedded(c *stack.Component) bool {
	return slices.ContainsFunc(c.Embeds, func(f stack.Fact) bool {
		p := path.Join(c.Path, f.Value)
		return within(p, c.Frontend.Output) || within(c.Frontend.Output, p)
	})
}

// environment tells the program to listen where a container needs it.
func environment(c *stack.Component) []stack.KV {
	var env []stack.KV
	if c.PortFromEnv != nil && c.Port != nil {
		env = append(env, stack.KV{Key: c.PortFromEnv.Value, Value: c.Port.Value})
	}
	if c.ListenFromEnv != nil && c.Listen != nil {
		value := "0.0.0.0"
		joint := c.ListenFromEnv.Value + " holds address and port together"
		if slices.ContainsFunc(c.Notes, func(f stack.Fact) bool { return strings.HasPrefix(f.Value, joint) }) {
			value += ":" + orDefault(c.Port.String())
		}
		env = append(env, stack.KV{Key: c.ListenFromEnv.Value, Value: value})
	}
	return env
}

func health(c *stack.Component) (command []string, why string) {
	if c.Health == nil {
		return []string{"/app/healthcheck", "tcp://127.0.0.1:" + c.Port.Value}, "The program has no health route, so this asks only whether it accepts connections."
	}
	return []string{"/app/healthcheck", "http://127.0.0.1:" + c.Port.Value + c.Health.Value}, "Asks the program's own health route."
}

// probe writes the source of the health check: it exits 0 when the route answers with a status below 400, and follows the
// variable that moves the port.
func probe(portEnv string) string {
	follow := ""
	if portEnv != "" {
		follow = "\tif port := os.Getenv(\"" + portEnv + "\"); port != \"\" {\n\t\thost = net.JoinHostPort(target.Hostname(), port)\n\t}\n"
	}
	return `COPY <<"EOF" /healthcheck/main.go
package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"
)

func main() {
	target, err := url.Parse(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	host := target.Host
` + follow + `	conn, err := net.DialTimeout("tcp", host, 3*time.Second)
	if err != nil {
		os.Exit(1)
	}
	if target.Scheme == "tcp" {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", target.RequestURI())
	status := make([]byte, len("HTTP/1.0 200"))
	if _, err := io.ReadFull(conn, status); err != nil || status[9] < '2' || status[9] > '3' {
		os.Exit(1)
	}
}
EOF`
}

func ignore() []string {
	return []string{
		".git", ".github", ".gitlab-ci.yml", ".env", ".env.*", "*.pem", "*.key", "Dockerfile*", "*.dockerignore", "docker-compose*", "compose*.y*ml",
		"**/node_modules", "bin/", "coverage.out", ".cache/", ".idea/", ".vscode/", "tmp/",
	}
}
