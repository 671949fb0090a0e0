package php

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// tool is a check and how it is run.
type tool struct {
	name, job string
	pkgs      []string
	files     []string
	run, fix  string
	bare      string // package and version for those that do not have it
}

var tools = []tool{
	{"phpcs", "lint", []string{"squizlabs/php_codesniffer", "phpcsstandards/php_codesniffer"}, []string{"phpcs.xml", "phpcs.xml.dist", ".phpcs.xml"}, "vendor/bin/phpcs", "vendor/bin/phpcbf", "squizlabs/php_codesniffer:3.13.4"},
	{"phpstan", "typecheck", []string{"phpstan/phpstan", "larastan/larastan", "nunomaduro/larastan"}, []string{"phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"}, "vendor/bin/phpstan analyse --no-progress --memory-limit=1G", "", "phpstan/phpstan:2.1.31"},
	{"psalm", "typecheck", []string{"vimeo/psalm"}, []string{"psalm.xml", "psalm.xml.dist"}, "vendor/bin/psalm --no-progress", "", "vimeo/psalm:6.13.1"},
	{"php-cs-fixer", "format", []string{"friendsofphp/php-cs-fixer"}, []string{".php-cs-fixer.php", ".php-cs-fixer.dist.php"}, "vendor/bin/php-cs-fixer fix --dry-run --diff", "vendor/bin/php-cs-fixer fix", "friendsofphp/php-cs-fixer:3.88.2"},
	{"pint", "format", []string{"laravel/pint"}, []string{"pint.json"}, "vendor/bin/pint --test", "vendor/bin/pint", "laravel/pint:1.25.1"},
	{"ecs", "format", []string{"symplify/easy-coding-standard"}, []string{"ecs.php"}, "vendor/bin/ecs check", "vendor/bin/ecs check --fix", ""},
	{"rector", "lint", []string{"rector/rector"}, []string{"rector.php"}, "vendor/bin/rector process --dry-run", "vendor/bin/rector process", ""},
	{"deptrac", "lint", []string{"qossmic/deptrac", "deptrac/deptrac"}, []string{"deptrac.yaml"}, "vendor/bin/deptrac analyse", "", ""},
	{"pest", "test", []string{"pestphp/pest"}, nil, "vendor/bin/pest", "", ""},
	{"phpunit", "test", []string{"phpunit/phpunit", "symfony/phpunit-bridge"}, []string{"phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"}, "vendor/bin/phpunit", "", "phpunit/phpunit:11.5.42"},
}

func (p *project) tools(c *stack.Component) {
	for _, t := range tools {
		if n := p.c.has(t.pkgs...); n != "" {
			c.Tools = stack.Add(c.Tools, *stack.DeclaredFact(t.name, p.c.at(n)))
			continue
		}
		if f, ok := p.s.First(t.files...); ok {
			c.Tools = source.AddFact(c.Tools, source.Present(p.s.Path(f), t.name))
		}
	}
}

// known are the tools of one job that the project has.
func known(c *stack.Component, job string) []tool {
	var out []tool
	for _, t := range tools {
		if t.job == job && stack.HasValue(c.Tools, t.name) {
			out = append(out, t)
		}
	}
	return out
}

func (p *project) install() string {
	if p.c.table == nil {
		return ""
	}
	return "composer install --no-interaction --no-progress --prefer-dist"
}

// test is the project's own script where it has one, else its test tool. Coverage needs a driver, which pipelines set up.
func (p *project) test(c *stack.Component) (run, coverage string) {
	tools := known(c, "test")
	switch {
	case p.c.script("test"):
		return "composer test", ""
	case len(tools) == 0:
		return "", ""
	case p.strict():
		return tools[0].run, ""
	}
	return tools[0].run + " --coverage-clover coverage.xml", "coverage.xml"
}

// strict tells whether PHPUnit fails on its own warnings, of which a missing coverage driver is one.
func (p *project) strict() bool {
	f, ok := p.s.First("phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml")
	return ok && strings.Contains(p.s.Text(f), `failOnWarning="true"`)
}

func (p *project) dev() string {
	switch {
	case p.framework == "laravel" && p.s.Has("artisan"):
		return "php artisan serve --host=0.0.0.0 --port=8000"
	case p.docroot != "":
		return "php -S 0.0.0.0:8000 -t " + p.docroot
	}
	return ""
}

