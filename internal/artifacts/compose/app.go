package compose

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// addApp adds a component as a service, and its workers as services beside it.
func (b *builder) addApp(p artifact.Part, name string) error {
	s := b.appService(p, name)
	s.why = b.sentence(p)
	if b.p.dev {
		if err := b.develop(s, p); err != nil {
			return err
		}
		s.memory = devMemory(p)
	} else {
		b.deploy(s, p)
	}
	b.probe(s, p)
	b.publish(s, p)
	b.p.services = append(b.p.services, s)
	for i, w := range p.Workers {
		b.addWorker(s, p, w.Value, i)
	}
	return nil
}

// appService is what development and production share.
func (b *builder) appService(p artifact.Part, name string) *service {
	s := &service{
		name: name, app: true, noNewPrivs: true, rotateLogs: true,
		cpus: "1.0", memory: memoryOf(p), pids: "512", grace: "30s",
	}
	if p.Recipe.Image != nil {
		s.init = !p.Recipe.Image.StaticFinal
		s.stopSignal = p.Recipe.Image.StopSignal
	}
	for _, st := range b.storesOf(p) {
		s.depends = append(s.depends, st.host)
	}
	b.environment(s, p)
	return s
}

func (b *builder) sentence(p artifact.Part) string {
	if p.Path == "." || p.Path == "" {
		return ""
	}
	return "The program in " + p.Path + "."
}

// memoryOf is a first limit that the runtime starts in; claims and measurements change it.
func memoryOf(p artifact.Part) string {
	switch p.Stack {
	case "java", "dotnet":
		return "1G"
	case "static":
		return "128M"
	}
	return "512M"
}

// devMemory is the limit of a development server. One that compiles needs room for the compiler: Go's was killed at 512M
// while it built a Postgres driver.
func devMemory(p artifact.Part) string {
	switch p.Stack {
	case "golang", "rust", "java", "dotnet":
		if len(p.Recipe.DevCommand) > 0 {
			return "2G"
		}
	}
	return memoryOf(p)
}

// deploy makes s the service of an image that a pipeline has pushed.
func (b *builder) deploy(s *service, p artifact.Part) {
	v := "IMAGE"
	if len(b.parts) > 1 {
		v = envName(s.name) + "_IMAGE"
	}
	s.image = "${" + v + ":?set " + v + " to the image to run, with its tag or digest}"
	s.imageWhy = b.p.once("Tested and pushed by the pipeline; nothing is built on the server.")
	b.p.addVar(variable{name: v, required: true, example: "", why: "Image of " + s.name + " with its tag or digest: registry.example.com/" + s.name + ":1.0.0"})
	s.dropCaps, s.readOnly = true, true
	s.tmpfs = []string{"/tmp"}
	if p.Recipe.Image != nil {
		s.tmpfs = append(s.tmpfs, p.Recipe.Image.Writable...)
	}
	s.restart = "unless-stopped"
}

// probe gives s the health check that works in the image, or the reason why there is none.
func (b *builder) probe(s *service, p artifact.Part) {
	im := p.Recipe.Image
	if im == nil || im.Port == "" {
		s.unhealthy = "It serves no port, so nobody can ask it; its restart policy watches over it."
		return
	}
	test := im.Health
	if b.p.dev && s.build != nil && s.build.target != "" {
		test = devHealth(p.Recipe, s.build.target)
	}
	if len(test) == 0 {
		s.unhealthy = "The survey found no way to ask it that works in this image."
		return
	}
	s.health = &health{test: escapeDollar(test), interval: "30s", timeout: "5s", retries: "3", start: startPeriod(p)}
	if slices.Equal(test, im.Health) {
		s.health.why = im.HealthWhy
	}
	if b.p.dev {
		s.health.interval, s.health.start = "5s", "60s" // a development server may compile first
	}
}

func startPeriod(p artifact.Part) string {
	if p.Stack == "java" || p.Stack == "dotnet" {
		return "40s"
	}
	return "10s"
}

