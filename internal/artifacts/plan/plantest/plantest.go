// Package plantest holds repositories, described by hand, that the tests of the pipeline writers share. They stand for every
// stack and for the shapes that differ: one part, several, with and without services, versions and images.
package plantest

import (
	"maps"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Repository is a repository and what is known of it.
type Repository struct {
	Name    string
	Files   map[string]string
	Facts   *stack.Facts
	Recipes []stack.Recipe
}

// Request asks for a file of the repository.
func (r Repository) Request(path string, claims ...criterion.Claim) *artifact.Request {
	return &artifact.Request{Path: path, Tree: repo.Memory(r.Files), Facts: r.Facts, Recipes: r.Recipes, Claims: claims}
}

// With is the repository with one more file.
func (r Repository) With(path, content string) Repository {
	files := maps.Clone(r.Files)
	files[path] = content
	r.Files = files
	return r
}

// Get returns the repository of a name.
func Get(name string) Repository {
	for _, r := range All() {
		if r.Name == name {
			return r
		}
	}
	panic("plantest: no repository " + name)
}

// All lists the repositories.
func All() []Repository {
	return []Repository{goService(), pythonLibrary(), nodeService(), javaService(), rustTool(), rubyService(), phpService(), dotnetService(), site(), monorepo()}
}

func declared(value, file string, line int) *stack.Fact {
	return &stack.Fact{Value: value, Evidence: finding.Evidence{File: file, Line: line, Text: value}, Confidence: stack.Declared}
}

func cmd(tool, run, why string) stack.Command { return stack.Command{Run: run, Tool: tool, Why: why} }

func one(name string, files map[string]string, c stack.Component, r stack.Recipe) Repository {
	c.Name, c.Path = name, "."
	facts := &stack.Facts{Components: []stack.Component{c}}
	if _, ok := files["Dockerfile"]; ok {
		facts.Delivery = []stack.Delivery{{File: "Dockerfile", Kind: string(repo.KindDockerfile)}}
	}
	return Repository{Name: name, Files: files, Facts: facts, Recipes: []stack.Recipe{r}}
}

func goRecipe(keys ...string) stack.Recipe {
	return stack.Recipe{
		Toolchain: stack.Toolchain{
			Actions: []stack.Action{{Name: "actions/setup-go", Title: "Set up Go", With: []stack.KV{
				{Key: "go-version", Value: stack.VersionPlaceholder}}}},
			GitLabImage: "golang:{version}-bookworm",
			CachePaths:  []string{".cache/go/mod", ".cache/go/build"},
			CacheEnv:    []stack.KV{{Key: "GOMODCACHE", Value: "$CI_PROJECT_DIR/.cache/go/mod"}, {Key: "GOCACHE", Value: "$CI_PROJECT_DIR/.cache/go/build"}},
			CacheKeys:   keys,
		},
		Install:      []stack.Command{cmd("go", "go mod download", "")},
		FormatCheck:  []stack.Command{cmd("gofmt", `test -z "$(gofmt -l .)"`, "gofmt lists the files whose format differs.")},
		Lint:         []stack.Command{cmd("vet", "go vet ./...", "")},
		Test:         []stack.Command{cmd("go", "go test -race -coverprofile=coverage.out ./...", "The race detector finds what a lucky run hides.")},
		Build:        []stack.Command{cmd("go", "go build ./...", "")},
		Audit:        []stack.Command{cmd("govulncheck", "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...", "")},
		CoverageFile: "coverage.out",
		Tools:        []stack.Tool{{Name: "staticcheck", Job: "lint", Commands: []stack.Command{cmd("staticcheck", "go run honnef.co/go/tools/cmd/staticcheck@v0.6.1 ./...", "")}}},
		Matrix:       []string{"1.25"},
		Image: &stack.Image{Platforms: []string{"linux/amd64", "linux/arm64", "linux/riscv64"}, Stages: []stack.Stage{
			{Name: "build", Cross: true, Steps: []stack.Step{{Text: "RUN go build"}}}, {Name: "final"}}},
	}
}

func goService() Repository {
	return one("notes-api", map[string]string{"go.mod": "module example.com/notes\n\ngo 1.25\n", "go.sum": "", "Dockerfile": "FROM scratch\n", "docs/index.md": "# Docs\n"},
		stack.Component{
			Kind: stack.KindService, Stack: "golang", Language: declared("go", "go.mod", 1), Version: declared("1.25", "go.mod", 3),
			Test: declared("go test ./...", "go.mod", 1), Lint: declared("go vet ./...", "go.mod", 1), LockFile: declared("go.sum", "go.sum", 1),
			Services: []stack.Fact{*declared("postgres", "main.go", 3)},
			Env:      []stack.Variable{{Name: "DATABASE_URL", Service: "postgres", Required: true}, {Name: "PORT", Default: "8080"}},
		}, goRecipe("go.sum"))
}

func pythonRecipe() stack.Recipe {
	return stack.Recipe{
		Toolchain: stack.Toolchain{
			Actions: []stack.Action{{Name: "astral-sh/setup-uv", Title: "Set up uv and Python", With: []stack.KV{
				{Key: "version", Value: "0.9.9"}, {Key: "python-version", Value: stack.VersionPlaceholder}, {Key: "enable-cache", Value: "true"}}}},
			GitLabImage: "python:{version}-slim-bookworm",
			GitLabSetup: []stack.Command{cmd("pip", "pip install --no-cache-dir uv==0.9.9", "")},
			CachePaths:  []string{".cache/uv"},
			CacheEnv:    []stack.KV{{Key: "UV_CACHE_DIR", Value: "$CI_PROJECT_DIR/.cache/uv"}},
			CacheKeys:   []string{"uv.lock"},
		},
		Install:      []stack.Command{cmd("uv", "uv sync --locked", "--locked fails when the lock file does not fit the project, so that CI tests what the lock says.")},
		FormatCheck:  []stack.Command{cmd("ruff", "uv run ruff format --check .", "")},
		Lint:         []stack.Command{cmd("ruff", "uv run ruff check .", "")},
		TypeCheck:    []stack.Command{cmd("mypy", "uv run mypy src", "")},
		Test:         []stack.Command{cmd("pytest", "uv run pytest --cov --cov-report=xml --cov-report=term", "")},
		Audit:        []stack.Command{cmd("pip-audit", "uvx pip-audit@2.9.0", "")},
		CoverageFile: "coverage.xml",
		Matrix:       []string{"3.10", "3.11", "3.12"},
		Tools: []stack.Tool{
			{Name: "black", Job: "format", Commands: []stack.Command{cmd("black", "uvx black@25.9.0 --check .", "")}},
			{Name: "flake8", Job: "lint", Commands: []stack.Command{cmd("flake8", "uvx flake8@7.3.0", "")}},
		},
	}
}

func pythonLibrary() Repository {
	return one("textlib", map[string]string{"pyproject.toml": "", "uv.lock": "", "src/textlib/__init__.py": "", "README.md": "# Textlib\n"},
		stack.Component{
			Kind: stack.KindLibrary, Stack: "python", Language: declared("python", "pyproject.toml", 1), Version: declared("3.12", ".python-version", 1),
			VersionRange: declared(">=3.10", "pyproject.toml", 5), LockFile: declared("uv.lock", "uv.lock", 1),
			Test: declared("pytest", "pyproject.toml", 9), Lint: declared("ruff check", "pyproject.toml", 12),
		}, pythonRecipe())
}

func nodeRecipe(dir string) stack.Recipe {
	lock := "package-lock.json"
	if dir != "." {
		lock = dir + "/package-lock.json"
	}
	return stack.Recipe{
		Toolchain: stack.Toolchain{
			Actions: []stack.Action{{Name: "actions/setup-node", Title: "Set up Node", With: []stack.KV{
				{Key: "node-version", Value: stack.VersionPlaceholder}, {Key: "cache", Value: "npm"}}}},
			GitLabImage: "node:{version}-bookworm-slim",
			CachePaths:  []string{".cache/npm"},
			CacheEnv:    []stack.KV{{Key: "npm_config_cache", Value: "$CI_PROJECT_DIR/.cache/npm"}},
			CacheKeys:   []string{lock},
		},
		Install:      []stack.Command{cmd("npm", "npm ci", "")},
		Lint:         []stack.Command{cmd("eslint", "npm run lint", "")},
		TypeCheck:    []stack.Command{cmd("tsc", "npx --no-install tsc --noEmit", "")},
		Test:         []stack.Command{cmd("vitest", "npx --no-install vitest run --coverage", "")},
		Build:        []stack.Command{cmd("tsc", "npm run build", "")},
		Audit:        []stack.Command{cmd("npm audit", "npm audit --omit=dev --audit-level=high", "")},
		CoverageFile: "coverage/lcov.info",
		Matrix:       []string{"22", "24"},
		Image: &stack.Image{Platforms: []string{"linux/amd64", "linux/arm64"}, Stages: []stack.Stage{
			{Name: "build", Steps: []stack.Step{{Text: "RUN npm ci"}}}, {Name: "final"}}},
	}
}

func nodeService() Repository {
	return one("shop", map[string]string{"package.json": "{}", "package-lock.json": "{}", ".nvmrc": "22\n", "Dockerfile": "FROM node:22\nCOPY package.json .\n"},
		stack.Component{
			Kind: stack.KindService, Stack: "node", Language: declared("typescript", "tsconfig.json", 1), Version: declared("22", ".nvmrc", 1),
			Test: declared("vitest run", "package.json", 4), Lint: declared("eslint .", "package.json", 5), LockFile: declared("package-lock.json", "package-lock.json", 1),
			Services: []stack.Fact{*declared("redis", "src/cache.ts", 2)}, Env: []stack.Variable{{Name: "REDIS_URL", Service: "redis"}},
		}, nodeRecipe("."))
}

func javaService() Repository {
	return one("orders", map[string]string{"build.gradle.kts": "", "gradlew": "", "Dockerfile": "FROM eclipse-temurin:21\n"},
		stack.Component{
			Kind: stack.KindService, Stack: "java", Language: declared("java", "build.gradle.kts", 1), Version: declared("21", "build.gradle.kts", 8),
			Services: []stack.Fact{*declared("postgres", "application.yml", 3)},
			Env: []stack.Variable{{Name: "SPRING_DATASOURCE_URL", Service: "postgres", Default: "jdbc:postgresql://localhost:5432/orders"},
				{Name: "SPRING_DATASOURCE_USERNAME", Service: "postgres"}, {Name: "SPRING_DATASOURCE_PASSWORD", Service: "postgres", Secret: true}},
		}, stack.Recipe{
			Toolchain: stack.Toolchain{
				Actions: []stack.Action{
					{Name: "actions/setup-java", Title: "Set up Java", With: []stack.KV{{Key: "distribution", Value: "temurin"}, {Key: "java-version", Value: stack.VersionPlaceholder}}},
					{Name: "gradle/actions/setup-gradle", Title: "Set up Gradle", With: []stack.KV{{Key: "cache-provider", Value: "basic"}}},
				},
				GitLabImage: "eclipse-temurin:{version}-jdk", CachePaths: []string{".gradle/caches", ".gradle/wrapper"},
				CacheEnv: []stack.KV{{Key: "GRADLE_USER_HOME", Value: "$CI_PROJECT_DIR/.gradle"}}, CacheKeys: []string{"build.gradle.kts"},
			},
			Lint:         []stack.Command{cmd("checkstyle", "./gradlew checkstyleMain checkstyleTest", "")},
			Test:         []stack.Command{cmd("gradle", "./gradlew test jacocoTestReport", "")},
			CoverageFile: "build/reports/jacoco/test/jacocoTestReport.xml", Matrix: []string{"21"},
		})
}

func rustTool() Repository {
	return one("grepx", map[string]string{"Cargo.toml": "", "Cargo.lock": ""},
		stack.Component{Kind: stack.KindCLI, Stack: "rust", Language: declared("rust", "Cargo.toml", 1), Version: declared("1.90", "rust-toolchain.toml", 2)},
		stack.Recipe{
			Toolchain: stack.Toolchain{
				Setup: []stack.Command{cmd("rustup", "rustup toolchain install {version} --profile minimal --component clippy,rustfmt\nrustup default {version}",
					"The runner carries rustup, so no action is needed.")},
				Actions:     []stack.Action{{Name: "Swatinem/rust-cache", Title: "Cache the build"}},
				GitLabImage: "rust:{version}-bookworm", CachePaths: []string{".cargo"}, CacheEnv: []stack.KV{{Key: "CARGO_HOME", Value: "$CI_PROJECT_DIR/.cargo"}},
				CacheKeys: []string{"Cargo.lock"},
			},
			FormatCheck: []stack.Command{cmd("rustfmt", "cargo fmt --check", "")},
			Lint:        []stack.Command{cmd("clippy", "cargo clippy --locked --all-targets -- -D warnings", "")},
			Test:        []stack.Command{cmd("cargo", "cargo test --locked", "")},
			Build:       []stack.Command{cmd("cargo", "cargo build --locked --release", "")},
		})
}

func rubyService() Repository {
	return one("blog", map[string]string{"Gemfile": "", "Gemfile.lock": "", ".ruby-version": "3.4.7\n"},
		stack.Component{Kind: stack.KindService, Stack: "ruby", Language: declared("ruby", "Gemfile", 1), Version: declared("3.4", ".ruby-version", 1),
			Services: []stack.Fact{*declared("mysql", "config/database.yml", 2)}, Env: []stack.Variable{{Name: "DATABASE_URL", Service: "mysql", Default: "mysql2://localhost/blog"}}},
		stack.Recipe{
			Toolchain: stack.Toolchain{Actions: []stack.Action{{Name: "ruby/setup-ruby", Title: "Set up Ruby", With: []stack.KV{
				{Key: "ruby-version", Value: stack.VersionPlaceholder}, {Key: "bundler-cache", Value: "true"}}}},
				GitLabImage: "ruby:{version}-slim", CachePaths: []string{"vendor/bundle"}, CacheKeys: []string{"Gemfile.lock"}},
			Lint:  []stack.Command{cmd("rubocop", "bundle exec rubocop", "")},
			Test:  []stack.Command{cmd("rspec", "bundle exec rspec", "")},
			Audit: []stack.Command{cmd("bundler-audit", "bundle exec bundler-audit check --update", "")},
		})
}

func phpService() Repository {
	return one("portal", map[string]string{"composer.json": "{}", "composer.lock": "{}"},
		stack.Component{Kind: stack.KindService, Stack: "php", Language: declared("php", "composer.json", 1), Version: declared("8.4", "composer.json", 5)},
		stack.Recipe{
			Toolchain: stack.Toolchain{Actions: []stack.Action{{Name: "shivammathur/setup-php", Title: "Set up PHP", With: []stack.KV{
				{Key: "php-version", Value: stack.VersionPlaceholder}, {Key: "coverage", Value: "pcov"}, {Key: "tools", Value: "composer:v2"}}}},
				GitLabImage: "php:{version}-cli", CachePaths: []string{".cache/composer"}, CacheKeys: []string{"composer.lock"},
				CacheEnv: []stack.KV{{Key: "COMPOSER_CACHE_DIR", Value: "$CI_PROJECT_DIR/.cache/composer"}}},
			Install:      []stack.Command{cmd("composer", "composer install --no-interaction --no-progress", "")},
			Lint:         []stack.Command{cmd("phpstan", "vendor/bin/phpstan analyse", "")},
			Test:         []stack.Command{cmd("phpunit", "vendor/bin/phpunit --coverage-clover clover.xml", "")},
			CoverageFile: "clover.xml", Matrix: []string{"8.3", "8.4"},
		})
}

func dotnetService() Repository {
	return one("billing", map[string]string{"global.json": "{}", "Billing.sln": ""},
		stack.Component{Kind: stack.KindService, Stack: "dotnet", Language: declared("csharp", "src/Billing.csproj", 1), Version: declared("9.0", "global.json", 3)},
		stack.Recipe{
			Toolchain: stack.Toolchain{Actions: []stack.Action{{Name: "actions/setup-dotnet", Title: "Set up .NET", With: []stack.KV{
				{Key: "dotnet-version", Value: stack.VersionPlaceholder}}}},
				GitLabImage: "mcr.microsoft.com/dotnet/sdk:{version}", CachePaths: []string{".nuget/packages"}, CacheEnv: []stack.KV{{Key: "NUGET_PACKAGES", Value: "$CI_PROJECT_DIR/.nuget/packages"}}},
			Install:     []stack.Command{cmd("dotnet", "dotnet restore", "")},
			FormatCheck: []stack.Command{cmd("dotnet format", "dotnet format --verify-no-changes --no-restore", "")},
			Test:        []stack.Command{cmd("dotnet", "dotnet test --no-restore", "")},
		})
}

func site() Repository {
	return one("handbook", map[string]string{"package.json": "{}", "package-lock.json": "{}", "docs/a.md": ""},
		stack.Component{Kind: stack.KindStatic, Stack: "static", Language: declared("eleventy", "package.json", 1), Version: declared("24", ".nvmrc", 1)},
		stack.Recipe{
			Toolchain: nodeRecipe(".").Toolchain,
			Install:   []stack.Command{cmd("npm", "npm ci", "")},
			Build:     []stack.Command{cmd("eleventy", "npm run build", "")},
		})
}

func monorepo() Repository {
	api := stack.Component{Path: "services/api", Name: "api", Kind: stack.KindService, Stack: "golang", Language: declared("go", "services/api/go.mod", 1),
		Version: declared("1.25", "services/api/go.mod", 3), Services: []stack.Fact{*declared("postgres", "services/api/main.go", 3)},
		Env: []stack.Variable{{Name: "DATABASE_URL", Service: "postgres"}}}
	web := stack.Component{Path: "web", Name: "web", Kind: stack.KindService, Stack: "node", Language: declared("typescript", "web/tsconfig.json", 1),
		Version: declared("22", "web/.nvmrc", 1)}
	return Repository{
		Name: "monorepo",
		Files: map[string]string{"services/api/go.mod": "", "services/api/go.sum": "", "services/api/Dockerfile": "FROM scratch\n", "web/package.json": "{}",
			"web/package-lock.json": "{}", "web/.nvmrc": "22\n", "web/Dockerfile": "FROM node:22\n"},
		Facts: &stack.Facts{Components: []stack.Component{api, web}, Delivery: []stack.Delivery{
			{File: "services/api/Dockerfile", Kind: string(repo.KindDockerfile)}, {File: "web/Dockerfile", Kind: string(repo.KindDockerfile)}}},
		Recipes: []stack.Recipe{goRecipe("services/api/go.sum"), nodeRecipe("web")},
	}
}
