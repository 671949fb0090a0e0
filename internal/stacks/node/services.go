package node

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// clients are packages and the servers that they speak to.
var clients = []source.Dependency{
	{Name: "pg", Service: "postgres"}, {Name: "postgres", Service: "postgres"}, {Name: "pg-promise", Service: "postgres"}, {Name: "@vercel/postgres", Service: "postgres"},
	{Name: "slonik", Service: "postgres"}, {Name: "pg-boss", Service: "postgres"}, {Name: "mysql", Service: "mysql"}, {Name: "mysql2", Service: "mysql"}, {Name: "mariadb", Service: "mariadb"},
	{Name: "redis", Service: "redis"}, {Name: "ioredis", Service: "redis"}, {Name: "bullmq", Service: "redis"}, {Name: "bull", Service: "redis"}, {Name: "connect-redis", Service: "redis"},
	{Name: "@fastify/redis", Service: "redis"}, {Name: "@fastify/postgres", Service: "postgres"}, {Name: "@fastify/mongodb", Service: "mongodb"}, {Name: "iovalkey", Service: "valkey"},
	{Name: "mongoose", Service: "mongodb"}, {Name: "mongodb", Service: "mongodb"}, {Name: "connect-mongo", Service: "mongodb"}, {Name: "agenda", Service: "mongodb"},
	{Name: "amqplib", Service: "rabbitmq"}, {Name: "amqp-connection-manager", Service: "rabbitmq"}, {Name: "rhea", Service: "rabbitmq"},
	{Name: "kafkajs", Service: "kafka"}, {Name: "node-rdkafka", Service: "kafka"}, {Name: "nats", Service: "nats"}, {Name: "@elastic/elasticsearch", Service: "elasticsearch"},
	{Name: "@opensearch-project/opensearch", Service: "opensearch"}, {Name: "memjs", Service: "memcached"}, {Name: "memcached", Service: "memcached"},
	{Name: "minio", Service: "minio"}, {Name: "@clickhouse/client", Service: "clickhouse"},
}

var (
	prismaProvider = regexp.MustCompile(`^\s*provider\s*=\s*"(postgresql|mysql|mongodb|cockroachdb|sqlserver|sqlite)"`)
	envDefault     = regexp.MustCompile(`(?:process\.env|Bun\.env)(?:\.([A-Z][A-Z0-9_]+)\b|\[['"]([A-Z][A-Z0-9_]+)['"]\])(?:\s*(?:\|\||\?\?)\s*['"]([^'"]*)['"])?`)
	envRequired    = regexp.MustCompile(`(?:if\s*\(\s*!|assert(?:\.ok)?\(\s*|invariant\(\s*|requireEnv\(\s*)(?:process\.env\.|['"])([A-Z][A-Z0-9_]+)`)
	envSchema      = regexp.MustCompile(`^\s*([A-Z][A-Z0-9_]{2,})\s*:\s*(?:z|Joi|v|t)\.(.*)$`)
)

// runtimeEnv are variables that the platform sets, not a person.
var runtimeEnv = []string{"NODE_ENV", "PATH", "HOME", "CI", "npm_package_version", "NODE_OPTIONS", "TZ"}

func (p *project) findEnv(files []source.File) {
	add := func(v stack.Variable) {
		if len(p.c.Env) < 200 && !slices.Contains(runtimeEnv, v.Name) {
			p.c.Env = stack.AddVariable(p.c.Env, v)
		}
	}
	for _, m := range source.All(files, envDefault) {
		add(stack.NewVariable(m.Group(1)+m.Group(2), m.Group(3), m.Evidence()))
	}
	for _, m := range source.All(files, envRequired) {
		v := stack.NewVariable(m.Group(1), "", m.Evidence())
		v.Required = true
		add(v)
	}
	for _, m := range source.All(files, envSchema) {
		v := stack.NewVariable(m.Group(1), "", m.Evidence())
		v.Required = !strings.Contains(m.Group(2), "optional(") && !strings.Contains(m.Group(2), "default(")
		add(v)
	}
	for _, v := range stack.EnvExample(p.scan.Tree, p.scan.Dir) {
		add(v)
	}
}

