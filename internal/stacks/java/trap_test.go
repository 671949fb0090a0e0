package java_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/java"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

const (
	bootMain = "package com.example;\n@SpringBootApplication\npublic class App {\n  public static void main(String[] a) { }\n}\n"
	mainFile = "src/main/java/com/example/App.java"
)

// with adds files to a map.
func with(base map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	for k, v := range base {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func pom(parts string) string {
	return "<project>\n<groupId>g</groupId>\n<artifactId>demo</artifactId>\n<version>1</version>\n" + parts + "\n</project>\n"
}

const bootDeps = `<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency>
</dependencies>`

const bootPlugin = `<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>`

var bootGradle = map[string]string{
	"settings.gradle": "rootProject.name = 'demo'\n",
	"build.gradle": `plugins {
  id 'java'
  id 'org.springframework.boot' version '3.4.0'
}
version = '1.0'
java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
dependencies {
  implementation 'org.springframework.boot:spring-boot-starter-web'
  implementation 'org.springframework.boot:spring-boot-starter-actuator'
}
`,
	mainFile: bootMain,
}

func TestTrapJarThatIsNotFat(t *testing.T) {
	parent := "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.4.0</version></parent>\n"
	tests := map[string]struct {
		files map[string]string
		start string
		entry []string
	}{
		"maven, only the Spring Boot parent": {
			map[string]string{"pom.xml": pom(parent + bootDeps), mainFile: bootMain},
			`java -cp "target/demo-1.jar:target/dependency/*" com.example.App`,
			[]string{"java", "-cp", "/app/application.jar:/app/lib/*", "com.example.App"},
		},
		"gradle, no application plugin": {
			map[string]string{"settings.gradle": "rootProject.name='demo'\n", "build.gradle": "plugins {\n id 'java'\n}\n", mainFile: bootMain},
			"gradle run", []string{"java", "-cp", "/app/application.jar:/app/lib/*", "com.example.App"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), test.files)
			if r.Start.Value != test.start || !slices.Equal(r.Recipe.Image.Entrypoint, test.entry) {
				t.Errorf("start %q, entry %q", r.Start.Value, r.Recipe.Image.Entrypoint)
			}
			if !r.HasNote("not fat") {
				t.Errorf("no note says that the jar is not fat: %v", r.Notes)
			}
		})
	}
}

func TestFatJars(t *testing.T) {
	gradle := func(plugin string) map[string]string {
		return map[string]string{"settings.gradle": "rootProject.name='demo'\n", "build.gradle": "plugins {\n id 'java'\n " + plugin + "\n}\n", mainFile: bootMain}
	}
	maven := func(plugin string) map[string]string {
		return map[string]string{"pom.xml": pom("<build><plugins><plugin><artifactId>" + plugin + "</artifactId></plugin></plugins></build>"), mainFile: bootMain}
	}
	tests := []struct {
		name, start, build string
		files              map[string]string
	}{
		{"shadow", "java -jar build/libs/demo-all.jar", "gradle shadowJar", gradle("id 'com.gradleup.shadow' version '8.3.0'")},
		{"ktor", "java -jar build/libs/demo-all.jar", "gradle buildFatJar", gradle("id 'io.ktor.plugin' version '2.3.0'")},
		{"boot", "java -jar build/libs/demo.jar", "gradle bootJar", gradle("id 'org.springframework.boot' version '3.4.0'")},
		{"shade", "java -jar target/demo-1.jar", "mvn -B -ntp package -DskipTests", maven("maven-shade-plugin")},
		{"assembly", "java -jar target/demo-1-jar-with-dependencies.jar", "mvn -B -ntp package -DskipTests", maven("maven-assembly-plugin")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), test.files)
			if r.Start.Value != test.start || r.Build.Value != test.build {
				t.Errorf("start %q, build %q", r.Start.Value, r.Build.Value)
			}
			if r.HasNote("not fat") {
				t.Error("a fat jar is said not to be fat")
			}
		})
	}
}