// syntax is PHP's own check, for projects that have no linter.
const syntax = `find . -name '*.php' -not -path './vendor/*' -not -path './node_modules/*' -print0 | xargs -0 -r -n1 php -l`

// commands fills in the facts about how the component is worked with.
func (p *project) commands(c *stack.Component) {
	at := p.mainEvidence()
	derived := func(run string) *stack.Fact {
		if run == "" {
			return nil
		}
		return stack.DerivedFact(run, at)
	}
	c.Install = derived(p.install())
	test, _ := p.test(c)
	c.Test = derived(test)
	if p.c.script("test") {
		c.Test = stack.DeclaredFact(test, p.c.at("test"))
	}
	first := func(job string) (tool, bool) {
		if k := known(c, job); len(k) > 0 {
			return k[0], true
		}
		return tool{}, false
	}
	if t, ok := first("lint"); ok {
		c.Lint = derived(t.run)
	}
	if t, ok := first("typecheck"); ok {
		c.TypeCheck = derived(t.run)
	}
	if t, ok := first("format"); ok {
		c.Format = derived(t.fix)
	}
	p.start(c)
}

func (p *project) start(c *stack.Component) {
	for _, pr := range stack.Procfile(p.s.Tree, p.s.Dir) {
		if pr.Name == "web" {
			f := pr.Fact
			c.Start = &f
		}
	}
	switch {
	case c.Start != nil:
	case c.Kind == stack.KindService:
		c.Start = stack.DefaultFact("apache2-foreground", "PHP has no production server of its own; the image brings Apache")
	case c.Kind == stack.KindWorker:
		c.Start = &c.Workers[0]
	case c.Kind == stack.KindCLI && p.console() != "":
		c.Start = stack.DerivedFact("php "+p.console(), c.Entry.Evidence)
	}
	if c.Kind == stack.KindService {
		if d := p.dev(); d != "" {
			c.Dev = stack.DerivedFact(d, p.mainEvidence())
		}
	}
}

// recipe says how to work with a component that detect found.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	p := newProject(&stack.Scan{Tree: tree, Dir: c.Path, Contradict: func(string, ...stack.Fact) {}})
	if p == nil {
		return stack.Recipe{}
	}
	cmd := func(tool, run string) []stack.Command {
		if run == "" {
			return nil
		}
		return []stack.Command{{Run: run, Tool: tool}}
	}
	test, coverage := p.test(c)
	r := stack.Recipe{
		Install: cmd("composer", p.install()), Test: cmd("php", test), CoverageFile: coverage,
		Matrix: p.matrix(c), Tools: p.toolTable(c), Toolchain: p.toolchain(c),
		Clean: cmd("rm", "rm -rf vendor coverage coverage.xml .phpunit.cache"),
	}
	for _, t := range known(c, "lint") {
		r.Lint = append(r.Lint, stack.Command{Run: t.run, Tool: t.name})
	}
	for _, t := range known(c, "typecheck") {
		r.TypeCheck = append(r.TypeCheck, stack.Command{Run: t.run, Tool: t.name})
	}
	for _, t := range known(c, "format") {
		r.FormatCheck = append(r.FormatCheck, stack.Command{Run: t.run, Tool: t.name})
		r.Format = append(r.Format, stack.Command{Run: t.fix, Tool: t.name})
	}
	if len(r.Lint) == 0 {
		r.Lint = []stack.Command{{Run: syntax, Tool: "php", Why: "No linter is required: PHP itself checks the syntax of every file."}}
	}
	if p.c.table != nil {
		r.Lint = append([]stack.Command{{Run: "composer validate --strict --no-check-publish", Tool: "composer"}}, r.Lint...)
	}
	if p.c.hasLock {
		r.Audit = cmd("composer", "composer audit --locked")
	}
	p.program(&r, c)
	return r
}

// program fills in what only a program has.
func (p *project) program(r *stack.Recipe, c *stack.Component) {
	if c.Start == nil || c.Kind == stack.KindLibrary {
		return
	}
	if c.Start.Confidence != stack.Default {
		r.Start = []stack.Command{{Run: c.Start.Value, Tool: "php"}}
	}
	if c.Dev != nil {
		r.Dev = []stack.Command{{Run: c.Dev.Value, Tool: "php"}}
	}
	r.Image = p.image(c)
	r.DevTarget, r.DevCommand, r.DevReload = "dev", r.Image.Cmd, c.Kind == stack.KindService // PHP reads each file again for each request
	for _, d := range []string{"app", "config", "database", "lib", "resources", "routes", "src", "templates", "tests"} {
		if p.s.Tree.HasDir(p.s.Path(d)) {
			r.DevMounts = append(r.DevMounts, "./"+d+":/app/"+d)
		}
	}
}

