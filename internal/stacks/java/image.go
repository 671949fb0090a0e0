package java

import (
	"path"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// user is who the program runs as: a number, so that an orchestrator can tell that it is not root.
const user = "10001:10001"

// maxCopied bounds the COPY lines of the dependency layer: a build of more modules copies everything at once.
const maxCopied = 25

// image is the plan of the container image; nil for a war that needs an application server.
func (b *build) image(m *module, a *app, c *stack.Component) *stack.Image {
	if a.packing == warFile {
		return nil
	}
	java := major(c.Version.String())
	img := &stack.Image{
		Args:      b.imageArgs(java),
		User:      user,
		Port:      c.Port.String(),
		Platforms: platforms(java),
		Ignore:    b.ignore(),
		Env: []stack.KV{{Key: "JAVA_TOOL_OPTIONS",
			Value: "-XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError"}},
	}
	img.Env = append(img.Env, a.environment(c)...)
	deps, build := b.buildStages(m, a)
	if st, arg, ok := c.Frontend.Stage(c.Path); ok {
		img.Args = append(img.Args, arg)
		img.Stages = append(img.Stages, st)
		out := stack.Rel(c.Path, c.Frontend.Output)
		build.Steps = append(build.Steps, stack.Step{Text: "COPY --from=frontend " + c.Frontend.BuiltIn(c.Path) + "/ " + out + "/"})
	}
	final := stack.Stage{Name: "runtime", From: "${JRE_IMAGE}", Why: "The runtime has no compiler and no build tool."}
	a.pack(b, m, &build, &final, img)
	img.Stages = append(img.Stages, deps, build, final)
	a.probe(c, img)
	return img
}

func (b *build) imageArgs(java int) []stack.KV {
	jdk := jdkImage(java)
	switch {
	case b.wrapped():
	case b.tool == "maven":
		jdk = "maven:" + mavenVersion + "-eclipse-temurin-" + strconv.Itoa(java)
	default:
		jdk = "gradle:" + b.gradleFor(java) + "-jdk" + strconv.Itoa(java)
	}
	return []stack.KV{{Key: "JDK_IMAGE", Value: jdk}, {Key: "JRE_IMAGE", Value: jreImage(java)}}
}

// environment makes the program reachable in a container and lets it finish requests before it stops.
func (a *app) environment(c *stack.Component) []stack.KV {
	var out []stack.KV
	if c.Listen != nil && c.ListenFromEnv != nil {
		out = append(out, stack.KV{Key: c.ListenFromEnv.Value, Value: "0.0.0.0"})
	}
	if c.Port != nil && c.PortFromEnv != nil {
		out = append(out, stack.KV{Key: c.PortFromEnv.Value, Value: c.Port.Value})
	}
	old := a.boot != "" && stack.CompareVersions(a.boot, "3.4") < 0 && stack.CompareVersions(a.boot, "2.3") >= 0
	if _, set := a.settings.get("server.shutdown"); old && !set && a.web {
		out = append(out, stack.KV{Key: "SERVER_SHUTDOWN", Value: "graceful"})
	}
	return out
}

// probe asks over HTTP with bash, which the base has. curl is in the base only for historical reasons and may go.
func (a *app) probe(c *stack.Component, img *stack.Image) {
	if c.Port == nil {
		return
	}
	port := source.PortExpression(c.PortFromEnv.String(), c.Port.Value)
	if c.Health == nil {
		img.Health = source.PortProbe(port)
		img.HealthWhy = "The program has no health route, so the check only opens a connection; bash does it, because the base promises no HTTP client."
		return
	}
	if a.health != "" {
		port = a.health
	}
	img.Health = source.BashProbe(port, c.Health.Value, "")
	img.HealthWhy = "bash speaks HTTP itself here: the base promises no HTTP client."
}

// cache is the mount that keeps what the build tool has downloaded.
func (b *build) cache() string {
	if b.tool == "maven" {
		return "--mount=type=cache,target=/root/.m2,sharing=locked"
	}
	return "--mount=type=cache,target=/cache/gradle,sharing=locked"
}

// batch is the build tool's command as an image build runs it.
func (b *build) batch(args string) string {
	if b.tool == "gradle" {
		return b.runner() + " --no-daemon " + args
	}
	return b.runner() + " " + args
}

// buildStages get the dependencies and compile, on the build machine: bytecode is the same for every architecture.
// Development runs in the first one, with the source bound in.
func (b *build) buildStages(m *module, a *app) (deps, build stack.Stage) {
	deps = stack.Stage{Name: "deps", From: "${JDK_IMAGE}", Cross: true,
		Why: "Bytecode is the same for every architecture, so it is compiled once, on the build machine."}
	deps.Steps = append(deps.Steps, stack.Step{Text: "WORKDIR /src"})
	if b.tool == "gradle" {
		deps.Steps = append(deps.Steps, stack.Step{Text: "ENV GRADLE_USER_HOME=/cache/gradle"})
	}
	if copies := b.manifestCopies(); len(copies) > 0 {
		copies[0].Why = "Dependencies first: this layer stays cached until a build file changes."
		deps.Steps = append(deps.Steps, copies...)
		deps.Steps = append(deps.Steps, stack.Step{Text: "RUN " + b.cache() + " " + b.fetch(m)})
	}
	build = stack.Stage{Name: "build", From: "deps", Steps: []stack.Step{{Text: "COPY . ."}}}
	if a.packing == thinJar && b.tool == "gradle" {
		build.Steps = append(build.Steps, copyLibraries())
	}
	return deps, build
}

// fetch downloads the dependencies without the source.
func (b *build) fetch(m *module) string {
	if b.tool == "gradle" {
		return b.batch(m.task("dependencies")) + " > /dev/null"
	}
	if len(b.modules) > 1 {
		return b.batch(b.only(m) + "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:go-offline")
	}
	return b.batch("dependency:go-offline")
}

// manifestCopies are the COPY steps for all that the build tool reads before it looks at source.
func (b *build) manifestCopies() []stack.Step {
	if len(b.modules) > maxCopied {
		return nil
	}
	var steps []stack.Step
	if root := b.rootFiles(); len(root) > 0 {
		steps = append(steps, stack.Step{Text: "COPY " + strings.Join(root, " ") + " ./"})
	}
	for _, d := range b.rootFolders() {
		steps = append(steps, stack.Step{Text: "COPY " + d + "/ " + d + "/"})
	}
	for _, m := range b.modules[1:] {
		rel := stack.Rel(b.dir, m.dir)
		file := path.Join(rel, "pom.xml")
		if m.gradle != nil {
			file = stack.Rel(b.dir, m.gradle.script.Path)
		}
		steps = append(steps, stack.Step{Text: "COPY " + file + " " + rel + "/"})
	}
	return steps
}

func (b *build) rootFiles() []string {
	names := []string{"gradlew", "settings.gradle.kts", "settings.gradle", "build.gradle.kts", "build.gradle", "gradle.properties", "gradle.lockfile"}
	if b.tool == "maven" {
		names = []string{"mvnw", "pom.xml"}
	}
	var out []string
	for _, n := range names {
		if b.tree.Has(path.Join(b.dir, n)) {
			out = append(out, n)
		}
	}
	return out
}

func (b *build) rootFolders() []string {
	names := []string{"gradle", "buildSrc", "build-logic", "buildLogic"}
	if b.tool == "maven" {
		names = []string{".mvn"}
	}
	var out []string
	for _, n := range names {
		if b.tree.HasDir(path.Join(b.dir, n)) {
			out = append(out, n)
		}
	}
	return out
}

func (b *build) ignore() []string {
	extra := []string{".gradle", "**/.gradle", "*.iml", "out", "hs_err_pid*"}
	for i, m := range b.modules {
		if i < maxCopied {
			extra = append(extra, b.output(m))
		}
	}
	return source.Ignore(extra...)
}