func TestTrapGradleApplicationPlugin(t *testing.T) {
	files := map[string]string{
		"settings.gradle": "rootProject.name = 'tool'\n",
		"build.gradle":    "plugins {\n  id 'application'\n}\napplication {\n  mainClass = 'com.example.App'\n}\n",
		mainFile:          bootMain,
	}
	r := stacktest.One(t, java.Stack(), files)
	if r.Build.Value != "gradle installDist" || r.Start.Value != "build/install/tool/bin/tool" || r.Kind != stack.KindCLI {
		t.Errorf("build %q, start %q, kind %q", r.Build.Value, r.Start.Value, r.Kind)
	}
	if want := []string{"java", "-cp", "/app/lib/*", "com.example.App"}; !slices.Equal(r.Recipe.Image.Entrypoint, want) {
		t.Errorf("entrypoint %q", r.Recipe.Image.Entrypoint)
	}
	files["build.gradle"] += "application { applicationDefaultJvmArgs = ['-Xss4m'] }\n"
	r = stacktest.One(t, java.Stack(), files)
	if want := []string{"/app/bin/start"}; !slices.Equal(r.Recipe.Image.Entrypoint, want) {
		t.Errorf("JVM options of the build are lost: %q", r.Recipe.Image.Entrypoint)
	}
}

func wrapper(version string) []string {
	return []string{"gradlew", "#!/bin/sh\n", "gradle/wrapper/gradle-wrapper.jar", "x",
		"gradle/wrapper/gradle-wrapper.properties", "distributionUrl=https\\://services.gradle.org/distributions/gradle-" + version + "-bin.zip\n"}
}

func TestTrapGradleTooOldForTheJDK(t *testing.T) {
	t.Run("source level leaves room: an older Java runs both", func(t *testing.T) {
		files := with(bootGradle, wrapper("7.2")...)
		files["build.gradle"] = strings.Replace(files["build.gradle"], "toolchain { languageVersion = JavaLanguageVersion.of(21) }", "sourceCompatibility = '11'", 1)
		files[".github/workflows/ci.yml"] = "jobs:\n  a:\n    steps:\n      - with:\n          java-version: '21'\n"
		r := stacktest.One(t, java.Stack(), files)
		if r.Version.Value != "11" || len(r.Facts.Contradictions) != 1 || r.Facts.Contradictions[0].Fact != "version" {
			t.Errorf("version %q, contradictions %+v", r.Version.Value, r.Facts.Contradictions)
		}
		if !strings.HasPrefix(r.Build.Value, "./gradlew") {
			t.Errorf("the wrapper runs on Java 11 and is not used: %q", r.Build.Value)
		}
	})
	t.Run("a toolchain needs the newer Java: a newer Gradle is used", func(t *testing.T) {
		r := stacktest.One(t, java.Stack(), with(bootGradle, wrapper("8.2.1")...))
		if r.Version.Value != "21" || r.Build.Value != "gradle bootJar" || len(r.Facts.Contradictions) != 1 {
			t.Errorf("version %q, build %q, contradictions %+v", r.Version.Value, r.Build.Value, r.Facts.Contradictions)
		}
		if !r.HasNote("--gradle-version 8.14.3") {
			t.Errorf("no note names the wrapper to raise: %v", r.Notes)
		}
		if got := r.Recipe.Image.Args[0].Value; got != "gradle:8.14.3-jdk21" {
			t.Errorf("image %q", got)
		}
	})
	t.Run("a wrapper that runs it is used", func(t *testing.T) {
		r := stacktest.One(t, java.Stack(), with(bootGradle, wrapper("8.5")...))
		if r.Build.Value != "./gradlew bootJar" || len(r.Facts.Contradictions) != 0 {
			t.Errorf("build %q, contradictions %+v", r.Build.Value, r.Facts.Contradictions)
		}
	})
}

func TestTrapWrapperWithoutItsJar(t *testing.T) {
	files := with(bootGradle, wrapper("8.10")...)
	delete(files, "gradle/wrapper/gradle-wrapper.jar")
	r := stacktest.One(t, java.Stack(), files)
	if r.Build.Value != "gradle bootJar" || !r.HasNote("gradle-wrapper.jar is not") {
		t.Errorf("build %q, notes %v", r.Build.Value, r.Notes)
	}
}

