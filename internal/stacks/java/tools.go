package java

import (
	"path"
	"sort"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// The jobs of a tool.
const (
	jobLint   = "lint"
	jobFormat = "format"
	jobTest   = "test"
	jobAudit  = "audit"
)

// tool is a check and how each build tool runs it.
type tool struct {
	name, job string
	gradle    []string // plugin ids
	tasks     string   // Gradle tasks that check
	fix       string   // Gradle task that mends
	maven     string   // plugin
	goal      string   // Maven goal that checks
	mend      string   // Maven goal that mends
	bare      string   // whole plugin coordinates with a goal, for a Maven build that does not configure it
}

var tools = []tool{
	{"checkstyle", jobLint, []string{"checkstyle"}, "checkstyleMain checkstyleTest", "", "maven-checkstyle-plugin", "checkstyle:check", "",
		"org.apache.maven.plugins:maven-checkstyle-plugin:3.6.0:check -Dcheckstyle.config.location=google_checks.xml"},
	{"pmd", jobLint, []string{"pmd"}, "pmdMain", "", "maven-pmd-plugin", "pmd:check", "", "org.apache.maven.plugins:maven-pmd-plugin:3.26.0:check"},
	{"spotbugs", jobLint, []string{"com.github.spotbugs"}, "spotbugsMain", "", "spotbugs-maven-plugin", "compile spotbugs:check", "",
		"compile com.github.spotbugs:spotbugs-maven-plugin:4.8.6.6:check"},
	{"detekt", jobLint, []string{"io.gitlab.arturbosch.detekt", "dev.detekt"}, "detekt", "", "detekt-maven-plugin", "detekt:check", "", ""},
	{"ktlint", jobLint, []string{"org.jlleitschuh.gradle.ktlint"}, "ktlintCheck", "ktlintFormat", "ktlint-maven-plugin", "ktlint:check", "ktlint:format", ""},
	{"kotlinter", jobLint, []string{"org.jmailen.kotlinter"}, "lintKotlin", "formatKotlin", "", "", "", ""},
	{"spotless", jobFormat, []string{"com.diffplug.spotless"}, "spotlessCheck", "spotlessApply", "spotless-maven-plugin", "spotless:check", "spotless:apply", ""},
	{"fmt", jobFormat, nil, "", "", "fmt-maven-plugin", "fmt:check", "fmt:format", ""},
	{"jacoco", jobTest, []string{"jacoco"}, "test jacocoTestReport", "", "jacoco-maven-plugin", "verify", "", ""},
	{"kover", jobTest, []string{"org.jetbrains.kotlinx.kover"}, "test koverXmlReport", "", "", "", "", ""},
	{"dependency-check", jobAudit, []string{"org.owasp.dependencycheck"}, "dependencyCheckAnalyze", "", "dependency-check-maven", "dependency-check:check", "",
		"org.owasp:dependency-check-maven:12.1.0:check"},
}

// used is a tool that the build configures.
type used struct {
	tool
	at source.Match
}

// usedTools are the tools of the root and of the module.
func (b *build) usedTools(m *module) []used {
	var out []used
	for _, t := range tools {
		at := m.plugin(t.gradle, []string{t.maven})
		if !at.OK() {
			at = b.modules[0].plugin(t.gradle, []string{t.maven})
		}
		if at.OK() {
			out = append(out, used{t, at})
		}
	}
	return out
}

func (b *build) tools(c *stack.Component, m *module) {
	for _, u := range b.usedTools(m) {
		c.Tools = source.AddFact(c.Tools, u.at.Declared(u.name))
	}
	for _, t := range []struct {
		name string
		ids  []string
	}{
		{"junit", []string{"org.junit.jupiter:*", "junit:junit", "org.springframework.boot:spring-boot-starter-test", "io.quarkus:quarkus-junit5", "org.junit:*", "org.jetbrains.kotlin:kotlin-test*"}},
		{"testcontainers", []string{"org.testcontainers:*", "org.springframework.boot:spring-boot-testcontainers"}},
	} {
		if d := find(m.tests, t.ids); d != nil {
			c.Tools = source.AddFact(c.Tools, d.at.Declared(t.name))
		}
	}
}

// run is the command of one invocation of the build tool.
func (b *build) run(args string) string { return b.runner() + " " + args }

// runner is the wrapper where the repository has a whole one, else the tool itself.
func (b *build) runner() string {
	switch {
	case b.tool == "maven" && b.wrapped():
		return b.wrapper("mvnw") + " -B -ntp"
	case b.tool == "maven":
		return "mvn -B -ntp"
	case b.wrapped():
		return b.wrapper("gradlew")
	}
	return "gradle"
}

// wrapped tells whether the wrapper is there with all that it needs. Gradle's needs its jar, which some ignore rules leave out.
func (b *build) wrapped() bool {
	if b.tool == "maven" {
		return b.tree.Has(path.Join(b.dir, "mvnw")) && b.tree.Has(path.Join(b.dir, ".mvn/wrapper/maven-wrapper.properties"))
	}
	return !b.outgrown() && b.tree.Has(path.Join(b.dir, "gradlew")) && b.tree.Has(path.Join(b.dir, "gradle/wrapper/gradle-wrapper.jar")) &&
		b.tree.Has(path.Join(b.dir, "gradle/wrapper/gradle-wrapper.properties"))
}

// outgrown tells whether the build needs a Java that the wrapper's Gradle does not run on.
func (b *build) outgrown() bool {
	w := b.gradleVersion()
	if !w.OK() {
		return false
	}
	newest := newestFor(w.Group(1))
	for _, m := range b.modules {
		if p := b.pin(m); p != nil && major(p.Value) > newest {
			return true
		}
		if r := b.release(m); r != nil && major(r.Value) > lastLongTerm(newest) {
			return true
		}
	}
	return false
}

// wrapper is how the wrapper is called: through sh where the repository has it without the execute bit.
func (b *build) wrapper(name string) string {
	p := path.Join(b.dir, name)
	files := b.tree.Files()
	i := sort.Search(len(files), func(i int) bool { return files[i].Path >= p })
	if b.tree.Root() != "" && i < len(files) && files[i].Path == p && files[i].Mode&0o111 == 0 {
		return "sh ./" + name
	}
	return "./" + name
}

// task qualifies a Gradle task with the module's path.
func (m *module) task(name string) string {
	if m.gradle == nil || m.gradle.path == "" {
		return name
	}
	return m.gradle.path + ":" + name
}

// only limits Maven to a module and what it needs.
func (b *build) only(m *module) string {
	if m.dir == b.dir {
		return ""
	}
	return "-pl " + stack.Rel(b.dir, m.dir) + " -am "
}

// check is the command of a configured tool, mend the one that repairs; empty when there is none.
func (b *build) check(t tool) string {
	if b.tool == "gradle" {
		return b.run(t.tasks)
	}
	return b.run(t.goal)
}

func (b *build) mend(t tool) string {
	switch {
	case b.tool == "gradle" && t.fix != "":
		return b.run(t.fix)
	case b.tool == "maven" && t.mend != "":
		return b.run(t.mend)
	}
	return ""
}

// toolTable are all tools that a task may ask for by name: those of the build, and for Maven those that need no configuration.
func (b *build) toolTable(m *module) []stack.Tool {
	var out []stack.Tool
	known := map[string]bool{}
	for _, u := range b.usedTools(m) {
		known[u.name] = true
		out = append(out, stack.Tool{Name: u.name, Job: u.job, Known: true, Commands: []stack.Command{{Run: b.check(u.tool), Tool: u.name}}})
	}
	for _, t := range tools {
		if b.tool == "maven" && !known[t.name] && t.bare != "" {
			out = append(out, stack.Tool{Name: t.name, Job: t.job, Commands: []stack.Command{{Run: b.run(t.bare), Tool: t.name,
				Why: "The build does not configure " + t.name + ", so the plugin is named with its version."}}})
		}
	}
	return append(out, stack.Tool{Name: "junit", Job: jobTest, Known: find(m.tests, []string{"*"}) != nil, Commands: b.testCommands(m)})
}

func (b *build) testCommands(m *module) []stack.Command {
	if b.tool == "gradle" {
		tasks := "test"
		for _, u := range b.usedTools(m) {
			if u.name == "jacoco" || u.name == "kover" {
				tasks = u.tasks
			}
		}
		return []stack.Command{{Run: b.run(tasks), Tool: "gradle"}}
	}
	goal := "test"
	for _, u := range b.usedTools(m) {
		if u.name == "jacoco" {
			goal = "verify"
		}
	}
	return []stack.Command{{Run: b.run(goal), Tool: "maven"}}
}

// coverage is the file that the tests write, where the build says that it is XML.
func (b *build) coverage(m *module) string {
	for _, u := range b.usedTools(m) {
		switch {
		case u.name == "jacoco" && b.tool == "maven":
			return path.Join(stack.Rel(b.dir, m.dir), "target/site/jacoco/jacoco.xml")
		case u.name == "jacoco" && b.xmlReport(m):
			return path.Join(stack.Rel(b.dir, m.dir), "build/reports/jacoco/test/jacocoTestReport.xml")
		case u.name == "kover":
			return path.Join(stack.Rel(b.dir, m.dir), "build/reports/kover/report.xml")
		}
	}
	return ""
}

func (b *build) xmlReport(m *module) bool {
	for _, f := range append(m.gradle.files(), b.gradle.projects[0].script) {
		all := strings.Join(f.Code, " ")
		if strings.Contains(all, "xml.required") || strings.Contains(all, "xml.enabled") {
			return true
		}
	}
	return false
}
