// Package work knows what a command of a pipeline is for: to test, to lint, to scan, to publish. Rules on pipelines of
// all systems share it. A command that it does not know is for nothing, so that rules stay quiet about it.
package work

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax/shell"
)

// Kind is what a command is for.
type Kind int

// The kinds.
const (
	None Kind = iota
	Test
	Lint
	Scan
	Publish // hands something to others: a registry, a server, a release
)

// String names the kind as a person would: "tests", "linter".
func (k Kind) String() string {
	return [...]string{"work", "tests", "linter", "scan", "publishing"}[k]
}

// Gate tells whether the kind is there to stop a bad change.
func (k Kind) Gate() bool { return k == Test || k == Lint || k == Scan }

// programs that are for one thing, whatever their arguments are.
var programs = map[string]Kind{
	"pytest": Test, "tox": Test, "nox": Test, "jest": Test, "vitest": Test, "mocha": Test, "ava": Test, "karma": Test, "phpunit": Test, "pest": Test,
	"rspec": Test, "ctest": Test, "gotestsum": Test, "bats": Test, "behave": Test,
	"ruff": Lint, "flake8": Lint, "pylint": Lint, "mypy": Lint, "pyright": Lint, "eslint": Lint, "oxlint": Lint, "stylelint": Lint, "tsc": Lint,
	"golangci-lint": Lint, "staticcheck": Lint, "hadolint": Lint, "shellcheck": Lint, "yamllint": Lint, "actionlint": Lint, "rubocop": Lint,
	"phpstan": Lint, "psalm": Lint, "phpcs": Lint, "markdownlint": Lint, "ktlint": Lint, "detekt": Lint, "checkstyle": Lint, "pre-commit": Lint,
	"bandit": Scan, "semgrep": Scan, "gitleaks": Scan, "govulncheck": Scan, "pip-audit": Scan, "safety": Scan, "osv-scanner": Scan, "trivy": Scan,
	"grype": Scan, "snyk": Scan, "gosec": Scan, "brakeman": Scan, "bundler-audit": Scan, "cargo-audit": Scan, "cargo-deny": Scan,
}

// subcommands are the first operands that say what a program of many uses does.
var subcommands = map[string]map[string]Kind{
	"go":         {"test": Test, "vet": Lint},
	"cargo":      {"test": Test, "nextest": Test, "clippy": Lint, "audit": Scan, "deny": Scan, "publish": Publish},
	"dotnet":     {"test": Test},
	"deno":       {"test": Test, "lint": Lint, "publish": Publish},
	"bun":        {"test": Test, "publish": Publish},
	"npm":        {"test": Test, "t": Test, "audit": Scan, "publish": Publish},
	"pnpm":       {"test": Test, "t": Test, "audit": Scan, "publish": Publish},
	"yarn":       {"test": Test, "audit": Scan, "lint": Lint},
	"composer":   {"test": Test, "audit": Scan},
	"mvn":        {"test": Test, "verify": Test, "deploy": Publish},
	"mvnw":       {"test": Test, "verify": Test, "deploy": Publish},
	"gradle":     {"test": Test, "check": Test, "publish": Publish},
	"gradlew":    {"test": Test, "check": Test, "publish": Publish},
	"make":       {"test": Test, "tests": Test, "check": Test, "lint": Lint, "audit": Scan, "publish": Publish, "deploy": Publish},
	"rake":       {"test": Test, "spec": Test},
	"rails":      {"test": Test},
	"biome":      {"check": Lint, "lint": Lint, "ci": Lint},
	"playwright": {"test": Test},
	"cypress":    {"run": Test},
	"twine":      {"upload": Publish},
	"uv":         {"publish": Publish},
	"poetry":     {"publish": Publish},
	"flit":       {"publish": Publish},
	"hatch":      {"publish": Publish, "test": Test},
	"gem":        {"push": Publish},
	"goreleaser": {"release": Publish},
	"crane":      {"push": Publish, "copy": Publish},
	"skopeo":     {"copy": Publish},
	"flyctl":     {"deploy": Publish},
	"fly":        {"deploy": Publish},
	"vercel":     {"deploy": Publish},
	"netlify":    {"deploy": Publish},
	"firebase":   {"deploy": Publish},
	"wrangler":   {"deploy": Publish, "publish": Publish},
	"serverless": {"deploy": Publish},
	"terraform":  {"apply": Publish},
	"tofu":       {"apply": Publish},
	"pulumi":     {"up": Publish},
	"kubectl":    {"apply": Publish, "set": Publish, "replace": Publish},
	"helm":       {"upgrade": Publish, "install": Publish, "push": Publish},
	"argocd":     {"app": Publish},
	"docker":     {"push": Publish},
	"podman":     {"push": Publish},
}

