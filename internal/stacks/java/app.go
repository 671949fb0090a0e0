package java

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// How a program is packed.
type packing string

const (
	bootJar    packing = "boot"    // Spring Boot's executable, layered jar
	fatJar     packing = "fat"     // shade, assembly, shadow, Ktor: one jar with everything
	quarkusApp packing = "quarkus" // target/quarkus-app with quarkus-run.jar
	installed  packing = "install" // Gradle's application plugin: build/install/NAME
	thinJar    packing = "thin"    // a plain jar: its libraries must be copied beside it
	warFile    packing = "war"     // for an application server that the image would have to bring
)

// app is a program of the build.
type app struct {
	framework string
	frameAt   source.Match
	boot      string // Spring Boot's version, as far as known
	packing   packing
	packAt    source.Match
	main      string
	mainAt    source.Match
	mains     []string
	web       bool
	isWar     bool // Spring Boot in a war that starts by itself
	settings  settings
	sources   []source.File
	health    string // port of the management server when it is not the program's own
}

var (
	className   = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)
	mainMethod  = regexp.MustCompile(`\bpublic\s+static\s+void\s+main\s*\(|\bstatic\s+public\s+void\s+main\s*\(`)
	kotlinMain  = regexp.MustCompile(`^(?:suspend\s+)?fun\s+main\s*\(`)
	packageLine = regexp.MustCompile(`^\s*package\s+([\w.]+)`)
	jvmName     = regexp.MustCompile(`@file:JvmName\(\s*"(\w+)"`)
	bootApp     = regexp.MustCompile(`@SpringBootApplication|@EnableAutoConfiguration|@QuarkusMain`)
	mainSetting = regexp.MustCompile(`\bmainClass(?:Name)?\s*(?:=|\.set\(|\()\s*["']([\w.$]+)["']`)
	jarManifest = regexp.MustCompile(`["']Main-Class["']\s*(?:to|:|,)\s*["']([\w.$]+)["']`)
	disabledJar = regexp.MustCompile(`bootJar\s*\{?[^}]*enabled\s*=\s*false|named<BootJar>\("bootJar"\)\s*\{\s*enabled\s*=\s*false|bootJar\.enabled\s*=\s*false`)
	comesInFat  = regexp.MustCompile(`zipTree\(|from\s*[({].*runtimeClasspath`)
	exts        = []string{".java", ".kt"}
)

// app is the program that a module is; nil for a library.
func (b *build) app(m *module) *app {
	if m.pom != nil && m.pom.packaging.value == "pom" || m.has("com.android.application").OK() || m.has("com.android.library").OK() {
		return nil
	}
	a := &app{sources: source.Under(b.tree, sourceDir(b, m), source.C, exts, isTest)}
	b.framework(m, a)
	b.mainClass(m, a)
	if a.main == "" && a.framework != "quarkus" || a.main != "" && !className.MatchString(a.main) {
		return nil
	}
	b.pack(m, a)
	if a.packing == "" {
		return nil
	}
	a.settings = readSettings(b.tree, m.dir, "prod")
	for k, v := range readSettings(b.tree, m.dir, "") {
		if _, ok := a.settings[k]; !ok {
			a.settings[k] = v
		}
	}
	return a
}

// isTest tells whether a path below src is that of a test: its first folder is named for one.
func isTest(rel string) bool {
	first, _, _ := strings.Cut(rel, "/")
	return strings.Contains(strings.ToLower(first), "test")
}

// sourceDir holds the module's own source, not that of modules below it.
func sourceDir(b *build, m *module) string {
	d := path.Join(m.dir, "src")
	if b.tree.HasDir(d) || m.dir == "." || m.dir == b.dir {
		return d
	}
	return m.dir
}

// has is the plugin of a Gradle project by id.
func (m *module) has(ids ...string) source.Match {
	if m.gradle == nil {
		return source.Match{}
	}
	return m.gradle.has(ids...)
}

// plugin is a Gradle or Maven plugin of the module.
func (m *module) plugin(gradle, maven []string) source.Match {
	if m.gradle != nil {
		return m.gradle.has(gradle...)
	}
	for q, n := m.pom, 0; q != nil && n < 10; q, n = q.up, n+1 {
		for _, p := range q.plugins {
			for _, a := range maven {
				if p.artifact == a {
					return q.match(p.line)
				}
			}
		}
	}
	return source.Match{}
}

// mainClass finds the class to run: the one that the build names, else a class of the framework, else any with a main method.
func (b *build) mainClass(m *module, a *app) {
	b.declaredMain(m, a)
	declared := a.main
	for _, f := range a.sources {
		name, at := classOf(f)
		if name == "" {
			continue
		}
		a.mains = append(a.mains, name)
		framework := f.First(bootApp).OK()
		switch {
		case declared == name && !source.Below(a.mainAt.Path, m.dir):
			a.mainAt = at // named above the module: the class itself is the better evidence
		case declared == "" && (a.main == "" || framework):
			a.main, a.mainAt = name, at
			if framework {
				declared = name
			}
		}
	}
}

func (b *build) declaredMain(m *module, a *app) {
	if m.gradle == nil {
		b.mavenMain(m, a)
		return
	}
	for _, re := range []*regexp.Regexp{mainSetting, jarManifest} {
		if l := source.First(m.gradle.files(), re); l.OK() && a.main == "" {
			a.main, a.mainAt = l.Group(1), l
		}
	}
}

