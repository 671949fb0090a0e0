// Package php knows PHP programs: Laravel, Symfony, Slim and others that Composer installs, and plain pages with PHP in them.
package php

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// Name is the Stack's name.
const Name = "php"

// Stack is the knowledge of PHP.
func Stack() stack.Stack {
	return stack.Stack{Name: Name, Manifests: []string{"composer.json", "index.php"}, Detect: detect, Recipe: recipe}
}

// port is where the image's Apache listens: a number that needs no privilege.
const port = "8080"

// project is one PHP program.
type project struct {
	s         *stack.Scan
	c         *composer
	framework string
	pkg       string // the package that shows the framework
	docroot   string // folder of the front controller, relative to the component; empty for none
	sources   []source.File
}

var frameworks = []struct{ pkg, name string }{
	{"laravel/framework", "laravel"}, {"laravel/lumen-framework", "lumen"}, {"symfony/framework-bundle", "symfony"}, {"symfony/symfony", "symfony"},
	{"slim/slim", "slim"}, {"cakephp/cakephp", "cakephp"}, {"codeigniter4/framework", "codeigniter"}, {"yiisoft/yii2", "yii"},
	{"mezzio/mezzio", "mezzio"}, {"laminas/laminas-mvc", "laminas"}, {"craftcms/cms", "craft"}, {"drupal/core-recommended", "drupal"},
	{"drupal/core", "drupal"}, {"roots/wordpress", "wordpress"}, {"johnpbloch/wordpress", "wordpress"},
}

// docroots are where front controllers lie, by how telling the name is.
var docroots = []string{"public", "web", "webroot", "pub", "www", "htdocs", "public_html", "html", "."}

// partDirs are folders of a program: an index.php there is no program of its own.
var partDirs = map[string]bool{"public": true, "web": true, "webroot": true, "pub": true, "www": true, "htdocs": true, "public_html": true, "src": true,
	"app": true, "resources": true, "templates": true, "views": true, "themes": true, "plugins": true, "modules": true, "includes": true, "assets": true, "static": true}

func detect(s *stack.Scan) []stack.Component {
	p := newProject(s)
	if p == nil {
		return nil
	}
	c := stack.Component{Path: s.Dir, Kind: p.kind(), Stack: Name}
	c.Language = stack.DerivedFact("php", p.mainEvidence())
	if p.c.table != nil {
		c.PackageManager = source.Present(p.c.file, "composer")
		_, name, _ := strings.Cut(text(p.c.table["name"]), "/")
		c.Name = name
		p.lock(&c)
	}
	if p.framework != "" {
		c.Framework = stack.DeclaredFact(p.framework, p.c.at(p.pkg))
	}
	p.versions(&c)
	if c.Kind != stack.KindLibrary {
		p.describe(&c)
	}
	p.tools(&c)
	p.commands(&c)
	stack.SettleVariables(&c)
	return []stack.Component{c}
}

// newProject reads the folder; nil for a part of another program and for a composer.json that only lists tools.
func newProject(s *stack.Scan) *project {
	p := &project{s: s, c: readComposer(s.Tree, s.Dir)}
	for _, f := range frameworks {
		if p.c.requires(f.pkg) != "" {
			p.framework, p.pkg = f.name, f.pkg
			break
		}
	}
	for _, d := range docroots {
		if s.Has(path.Join(d, "index.php")) {
			p.docroot = d
			break
		}
	}
	if p.c.table == nil && (s.Has("composer.json") || p.isPart()) {
		return nil
	}
	p.sources = source.Tree(s.Tree, s.Dir, source.PHP, []string{".php"}, []string{"composer.json"})
	if p.framework == "" && p.docroot == "" && len(p.sources) == 0 {
		return nil // a list of tools
	}
	return p
}

// isPart tells whether a folder without a composer.json lies in another program.
func (p *project) isPart() bool {
	if p.s.Dir == "." {
		return false
	}
	for _, part := range strings.Split(p.s.Dir, "/") {
		if partDirs[part] {
			return true
		}
	}
	for _, up := range p.s.Ancestors() {
		if source.Exists(p.s.Tree, up, "composer.json", "index.php", "package.json", "Gemfile", "go.mod", "pyproject.toml") != "" {
			return true
		}
	}
	return false
}

func (p *project) kind() string {
	switch {
	case p.docroot != "" || p.framework != "":
		return stack.KindService
	case text(p.c.table["type"]) == "library":
		return stack.KindLibrary
	case p.c.table["bin"] != nil || p.console() != "" || text(p.c.table["type"]) == "project":
		return stack.KindCLI
	}
	return stack.KindLibrary
}

// console is the program of a project that has no pages.
func (p *project) console() string {
	if p.docroot == "" {
		n, _ := p.s.First("bin/console", "artisan", "bin/app", "main.php", "cli.php", "console.php", "worker.php", "run.php")
		return n
	}
	return ""
}