func TestTrapActuatorHealthOnlyWithTheDependency(t *testing.T) {
	without := with(bootGradle)
	without["build.gradle"] = strings.Replace(without["build.gradle"], "  implementation 'org.springframework.boot:spring-boot-starter-actuator'\n", "", 1)
	dev := with(bootGradle)
	dev["build.gradle"] = strings.Replace(dev["build.gradle"], "implementation 'org.springframework.boot:spring-boot-starter-actuator'", "developmentOnly 'org.springframework.boot:spring-boot-starter-actuator'", 1)
	tests := []struct {
		name, health string
		files        map[string]string
	}{
		{"there", "/actuator/health", bootGradle},
		{"not there", "", without},
		{"only in development", "", dev},
		{"base path", "/ops/health", with(bootGradle, "src/main/resources/application.properties", "management.endpoints.web.base-path=/ops\n")},
		{"base path root", "/health", with(bootGradle, "src/main/resources/application.yaml", "management:\n  endpoints:\n    web:\n      basePath: /\n")},
		{"mapped", "/actuator/healthz", with(bootGradle, "src/main/resources/application.properties", "management.endpoints.web.path-mapping.health=healthz\n")},
		{"context path", "/api/actuator/health", with(bootGradle, "src/main/resources/application.properties", "server.servlet.context-path=/api\n")},
		{"switched off", "", with(bootGradle, "src/main/resources/application.properties", "management.endpoint.health.enabled=false\n")},
		{"excluded", "", with(bootGradle, "src/main/resources/application.properties", "management.endpoints.web.exposure.exclude=health,info\n")},
		{"moved in the dev profile only", "/actuator/health", with(bootGradle, "src/main/resources/application-dev.properties", "management.endpoints.web.base-path=/dev\n")},
		{"moved in production", "/prod/health", with(bootGradle, "src/main/resources/application-prod.properties", "management.endpoints.web.base-path=/prod\n")},
		{"own route", "/v1/healthz", with(without, "src/main/java/com/example/H.java",
			"package com.example;\n@RestController\n@RequestMapping(\"/v1\")\npublic class H {\n  @GetMapping(\"/healthz\")\n  String h() { return \"ok\"; }\n}\n")},
		{"own route in development only", "", with(without, "src/main/java/com/example/H.java",
			"@Profile(\"dev\")\n@RestController\npublic class H {\n  @GetMapping(\"/healthz\")\n  String h() { return \"ok\"; }\n}\n")},
		{"in a comment", "", with(without, "src/main/java/com/example/H.java", "public class H {\n  // @GetMapping(\"/healthz\")\n}\n")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), test.files)
			if got := r.Health.String(); got != test.health {
				t.Errorf("health %q, want %q", got, test.health)
			}
		})
	}
}

func TestTrapManagementPort(t *testing.T) {
	r := stacktest.One(t, java.Stack(), with(bootGradle, "src/main/resources/application.yml", "server:\n  port: 8080\nmanagement:\n  server:\n    port: 9090\n"))
	if r.Health.String() != "/actuator/health" || !r.HasNote("management port 9090") {
		t.Errorf("health %q, notes %v", r.Health.String(), r.Notes)
	}
	if h := strings.Join(r.Recipe.Image.Health, " "); !strings.Contains(h, "/9090 ") {
		t.Errorf("the health check asks another port: %s", h)
	}
}

func TestTrapPortsInPropertiesAndYAML(t *testing.T) {
	tests := []struct{ name, file, text, port, env string }{
		{"properties", "application.properties", "server.port=8081\n", "8081", "SERVER_PORT"},
		{"properties with a variable", "application.properties", "server.port=${PORT:8082}\n", "8082", "PORT"},
		{"yaml", "application.yml", "server:\n  port: 8083\n", "8083", "SERVER_PORT"},
		{"yaml with a variable", "application.yml", "server:\n  port: \"${APP_PORT:8084}\"\n", "8084", "APP_PORT"},
		{"yaml in config", "config/application.yaml", "server.port: 8085\n", "8085", "SERVER_PORT"},
		{"second document of another profile", "application.yml", "server:\n  port: 8086\n---\nspring.config.activate.on-profile: dev\nserver.port: 1\n", "8086", "SERVER_PORT"},
		{"commented out", "application.properties", "#server.port=1\n", "8080", "SERVER_PORT"},
		{"nothing said", "application.properties", "a=b\n", "8080", "SERVER_PORT"},
		{"broken yaml", "application.yml", "server: [\n", "8080", "SERVER_PORT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), with(bootGradle, "src/main/resources/"+test.file, test.text))
			if r.Port.String() != test.port || r.PortFromEnv.String() != test.env {
				t.Errorf("port %q from %q", r.Port.String(), r.PortFromEnv.String())
			}
		})
	}
}

