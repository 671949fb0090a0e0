package dockerfile

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// render writes the plan as a Dockerfile.
func (p *plan) render(r *artifact.Request) []byte {
	w := &writer{}
	w.line("# syntax=docker/dockerfile:1")
	w.blank()
	p.header(w, r)
	if len(p.image.Args) > 0 {
		w.blank()
		w.comment("The bases are pinned, so that a build gives the same result tomorrow, and arguments, so that a mirror or a newer patch needs no change here.")
		if !p.digests() {
			w.line("# autogit:ignore-file DK004 a digest would shut security fixes out until somebody renews it")
		}
		if p.unversioned() {
			w.line("# autogit:ignore-file DK015 the base fixes the release; exact package versions leave its mirrors within weeks")
		}
		for _, a := range p.image.Args {
			w.line("ARG " + assign(a))
		}
	}
	for i, s := range p.image.Stages {
		w.stage(s)
		if i == len(p.image.Stages)-1 {
			p.final(w)
		}
	}
	w.blank()
	return artifact.Seal([]byte(w.String()))
}

// digests tells whether every base is pinned to its content, not only to its version.
func (p *plan) digests() bool {
	for _, a := range p.image.Args {
		if strings.ContainsAny(a.Value, ":/") && !strings.Contains(a.Value, "@") {
			return false
		}
	}
	return true
}

var systemPackages = regexp.MustCompile(`\b(?:apt-get|apt|apk|dnf|microdnf|yum)\b[^\n&|;]*\b(?:install|add)\b((?:\\\n|[^\n&|;])*)`)

// unversioned tells whether a step installs packages of the system without their versions.
func (p *plan) unversioned() bool {
	for _, s := range p.image.Stages {
		for _, step := range s.Steps {
			for _, m := range systemPackages.FindAllStringSubmatch(step.Text, -1) {
				for _, word := range strings.Fields(m[1]) {
					if !strings.HasPrefix(word, "-") && word != "\\" && !strings.ContainsAny(word, "=<>~@$*") {
						return true
					}
				}
			}
		}
	}
	return false
}

// header says what the image is and how it is built.
func (p *plan) header(w *writer, r *artifact.Request) {
	name := p.imageName()
	w.comment(p.sentence())
	flags := buildFlags(r.Path, p.context)
	w.line("#   docker build -t " + name + flags + " " + p.context)
	if len(p.image.Platforms) < 2 {
		return
	}
	w.comment("For every architecture that the bases exist for, with what the labels say:")
	w.line("#   docker buildx build --platform " + strings.Join(p.image.Platforms, ",") + " \\")
	w.line(`#     --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" \`)
	w.line("#     -t registry.example.com/" + name + ":1.0.0 --push" + flags + " " + p.context)
}

func (p *plan) sentence() string {
	s := "Image of " + plain(p.part.Name) + ": " + article(p.part.Kind)
	if l := p.part.Language.String(); l != "" {
		s += " in " + languageName(plain(l))
	}
	if p.image.Port != "" {
		s += ", listens on port " + plain(p.image.Port)
	}
	return s + ". Build it in the root of the repository:"
}

// languageName writes a language as its makers do.
func languageName(l string) string {
	names := map[string]string{
		"go": "Go", "python": "Python", "typescript": "TypeScript", "javascript": "JavaScript", "java": "Java", "kotlin": "Kotlin", "rust": "Rust",
		"ruby": "Ruby", "php": "PHP", "csharp": "C#", "fsharp": "F#", "html": "HTML",
	}
	if n := names[strings.ToLower(l)]; n != "" {
		return n
	}
	return l
}

func article(kind string) string {
	switch kind {
	case stack.KindCLI:
		return "a command-line program"
	case stack.KindStatic:
		return "a static site"
	case "":
		return "a program"
	}
	return "a " + plain(kind)
}

// buildFlags name the Dockerfile where Docker would not find it itself.
func buildFlags(file, context string) string {
	if file == path.Join(context, "Dockerfile") {
		return ""
	}
	return " -f " + file
}

func (p *plan) imageName() string {
	if s := artifact.Slug(p.part.Name); s != "" {
		return s
	}
	return "app"
}

// final writes what belongs to the last stage beside the stack's steps: how the image runs.
func (p *plan) final(w *writer) {
	if len(p.image.Env) > 0 {
		w.blank()
		w.env(p.image.Env)
	}
	w.blank()
	w.comment("Told by the pipeline. They stand after the layers that cost time, because they change with each build.")
	for _, a := range p.args {
		w.line("ARG " + assign(a))
	}
	w.labels(p.labels)
	if p.image.User != "" {
		w.blank()
		w.comment("Numeric, because an orchestrator that demands a user other than root can check only a number.")
		w.line("USER " + p.image.User)
	}
	if p.image.Port != "" {
		w.blank()
		w.line("EXPOSE " + p.image.Port)
	}
	if len(p.image.Health) > 0 {
		w.blank()
		w.comment(p.image.HealthWhy)
		w.line(fmt.Sprintf("HEALTHCHECK --interval=%s --timeout=%s --start-period=%s --retries=%s \\",
			p.health.interval, p.health.timeout, p.health.start, p.health.retries))
		w.line("    CMD " + jsonArray(p.image.Health))
	}
	p.start(w)
}

func (p *plan) start(w *writer) {
	if s := p.image.StopSignal; s != "" && s != "SIGTERM" {
		w.blank()
		w.comment("The signal on which this program stops in good order.")
		w.line("STOPSIGNAL " + s)
	}
	if len(p.image.Entrypoint) == 0 && len(p.image.Cmd) == 0 {
		return
	}
	w.blank()
	w.comment("Exec form: no shell stands between, so the program itself gets the stop signal.")
	if len(p.image.Entrypoint) > 0 {
		w.line("ENTRYPOINT " + jsonArray(p.image.Entrypoint))
	}
	if len(p.image.Cmd) > 0 {
		w.line("CMD " + jsonArray(p.image.Cmd))
	}
}
