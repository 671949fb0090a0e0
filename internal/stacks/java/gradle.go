package java

import (
	"path"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// gradleProject is what the build script of one Gradle project says.
type gradleProject struct {
	dir     string // repository path
	path    string // ":web"; "" for the root
	script  source.File
	more    []source.File // convention plugins that it applies
	plugins map[string]source.Match
	deps    []dependency
	tests   []dependency
}

// gradleBuild is a Gradle build: the root project and those that settings include.
type gradleBuild struct {
	dir      string
	settings source.File
	wrapper  source.File // gradle/wrapper/gradle-wrapper.properties
	catalog  catalog
	projects []*gradleProject // the root first
}

var (
	includeWord    = regexp.MustCompile(`^\s*include(?:\s|\()`)
	quotedWord     = regexp.MustCompile(`["']([^"'$]+)["']`)
	rootName       = regexp.MustCompile(`rootProject\.name\s*=\s*["']([\w.-]+)["']`)
	projectDir     = regexp.MustCompile(`project\(["'](:[\w:.-]+)["']\)\.projectDir\s*=\s*(?:new\s+)?(?:file|File)\(\s*(?:settingsDir\s*,\s*)?["']([^"']+)["']`)
	pluginID       = regexp.MustCompile(`\bid\s*\(?\s*["']([\w.-]+)["']\s*\)?(?:\s+version\s*\(?\s*["']?([\w.$+-]+)["']?\)?)?(.*)$`)
	pluginAlias    = regexp.MustCompile(`\balias\s*\(?\s*libs\.plugins\.([\w.]+)\s*\)?(.*)$`)
	pluginKotlin   = regexp.MustCompile(`\bkotlin\s*\(\s*["']([\w.]+)["']\s*\)(?:\s+version\s+["']([\w.-]+)["'])?(.*)$`)
	pluginApply    = regexp.MustCompile(`\bapply\s*\(?\s*plugin\s*[:=]\s*["']([\w.-]+)["']`)
	pluginBare     = regexp.MustCompile("^\\s*`?(application|java-library|java|war|groovy|checkstyle|pmd|jacoco)`?\\s*$")
	depLine        = regexp.MustCompile(`^\s*(\w+)\s*[( ]\s*(?:platform\s*\(\s*|enforcedPlatform\s*\(\s*)?["']([\w.-]+):([\w.-]+)(?::([\w.$\{\}+-]+))?["']`)
	depCatalog     = regexp.MustCompile(`^\s*(\w+)\s*[( ]\s*(?:platform\s*\(\s*)?libs\.([\w.]+)`)
	depKotlin      = regexp.MustCompile(`^\s*(\w+)\s*\(\s*kotlin\s*\(\s*["']([\w.-]+)["']`)
	conventionPath = []string{"buildSrc/src/main/kotlin", "buildSrc/src/main/groovy", "build-logic/src/main/kotlin", "build-logic/src/main/groovy",
		"build-logic/convention/src/main/kotlin", "gradle/plugins/src/main/kotlin", "buildLogic/src/main/kotlin"}
)

const maxGradleProjects = 200

// buildScript is the script of a Gradle project's folder; no lines when it has none.
func buildScript(tree *repo.Tree, dir string) source.File {
	if p := source.Exists(tree, dir, "build.gradle.kts", "build.gradle"); p != "" {
		return source.Parse(tree, p, source.C)
	}
	return source.File{}
}

// readGradle reads the Gradle build rooted in dir.
func readGradle(tree *repo.Tree, dir string) *gradleBuild {
	b := &gradleBuild{dir: dir}
	if p := source.Exists(tree, dir, "settings.gradle.kts", "settings.gradle"); p != "" {
		b.settings = source.Parse(tree, p, source.C)
	}
	b.wrapper = source.Parse(tree, path.Join(dir, "gradle/wrapper/gradle-wrapper.properties"), source.Props)
	b.catalog = readCatalog(tree, path.Join(dir, "gradle/libs.versions.toml"))
	b.projects = append(b.projects, &gradleProject{dir: dir, script: buildScript(tree, dir)})
	dirs := map[string]string{}
	for _, m := range b.settings.All(projectDir) {
		dirs[m.Group(1)] = m.Group(2)
	}
	for _, name := range b.included() {
		rel, ok := dirs[":"+name]
		if !ok {
			rel = strings.ReplaceAll(name, ":", "/")
		}
		d := path.Join(dir, rel)
		if !source.Plain(rel) || len(b.projects) >= maxGradleProjects {
			continue
		}
		if s := buildScript(tree, d); s.Path != "" {
			b.projects = append(b.projects, &gradleProject{dir: d, path: ":" + name, script: s})
		}
	}
	for _, p := range b.projects {
		b.read(tree, p)
	}
	return b
}

// included are the project paths that settings name, without the first colon. An include may go on over several lines.
func (b *gradleBuild) included() []string {
	var out []string
	open := false
	for _, l := range b.settings.Code {
		if len(l) > source.MaxLine {
			continue
		}
		if includeWord.MatchString(l) {
			open = true
		}
		if !open {
			continue
		}
		for _, m := range quotedWord.FindAllStringSubmatch(l, -1) {
			if n := strings.Trim(m[1], ":"); source.Plain(strings.ReplaceAll(n, ":", "/")) {
				out = append(out, n)
			}
		}
		t := strings.TrimSpace(l)
		open = strings.HasSuffix(t, ",") || strings.HasSuffix(t, "(")
	}
	return out
}

// read fills in a project's plugins and dependencies; convention plugins of the repository are read with it.
func (b *gradleBuild) read(tree *repo.Tree, p *gradleProject) {
	p.plugins = map[string]source.Match{}
	b.readScript(p, p.script)
	for _, id := range keys(p.plugins) {
		for _, dir := range conventionPath {
			if f := source.Exists(tree, path.Join(b.dir, dir), id+".gradle.kts", id+".gradle"); f != "" && len(p.more) < 10 {
				s := source.Parse(tree, f, source.C)
				p.more = append(p.more, s)
				b.readScript(p, s)
			}
		}
	}
}

func (b *gradleBuild) readScript(p *gradleProject, s source.File) {
	add := func(id, version, rest string, m source.Match) {
		if strings.Contains(rest, "apply false") || strings.Contains(rest, "apply(false)") {
			return
		}
		if _, ok := p.plugins[id]; !ok {
			m.Groups = []string{id, version}
			p.plugins[id] = m
		}
	}
	for _, m := range s.All(pluginID) {
		add(m.Group(1), m.Group(2), m.Group(3), m)
	}
	for _, m := range s.All(pluginAlias) {
		id, version := b.catalog.plugin(m.Group(1))
		add(id, version, m.Group(2), m)
	}
	for _, m := range s.All(pluginKotlin) {
		add("org.jetbrains.kotlin."+m.Group(1), m.Group(2), m.Group(3), m)
	}
	for _, m := range s.All(pluginApply) {
		add(m.Group(1), "", "", m)
	}
	for _, m := range s.All(pluginBare) {
		add(m.Group(1), "", "", m)
	}
	b.readDeps(p, s)
}

func (b *gradleBuild) readDeps(p *gradleProject, s source.File) {
	add := func(conf, id, version string, m source.Match) {
		lower := strings.ToLower(conf)
		switch {
		case lower == "classpath" || lower == "exclude" || len(p.deps)+len(p.tests) >= maxPomEntries:
		case strings.Contains(lower, "test") || lower == "developmentonly":
			p.tests = append(p.tests, dependency{id, version, m})
		default:
			p.deps = append(p.deps, dependency{id, version, m})
		}
	}
	for _, m := range s.All(depLine) {
		add(m.Group(1), m.Group(2)+":"+m.Group(3), m.Group(4), m)
	}
	for _, m := range s.All(depCatalog) {
		for _, l := range b.catalog.libraries(m.Group(2)) {
			add(m.Group(1), l.module, l.version, m)
		}
	}
	for _, m := range s.All(depKotlin) {
		add(m.Group(1), "org.jetbrains.kotlin:kotlin-"+m.Group(2), "", m)
	}
}

// files are the project's script and the convention plugins that it applies.
func (p *gradleProject) files() []source.File { return append([]source.File{p.script}, p.more...) }

// has is the first of the plugins that the project applies.
func (p *gradleProject) has(ids ...string) source.Match {
	for _, id := range ids {
		if m, ok := p.plugins[id]; ok {
			return m
		}
	}
	return source.Match{}
}

// catalog is a Gradle version catalogue.
type catalog struct {
	Versions  map[string]any      `toml:"versions"`
	Libraries map[string]any      `toml:"libraries"`
	Bundles   map[string][]string `toml:"bundles"`
	Plugins   map[string]any      `toml:"plugins"`
}

type library struct{ module, version string }

func readCatalog(tree *repo.Tree, file string) catalog {
	var c catalog
	b, err := tree.Read(file)
	if err != nil || toml.Unmarshal(b, &c) != nil {
		return catalog{}
	}
	return c
}

// accessor is the name by which build scripts reach an alias: "spring-boot_web" is "spring.boot.web".
func accessor(alias string) string {
	return strings.NewReplacer("-", ".", "_", ".").Replace(alias)
}

func (c catalog) plugin(name string) (id, version string) {
	for alias, v := range c.Plugins {
		if accessor(alias) == name {
			l := c.entry(v, "id")
			return l.module, l.version
		}
	}
	return "libs.plugins." + name, ""
}

func (c catalog) libraries(name string) []library {
	if rest, ok := strings.CutPrefix(name, "bundles."); ok {
		var out []library
		for alias, list := range c.Bundles {
			if accessor(alias) != rest {
				continue
			}
			for _, l := range list {
				if v, ok := c.Libraries[l]; ok {
					out = append(out, c.entry(v, "module"))
				}
			}
		}
		return out
	}
	for alias, v := range c.Libraries {
		if accessor(alias) == name {
			return []library{c.entry(v, "module")}
		}
	}
	return nil
}

// entry reads the short form "a:b:1", and the table with module or id and a version or version.ref.
func (c catalog) entry(v any, key string) library {
	switch t := v.(type) {
	case string:
		parts := strings.SplitN(t, ":", 3)
		if key == "id" {
			return library{parts[0], get(parts, 1)}
		}
		return library{parts[0] + ":" + get(parts, 1), get(parts, 2)}
	case map[string]any:
		l := library{str(t[key]), ""}
		if l.module == "" && key == "module" {
			l.module = str(t["group"]) + ":" + str(t["name"])
		}
		switch ver := t["version"].(type) {
		case string:
			l.version = ver
		case map[string]any:
			l.version = str(c.Versions[str(ver["ref"])])
		}
		return l
	}
	return library{}
}

func str(v any) string { s, _ := v.(string); return s }

func get(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
