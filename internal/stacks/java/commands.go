package java

import (
	"path"
	"regexp"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	archiveName  = regexp.MustCompile(`archiveFileName\s*(?:=|\.set\()\s*["']([\w.-]+\.[jw]ar)["']`)
	archiveBase  = regexp.MustCompile(`(?:archivesName|archiveBaseName|archivesBaseName)\s*(?:=|\.set\()\s*["']([\w.-]+)["']`)
	archiveNoVer = regexp.MustCompile(`archiveVersion\s*(?:=|\.set\()\s*["']["']`)
	scriptVer    = regexp.MustCompile(`^\s*version\s*=?\s*["']([\w.+-]+)["']`)
	propertyVer  = regexp.MustCompile(`^version\s*=\s*([\w.+-]+)`)
	appName      = regexp.MustCompile(`applicationName\s*=\s*["']([\w.-]+)["']`)
	uberJar      = regexp.MustCompile(`uber-?jar`)
)

// output is the folder of built files of a module, relative to the build.
func (b *build) output(m *module) string {
	d := stack.Rel(b.dir, m.dir)
	if b.tool == "maven" {
		return path.Join(d, "target")
	}
	return path.Join(d, "build")
}

// buildTask is what makes the program, without its tests.
func (b *build) buildTask(m *module, a *app) string {
	if b.tool == "maven" {
		args := b.only(m) + "package -DskipTests"
		if a != nil && a.packing == thinJar {
			args += " dependency:copy-dependencies -DincludeScope=runtime"
		}
		return b.run(args)
	}
	if a == nil {
		return b.run("assemble")
	}
	return b.run(m.task(b.gradleTask(m, a)))
}

func (b *build) gradleTask(m *module, a *app) string {
	switch a.packing {
	case bootJar:
		if m.has("war").OK() {
			return "bootWar"
		}
		return "bootJar"
	case fatJar:
		switch a.packAt.Group(0) {
		case "io.ktor.plugin":
			return "buildFatJar"
		case "com.gradleup.shadow", "com.github.johnrengelmann.shadow", "com.github.johnrengelman.shadow":
			return "shadowJar"
		}
		return "jar"
	case installed:
		return "installDist"
	case quarkusApp:
		return "quarkusBuild"
	case warFile:
		return "war"
	}
	return "jar"
}

// artifact is the jar that the build makes, relative to the build; a glob where its name is not known.
func (b *build) artifact(m *module, a *app) string {
	if a.packing == quarkusApp {
		if uberJar.MatchString(a.settings.value("quarkus.package.jar.type", "quarkus.package.type")) {
			return path.Join(b.output(m), "*-runner.jar")
		}
		return path.Join(b.output(m), "quarkus-app/quarkus-run.jar")
	}
	if b.tool == "maven" {
		return path.Join(b.output(m), b.mavenJar(m, a))
	}
	return path.Join(b.output(m), "libs", b.gradleJar(m, a))
}

func (b *build) mavenJar(m *module, a *app) string {
	name := m.pom.expand(m.pom.name.value, 0)
	if name == "" {
		name = m.pom.artifact.value + "-" + m.pom.expand(m.pom.versionText(), 0)
	}
	if !source.Plain(name) {
		name = "*"
	}
	if p := m.pom.plugin("maven-assembly-plugin"); p != nil && a.packing == fatJar && m.pom.plugin("maven-shade-plugin") == nil {
		name += "-jar-with-dependencies"
	}
	if m.pom.packaging.value == "war" {
		return name + ".war"
	}
	return name + ".jar"
}

func (b *build) gradleJar(m *module, a *app) string {
	files := m.gradle.files()
	if l := source.First(files, archiveName); l.OK() {
		return l.Group(1)
	}
	name := m.name
	if l := source.First(files, archiveBase); l.OK() {
		name = l.Group(1)
	}
	if name == "" || name == "." {
		return "*.jar"
	}
	version := source.First(append(files, b.gradle.projects[0].script), scriptVer).Group(1)
	if version == "" {
		version = source.Read(b.tree, path.Join(b.dir, "gradle.properties")).First(propertyVer).Group(1)
	}
	if version != "" && !source.First(files, archiveNoVer).OK() {
		name += "-" + version
	}
	if a.packing == fatJar && b.gradleTask(m, a) != "jar" {
		name += "-all"
	}
	if b.gradleTask(m, a) == "bootWar" {
		return name + ".war"
	}
	return name + ".jar"
}

