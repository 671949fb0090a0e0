package php_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/node"
	"github.com/autogit/autogit/internal/stacks/php"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) { stacktest.Golden(t, node.Stack(), php.Stack()) }

const laravelJSON = `{"type": "project", "require": {"php": "^8.2", "laravel/framework": "^11.0"}, "require-dev": {"phpunit/phpunit": "^11"}}`

func laravel(more ...string) map[string]string {
	out := map[string]string{"composer.json": laravelJSON, "composer.lock": `{"packages": []}`, "artisan": "", "public/index.php": "<?php\n",
		"bootstrap/app.php": "<?php\nreturn Application::configure()->withRouting(\n  health: '/up',\n)->create();\n"}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func project(require string, more ...string) map[string]string {
	return laravel(append([]string{"composer.json", `{"type": "project", "require": {"php": ">=8.1"` + require + `}}`, "bootstrap/app.php", "", "artisan", ""}, more...)...)
}

func TestTrapDocroots(t *testing.T) {
	for _, dir := range []string{"public", "web", "webroot", "pub", "htdocs"} {
		t.Run(dir, func(t *testing.T) {
			files := project("")
			delete(files, "public/index.php")
			files[dir+"/index.php"] = "<?php\n"
			r := stacktest.One(t, php.Stack(), files)
			if r.Entry.String() != dir+"/index.php" || !strings.Contains(r.Dockerfile(), "DocumentRoot /app/"+dir+"\n") {
				t.Errorf("entry %q:\n%s", r.Entry.String(), r.Dockerfile())
			}
		})
	}
	t.Run("plain pages", func(t *testing.T) {
		r := stacktest.One(t, php.Stack(), map[string]string{"index.php": "<?php\n", "health.php": "<?php echo 'ok';"})
		if !strings.Contains(r.Dockerfile(), "DocumentRoot /app\n") || r.Health.String() != "/health.php" || r.Kind != stack.KindService {
			t.Errorf("health %q:\n%s", r.Health.String(), r.Dockerfile())
		}
	})
}

func TestTrapPartsAndToolListsAreNoPrograms(t *testing.T) {
	stacktest.None(t, php.Stack(), map[string]string{"composer.json": `{"require-dev": {"friendsofphp/php-cs-fixer": "^3"}}`, "README.md": ""})
	stacktest.None(t, php.Stack(), map[string]string{"package.json": "{}", "legacy/public/index.php": "<?php\n"})
	r := stacktest.One(t, php.Stack(), laravel("resources/index.php", "<?php\n", "public/admin/index.php", "<?php\n"))
	if r.Path != "." {
		t.Errorf("path %q", r.Path)
	}
}

func TestTrapHealthRoutes(t *testing.T) {
	slim := `, "slim/slim": "^4"`
	symfony := `, "symfony/framework-bundle": "^7"`
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"Laravel 11":           {laravel(), "/up"},
		"Laravel route":        {laravel("bootstrap/app.php", "", "routes/web.php", "<?php\nRoute::get('/healthz', fn () => 'ok');\n"), "/healthz"},
		"Laravel API route":    {laravel("bootstrap/app.php", "", "routes/api.php", "<?php\nRoute::get('health', fn () => 'ok');\n"), "/api/health"},
		"only in development":  {laravel("bootstrap/app.php", "", "routes/web.php", "<?php\nif (app()->environment('local')) {\n  Route::get('/health', fn () => 'ok');\n}\n"), ""},
		"after such a block":   {laravel("bootstrap/app.php", "", "routes/web.php", "<?php\nif (app()->environment('local')) {\n  x();\n}\nRoute::get('/health', fn () => 'ok');\n"), "/health"},
		"in a comment":         {laravel("bootstrap/app.php", "<?php\n// health: '/up',\n"), ""},
		"Slim":                 {project(slim, "src/routes.php", "<?php\n$app->get('/health', Health::class);\n"), "/health"},
		"Symfony attribute":    {project(symfony, "src/C.php", "<?php\nclass C {\n  #[Route('/healthz')]\n  function x() {}\n}\n"), "/healthz"},
		"Symfony class prefix": {project(symfony, "src/C.php", "<?php\n#[Route('/api')]\nclass C {\n  #[Route('/ping', name: 'p')]\n  function x() {}\n}\n"), "/api/ping"},
		"Symfony YAML":         {project(symfony, "config/routes.yaml", "health:\n    path: /health\n"), "/health"},
		"Symfony YAML, dev":    {project(symfony, "config/routes.yaml", "when@dev:\n    health:\n        path: /health\n"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if r := stacktest.One(t, php.Stack(), test.files); r.Health.String() != test.want {
				t.Errorf("health %q, want %q", r.Health.String(), test.want)
			}
		})
	}
}