func (p *project) toolTable(c *stack.Component) []stack.Tool {
	var out []stack.Tool
	for _, t := range tools {
		is := stack.HasValue(c.Tools, t.name)
		if !is && (t.bare == "" || p.c.table == nil) {
			continue
		}
		entry := stack.Tool{Name: t.name, Job: t.job, Known: is, Commands: []stack.Command{{Run: t.run, Tool: t.name}}}
		if !is {
			entry.Commands[0].Run = `"$(composer global config home --quiet)/` + t.run + `"`
			if i := strings.IndexByte(t.run, ' '); i > 0 {
				entry.Commands[0].Run = `"$(composer global config home --quiet)/` + t.run[:i] + `"` + t.run[i:]
			}
			entry.Install = []stack.Command{{Run: "composer global require --no-interaction --no-progress " + t.bare, Tool: "composer",
				Why: "The project does not require it, so it goes beside the project."}}
		}
		out = append(out, entry)
	}
	return append(out, stack.Tool{Name: "composer-audit", Job: "audit", Known: true, Commands: []stack.Command{{Run: "composer audit --locked", Tool: "composer"}}})
}

func (p *project) toolchain(c *stack.Component) stack.Toolchain {
	ext := p.extensions(c)
	with := []stack.KV{{Key: "php-version", Value: stack.VersionPlaceholder}, {Key: "coverage", Value: "pcov"}, {Key: "tools", Value: "composer:v2"}}
	if len(ext) > 0 {
		with = append(with, stack.KV{Key: "extensions", Value: strings.Join(ext, ", ")})
	}
	t := stack.Toolchain{
		Actions:     []stack.Action{{Name: "shivammathur/setup-php", Title: "Set up PHP", With: with}},
		GitLabImage: "php:" + stack.VersionPlaceholder + "-cli-bookworm",
		GitLabSetup: p.gitlabSetup(ext),
		CachePaths:  []string{".cache/composer"},
		CacheEnv:    []stack.KV{{Key: "COMPOSER_CACHE_DIR", Value: "$CI_PROJECT_DIR/.cache/composer"}, {Key: "COMPOSER_ALLOW_SUPERUSER", Value: "1"}},
	}
	if p.c.hasLock {
		t.CacheKeys = []string{p.c.lock}
		t.Actions = append(t.Actions, stack.Action{Name: "actions/cache", Title: "Cache Composer's downloads", With: []stack.KV{
			{Key: "path", Value: "~/.cache/composer"}, {Key: "key", Value: "composer-${{ runner.os }}-${{ hashFiles('" + path.Clean(p.c.lock) + "') }}"},
			{Key: "restore-keys", Value: "composer-${{ runner.os }}-"}}})
	}
	return t
}

// gitlabSetup makes the plain image able to install: Composer, unzip, the extensions and a coverage driver.
func (p *project) gitlabSetup(ext []string) []stack.Command {
	build, _, core, pecl := libraries(ext)
	apt := append([]string{"git", "unzip"}, build...)
	out := []stack.Command{{Run: "apt-get update && apt-get install -y --no-install-recommends " + strings.Join(apt, " "), Tool: "apt-get"}}
	if len(core) > 0 {
		out = append(out, stack.Command{Run: `docker-php-ext-install -j"$(nproc)" ` + strings.Join(core, " "), Tool: "docker-php-ext-install"})
	}
	pecl = append(pecl, "pcov-1.0.12")
	out = append(out, stack.Command{Run: "pecl install " + strings.Join(pecl, " ") + " && docker-php-ext-enable " + strings.Join(names(pecl), " "), Tool: "pecl"})
	return append(out, stack.Command{Run: "curl -fsSL -o /usr/local/bin/composer https://getcomposer.org/download/" + composerVersion + "/composer.phar && chmod +x /usr/local/bin/composer", Tool: "curl",
		Why: "The image has no Composer."})
}