func TestTrapListensOnLocalhost(t *testing.T) {
	r := stacktest.One(t, java.Stack(), with(bootGradle, "src/main/resources/application.properties", "server.address=127.0.0.1\n"))
	if r.Listen.String() != "127.0.0.1" || r.ListenFromEnv.String() != "SERVER_ADDRESS" || !r.HasNote("SERVER_ADDRESS=0.0.0.0") {
		t.Errorf("listen %q from %q, notes %v", r.Listen.String(), r.ListenFromEnv.String(), r.Notes)
	}
	if !slices.Contains(r.Recipe.Image.Env, stack.KV{Key: "SERVER_ADDRESS", Value: "0.0.0.0"}) {
		t.Errorf("the image does not open the address: %v", r.Recipe.Image.Env)
	}
}

func TestTrapEmbeddedDatabaseMakesTheServerOptional(t *testing.T) {
	files := with(bootGradle, "src/main/resources/application.properties", "spring.datasource.url=${DB_URL:jdbc:h2:mem:test}\n")
	files["build.gradle"] = strings.Replace(files["build.gradle"], "dependencies {", "dependencies {\n  runtimeOnly 'org.postgresql:postgresql'", 1)
	r := stacktest.One(t, java.Stack(), files)
	if len(r.Services) != 0 || len(r.OptionalServices) != 1 || r.OptionalServices[0].Value != "postgres" {
		t.Errorf("services %v, optional %v", r.Services, r.OptionalServices)
	}
	if v := r.Variable("DB_URL"); v.Service != "postgres" || v.Required {
		t.Errorf("variable %+v", v)
	}
}

func TestTrapModulesAreNoComponentsOfTheirOwn(t *testing.T) {
	files := map[string]string{
		"settings.gradle.kts":  "rootProject.name = \"shop\"\ninclude(\":web\", \":core\")\n",
		"web/build.gradle.kts": "plugins {\n  application\n}\napplication { mainClass.set(\"w.Main\") }\n", "web/src/main/java/w/Main.java": "package w;\nclass Main {\n public static void main(String[] a) {}\n}\n",
		"core/build.gradle.kts":     "plugins {\n  `java-library`\n}\n",
		"buildSrc/build.gradle.kts": "plugins {\n  `kotlin-dsl`\n}\n",
	}
	r := stacktest.One(t, java.Stack(), files)
	if r.Name != "web" || r.Path != "." || r.Build.Value != "gradle :web:installDist" {
		t.Errorf("name %q, path %q, build %q", r.Name, r.Path, r.Build.Value)
	}
}

func TestTrapConventionPlugins(t *testing.T) {
	files := map[string]string{
		"settings.gradle.kts":                                       "include(\"app\")\n",
		"buildSrc/build.gradle.kts":                                 "plugins {\n  `kotlin-dsl`\n}\n",
		"buildSrc/src/main/kotlin/shop.java-conventions.gradle.kts": "plugins {\n  java\n  checkstyle\n}\njava { toolchain { languageVersion.set(JavaLanguageVersion.of(17)) } }\n",
		"app/build.gradle.kts":                                      "plugins {\n  id(\"shop.java-conventions\")\n  application\n}\napplication { mainClass = \"a.Main\" }\n",
		"app/src/main/java/a/Main.java":                             "package a;\nclass Main {\n public static void main(String[] a) {}\n}\n",
	}
	r := stacktest.One(t, java.Stack(), files)
	if r.Version.Value != "17" || r.Lint.String() != "gradle checkstyleMain checkstyleTest" {
		t.Errorf("version %q, lint %q", r.Version.Value, r.Lint.String())
	}
}