func (p *project) mainEvidence() finding.Evidence {
	if p.c.table != nil {
		return finding.Evidence{File: p.c.file, Line: 1}
	}
	return finding.Evidence{File: p.s.Path(path.Join(p.docroot, "index.php")), Line: 1}
}

func (p *project) lock(c *stack.Component) {
	if p.c.hasLock {
		c.LockFile = source.Present(p.c.lock, "composer.lock")
		return
	}
	if c.Kind != stack.KindLibrary {
		c.Notes = source.AddFact(c.Notes, source.Present(p.c.file, "there is no composer.lock: installs are not repeatable; commit it"))
	}
}

// describe fills in what the program is and how it is reached.
func (p *project) describe(c *stack.Component) {
	switch {
	case p.docroot != "":
		c.Entry = source.Present(p.s.Path(path.Join(p.docroot, "index.php")), path.Join(p.docroot, "index.php"))
	case p.console() != "":
		c.Entry = source.Present(p.s.Path(p.console()), p.console())
	}
	p.variables(c)
	p.services(c)
	p.workers(c)
	if c.Kind == stack.KindCLI && len(c.Workers) > 0 {
		c.Kind = stack.KindWorker
	}
	if c.Kind != stack.KindService {
		return
	}
	c.Port = stack.DefaultFact(port, "PHP has no server of its own; the image's Apache listens there")
	p.health(c)
	if list := p.unknown(); len(list) > 0 {
		c.Notes = source.AddFact(c.Notes, stack.DerivedFact("the image cannot be given these required extensions: "+strings.Join(list, ", "), p.mainEvidence()))
	}
	if p.docroot == "" {
		c.Notes = source.AddFact(c.Notes, stack.DerivedFact("no front controller (public/index.php) was found", p.mainEvidence()))
	}
	if p.c.requires("laravel/octane") != "" {
		c.Notes = source.AddFact(c.Notes, stack.DeclaredFact("Octane is there: a long-running server can take the place of Apache", p.c.at("laravel/octane")))
	}
}

var (
	envCall   = regexp.MustCompile(`\benv\(\s*['"]([A-Z][A-Z0-9_]+)['"](?:\s*,\s*['"]?([^'",)]*))?`)
	getenv    = regexp.MustCompile(`\bgetenv\(\s*['"]([A-Z][A-Z0-9_]+)['"]\s*\)(?:\s*\?:\s*['"]([^'"]*)['"])?`)
	superEnv  = regexp.MustCompile(`\$_(?:ENV|SERVER)\[\s*['"]([A-Z][A-Z0-9_]+)['"]\s*\](?:\s*\?\?\s*['"]([^'"]*)['"])?`)
	yamlEnv   = regexp.MustCompile(`%env\((?:\w+:)*([A-Z][A-Z0-9_]+)\)%`)
	serverVar = regexp.MustCompile(`^(?:HTTP_|REQUEST_|SERVER_|REMOTE_|SCRIPT_|DOCUMENT_|QUERY_|PHP_|PATH_|CONTENT_|HTTPS$|ARGV$|ARGC$)`)
	appKeys   = map[string]string{"laravel": "APP_KEY", "lumen": "APP_KEY", "symfony": "APP_SECRET"}
)

// variables are those of the source and of the example environment; Symfony's committed .env is one such. Laravel's own config
// folder names far more than a program uses, so there only what the example has counts.
func (p *project) variables(c *stack.Component) {
	var files []source.File
	for _, f := range p.sources {
		if p.framework == "laravel" && strings.HasPrefix(stack.Rel(p.s.Dir, f.Path), "config/") {
			continue
		}
		files = append(files, f)
	}
	c.Env = stack.EnvExample(p.s.Tree, p.s.Dir)
	if p.framework == "symfony" {
		c.Env = append(c.Env, p.dotenv()...)
		files = append(files, source.Tree(p.s.Tree, path.Join(p.s.Dir, "config"), source.Ruby, []string{".yaml", ".yml"}, nil)...)
	}
	c.Env = source.Variables(c.Env, files, envCall, getenv, superEnv, yamlEnv)
	kept := c.Env[:0]
	for _, v := range c.Env {
		if !serverVar.MatchString(v.Name) {
			kept = append(kept, v)
		}
	}
	c.Env = kept
	if key := appKeys[p.framework]; key != "" {
		v := stack.NewVariable(key, "", p.c.at(p.pkg))
		v.Secret, v.Required = true, true
		c.Env = stack.AddVariable(c.Env, v)
	}
}

var dotenvLine = regexp.MustCompile(`^([A-Z][A-Z0-9_]+)=(.*)$`)

// dotenv reads Symfony's .env, which is committed and holds defaults; real values are in .env.local.
func (p *project) dotenv() []stack.Variable {
	var out []stack.Variable
	for _, m := range source.Parse(p.s.Tree, p.s.Path(".env"), source.Syntax{Line: []string{"#"}}).All(dotenvLine) {
		if len(out) < 200 {
			out = append(out, stack.NewVariable(m.Group(1), strings.Trim(m.Group(2), `"'`), m.Evidence()))
		}
	}
	return out
}