func TestTrapWorkersBesideTheWebProcess(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		want  []string
	}{
		"none":      {laravel(), nil},
		"queue":     {laravel("app/Jobs/A.php", "<?php\nclass A implements ShouldQueue {}\n"), []string{"php artisan queue:work --tries=3"}},
		"scheduler": {laravel("routes/console.php", "<?php\nSchedule::command('x')->daily();\n"), []string{"php artisan schedule:work"}},
		"horizon":   {laravel("composer.json", strings.Replace(laravelJSON, `"laravel/framework"`, `"laravel/horizon": "^5", "laravel/framework"`, 1)), []string{"php artisan horizon"}},
		"Procfile":  {laravel("Procfile", "web: vendor/bin/heroku-php-apache2 public/\nmail: php artisan mail:work\n"), []string{"php artisan mail:work"}},
		"messenger": {project(`, "symfony/framework-bundle": "^7", "symfony/messenger": "^7"`, "config/packages/messenger.yaml",
			"framework:\n    messenger:\n        transports:\n            orders: '%env(MESSENGER_TRANSPORT_DSN)%'\n"), []string{"php bin/console messenger:consume orders --time-limit=3600"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if r := stacktest.One(t, php.Stack(), test.files); !slices.Equal(stack.Values(r.Workers), test.want) && len(test.want)+len(r.Workers) > 0 {
				t.Errorf("workers %v, want %v", stack.Values(r.Workers), test.want)
			}
		})
	}
}

func TestTrapFrontendThatMustBeBuiltFirst(t *testing.T) {
	files := laravel("package.json", `{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^5", "laravel-vite-plugin": "^1"}}`, "package-lock.json", "{}", "vite.config.js", "export default {}")
	facts, recipes := stacktest.Survey(files, node.Stack(), php.Stack())
	if len(facts.Components) != 1 || facts.Components[0].Frontend == nil {
		t.Fatalf("components %+v", facts.Components)
	}
	stacktest.CheckImage(t, recipes[0].Image)
	d := stacktest.Text(recipes[0].Image)
	if !strings.Contains(d, "COPY --from=frontend /web/public/build/ public/build/") {
		t.Errorf("the built frontend is not in the image:\n%s", d)
	}
}

func TestTrapExtensions(t *testing.T) {
	lock := `{"packages": [{"name": "a/b", "require": {"ext-intl": "*", "ext-json": "*"}}]}`
	r := stacktest.One(t, php.Stack(), project(`, "ext-gd": "*", "ext-redis": "*", "ext-pdo_pgsql": "*"`, "composer.lock", lock))
	d := r.Dockerfile()
	for _, want := range []string{"docker-php-ext-install -j\"$(nproc)\" gd intl opcache pdo_pgsql", "pecl install redis-", "libicu72", "libpq5", "--with-jpeg"} {
		if !strings.Contains(d, want) {
			t.Errorf("%s is missing:\n%s", want, d)
		}
	}
	if strings.Contains(d, "json") && strings.Contains(d, "ext-install -j\"$(nproc)\" json") {
		t.Error("json is a part of PHP")
	}
	final := r.Recipe.Image.Stages[len(r.Recipe.Image.Stages)-1]
	if final.From != "base" {
		t.Errorf("compilers would stay in the final image: from %q", final.From)
	}
	if !stack.HasValue(r.Services, "postgres") || !stack.HasValue(r.Services, "redis") {
		t.Errorf("services %v", r.Services)
	}
}