func (b *build) mavenMain(m *module, a *app) {
	for _, pl := range []string{"spring-boot-maven-plugin", "exec-maven-plugin", "maven-jar-plugin", "maven-shade-plugin", "maven-assembly-plugin"} {
		p := m.pom.plugin(pl)
		if p == nil {
			continue
		}
		for _, k := range []string{"mainClass", "Main-Class"} {
			if v, ok := p.config[k]; ok && a.main == "" && !strings.Contains(m.pom.expand(v.value, 0), "$") {
				a.main, a.mainAt = m.pom.expand(v.value, 0), m.pom.match(v.line)
			}
		}
	}
	for _, k := range []string{"start-class", "exec.mainClass", "mainClass", "main.class"} {
		if v, in := m.pom.get(k); in != nil && a.main == "" {
			a.main, a.mainAt = v.value, in.match(v.line)
		}
	}
}

// classOf is the class of a file that has a main method, and where; empty when it has none.
func classOf(f source.File) (string, source.Match) {
	name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
	at := f.First(mainMethod)
	if path.Ext(f.Path) == ".kt" {
		at = f.First(kotlinMain)
		if j := f.First(jvmName); j.OK() {
			name = j.Group(1)
		} else {
			name += "Kt"
		}
	}
	if !at.OK() {
		return "", at
	}
	if p := f.First(packageLine).Group(1); p != "" {
		return p + "." + name, at
	}
	return name, at
}

// pack finds out how the build packs the program. A jar is fat only when a plugin makes it so.
func (b *build) pack(m *module, a *app) {
	set := func(p packing, at source.Match) {
		if a.packing == "" && at.OK() {
			a.packing, a.packAt = p, at
		}
	}
	a.isWar = m.has("war").OK() || m.pom != nil && m.pom.packaging.value == "war"
	if m.gradle != nil {
		boot := m.has("org.springframework.boot")
		if boot.OK() && disabledJar.MatchString(strings.Join(m.gradle.script.Code, " ")) {
			return // a library that shares the plugin
		}
		set(bootJar, boot)
		set(quarkusApp, m.has("io.quarkus"))
		set(fatJar, m.has("com.gradleup.shadow", "com.github.johnrengelman.shadow", "io.ktor.plugin"))
		set(installed, m.has("application", "io.micronaut.application", "io.micronaut.minimal.application", "io.vertx.vertx-plugin"))
		set(fatJar, source.First(m.gradle.files(), comesInFat))
		set(warFile, m.has("war"))
		set(thinJar, a.mainAt)
		return
	}
	if p := m.pom.plugin("spring-boot-maven-plugin"); p != nil {
		set(bootJar, m.plugin(nil, []string{p.artifact}))
	}
	set(quarkusApp, m.plugin(nil, []string{"quarkus-maven-plugin"}))
	set(fatJar, m.plugin(nil, []string{"maven-shade-plugin", "maven-assembly-plugin"}))
	if m.pom.packaging.value == "war" {
		set(warFile, m.pom.match(m.pom.packaging.line))
	}
	set(thinJar, a.mainAt)
}

// describe fills in what the program is and how it is reached.
func (a *app) describe(b *build, m *module, c *stack.Component) {
	c.Kind = stack.KindCLI
	if a.framework != "" {
		c.Framework = a.frameAt.Declared(a.framework)
	}
	c.Entry = a.entry()
	a.services(b, m, c)
	a.endpoints(b, m, c)
	a.variables(c)
	switch {
	case a.web || c.Port != nil:
		c.Kind = stack.KindService
	case m.dep(consumers...) != nil || source.First(a.sources, scheduled).OK():
		c.Kind = stack.KindWorker
	}
	a.notes(m, c)
}

var (
	consumers = []string{"org.springframework.kafka:spring-kafka", "org.apache.kafka:kafka-*", "org.springframework.boot:spring-boot-starter-amqp",
		"org.springframework.cloud:spring-cloud-starter-stream*", "io.quarkus:quarkus-messaging*", "io.quarkus:quarkus-smallrye-reactive-messaging*"}
	scheduled = regexp.MustCompile(`@Scheduled\b|@KafkaListener\b|@RabbitListener\b`)
)

func (a *app) entry() *stack.Fact {
	if a.main != "" {
		return a.mainAt.Declared(a.main)
	}
	return a.packAt.Derived("quarkus-run.jar")
}

func (a *app) notes(m *module, c *stack.Component) {
	switch a.packing {
	case thinJar:
		c.Notes = source.AddFact(c.Notes, a.packAt.Derived("the jar is not fat: no plugin packs its libraries, so they are copied beside it and java -jar alone does not work"))
	case warFile:
		c.Notes = source.AddFact(c.Notes, a.packAt.Derived("builds a war for an application server; the image runs it only when the war starts by itself"))
	}
	if len(a.mains) > 1 {
		c.Notes = source.AddFact(c.Notes, a.mainAt.Derived("several classes have a main method ("+strings.Join(a.mains[:min(5, len(a.mains))], ", ")+"); "+a.main+" is run"))
	}
	if d := find(m.tests, []string{"org.testcontainers:*", "org.springframework.boot:spring-boot-testcontainers"}); d != nil {
		c.Notes = source.AddFact(c.Notes, d.at.Derived("tests start their own services with Testcontainers: the job needs Docker, not service containers"))
	}
}