func TestVersionSources(t *testing.T) {
	base := map[string]string{"pom.xml": pom("<properties>\n<java.version>17</java.version>\n</properties>" + bootDeps + bootPlugin), mainFile: bootMain}
	tests := []struct {
		name, version, file, text string
		matrix                    []string
	}{
		{"manifest", "17", "x", "", []string{"17", "21", "25"}},
		{"old notation", "8", "pom.xml", pom("<properties><maven.compiler.source>1.8</maven.compiler.source></properties>" + bootPlugin), nil},
		{".java-version", "21", ".java-version", "21.0.2\n", []string{"21"}},
		{".sdkmanrc", "21", ".sdkmanrc", "java=21.0.2-tem\n", []string{"21"}},
		{".tool-versions", "21", ".tool-versions", "java temurin-21.0.2+13.0.LTS\n", []string{"21"}},
		{"Dockerfile", "21", "Dockerfile", "FROM eclipse-temurin:21-jre\n", nil},
		{"pipeline", "21", ".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - with:\n          java-version: 21\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), with(base, test.file, test.text))
			if r.Version.String() != test.version {
				t.Errorf("version %q, want %q", r.Version.String(), test.version)
			}
			if test.matrix != nil && !slices.Equal(r.Recipe.Matrix, test.matrix) {
				t.Errorf("matrix %v, want %v", r.Recipe.Matrix, test.matrix)
			}
		})
	}
}

func TestTwoBuildToolsContradict(t *testing.T) {
	r := stacktest.One(t, java.Stack(), with(bootGradle, append(wrapper("8.10"), "pom.xml", pom(bootDeps+bootPlugin))...))
	if r.PackageManager.Value != "gradle" || len(r.Facts.Contradictions) != 1 || r.Facts.Contradictions[0].Fact != "package_manager" {
		t.Errorf("manager %q, contradictions %+v", r.PackageManager.Value, r.Facts.Contradictions)
	}
}

func TestLibrariesAndAndroidHaveNoImage(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"library": {"build.gradle": "plugins {\n id 'java-library'\n}\n", "src/main/java/a/A.java": "package a;\nclass A {}\n"},
		"android": {"settings.gradle": "include ':app'\n", "app/build.gradle": "plugins {\n id 'com.android.application'\n}\n",
			"app/src/main/java/a/A.java": "package a;\nclass A { public static void main(String[] a) {} }\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := stacktest.One(t, java.Stack(), files)
			if r.Kind != stack.KindLibrary || r.Recipe.Image != nil {
				t.Errorf("kind %q, image %v", r.Kind, r.Recipe.Image)
			}
		})
	}
}

func TestHostileBuildFiles(t *testing.T) {
	deep := strings.Repeat("<a>", 5000)
	for name, text := range map[string]string{
		"no xml": "not xml", "cut": "<project><artifactId>x", "deep": "<project><artifactId>x</artifactId>" + deep,
		"entities":         `<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project><artifactId>&b;</artifactId></project>`,
		"own module":       pom("<modules><module>.</module><module>../..</module></modules>"),
		"endless property": pom("<properties><a>${b}</a><b>${a}${a}</b><java.version>${a}</java.version></properties>"),
	} {
		t.Run(name, func(_ *testing.T) {
			stacktest.Survey(map[string]string{"pom.xml": text, mainFile: bootMain}, java.Stack())
		})
	}
}

func TestTrapAddressOfAJDBCDriver(t *testing.T) {
	files := with(bootGradle, "src/main/resources/application.properties", "spring.datasource.url=${DATABASE_URL}\nspring.datasource.password=${DB_PASSWORD}\n")
	files["build.gradle"] = strings.Replace(files["build.gradle"], "dependencies {", "dependencies {\n  runtimeOnly 'org.postgresql:postgresql'", 1)
	r := stacktest.One(t, java.Stack(), files)
	if v := r.Variable("DATABASE_URL"); v.Scheme != "jdbc:postgresql" || v.Service != "postgres" || !v.Required {
		t.Errorf("%+v", v)
	}
	if v := r.Variable("DB_PASSWORD"); v.Scheme != "" || !v.Secret {
		t.Errorf("%+v", v)
	}
}

func TestTrapServiceThatNoSettingNames(t *testing.T) {
	files := with(bootGradle)
	files["build.gradle"] = strings.Replace(files["build.gradle"], "dependencies {", "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-data-redis'", 1)
	r := stacktest.One(t, java.Stack(), files)
	if v := r.Variable("SPRING_DATA_REDIS_HOST"); v.Service != "redis" {
		t.Errorf("%+v", r.Env)
	}
}