func TestConstraints(t *testing.T) {
	tests := []struct {
		constraint string
		want       []string
	}{
		{"^8.2", []string{"8.2", "8.3", "8.4", "8.5"}}, {"~8.3.0", []string{"8.3"}}, {"~8.2", []string{"8.2", "8.3", "8.4", "8.5"}},
		{"8.4.*", []string{"8.4"}}, {">=8.1 <8.4", []string{"8.2", "8.3"}}, {"^7.4 || ^8.3", []string{"8.3", "8.4", "8.5"}}, {"^7.4|8.2.*", []string{"8.2"}},
		{"7.4 - 8.3", []string{"8.2", "8.3"}}, {"8.3", []string{"8.3"}}, {">8.2", []string{"8.2", "8.3", "8.4", "8.5"}}, {"", nil},
	}
	for _, test := range tests {
		t.Run(test.constraint, func(t *testing.T) {
			r := stacktest.One(t, php.Stack(), project("", "composer.json", `{"type": "project", "require": {"php": "`+test.constraint+`"}}`))
			if test.want != nil && !slices.Equal(r.Recipe.Matrix, test.want) {
				t.Errorf("matrix %v, want %v", r.Recipe.Matrix, test.want)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	tests := []struct {
		name, want, file, text string
		conflicts              int
	}{
		{"the default where the range admits it", "8.4", "x", "", 0},
		{"platform", "8.2.5", "composer.json", strings.Replace(laravelJSON, `"type"`, `"config": {"platform": {"php": "8.2.5"}}, "type"`, 1), 0},
		{"lock", "8.3.2", "composer.lock", `{"packages": [], "platform-overrides": {"php": "8.3.2"}}`, 0},
		{"platform that is an empty list", "8.4", "composer.lock", `{"packages": [], "platform-overrides": []}`, 0},
		{"version file", "8.3", ".php-version", "# for phpenv\n8.3\n", 0},
		{"outside of the range", "8.1", ".php-version", "8.1\n", 1},
		{"pipeline", "8.2", ".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - with:\n          php-version: '8.2'\n", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, php.Stack(), laravel(test.file, test.text))
			if r.Version.String() != test.want || len(r.Facts.Contradictions) != test.conflicts {
				t.Errorf("version %q, contradictions %+v", r.Version.String(), r.Facts.Contradictions)
			}
		})
	}
	r := stacktest.One(t, php.Stack(), laravel())
	if !slices.Equal(r.Recipe.Matrix, []string{"8.2", "8.3", "8.4"}) {
		t.Errorf("Laravel 11 does not run on PHP 8.5: %v", r.Recipe.Matrix)
	}
}

func TestTrapNoLockFile(t *testing.T) {
	files := laravel()
	delete(files, "composer.lock")
	r := stacktest.One(t, php.Stack(), files)
	if r.LockFile != nil || !r.HasNote("no composer.lock") || r.Recipe.Audit != nil || strings.Contains(r.Dockerfile(), "composer.lock") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestTrapOwnTestScriptAndStrictPHPUnit(t *testing.T) {
	r := stacktest.One(t, php.Stack(), laravel("composer.json", strings.Replace(laravelJSON, `"type"`, `"scripts": {"test": "phpunit"}, "type"`, 1)))
	if r.Test.String() != "composer test" || r.Recipe.CoverageFile != "" {
		t.Errorf("test %q, coverage %q", r.Test.String(), r.Recipe.CoverageFile)
	}
	r = stacktest.One(t, php.Stack(), laravel())
	if r.Recipe.CoverageFile != "coverage.xml" {
		t.Errorf("no coverage: %v", r.Recipe.Test)
	}
	r = stacktest.One(t, php.Stack(), laravel("phpunit.xml", `<phpunit failOnWarning="true"/>`))
	if r.Recipe.CoverageFile != "" || r.Test.String() != "vendor/bin/phpunit" {
		t.Errorf("a missing coverage driver would fail these tests: %q", r.Test.String())
	}
}

func TestServicesOfTheExampleEnvironment(t *testing.T) {
	r := stacktest.One(t, php.Stack(), laravel(".env.example", "DB_CONNECTION=sqlite\nCACHE_STORE=database\nQUEUE_CONNECTION=sync\n"))
	if len(r.Services) != 0 {
		t.Errorf("services %v", r.Services)
	}
	r = stacktest.One(t, php.Stack(), laravel(".env.example", "DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nCACHE_STORE=redis\n"))
	if got := stack.Values(r.Services); !slices.Equal(got, []string{"mysql", "redis"}) {
		t.Errorf("services %v", got)
	}
	if v := r.Variable("DB_HOST"); v.Service != "mysql" {
		t.Errorf("%+v", v)
	}
	if v := r.Variable("APP_KEY"); !v.Secret || !v.Required {
		t.Errorf("%+v", v)
	}
}

func TestSecretsOfADotenvAreNotKept(t *testing.T) {
	r := stacktest.One(t, php.Stack(), project(`, "symfony/framework-bundle": "^7"`, ".env", "APP_SECRET=verysecretvalue\nDATABASE_URL=\"postgresql://app:hunter22@127.0.0.1:5432/app\"\n"))
	for _, v := range r.Env {
		if strings.Contains(v.Default+v.Evidence.Text, "verysecretvalue") || strings.Contains(v.Default+v.Evidence.Text, "hunter22") {
			t.Errorf("a secret is in the survey: %+v", v)
		}
	}
	if !stack.HasValue(r.Services, "postgres") {
		t.Errorf("services %v", r.Services)
	}
}

func TestLibraryHasNoImage(t *testing.T) {
	r := stacktest.One(t, php.Stack(), map[string]string{"composer.json": `{"name": "a/b", "type": "library", "require": {"php": "^8.3"}}`, "src/A.php": "<?php\n"})
	if r.Kind != stack.KindLibrary || r.Recipe.Image != nil || r.HasNote("composer.lock") {
		t.Errorf("kind %q, notes %v", r.Kind, r.Notes)
	}
}

func FuzzComposer(f *testing.F) {
	f.Add(laravelJSON, `{"packages": [{"name": "a", "require": {"ext-gd": "*"}}]}`)
	f.Add(`{"require": [], "config": [], "scripts": 3}`, `{"packages": {"a": 1}}`)
	f.Fuzz(func(_ *testing.T, json, lock string) {
		stacktest.Survey(laravel("composer.json", json, "composer.lock", lock), php.Stack())
	})
}

func FuzzSource(f *testing.F) {
	f.Add("<?php\nRoute::get('/health', 1);", "DB_CONNECTION=mysql\n", "framework:\n  transports:\n            a:\n")
	f.Fuzz(func(_ *testing.T, code, env, yaml string) {
		stacktest.Survey(project(`, "symfony/framework-bundle": "^7", "symfony/messenger": "^7"`, "src/A.php", code, "routes/web.php", code, ".env", env, ".env.example", env,
			"config/packages/messenger.yaml", yaml, "config/routes.yaml", yaml), php.Stack())
	})
}
