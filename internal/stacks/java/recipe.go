package java

import (
	"path"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// recipe says how to work with a component that detect found.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	b := buildOf(tree, c.Path)
	if b == nil {
		return stack.Recipe{}
	}
	m, a := b.moduleOf(c)
	r := stack.Recipe{
		Install:      []stack.Command{{Run: b.install(), Tool: b.tool}},
		Test:         b.testCommands(m),
		Build:        []stack.Command{{Run: b.buildTask(m, a), Tool: b.tool}},
		TypeCheck:    []stack.Command{{Run: b.compile(), Tool: b.tool, Why: "The compiler checks the types of the program and of its tests."}},
		CoverageFile: b.coverage(m),
		Tools:        b.toolTable(m),
		Matrix:       b.matrix(c, a),
		Toolchain:    b.toolchainOf(c),
	}
	for _, u := range b.usedTools(m) {
		cmd := stack.Command{Run: b.check(u.tool), Tool: u.name}
		switch u.job {
		case jobLint:
			r.Lint = append(r.Lint, cmd)
		case jobFormat:
			r.FormatCheck = append(r.FormatCheck, cmd)
		case jobAudit:
			r.Audit = append(r.Audit, cmd)
		}
		if mend := b.mend(u.tool); mend != "" {
			r.Format = append(r.Format, stack.Command{Run: mend, Tool: u.name})
		}
	}
	if len(r.Lint) == 0 {
		r.Lint = []stack.Command{b.standardLint()}
	}
	if b.tool == "maven" && m.pom.plugin("maven-failsafe-plugin") != nil {
		r.Integration = []stack.Command{{Run: b.run("verify"), Tool: "failsafe"}}
	}
	b.rest(&r, m, a, c)
	return r
}

// rest fills in what only a program has, and cleaning.
func (b *build) rest(r *stack.Recipe, m *module, a *app, c *stack.Component) {
	r.Clean = []stack.Command{{Run: b.run("clean"), Tool: b.tool}}
	if a == nil {
		return
	}
	if s := b.start(m, a); s != "" {
		r.Start = []stack.Command{{Run: s, Tool: "java"}}
	}
	if d := b.dev(m, a); d != "" {
		r.Dev = []stack.Command{{Run: d, Tool: b.tool}}
	}
	r.DevReload = a.framework == "quarkus"
	r.Image = b.image(m, a, c)
	d := b.dev(m, a)
	if r.Image == nil || d == "" {
		return
	}
	r.DevTarget, r.DevCommand = "deps", strings.Fields(d)
	for _, o := range b.modules {
		if src := path.Join(stack.Rel(b.dir, o.dir), "src"); b.tree.HasDir(path.Join(b.dir, src)) && len(r.DevMounts) < maxCopied {
			r.DevMounts = append(r.DevMounts, "./"+src+":/src/"+src)
		}
	}
}

func (b *build) compile() string {
	if b.tool == "maven" {
		return b.run("test-compile")
	}
	return b.run("testClasses")
}

// standardLint is what a build without a linter has: Gradle's check without the tests, Maven's own verify.
func (b *build) standardLint() stack.Command {
	if b.tool == "gradle" {
		return stack.Command{Run: b.run("check -x test"), Tool: "gradle", Why: "No linter is configured: check runs whatever else the build verifies."}
	}
	return stack.Command{Run: b.run("verify -DskipTests"), Tool: "maven", Why: "No linter is configured: verify runs whatever else the build verifies."}
}

// moduleOf finds the module that a component was made from: the innermost one that holds what its entry rests on.
func (b *build) moduleOf(c *stack.Component) (*module, *app) {
	if c.Entry == nil {
		return b.modules[0], nil
	}
	var best *module
	for _, m := range b.modules {
		if source.Below(c.Entry.Evidence.File, m.dir) && (best == nil || len(m.dir) > len(best.dir)) {
			best = m
		}
	}
	if best == nil {
		return b.modules[0], nil
	}
	a := b.app(best)
	if a != nil {
		again := stack.Component{}
		a.endpoints(b, best, &again)
	}
	return best, a
}

