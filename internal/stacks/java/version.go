package java

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// The tables below are dated November 2026.

// longTerm are the Java versions that Temurin supports for years, oldest first.
var longTerm = []string{"8", "11", "17", "21", "25"}

// defaultVersion is what a build gets that names no version: every maintained framework and Gradle since 8.5 run on it.
const defaultVersion = 21

// gradleRuns is the first Gradle release that itself runs on a Java version.
var gradleRuns = []struct {
	java   int
	gradle string
}{
	{8, "2.0"}, {9, "4.3"}, {10, "4.7"}, {11, "5.0"}, {12, "5.4"}, {13, "6.0"}, {14, "6.3"}, {15, "6.7"}, {16, "7.0"}, {17, "7.3"},
	{18, "7.5"}, {19, "7.6"}, {20, "8.3"}, {21, "8.5"}, {22, "8.8"}, {23, "8.10"}, {24, "8.14"}, {25, "9.1.0"}, {26, "9.4.0"},
}

// gradleNewest is the last release of a Gradle major, with the image that has it, for wrappers too old for the Java that they shall build.
var gradleNewest = map[string]string{"6": "6.9.4", "7": "7.6.4", "8": "8.14.3", "9": "9.4.1"}

// springRuns is the newest Java that a Spring Boot minor supports.
var springRuns = []struct {
	boot string
	java int
}{{"4.0", 26}, {"3.5", 25}, {"3.4", 24}, {"3.3", 23}, {"3.2", 22}, {"3.0", 21}, {"2.7", 21}, {"2.5", 17}, {"2.0", 11}}

var (
	javaVersionEnum = regexp.MustCompile(`(?:sourceCompatibility|targetCompatibility|release)\s*(?:=|\.set\(|\(|\s)\s*(?:JavaVersion\.(?:VERSION_|toVersion\(\s*))?["']?(1_8|1\.8|\d+)\b`)
	toolchainLine   = regexp.MustCompile(`JavaLanguageVersion\.of\(\s*["']?(\d+)|jvmToolchain\s*\(?\s*(\d+)`)
	jvmTargetLine   = regexp.MustCompile(`jvmTarget\s*(?:=|\.set\()\s*(?:JvmTarget\.JVM_)?["']?(1_8|1\.8|\d+)`)
	sdkmanLine      = regexp.MustCompile(`^\s*java\s*=\s*(\d+)`)
	wrapperVersion  = regexp.MustCompile(`distributionUrl\s*=.*gradle-(\d+(?:\.\d+)*)`)
	jdkNumber       = regexp.MustCompile(`(\d+)(?:\.(\d+))?`)
)

// versions is what is known of the Java to build and run with.
type versions struct {
	version *stack.Fact
	admits  *stack.Fact
	notes   []stack.Fact
}

// major is the number of a Java version as its makers count: "1.8" is 8, "21.0.4" is 21; 0 for none.
func major(s string) int {
	m := jdkNumber.FindStringSubmatch(strings.ReplaceAll(s, "_", "."))
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n > 99 {
		return 0
	}
	if n == 1 && m[2] != "" {
		n, _ = strconv.Atoi(m[2])
	}
	return n
}

// pin finds an explicit Java version: a version file or a toolchain.
func (b *build) pin(m *module) *stack.Fact {
	for _, f := range []*stack.Fact{
		stack.VersionFile(b.tree, b.dir, ".java-version"), stack.ToolVersion(b.tree, b.dir, "java"), b.javaToolVersion(),
	} {
		if f != nil {
			f.Value = strconv.Itoa(major(f.Value))
			return f
		}
	}
	if l := source.Read(b.tree, path.Join(b.dir, ".sdkmanrc")).First(sdkmanLine); l.OK() {
		return l.Declared(l.Group(1))
	}
	return b.toolchain(m)
}

var javaTool = regexp.MustCompile(`^java\s+(?:[a-z]+(?:-[a-z]+)*-)(\d+)`)

// javaToolVersion reads "java temurin-21.0.2+13" of .tool-versions, whose version does not start with a number.
func (b *build) javaToolVersion() *stack.Fact {
	s := stack.Scan{Dir: b.dir}
	for _, d := range append([]string{b.dir}, s.Ancestors()...) {
		if l := source.Read(b.tree, path.Join(d, ".tool-versions")).First(javaTool); l.OK() {
			return l.Declared(l.Group(1))
		}
	}
	return nil
}

// toolchain is the Java that Gradle's toolchain asks for.
func (b *build) toolchain(m *module) *stack.Fact {
	if m.gradle == nil {
		return nil
	}
	for _, f := range append(m.gradle.files(), b.gradle.projects[0].script) {
		if l := f.First(toolchainLine); l.OK() {
			return l.Declared(l.Any())
		}
	}
	return nil
}

// release is the oldest Java that the compiled classes shall run on.
func (b *build) release(m *module) *stack.Fact {
	if m.pom != nil {
		return m.pom.release()
	}
	for _, re := range []*regexp.Regexp{javaVersionEnum, jvmTargetLine} {
		for _, f := range append(m.gradle.files(), b.gradle.projects[0].script) {
			if l := f.First(re); l.OK() {
				return l.Declared(strconv.Itoa(major(l.Group(1))))
			}
		}
	}
	return nil
}