// Of is what a command is for.
func Of(c shell.Command) Kind {
	e, tool := c.Effective(), c.Tool()
	for _, dry := range []string{"--dry-run", "--help", "--version", "--snapshot", "--collect-only", "--no-run"} {
		if e.Has(dry) {
			return None
		}
	}
	ops := e.Operands()
	switch tool {
	case "black", "isort", "prettier", "rustfmt":
		if e.Has("--check") || e.Has("-c") || e.Has("--check-only") {
			return Lint
		}
		return None
	case "ruff":
		if e.Has("--fix") || slices.Contains(ops, "format") && !e.Has("--check") && !e.Has("--diff") {
			return None
		}
	case "npm", "pnpm", "yarn", "bun":
		if len(ops) > 1 && (ops[0] == "run" || ops[0] == "run-script") {
			return script(ops[1])
		}
	case "docker", "podman":
		return docker(e, ops)
	case "gh":
		if len(ops) > 1 && ops[0] == "release" && (ops[1] == "create" || ops[1] == "upload") {
			return Publish
		}
	case "python":
		if len(ops) > 1 && ops[1] == "test" && strings.HasSuffix(ops[0], "manage.py") {
			return Test
		}
	case "cargo":
		if len(ops) > 0 && ops[0] == "fmt" && e.Has("--check") {
			return Lint
		}
	}
	if k, ok := programs[tool]; ok {
		return k
	}
	return first(subcommands[tool], ops)
}

// first is the kind of the first operand that says one.
func first(known map[string]Kind, ops []string) Kind {
	for _, o := range ops {
		if k, ok := known[strings.TrimPrefix(o, ":")]; ok {
			return k
		}
		if i := strings.LastIndexByte(o, ':'); i > 0 && known[o[i+1:]] != None {
			return known[o[i+1:]] // gradle's :app:test
		}
	}
	return None
}

// script is what a package script is for, by its name.
func script(name string) Kind {
	switch base, _, _ := strings.Cut(name, ":"); base {
	case "test", "tests", "unit", "e2e", "coverage":
		return Test
	case "lint", "typecheck", "type-check", "tsc", "check":
		return Lint
	case "audit":
		return Scan
	case "deploy", "publish": // "release" is as often a build
		return Publish
	}
	return None
}

func docker(c shell.Command, ops []string) Kind {
	pushes := c.Has("--push") || strings.Contains(strings.Join(c.Args, " "), "push=true")
	switch {
	case len(ops) == 0:
	case ops[0] == "push", pushes:
		return Publish
	case len(ops) > 1 && (ops[0] == "compose" || ops[0] == "image" || ops[0] == "manifest") && slices.Contains(ops[1:], "push"):
		return Publish
	case len(ops) > 1 && ops[0] == "stack" && ops[1] == "deploy":
		return Publish
	}
	return None
}

// sandboxes are programs that make a cluster for tests: what is deployed into it goes nowhere.
var sandboxes = []string{"kind", "minikube", "k3d", "microk8s", "k3s", "localstack"}

// Sandbox tells whether a command works with a cluster or a cloud that lives only for this job.
func Sandbox(c shell.Command) bool { return slices.Contains(sandboxes, c.Tool()) }
