package java_test

import (
	"testing"

	"github.com/autogit/autogit/internal/stacks/java"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func FuzzPom(f *testing.F) {
	f.Add(pom(bootDeps + bootPlugin))
	f.Add("<project><artifactId>a</artifactId><modules><module>.</module></modules></project>")
	f.Fuzz(func(_ *testing.T, text string) {
		stacktest.Survey(map[string]string{"pom.xml": text, "m/pom.xml": text, mainFile: bootMain}, java.Stack())
	})
}

func FuzzGradle(f *testing.F) {
	f.Add(bootGradle["build.gradle"], "include 'a',\n 'b'", "[plugins]\na = { id = \"b\", version.ref = \"c\" }")
	f.Add("plugins { id(\"application\") }", "include(\":x\")\nproject(\":x\").projectDir = file(\"../y\")", "[libraries]\na = \"b:c:1\"")
	f.Fuzz(func(_ *testing.T, script, settings, catalog string) {
		stacktest.Survey(map[string]string{"build.gradle": script, "settings.gradle": settings, "a/build.gradle.kts": script,
			"gradle/libs.versions.toml": catalog, mainFile: bootMain}, java.Stack())
	})
}

func FuzzSettings(f *testing.F) {
	f.Add("server.port=${PORT:1}\n", "server:\n  port: 1\n---\na: [1, {b: c}]\n", "ktor { deployment { port = 1 } }")
	f.Fuzz(func(_ *testing.T, properties, yaml, hocon string) {
		stacktest.Survey(map[string]string{"build.gradle": bootGradle["build.gradle"], mainFile: bootMain,
			"src/main/resources/application.properties": properties, "src/main/resources/application.yml": yaml,
			"src/main/resources/application.conf": hocon}, java.Stack())
	})
}

func FuzzSource(f *testing.F) {
	f.Add(bootMain, "fun main() { embeddedServer(Netty, port = 1) }")
	f.Fuzz(func(_ *testing.T, source, kotlin string) {
		stacktest.Survey(map[string]string{"build.gradle": bootGradle["build.gradle"], mainFile: source,
			"src/main/kotlin/a/B.kt": kotlin}, java.Stack())
	})
}