func (p *pom) release() *stack.Fact {
	if pl := p.plugin("maven-compiler-plugin"); pl != nil {
		for _, k := range []string{"release", "source", "target"} {
			if v, ok := pl.config[k]; ok {
				if n := major(p.expand(v.value, 0)); n > 0 {
					return p.match(v.line).Declared(strconv.Itoa(n))
				}
			}
		}
	}
	for _, k := range []string{"maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source", "jdk.version", "kotlin.compiler.jvmTarget"} {
		if v, in := p.get(k); in != nil {
			if n := major(v.value); n > 0 {
				return in.match(v.line).Declared(strconv.Itoa(n))
			}
		}
	}
	return nil
}

// versions settles the Java version: pins, then pipelines and Dockerfile, then the release that the build compiles for.
func (b *build) versions(s *stack.Scan, m *module, a *app) versions {
	var v versions
	pin, release := b.pin(m), b.release(m)
	var list []stack.Candidate
	add := func(rank stack.Rank, f *stack.Fact) {
		if f != nil && major(f.Value) > 0 {
			f.Value = strconv.Itoa(major(f.Value))
			list = append(list, stack.Candidate{Rank: rank, Fact: *f})
		}
	}
	add(stack.RankPin, pin)
	add(stack.RankDelivery, stack.PipelineVersion(b.tree, "java"))
	add(stack.RankDelivery, stack.ReadDockerfile(b.tree, b.dir).BaseVersion(1, "eclipse-temurin", "openjdk", "amazoncorretto"))
	add(stack.RankRange, release)
	add(stack.RankDefault, b.fallback(a))
	v.version = s.Choose("version", list...)
	if release != nil {
		v.admits = &stack.Fact{Value: ">=" + release.Value, Evidence: release.Evidence, Confidence: stack.Derived}
	}
	b.tooOld(s, m, &v, pin)
	return v
}

// fallback is the version of a build that names none: the default, or less where an old Gradle asks for it.
func (b *build) fallback(a *app) *stack.Fact {
	if a != nil && a.boot != "" && stack.CompareVersions(a.boot, "2.5") < 0 {
		return stack.DefaultFact("11", "Spring Boot "+a.boot+" does not run on newer Java")
	}
	return stack.DefaultFact(strconv.Itoa(defaultVersion), "nothing names a Java version; "+strconv.Itoa(defaultVersion)+" is supported for years")
}

// gradleVersion is the version of the wrapper; not OK without one.
func (b *build) gradleVersion() source.Match {
	if b.gradle == nil {
		return source.Match{}
	}
	return b.gradle.wrapper.First(wrapperVersion)
}

// newestFor is the newest Java that a Gradle release runs on.
func newestFor(gradle string) int {
	newest := 8
	for _, g := range gradleRuns {
		if stack.CompareVersions(gradle, g.gradle) >= 0 {
			newest = g.java
		}
	}
	return newest
}

// tooOld handles a wrapper that does not run on the chosen Java. Without a toolchain an older Java that both run is taken;
// with one the classes need that Java, so a newer Gradle of the same major builds them.
func (b *build) tooOld(s *stack.Scan, m *module, v *versions, pin *stack.Fact) {
	w := b.gradleVersion()
	if !w.OK() || v.version == nil {
		return
	}
	newest := newestFor(w.Group(1))
	want := major(v.version.Value)
	if want <= newest {
		return
	}
	runs := w.Derived(strconv.Itoa(newest))
	s.Contradict("version", *v.version, *runs)
	both := lastLongTerm(newest)
	release := b.release(m)
	note := "Gradle " + w.Group(1) + " of the wrapper does not run on Java " + v.version.Value
	switch {
	case pin == nil && (release == nil || major(release.Value) <= both):
		note += ": Java " + strconv.Itoa(both) + " runs both"
		v.version = w.Derived(strconv.Itoa(both))
	default:
		note += ": raise the wrapper with ./gradlew wrapper --gradle-version " + b.gradleFor(want) + "; until then Gradle " + b.gradleFor(want) + " is used without it"
	}
	v.notes = append(v.notes, *w.Derived(note))
}

// gradleFor is a Gradle that runs on a Java version: the newest of the wrapper's major that does, else of the next that does.
func (b *build) gradleFor(java int) string {
	have, _, _ := strings.Cut(b.gradleVersion().Group(1), ".")
	for _, m := range []string{"6", "7", "8", "9"} {
		if m >= have && newestFor(gradleNewest[m]) >= java {
			return gradleNewest[m]
		}
	}
	return gradleNewest["9"]
}

// lastLongTerm is the newest long-term version that is not newer than n.
func lastLongTerm(n int) int {
	out := 8
	for _, v := range longTerm {
		if k := major(v); k <= n {
			out = k
		}
	}
	return out
}

// newestJava caps the test matrix: what Gradle and the framework run on.
func (b *build) newestJava(a *app) int {
	newest := 26
	if w := b.gradleVersion(); w.OK() {
		newest = min(newest, newestFor(w.Group(1)))
	}
	if a != nil && a.boot != "" {
		for _, s := range springRuns {
			if stack.CompareVersions(a.boot, s.boot) >= 0 {
				return min(newest, s.java)
			}
		}
	}
	return newest
}
