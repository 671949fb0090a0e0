// Package java knows Java and Kotlin programs that Maven or Gradle builds: Spring Boot, Quarkus, Micronaut, Ktor, Dropwizard and plain ones.
package java

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Name is the Stack's name.
const Name = "java"

// Stack is the knowledge of Java and Kotlin.
func Stack() stack.Stack {
	return stack.Stack{
		Name:      Name,
		Manifests: []string{"pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"},
		Detect:    detect,
		Recipe:    recipe,
	}
}

// dependency is a library by "group:artifact".
type dependency struct {
	id, version string
	at          source.Match
}

// module is one Maven module or Gradle project.
type module struct {
	dir    string // repository path
	name   string
	gradle *gradleProject
	pom    *pom
	deps   []dependency
	tests  []dependency
}

// build is a whole build: its tool and its modules, the root first.
type build struct {
	tree    *repo.Tree
	dir     string
	tool    string // "maven" or "gradle"
	gradle  *gradleBuild
	modules []*module
}

// dep is the first dependency of the module that has one of the ids; "*" at the end stands for any rest.
func (m *module) dep(ids ...string) *dependency { return find(m.deps, ids) }

func find(list []dependency, ids []string) *dependency {
	for _, id := range ids {
		prefix, open := strings.CutSuffix(id, "*")
		for i := range list {
			if list[i].id == id || (open && strings.HasPrefix(list[i].id, prefix)) {
				return &list[i]
			}
		}
	}
	return nil
}

// buildOf is the build rooted in dir; nil when there is none. Where both tools are there, the one with a wrapper wins.
func buildOf(tree *repo.Tree, dir string) *build {
	hasPom := tree.Has(path.Join(dir, "pom.xml"))
	hasGradle := source.Exists(tree, dir, "build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle") != ""
	b := &build{tree: tree, dir: dir}
	gradleFirst := hasGradle && (!hasPom || (tree.Has(path.Join(dir, "gradlew")) && !tree.Has(path.Join(dir, "mvnw"))))
	if gradleFirst {
		b.tool = "gradle"
		b.gradle = readGradle(tree, dir)
		b.gradleModules()
		return b
	}
	if hasPom {
		b.tool = "maven"
		for _, p := range readPoms(tree, dir) {
			m := &module{dir: path.Dir(p.file), name: p.artifact.value, pom: p, deps: p.allDeps(false), tests: p.allDeps(true)}
			b.modules = append(b.modules, m)
		}
		if len(b.modules) > 0 {
			return b
		}
	}
	return nil
}

func (b *build) gradleModules() {
	root := b.gradle.projects[0]
	rootIsApp := hasMainSources(b.tree, root.dir)
	for i, p := range b.gradle.projects {
		if i > 0 && !rootIsApp {
			inherit(p, root)
		}
		m := &module{dir: p.dir, name: path.Base(p.dir), gradle: p, deps: p.deps, tests: p.tests}
		if i == 0 {
			m.name = b.gradle.settings.First(rootName).Group(1)
		}
		b.modules = append(b.modules, m)
	}
}

// inherit gives a sub-project what the root's subprojects or allprojects block applies.
func inherit(p, root *gradleProject) {
	if !root.script.Find("subprojects").OK() && !root.script.Find("allprojects").OK() {
		return
	}
	for id, m := range root.plugins {
		if _, ok := p.plugins[id]; !ok {
			p.plugins[id] = m
		}
	}
	p.deps = append(p.deps, root.deps...)
	p.tests = append(p.tests, root.tests...)
	p.more = append(p.more, root.script)
}

func hasMainSources(tree *repo.Tree, dir string) bool {
	for _, d := range []string{"src/main/java", "src/main/kotlin", "src/main/resources", "src/main/groovy"} {
		if tree.HasDir(path.Join(dir, d)) {
			return true
		}
	}
	return false
}

