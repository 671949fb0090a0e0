package java

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stacks/source"
)

// framework is how a framework shows in a build.
type framework struct {
	name    string
	plugins []string // Gradle plugin ids
	maven   []string // Maven plugins
	deps    []string
	web     []string // dependencies that make it a server; empty when any of deps does
}

var frameworks = []framework{
	{"spring-boot", []string{"org.springframework.boot"}, []string{"spring-boot-maven-plugin"},
		[]string{"org.springframework.boot:spring-boot-starter*", "org.springframework.boot:spring-boot", "org.springframework.boot:spring-boot-autoconfigure"},
		[]string{"org.springframework.boot:spring-boot-starter-web", "org.springframework.boot:spring-boot-starter-webmvc",
			"org.springframework.boot:spring-boot-starter-webflux", "org.springframework.boot:spring-boot-starter-jersey",
			"org.springframework.boot:spring-boot-starter-data-rest", "org.springframework.boot:spring-boot-starter-hateoas",
			"org.springframework.boot:spring-boot-starter-websocket", "org.springframework.cloud:spring-cloud-starter-gateway*",
			"com.vaadin:vaadin-spring-boot-starter"}},
	{"quarkus", []string{"io.quarkus"}, []string{"quarkus-maven-plugin"}, []string{"io.quarkus:quarkus-*", "io.quarkus.platform:*"},
		[]string{"io.quarkus:quarkus-rest*", "io.quarkus:quarkus-resteasy*", "io.quarkus:quarkus-vertx-http", "io.quarkus:quarkus-reactive-routes",
			"io.quarkus:quarkus-smallrye-graphql", "io.quarkus:quarkus-smallrye-health", "io.quarkus:quarkus-undertow"}},
	{"micronaut", []string{"io.micronaut.application", "io.micronaut.minimal.application"}, []string{"micronaut-maven-plugin"},
		[]string{"io.micronaut:micronaut-*"}, []string{"io.micronaut:micronaut-http-server*", "io.micronaut:micronaut-management"}},
	{"ktor", []string{"io.ktor.plugin"}, nil, []string{"io.ktor:ktor-server*"}, nil},
	{"dropwizard", nil, nil, []string{"io.dropwizard:dropwizard-core"}, nil},
	{"helidon", nil, []string{"helidon-maven-plugin"}, []string{"io.helidon.webserver:*", "io.helidon.microprofile.bundles:*"}, nil},
	{"javalin", nil, nil, []string{"io.javalin:javalin*"}, nil},
	{"spark", nil, nil, []string{"com.sparkjava:spark-*"}, nil},
	{"vertx", []string{"io.vertx.vertx-plugin"}, nil, []string{"io.vertx:vertx-web*"}, nil},
	{"http4k", nil, nil, []string{"org.http4k:http4k-*"}, nil},
}

func (b *build) framework(m *module, a *app) {
	for _, f := range frameworks {
		at := m.plugin(f.plugins, f.maven)
		if d := m.dep(f.deps...); d != nil && !at.OK() {
			at = d.at
		}
		if !at.OK() {
			continue
		}
		a.framework, a.frameAt = f.name, at
		web := f.web
		if len(web) == 0 {
			web = f.deps
		}
		a.web = m.dep(web...) != nil || (f.name == "micronaut" && m.runtime())
		if f.name == "spring-boot" {
			a.boot = b.bootVersion(m)
		}
		return
	}
}

var micronautRuntime = regexp.MustCompile(`runtime\s*\(?\s*["'](netty|tomcat|jetty|undertow|jdk)`)

func (m *module) runtime() bool {
	return m.gradle != nil && source.First(m.gradle.files(), micronautRuntime).OK()
}

// bootVersion is Spring Boot's version: of the plugin, of the parent, or of the imported versions.
func (b *build) bootVersion(m *module) string {
	if m.gradle != nil {
		for _, p := range []*gradleProject{m.gradle, b.gradle.projects[0]} {
			for _, f := range p.files() {
				for _, l := range f.All(pluginID) {
					if l.Group(1) == "org.springframework.boot" && major(l.Group(2)) > 0 {
						return l.Group(2)
					}
				}
			}
			if v := p.has("org.springframework.boot").Group(1); major(v) > 0 {
				return v
			}
		}
		return ""
	}
	for q, n := m.pom, 0; q != nil && n < 10; q, n = q.up, n+1 {
		if strings.HasPrefix(q.parent.artifact, "spring-boot-starter-parent") {
			return q.expand(q.parent.version, 0)
		}
	}
	v, _ := m.pom.get("spring-boot.version")
	return v.value
}