// devHealth is the health command for an earlier stage of the image: the recipe's own, the image's where the stage has its program,
// and none otherwise.
func devHealth(r *stack.Recipe, target string) []string {
	im := r.Image
	switch {
	case len(r.DevHealth) > 0:
		return r.DevHealth
	case len(im.Health) == 0 || target == im.Stages[len(im.Stages)-1].Name:
		return im.Health
	case im.StaticFinal || strings.HasPrefix(im.Health[0], "/"):
		return healthInStage(im, target)
	case baseOf(im, target) == baseOf(im, im.Stages[len(im.Stages)-1].Name), slices.Contains([]string{"bash", "python", "node", "java", "ruby", "php"}, im.Health[0]):
		return im.Health // another stage of the same language has its interpreter, and every Debian has bash
	}
	return nil
}

// baseOf is the image that a stage comes from at the end.
func baseOf(im *stack.Image, name string) string {
	for i := len(im.Stages) - 1; i >= 0; i-- {
		if im.Stages[i].Name == name {
			name = im.Stages[i].From // a stage can only build on earlier ones
		}
	}
	return name
}

var copyFrom = regexp.MustCompile(`(?im)^COPY\s+(?:--\S+\s+)*--from=(\S+)\s+(?:--\S+\s+)*(\S+)\s+(\S+)\s*$`)

// healthInStage is the image's health command with its program at the place where an earlier stage has it; nil when that stage has it not.
func healthInStage(im *stack.Image, target string) []string {
	if len(im.Health) == 0 {
		return nil
	}
	final := im.Stages[len(im.Stages)-1]
	for _, step := range final.Steps {
		for _, m := range copyFrom.FindAllStringSubmatch(step.Text, -1) {
			from, src, dst := m[1], m[2], m[3]
			if from != target {
				continue
			}
			if rest, ok := strings.CutPrefix(im.Health[0], dst); ok && strings.HasSuffix(src, "/") && strings.HasSuffix(dst, "/") {
				return append([]string{src + rest}, im.Health[1:]...) // a whole folder
			}
			if strings.HasSuffix(dst, "/") {
				dst += path.Base(src)
			}
			if dst == im.Health[0] {
				return append([]string{src}, im.Health[1:]...)
			}
		}
	}
	return nil
}

// publish opens the program's port: to this machine alone in development, to the host's networks in production.
func (b *builder) publish(s *service, p artifact.Part) {
	im := p.Recipe.Image
	if im == nil || im.Port == "" {
		return
	}
	host := im.Port
	for _, c := range criterion.Find(b.r.Claims, criterion.Expose) {
		if want := c.Param("port"); want != "" && len(b.parts) == 1 {
			host = want
		}
	}
	host = b.ports.take(host)
	if b.p.dev {
		s.ports = []string{"127.0.0.1:" + host + ":" + im.Port}
		s.portsWhy = b.p.once("Only this machine reaches it.")
		return
	}
	s.ports = []string{host + ":" + im.Port}
	s.portsWhy = b.p.once("Published on every address of the host: before it belongs a proxy that ends TLS.")
}

// simpleCommand is a command line that needs no shell.
var simpleCommand = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+( +[A-Za-z0-9_./:=@%+,-]+)*$`)

// addWorker adds a process that runs beside the web one, from the same image.
func (b *builder) addWorker(web *service, p artifact.Part, command string, i int) {
	s := *web
	name := web.name + "-worker"
	if i > 0 {
		name = fmt.Sprintf("%s-%d", name, i+1)
	}
	s.name = b.names.take(name, "worker")
	s.why = "Works beside " + web.name + ", from the same image."
	s.ports, s.portsWhy, s.imageWhy = nil, "", ""
	s.health, s.unhealthy = nil, "The image's own check asks the web server, which does not run here."
	s.entrypoint, s.command, s.commandWhy = nil, words(command), ""
	if im := p.Recipe.Image; im != nil && len(im.Entrypoint) > 0 {
		s.entrypoint, s.command = s.command, nil // the image's entrypoint would take the command for its arguments
	}
	if s.build != nil {
		own := *web.build
		s.build = &own
	}
	b.p.services = append(b.p.services, &s)
}

func words(command string) []string {
	if simpleCommand.MatchString(command) {
		return strings.Fields(command)
	}
	return []string{"sh", "-c", strings.ReplaceAll("exec "+command, "$", "$$")}
}