// matrix are the long-term versions that the build's release admits and that Gradle and the framework run on. A toolchain
// or another pin admits one version only.
func (b *build) matrix(c *stack.Component, a *app) []string {
	version := c.Version.String()
	oldest := major(c.VersionRange.String())
	if oldest == 0 || b.pin(b.modules[0]) != nil {
		return []string{version}
	}
	newest := b.newestJava(a)
	return source.Matrix(longTerm, version, func(v string) bool {
		n := major(v)
		return n >= oldest && n <= newest && n >= 17
	})
}

// toolchainOf is how pipelines get the JDK and the build tool.
func (b *build) toolchainOf(c *stack.Component) stack.Toolchain {
	version := c.Version.String()
	setup := stack.Action{Name: "actions/setup-java", Title: "Set up Java", With: []stack.KV{
		{Key: "distribution", Value: "temurin"}, {Key: "java-version", Value: stack.VersionPlaceholder}}}
	t := stack.Toolchain{GitLabImage: "eclipse-temurin:" + stack.VersionPlaceholder + "-jdk-noble"}
	if b.tool == "maven" {
		setup.With = append(setup.With, stack.KV{Key: "cache", Value: "maven"},
			stack.KV{Key: "cache-dependency-path", Value: path.Join(b.dir, "**/pom.xml")})
		t.Actions = []stack.Action{setup}
		if !b.wrapped() {
			t.GitLabImage = "maven:" + mavenVersion + "-eclipse-temurin-" + stack.VersionPlaceholder
		}
		t.CachePaths = []string{".m2/repository"}
		t.CacheEnv = []stack.KV{{Key: "MAVEN_OPTS", Value: "-Dmaven.repo.local=$CI_PROJECT_DIR/.m2/repository"}}
		t.CacheKeys = b.cacheKeys()
		return t
	}
	gradle := stack.Action{Name: "gradle/actions/setup-gradle", Title: "Set up Gradle", With: []stack.KV{{Key: "cache-provider", Value: "basic"}}}
	if !b.wrapped() {
		v := b.gradleFor(major(version))
		gradle.With = append(gradle.With, stack.KV{Key: "gradle-version", Value: v})
		t.GitLabImage = "gradle:" + v + "-jdk" + stack.VersionPlaceholder
	}
	t.Actions = []stack.Action{setup, gradle}
	t.CachePaths = []string{".gradle/caches", ".gradle/wrapper"}
	t.CacheEnv = []stack.KV{{Key: "GRADLE_USER_HOME", Value: "$CI_PROJECT_DIR/.gradle"}}
	t.CacheKeys = b.cacheKeys()
	return t
}

// cacheKeys are the files that say which dependencies there are; GitLab takes at most two.
func (b *build) cacheKeys() []string {
	for _, list := range [][]string{{"gradle.lockfile"}, {"gradle/libs.versions.toml", "gradle/wrapper/gradle-wrapper.properties"}} {
		var out []string
		for _, n := range list {
			if p := path.Join(b.dir, n); b.tool == "gradle" && b.tree.Has(p) {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return []string{b.manifest()}
}

// jdkImage and jreImage are Temurin's images on Ubuntu: they exist for every architecture that Temurin builds, riscv64 too.
func jdkImage(v int) string { return "eclipse-temurin:" + temurin(v) + "-jdk-noble" }
func jreImage(v int) string { return "eclipse-temurin:" + temurin(v) + "-jre-noble" }

// temurin is the tag of a Java version, dated November 2026: the last patch release for the long-term versions.
func temurin(v int) string {
	if tag, ok := map[int]string{17: "17.0.20_8", 21: "21.0.12_8", 25: "25.0.4_7"}[v]; ok {
		return tag
	}
	return strconv.Itoa(v)
}

const mavenVersion = "3.9.16"

// platforms are those for which Temurin has the version.
func platforms(v int) []string {
	out := []string{"linux/amd64", "linux/arm64"}
	if v >= 17 {
		out = append(out, "linux/riscv64")
	}
	return out
}