// installName is the name of the start script that Gradle's application plugin makes.
func (b *build) installName(m *module) string {
	if l := source.First(m.gradle.files(), appName); l.OK() {
		return l.Group(1)
	}
	if m.name == "" || m.name == "." {
		return "*"
	}
	return m.name
}

// start is the production command, in the build's folder after a build.
func (b *build) start(m *module, a *app) string {
	args := ""
	if a.framework == "dropwizard" {
		args = " server " + path.Join(stack.Rel(b.dir, m.dir), "config.yml")
	}
	switch a.packing {
	case installed:
		n := b.installName(m)
		return path.Join(b.output(m), "install", n, "bin", n) + args
	case thinJar:
		if b.tool == "maven" {
			return `java -cp "` + b.artifact(m, a) + ":" + path.Join(b.output(m), "dependency/*") + `" ` + a.main + args
		}
		return b.run(m.task("run"))
	case warFile:
		return ""
	}
	return "java -jar " + b.artifact(m, a) + args
}

// dev is the development server; Quarkus and Spring's devtools reload by themselves.
func (b *build) dev(m *module, a *app) string {
	pl := ""
	if b.tool == "maven" && m.dir != b.dir {
		pl = "-pl " + stack.Rel(b.dir, m.dir) + " "
	}
	switch {
	case a.framework == "quarkus" && b.tool == "gradle":
		return b.run(m.task("quarkusDev"))
	case a.framework == "quarkus":
		return b.run(pl + "quarkus:dev -Dquarkus.http.host=0.0.0.0")
	case a.framework == "micronaut" && b.tool == "maven":
		return b.run(pl + "mn:run")
	case a.packing == bootJar && b.tool == "gradle":
		return b.run(m.task("bootRun"))
	case a.packing == bootJar:
		return b.run(pl + "spring-boot:run")
	case b.tool == "gradle" && (m.has("application").OK() || a.packing == installed || m.has("io.ktor.plugin").OK()):
		return b.run(m.task("run"))
	case b.tool == "maven" && m.pom.plugin("exec-maven-plugin") != nil:
		return b.run(pl + "compile exec:java")
	}
	return ""
}

// commands fills in the facts about how the component is worked with.
func (b *build) commands(c *stack.Component, m *module, a *app) {
	at := c.PackageManager.Evidence
	derived := func(run string) *stack.Fact {
		if run == "" {
			return nil
		}
		return stack.DerivedFact(run, at)
	}
	c.Install = derived(b.install())
	c.Build = derived(b.buildTask(m, a))
	c.Test = derived(b.testCommands(m)[0].Run)
	c.Output = derived(b.output(m))
	for _, u := range b.usedTools(m) {
		switch {
		case u.job == jobLint && c.Lint == nil:
			c.Lint = u.at.Derived(b.check(u.tool))
		case u.job == jobFormat && c.Format == nil:
			c.Format = u.at.Derived(b.mend(u.tool))
		}
	}
	if !b.wrapped() && b.tool == "gradle" && b.tree.Has(path.Join(b.dir, "gradlew")) {
		c.Notes = source.AddFact(c.Notes, source.Present(path.Join(b.dir, "gradlew"),
			"gradlew is there and gradle/wrapper/gradle-wrapper.jar is not: the wrapper does not run, so gradle itself is used"))
	}
	if a == nil {
		return
	}
	c.Start, c.Dev = derived(b.start(m, a)), derived(b.dev(m, a))
	if a.packAt.OK() && c.Start != nil {
		c.Start.Evidence = a.packAt.Evidence()
	}
}

// install gets all dependencies. A build of several modules must compile to find those that are its own.
func (b *build) install() string {
	switch {
	case b.tool == "gradle":
		return b.run("testClasses")
	case len(b.modules) > 1:
		return b.run("test-compile")
	}
	return b.run("dependency:go-offline")
}
