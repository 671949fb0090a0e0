package java

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// pack completes the build stage and the final stage by how the program is packed.
func (a *app) pack(b *build, m *module, build, final *stack.Stage, img *stack.Image) {
	run := "RUN " + b.cache() + " " + b.batch(strings.TrimPrefix(b.buildTask(m, a), b.runner()+" "))
	if a.packing == thinJar && b.tool == "gradle" {
		run += " --init-script /tmp/libraries.gradle"
	}
	step(build, "", run)
	step(final, "", "WORKDIR /app")
	switch {
	case a.packing == bootJar && a.layered() != "":
		step(build, "Layers by how often they change: libraries seldom, the program each time.", takeJar(b, m), "RUN "+a.layered())
		step(final, "", "COPY --from=build /layers/dependencies/ ./", "COPY --from=build /layers/spring-boot-loader/ ./",
			"COPY --from=build /layers/snapshot-dependencies/ ./", "COPY --from=build /layers/application/ ./")
		img.Entrypoint = a.layeredCommand()
	case a.packing == quarkusApp && !strings.HasSuffix(b.artifact(m, a), "-runner.jar"):
		out := "/src/" + path.Dir(b.artifact(m, a))
		step(final, "Layers by how often they change: libraries seldom, the program each time.",
			"COPY --from=build "+out+"/lib/ ./lib/", "COPY --from=build "+out+"/quarkus/ ./quarkus/",
			"COPY --from=build "+out+"/app/ ./app/", "COPY --from=build "+out+"/quarkus-run.jar ./")
		img.Entrypoint = []string{"java", "-jar", "quarkus-run.jar"}
	case a.packing == installed:
		a.packInstalled(b, m, build, final, img)
	case a.packing == thinJar:
		step(build, "The jar is not fat: its libraries go beside it.", takeJar(b, m), "RUN mv "+a.libraries(b, m)+" /layers")
		step(final, "", "COPY --from=build /layers/ ./lib/", "COPY --from=build /src/application.jar ./")
		img.Entrypoint = []string{"java", "-cp", "/app/application.jar:/app/lib/*", a.main}
	default:
		step(build, "", takeJar(b, m))
		step(final, "", "COPY --from=build /src/application.jar ./")
		img.Entrypoint = []string{"java", "-jar", "application.jar"}
	}
	if a.framework == "dropwizard" {
		step(final, "", "COPY "+path.Join(stack.Rel(b.dir, m.dir), "config.yml")+" ./")
		img.Cmd = []string{"server", "config.yml"}
	}
}

// step adds lines to a stage; the reason stands before the first.
func step(st *stack.Stage, why string, lines ...string) {
	for i, l := range lines {
		s := stack.Step{Text: l}
		if i == 0 {
			s.Why = why
		}
		st.Steps = append(st.Steps, s)
	}
}

// takeJar gives the one jar that runs a name without its version. The others in the folder are parts and by-products.
func takeJar(b *build, m *module) string {
	dir := b.output(m)
	if b.tool == "gradle" {
		dir = path.Join(dir, "libs")
	}
	if p := shadeOutput(m); p != "" {
		return "RUN cp " + path.Join(b.output(m), p) + " application.jar"
	}
	return `RUN find ` + dir + ` -maxdepth 1 \( -name '*.jar' -o -name '*.war' \) ! -name '*-plain.?ar' ! -name '*-sources.jar' \
      ! -name '*-javadoc.jar' ! -name '*-tests.jar' ! -name 'original-*' -exec cp {} application.jar \;`
}

// shadeOutput is the jar of builds that leave a thin one beside it under a name that sorts no differently.
func shadeOutput(m *module) string {
	if m.pom == nil {
		return ""
	}
	if p := m.pom.plugin("maven-assembly-plugin"); p != nil && m.pom.plugin("maven-shade-plugin") == nil && m.pom.plugin("spring-boot-maven-plugin") == nil {
		return "*-jar-with-dependencies.jar"
	}
	if p := m.pom.plugin("quarkus-maven-plugin"); p != nil {
		return "*-runner.jar"
	}
	return ""
}

// layered is the command that splits Spring Boot's jar; empty for versions that cannot, for wars, and where the version is not known.
func (a *app) layered() string {
	switch {
	case a.boot == "" || a.war():
		return ""
	case stack.CompareVersions(a.boot, "3.3") >= 0:
		return "java -Djarmode=tools -jar application.jar extract --layers --destination /layers"
	case stack.CompareVersions(a.boot, "2.4") >= 0:
		return "java -Djarmode=layertools -jar application.jar extract --destination /layers"
	}
	return ""
}

func (a *app) war() bool { return a.packing == warFile || a.isWar }

func (a *app) layeredCommand() []string {
	switch {
	case stack.CompareVersions(a.boot, "3.3") >= 0:
		return []string{"java", "-jar", "application.jar"}
	case stack.CompareVersions(a.boot, "3.2") >= 0:
		return []string{"java", "org.springframework.boot.loader.launch.JarLauncher"}
	}
	return []string{"java", "org.springframework.boot.loader.JarLauncher"}
}

// packInstalled takes the folder that Gradle's application plugin makes. The class path is enough where the main class is
// known and the build sets no JVM options; then no shell script stands between the runtime and the program.
func (a *app) packInstalled(b *build, m *module, build, final *stack.Stage, img *stack.Image) {
	step(build, "", "RUN mv "+path.Join(b.output(m), "install")+"/* /layers")
	step(final, "", "COPY --from=build /layers/lib/ ./lib/")
	if a.main != "" && !hasJvmArgs(m) {
		img.Entrypoint = []string{"java", "-cp", "/app/lib/*", a.main}
		return
	}
	name := b.installName(m)
	step(final, "The start script carries the JVM options of the build; it ends in exec, so signals reach the program.",
		"COPY --from=build /layers/bin/"+name+" ./bin/start")
	img.Entrypoint = []string{"/app/bin/start"}
}

func hasJvmArgs(m *module) bool {
	for _, f := range m.gradle.files() {
		if f.Find("applicationDefaultJvmArgs").OK() {
			return true
		}
	}
	return false
}

// libraries is the folder that holds the libraries of a thin jar after the build.
func (a *app) libraries(b *build, m *module) string {
	if b.tool == "maven" {
		return path.Join(b.output(m), "dependency")
	}
	return path.Join(b.output(m), "libraries")
}

// copyLibraries gives a build without the application plugin a task that copies the libraries, without changing its files.
func copyLibraries() stack.Step {
	return stack.Step{
		Why: "No plugin of the build copies the libraries, so a task from outside does.",
		Text: `COPY <<'EOF' /tmp/libraries.gradle
allprojects {
  plugins.withId('java') {
    def libraries = tasks.register('copyLibraries', Copy) {
      from configurations.runtimeClasspath
      into layout.buildDirectory.dir('libraries')
    }
    tasks.named('jar') { finalizedBy libraries }
  }
}
EOF`}
}