// isPart tells whether dir belongs to a build that is rooted above it, or holds the build logic of one.
func isPart(tree *repo.Tree, dir string) bool {
	base := path.Base(dir)
	if base == "buildSrc" || base == "build-logic" || base == "buildLogic" || strings.Contains("/"+dir+"/", "/buildSrc/") {
		return true
	}
	s := stack.Scan{Dir: dir}
	hasSettings := source.Exists(tree, dir, "settings.gradle", "settings.gradle.kts") != ""
	for _, up := range s.Ancestors() {
		if !hasSettings && source.Exists(tree, up, "settings.gradle", "settings.gradle.kts") != "" {
			return true
		}
		if !tree.Has(path.Join(dir, "pom.xml")) {
			continue
		}
		if p := readPom(tree, path.Join(up, "pom.xml")); p != nil && p.lists(dir) {
			return true
		}
	}
	return false
}

func detect(s *stack.Scan) []stack.Component {
	if isPart(s.Tree, s.Dir) {
		return nil
	}
	b := buildOf(s.Tree, s.Dir)
	if b == nil {
		return nil
	}
	if s.Has("pom.xml") && b.tool == "gradle" || b.tool == "maven" && source.Exists(s.Tree, s.Dir, "build.gradle", "build.gradle.kts") != "" {
		other := map[string]string{"gradle": "maven", "maven": "gradle"}[b.tool]
		s.Contradict("package_manager", *source.Present(b.manifest(), b.tool),
			*source.Present(source.Exists(s.Tree, s.Dir, "pom.xml"), other))
	}
	var out []stack.Component
	for _, m := range b.modules {
		if a := b.app(m); a != nil {
			out = append(out, b.component(s, m, a))
		}
	}
	if len(out) == 0 {
		out = append(out, b.component(s, b.modules[0], nil))
	}
	return out
}

// manifest is the file that names the build.
func (b *build) manifest() string {
	if b.tool == "maven" {
		return path.Join(b.dir, "pom.xml")
	}
	return source.Exists(b.tree, b.dir, "build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle")
}

// component describes one program of the build, or with a nil app the library that it is.
func (b *build) component(s *stack.Scan, m *module, a *app) stack.Component {
	c := stack.Component{Path: b.dir, Name: m.name, Kind: stack.KindLibrary, Stack: Name}
	if c.Name == "" && m.pom == nil && b.dir != "." {
		c.Name = path.Base(b.dir)
	}
	b.language(&c, m)
	c.PackageManager = b.packageManager()
	c.LockFile = b.lockFile(m)
	v := b.versions(s, m, a)
	c.Version, c.VersionRange = v.version, v.admits
	c.Notes = append(c.Notes, v.notes...)
	if a != nil {
		a.describe(b, m, &c)
	}
	b.tools(&c, m)
	b.commands(&c, m, a)
	stack.SettleVariables(&c)
	return c
}

func (b *build) language(c *stack.Component, m *module) {
	kotlin, java := source.Match{}, source.Match{}
	for _, f := range b.tree.Under(m.dir) {
		switch {
		case strings.HasSuffix(f.Path, ".kt") && !kotlin.OK():
			kotlin = source.Match{Path: f.Path, Line: 1, Text: firstLine(b.tree, f.Path)}
		case strings.HasSuffix(f.Path, ".java") && !java.OK():
			java = source.Match{Path: f.Path, Line: 1, Text: firstLine(b.tree, f.Path)}
		}
	}
	switch {
	case kotlin.OK() && !java.OK():
		c.Language = kotlin.Derived("kotlin")
	case java.OK():
		c.Language = java.Derived("java")
	default:
		c.Language = source.Present(b.manifest(), "java")
	}
}

func firstLine(tree *repo.Tree, p string) string {
	if l := tree.Lines(p); len(l) > 0 {
		return l[0]
	}
	return ""
}

func (b *build) packageManager() *stack.Fact {
	f := source.Read(b.tree, b.manifest())
	return f.At(min(1, len(f.Lines))).Declared(b.tool)
}

// lockFile is the dependency lock of Gradle, which few builds have; Maven has none.
func (b *build) lockFile(m *module) *stack.Fact {
	if b.tool != "gradle" {
		return nil
	}
	for _, d := range []string{m.dir, b.dir} {
		if p := source.Exists(b.tree, d, "gradle.lockfile"); p != "" {
			return source.Present(p, stack.Rel(b.dir, p))
		}
	}
	return nil
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
