package criterion

import (
	"slices"
	"strings"
)

// Jobs that a tool does, which are also the names of the claims that ask for them.
const (
	jobLint      = Lint
	jobTypeCheck = TypeCheck
	jobFormat    = FormatCheck
	jobTest      = Test
	jobScan      = Scan
	jobLinks     = LinkCheck
	jobCoverage  = CoverageUpload
)

// Tool is a program that a criterion may name.
type Tool struct {
	Name    string
	Aliases []string
	// Jobs are what it is used for, the usual one first.
	Jobs []string
	// Languages are those it works on; none means any.
	Languages []string
	// Run are the ways to call it: the first words of the command. None means its Name.
	Run []string
	// Actions are the GitHub actions that run it.
	Actions []string
}

// Does tells whether the tool does a job.
func (t Tool) Does(job string) bool { return slices.Contains(t.Jobs, job) }

// Commands are the ways to call the tool.
func (t Tool) Commands() []string {
	if len(t.Run) == 0 {
		return []string{t.Name}
	}
	return t.Run
}

// ToolNamed looks a tool up by its name.
func ToolNamed(name string) (Tool, bool) {
	for _, t := range tools {
		if t.Name == name {
			return t, true
		}
	}
	return Tool{}, false
}

// called tells whether a name is the tool's or one of its aliases.
func (t Tool) called(name string) bool {
	return strings.EqualFold(t.Name, name) || slices.ContainsFunc(t.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

// SameTool tells whether two names are of one tool: "go vet" and "go-vet".
func SameTool(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	return slices.ContainsFunc(tools, func(t Tool) bool { return t.called(a) && t.called(b) })
}

// ToolsFor lists the tools that do a job.
func ToolsFor(job string) []Tool {
	var out []Tool
	for _, t := range tools {
		if t.Does(job) {
			out = append(out, t)
		}
	}
	return out
}

func jobs(j ...string) []string  { return j }
func langs(l ...string) []string { return l }

var (
	python = langs("python")
	node   = langs("javascript", "typescript", "node")
	golang = langs("go", "golang")
	jvm    = langs("java", "kotlin", "scala", "groovy")
	rust   = langs("rust")
	ruby   = langs("ruby")
	php    = langs("php")
	dotnet = langs("dotnet", "csharp", "c#", "f#", "vb")
)

// tools is the catalogue of tools that criteria name.
var tools = []Tool{
	{Name: "ruff", Jobs: jobs(jobLint, jobFormat), Languages: python, Run: []string{"ruff check", "ruff"}, Actions: []string{"astral-sh/ruff-action", "chartboost/ruff-action"}},
	{Name: "flake8", Jobs: jobs(jobLint), Languages: python},
	{Name: "pylint", Jobs: jobs(jobLint), Languages: python},
	{Name: "pycodestyle", Jobs: jobs(jobLint), Languages: python},
	{Name: "pydocstyle", Jobs: jobs(jobLint), Languages: python},
	{Name: "eslint", Aliases: []string{"es lint"}, Jobs: jobs(jobLint), Languages: node},
	{Name: "biome", Jobs: jobs(jobLint, jobFormat), Languages: node, Run: []string{"biome check", "biome lint", "biome ci", "biome format"}},
	{Name: "oxlint", Jobs: jobs(jobLint), Languages: node},
	{Name: "stylelint", Jobs: jobs(jobLint)},
	{Name: "tslint", Jobs: jobs(jobLint), Languages: node},
	{Name: "golangci-lint", Aliases: []string{"golangci lint", "golangci"}, Jobs: jobs(jobLint, jobFormat), Languages: golang, Run: []string{"golangci-lint run", "golangci-lint fmt"}, Actions: []string{"golangci/golangci-lint-action"}},
	{Name: "go-vet", Aliases: []string{"go vet"}, Jobs: jobs(jobLint), Languages: golang, Run: []string{"go vet"}},
	{Name: "staticcheck", Jobs: jobs(jobLint), Languages: golang, Actions: []string{"dominikh/staticcheck-action"}},
	{Name: "revive", Jobs: jobs(jobLint), Languages: golang},
	{Name: "clippy", Aliases: []string{"cargo clippy"}, Jobs: jobs(jobLint), Languages: rust, Run: []string{"cargo clippy", "cargo-clippy"}},
	{Name: "rubocop", Jobs: jobs(jobLint, jobFormat), Languages: ruby},
	{Name: "standardrb", Jobs: jobs(jobLint), Languages: ruby},
	{Name: "phpcs", Aliases: []string{"php codesniffer", "php_codesniffer"}, Jobs: jobs(jobLint), Languages: php},
	{Name: "pint", Aliases: []string{"laravel pint"}, Jobs: jobs(jobLint, jobFormat), Languages: php},
	{Name: "php-cs-fixer", Aliases: []string{"php cs fixer"}, Jobs: jobs(jobFormat, jobLint), Languages: php, Run: []string{"php-cs-fixer check", "php-cs-fixer fix"}},
	{Name: "checkstyle", Jobs: jobs(jobLint), Languages: jvm, Run: []string{"checkstyle", "gradle checkstyleMain", "gradle check", "mvn checkstyle:check"}},
	{Name: "spotbugs", Jobs: jobs(jobLint), Languages: jvm, Run: []string{"spotbugs", "gradle spotbugsMain", "mvn spotbugs:check"}},
	{Name: "pmd", Jobs: jobs(jobLint), Languages: jvm, Run: []string{"pmd", "gradle pmdMain", "mvn pmd:check"}},
	{Name: "ktlint", Jobs: jobs(jobLint, jobFormat), Languages: jvm, Run: []string{"ktlint", "gradle ktlintCheck"}},
	{Name: "detekt", Jobs: jobs(jobLint), Languages: jvm, Run: []string{"detekt", "gradle detekt"}},
	{Name: "spotless", Jobs: jobs(jobFormat), Languages: jvm, Run: []string{"gradle spotlessCheck", "mvn spotless:check"}},
	{Name: "hadolint", Jobs: jobs(jobLint), Actions: []string{"hadolint/hadolint-action"}},
	{Name: "shellcheck", Jobs: jobs(jobLint), Actions: []string{"ludeeus/action-shellcheck"}},
	{Name: "actionlint", Jobs: jobs(jobLint)},
	{Name: "yamllint", Jobs: jobs(jobLint)},
	{Name: "markdownlint", Aliases: []string{"markdownlint cli"}, Jobs: jobs(jobLint), Run: []string{"markdownlint", "markdownlint-cli2"}, Actions: []string{"DavidAnson/markdownlint-cli2-action"}},
	{Name: "pre-commit", Aliases: []string{"pre commit"}, Jobs: jobs(jobLint), Actions: []string{"pre-commit/action"}, Run: []string{"pre-commit run"}},

	{Name: "mypy", Jobs: jobs(jobTypeCheck), Languages: python, Run: []string{"mypy", "dmypy run"}},
	{Name: "pyright", Aliases: []string{"basedpyright"}, Jobs: jobs(jobTypeCheck), Languages: python, Run: []string{"pyright", "basedpyright"}},
	{Name: "pytype", Jobs: jobs(jobTypeCheck), Languages: python},
	{Name: "tsc", Aliases: []string{"typescript compiler"}, Jobs: jobs(jobTypeCheck), Languages: node, Run: []string{"tsc", "vue-tsc"}},
	{Name: "sorbet", Jobs: jobs(jobTypeCheck), Languages: ruby, Run: []string{"srb tc"}},
	{Name: "phpstan", Jobs: jobs(jobTypeCheck, jobLint), Languages: php, Run: []string{"phpstan analyse", "phpstan analyze"}},
	{Name: "psalm", Jobs: jobs(jobTypeCheck, jobLint), Languages: php},

	{Name: "black", Jobs: jobs(jobFormat), Languages: python, Actions: []string{"psf/black"}},
	{Name: "isort", Jobs: jobs(jobFormat), Languages: python},
	{Name: "yapf", Jobs: jobs(jobFormat), Languages: python},
	{Name: "autopep8", Jobs: jobs(jobFormat), Languages: python},
	{Name: "prettier", Jobs: jobs(jobFormat), Languages: nil},
	{Name: "gofmt", Aliases: []string{"go fmt"}, Jobs: jobs(jobFormat), Languages: golang, Run: []string{"gofmt", "go fmt"}},
	{Name: "gofumpt", Jobs: jobs(jobFormat), Languages: golang},
	{Name: "goimports", Jobs: jobs(jobFormat), Languages: golang},
	{Name: "rustfmt", Aliases: []string{"cargo fmt"}, Jobs: jobs(jobFormat), Languages: rust, Run: []string{"cargo fmt", "rustfmt"}},
	{Name: "dotnet-format", Aliases: []string{"dotnet format"}, Jobs: jobs(jobFormat, jobLint), Languages: dotnet, Run: []string{"dotnet format"}},

	{Name: "pytest", Aliases: []string{"py.test"}, Jobs: jobs(jobTest), Languages: python},
	{Name: "unittest", Jobs: jobs(jobTest), Languages: python, Run: []string{"unittest"}},
	{Name: "tox", Jobs: jobs(jobTest), Languages: python},
	{Name: "nox", Jobs: jobs(jobTest), Languages: python},
	{Name: "jest", Jobs: jobs(jobTest), Languages: node},
	{Name: "vitest", Jobs: jobs(jobTest), Languages: node},
	{Name: "mocha", Jobs: jobs(jobTest), Languages: node},
	{Name: "ava", Jobs: jobs(jobTest), Languages: node},
	{Name: "playwright", Jobs: jobs(jobTest), Run: []string{"playwright test"}},
	{Name: "cypress", Jobs: jobs(jobTest), Languages: node, Run: []string{"cypress run"}, Actions: []string{"cypress-io/github-action"}},
	{Name: "go-test", Aliases: []string{"go test", "gotestsum"}, Jobs: jobs(jobTest), Languages: golang, Run: []string{"go test", "gotestsum"}},
	{Name: "cargo-test", Aliases: []string{"cargo test", "nextest", "cargo nextest"}, Jobs: jobs(jobTest), Languages: rust, Run: []string{"cargo test", "cargo nextest run"}},
	{Name: "rspec", Jobs: jobs(jobTest), Languages: ruby},
	{Name: "minitest", Jobs: jobs(jobTest), Languages: ruby, Run: []string{"rails test", "rake test"}},
	{Name: "phpunit", Jobs: jobs(jobTest), Languages: php},
	{Name: "pest", Jobs: jobs(jobTest), Languages: php},
	{Name: "gradle", Jobs: jobs(jobTest), Languages: jvm, Run: []string{"gradle test", "gradle check", "gradle build"}},
	{Name: "maven", Aliases: []string{"mvn"}, Jobs: jobs(jobTest), Languages: jvm, Run: []string{"mvn test", "mvn verify", "mvn package", "mvn install"}},
	{Name: "junit", Jobs: jobs(jobTest), Languages: jvm, Run: []string{"gradle test", "gradle check", "gradle build", "mvn test", "mvn verify", "mvn package", "mvn install"}},
	{Name: "dotnet-test", Aliases: []string{"dotnet test", "xunit", "nunit"}, Jobs: jobs(jobTest), Languages: dotnet, Run: []string{"dotnet test"}},
	{Name: "node-test", Aliases: []string{"node test runner"}, Jobs: jobs(jobTest), Languages: node, Run: []string{"node --test"}},

	{Name: "trivy", Jobs: jobs(jobScan), Run: []string{"trivy"}, Actions: []string{"aquasecurity/trivy-action"}},
	{Name: "grype", Jobs: jobs(jobScan), Actions: []string{"anchore/scan-action"}},
	{Name: "snyk", Jobs: jobs(jobScan), Run: []string{"snyk test", "snyk container test"}},
	{Name: "codeql", Aliases: []string{"code ql"}, Jobs: jobs(jobScan), Run: []string{"codeql database analyze"}, Actions: []string{"github/codeql-action/analyze"}},
	{Name: "semgrep", Jobs: jobs(jobScan), Run: []string{"semgrep"}},
	{Name: "gitleaks", Jobs: jobs(jobScan), Actions: []string{"gitleaks/gitleaks-action"}},
	{Name: "bandit", Jobs: jobs(jobScan, jobLint), Languages: python},
	{Name: "pip-audit", Aliases: []string{"pip audit"}, Jobs: jobs(jobScan), Languages: python, Actions: []string{"pypa/gh-action-pip-audit"}},
	{Name: "safety", Jobs: jobs(jobScan), Languages: python, Run: []string{"safety check", "safety scan"}},
	{Name: "npm-audit", Aliases: []string{"npm audit"}, Jobs: jobs(jobScan), Languages: node, Run: []string{"npm audit"}},
	{Name: "govulncheck", Jobs: jobs(jobScan), Languages: golang, Actions: []string{"golang/govulncheck-action"}},
	{Name: "gosec", Jobs: jobs(jobScan), Languages: golang, Actions: []string{"securego/gosec"}},
	{Name: "cargo-audit", Aliases: []string{"cargo audit"}, Jobs: jobs(jobScan), Languages: rust, Run: []string{"cargo audit", "cargo-audit"}, Actions: []string{"rustsec/audit-check"}},
	{Name: "cargo-deny", Aliases: []string{"cargo deny"}, Jobs: jobs(jobScan), Languages: rust, Run: []string{"cargo deny"}, Actions: []string{"EmbarkStudios/cargo-deny-action"}},
	{Name: "osv-scanner", Aliases: []string{"osv scanner"}, Jobs: jobs(jobScan), Actions: []string{"google/osv-scanner-action"}},
	{Name: "bundler-audit", Aliases: []string{"bundler audit"}, Jobs: jobs(jobScan), Languages: ruby, Run: []string{"bundle-audit", "bundler-audit"}},
	{Name: "brakeman", Jobs: jobs(jobScan), Languages: ruby},
	{Name: "composer-audit", Aliases: []string{"composer audit"}, Jobs: jobs(jobScan), Languages: php, Run: []string{"composer audit"}},
	{Name: "zizmor", Jobs: jobs(jobScan, jobLint), Actions: []string{"zizmorcore/zizmor-action"}},
	{Name: "checkov", Jobs: jobs(jobScan), Actions: []string{"bridgecrewio/checkov-action"}},
	{Name: "dependency-review", Aliases: []string{"dependency review"}, Jobs: jobs(jobScan), Actions: []string{"actions/dependency-review-action"}},

	{Name: "lychee", Jobs: jobs(jobLinks), Actions: []string{"lycheeverse/lychee-action"}},
	{Name: "markdown-link-check", Aliases: []string{"markdown link check"}, Jobs: jobs(jobLinks), Actions: []string{"gaurav-nelson/github-action-markdown-link-check", "tcort/github-action-markdown-link-check"}},
	{Name: "linkinator", Jobs: jobs(jobLinks), Actions: []string{"JustinBeckwith/linkinator-action"}},

	{Name: "codecov", Aliases: []string{"codecov.io"}, Jobs: jobs(jobCoverage), Run: []string{"codecov", "codecovcli"}, Actions: []string{"codecov/codecov-action"}},
	{Name: "coveralls", Aliases: []string{"coveralls.io"}, Jobs: jobs(jobCoverage), Run: []string{"coveralls", "goveralls"}, Actions: []string{"coverallsapp/github-action"}},
	{Name: "codacy", Jobs: jobs(jobCoverage), Run: []string{"codacy-coverage-reporter"}, Actions: []string{"codacy/codacy-coverage-reporter-action"}},
}
