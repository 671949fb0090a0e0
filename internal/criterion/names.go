package criterion

import "strings"

// nameRow is a value and the phrases that mean it.
type nameRow struct {
	value   string
	phrases [][]string
}

func splitWords(s string) []string { return strings.Fields(s) }

// named makes a row; each phrase is tokenised as a criterion is, so that hyphens and plurals do not matter.
func named(value string, phrases ...string) nameRow {
	r := nameRow{value: value}
	for _, p := range phrases {
		var stems []string
		for _, t := range tokenise(normalise(p), func(string) bool { return false }) {
			stems = append(stems, t.stem)
		}
		r.phrases = append(r.phrases, stems)
	}
	return r
}

var languageNames = []nameRow{
	named("python", "python", "cpython", "python version", "py"), named("node", "node", "node.js", "nodejs", "node version", "node.js version", "nodejs version"),
	named("go", "go", "golang", "go version"), named("java", "java", "jdk", "java version", "openjdk"), named("ruby", "ruby", "ruby version"),
	named("php", "php", "php version"), named("rust", "rust", "rust version"), named("dotnet", ".net", "dotnet", "net", ".net version"), named("bun", "bun"), named("deno", "deno"),
}

var serviceNames = []nameRow{
	named("postgres", "postgres", "postgresql", "postgre", "pg", "postgres database", "postgresql database", "postgres service", "postgresql service"), named("redis", "redis", "redis cache", "redis service"),
	named("valkey", "valkey"), named("mysql", "mysql", "mysql database", "mysql service"), named("mariadb", "mariadb", "mariadb database"), named("mongodb", "mongodb", "mongo", "mongo database"),
	named("rabbitmq", "rabbitmq", "rabbit mq"), named("kafka", "kafka"), named("nats", "nats"), named("elasticsearch", "elasticsearch", "elastic search"),
	named("opensearch", "opensearch"), named("memcached", "memcached"), named("minio", "minio"), named("database", "database", "db", "database service", "db service", "database container", "datastore", "data store"),
	named("cache", "cache", "cache service"), named("broker", "broker", "message broker", "queue", "message queue"),
}

var platformNames = []nameRow{
	named("linux/amd64", "amd64", "x86_64", "x86 64", "x64", "linux/amd64", "intel", "x86-64"), named("linux/arm64", "arm64", "aarch64", "linux/arm64", "arm64v8", "linux/arm64/v8", "arm 64", "64 bit arm"),
	named("linux/riscv64", "risc-v", "riscv64", "riscv", "linux/riscv64", "risc v 64"), named("linux/arm/v7", "armv7", "arm/v7", "linux/arm/v7", "armhf"),
	named("linux/386", "386", "i386", "linux/386"), named("linux/ppc64le", "ppc64le", "linux/ppc64le"), named("linux/s390x", "s390x", "linux/s390x"),
}

// runnerNames are the tags of runner classes: an architecture, a GPU, a size, an executor.
var runnerNames = []nameRow{
	named("amd64", "amd64", "x86_64", "x86-64"), named("arm64", "arm64", "aarch64"), named("riscv64", "riscv64", "risc-v", "riscv"),
	named("gpu", "gpu"), named("nvidia", "nvidia"), named("cuda", "cuda"), named("rocm", "rocm"), named("docker", "docker"), named("kubernetes", "kubernetes", "k8s"),
	named("linux", "linux"), named("shell", "shell"), named("small", "small"), named("medium", "medium"), named("large", "large"),
}

var registryNames = []nameRow{
	named("ghcr.io", "ghcr", "ghcr.io", "github container registry", "github registry", "github package", "github container registry ghcr"),
	named("docker.io", "docker hub", "dockerhub", "docker.io", "hub.docker.com"),
	named("registry.gitlab.com", "gitlab container registry", "gitlab registry", "registry.gitlab.com", "gitlab's container registry"),
	named("quay.io", "quay", "quay.io"), named("gcr.io", "gcr", "gcr.io"), named("public.ecr.aws", "public.ecr.aws"),
}

var severityNames = []nameRow{
	named("CRITICAL", "critical"), named("HIGH", "high"), named("MEDIUM", "medium", "moderate"), named("LOW", "low"),
}

var labelNames = []nameRow{
	named("source", "source", "source url", "source repository", "repository url"), named("version", "version"), named("revision", "revision", "commit", "commit sha", "git revision", "git sha"),
	named("licenses", "license"), named("title", "title", "name"), named("description", "description"), named("created", "created", "creation date", "build date", "creation time"),
	named("authors", "author", "maintainer"), named("vendor", "vendor"), named("url", "url"), named("documentation", "documentation"),
}

var networkNames = []nameRow{
	named("frontend", "frontend", "front end"), named("backend", "backend", "back end"), named("database", "database", "db"), named("internal", "internal"), named("public", "public"),
	named("private", "private"), named("web", "web"), named("api", "api"), named("data", "data"), named("proxy", "proxy"), named("monitoring", "monitoring"),
}

var restartNames = []nameRow{
	named("unless-stopped", "unless stopped", "unless they stopped", "unless manually stopped", "unless stopped manually", "unless explicitly stopped"),
	named("always", "policy always"), named("on-failure", "on failure", "on crash", "on error", "when fails", "after failure", "when fail", "when crash", "after crash"),
}

// jobNames are the things that pipelines do, by the name of the claim that asks for them.
var jobNames = []nameRow{
	named(Lint, "lint", "linting", "linter", "lint check", "lint job", "lint step", "lint stage", "code linting", "static analysis", "style check"),
	named(Test, "test", "testing", "unit test", "test suite", "test job", "test stage", "test step", "automated test", "all test", "every test"),
	named(TypeCheck, "type check", "type checking", "typecheck", "type checker", "static type check", "static typing"),
	named(FormatCheck, "format check", "formatting check", "formatting", "format checking"),
	named(ImageBuild, "image build", "build image", "building image", "docker build", "docker image build", "container build", "container image build", "building docker image", "building container image", "build docker image", "build container image", "build docker image"),
	named(Build, "build", "building", "compile", "compilation", "build job", "build stage", "build step"),
	named(Scan, "security scan", "vulnerability scan", "scan", "scanning", "vulnerability scanning", "security scanning"),
	named(Publish, "publish", "publishing", "release", "deploying", "deployment", "deploy"),
	named(IntegrationTest, "integration test", "integration testing"),
}

// branchNames are branches that a criterion may name without quotes.
var branchNames = wordSet("main master develop development dev trunk staging production next stable")

// numberWords are small numbers written out.
var numberWords = map[string]string{
	"half": "0.5", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "ten": "10", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
	"forty-five": "45", "sixty": "60", "ninety": "90",
}