// findServices goes by the packages that the program needs to run: development packages only serve tests.
func (p *project) findServices() {
	for _, d := range p.pkg.names() {
		service := source.Service(clients, d)
		if _, ok := p.pkg.Dependencies[d]; ok && service != "" {
			p.c.Services = stack.Add(p.c.Services, *stack.DerivedFact(service, p.pkg.at(d)))
		}
	}
	for d := range p.pkg.OptionalDependencies {
		if s := source.Service(clients, d); s != "" && !stack.HasValue(p.c.Services, s) {
			p.c.OptionalServices = stack.Add(p.c.OptionalServices, *stack.DerivedFact(s, p.pkg.at(d)))
		}
	}
	slices.SortFunc(p.c.OptionalServices, func(a, b stack.Fact) int { return strings.Compare(a.Value, b.Value) })
	for _, file := range []string{"prisma/schema.prisma", "schema.prisma", "prisma/schema/schema.prisma"} {
		if e, g, ok := stack.Find(p.scan.Tree, p.scan.Path(file), prismaProvider); ok {
			if s := map[string]string{"postgresql": "postgres", "mysql": "mysql", "mongodb": "mongodb"}[g[1]]; s != "" {
				p.c.Services = stack.Add(p.c.Services, *stack.DeclaredFact(s, e))
			}
		}
	}
	for _, d := range nativePackages {
		if _, ok := p.pkg.Dependencies[d]; ok {
			p.note(stack.DerivedFact(nativeNote+d+" may compile C++ when it is installed", p.pkg.at(d)))
		}
	}
}

const nativeNote = "native package: "

// nativePackages have parts in C++ that are compiled where no ready binary fits.
var nativePackages = []string{"bcrypt", "better-sqlite3", "sqlite3", "canvas", "node-rdkafka", "argon2", "re2", "sodium-native", "oracledb", "libpq", "pg-native", "isolated-vm", "zeromq", "usb", "serialport"}

func hasNative(c *stack.Component) bool {
	return slices.ContainsFunc(c.Notes, func(f stack.Fact) bool { return strings.HasPrefix(f.Value, nativeNote) })
}

// configFiles are the files by which tools are configured.
var configFiles = []struct {
	tool  string
	dep   string
	files []string
}{
	{"eslint", "eslint", []string{"eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", ".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"}},
	{"prettier", "prettier", []string{".prettierrc", ".prettierrc.json", ".prettierrc.js", ".prettierrc.cjs", ".prettierrc.mjs", ".prettierrc.yml", ".prettierrc.yaml", "prettier.config.js", "prettier.config.mjs", "prettier.config.cjs"}},
	{"biome", "@biomejs/biome", []string{"biome.json", "biome.jsonc"}},
	{"stylelint", "stylelint", []string{".stylelintrc", ".stylelintrc.json", "stylelint.config.js"}},
	{"oxlint", "oxlint", []string{".oxlintrc.json", "oxlintrc.json"}},
	{"vitest", "vitest", []string{"vitest.config.ts", "vitest.config.js", "vitest.config.mts"}},
	{"jest", "jest", []string{"jest.config.js", "jest.config.ts", "jest.config.cjs", "jest.config.mjs", "jest.config.json"}},
	{"mocha", "mocha", []string{".mocharc.json", ".mocharc.js", ".mocharc.cjs", ".mocharc.yml"}},
	{"playwright", "@playwright/test", []string{"playwright.config.ts", "playwright.config.js"}},
	{"tsc", "typescript", []string{"tsconfig.json"}},
}

// findTools lists the tools that the package, or the workspace for it, declares or configures.
func (p *project) findTools() {
	for _, t := range configFiles {
		if f := p.tool(t.dep, t.files); f != nil {
			f.Value = t.tool
			p.c.Tools = append(p.c.Tools, *f)
		}
	}
	if s := p.pkg.script("test"); strings.HasPrefix(s, "node ") && strings.Contains(s, "--test") {
		p.c.Tools = append(p.c.Tools, *stack.DeclaredFact("node:test", p.pkg.scriptAt("test")))
	}
}

func (p *project) tool(dep string, files []string) *stack.Fact {
	for _, s := range []*stack.Scan{p.scan, p.root} {
		if name, ok := s.First(files...); ok {
			return stack.DeclaredFact("", finding.Evidence{File: s.Path(name), Line: 1})
		}
	}
	for _, m := range []*manifest{p.pkg, p.rootPkg} {
		if m.has(dep) {
			return stack.DeclaredFact("", m.at(dep))
		}
	}
	return nil
}
