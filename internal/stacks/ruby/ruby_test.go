package ruby_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/ruby"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) { stacktest.Golden(t, ruby.Stack()) }

const (
	railsGemfile = "gem 'rails', '~> 7.2'\ngem 'puma'\ngem 'pg'\n"
	railsLock    = "GEM\n  specs:\n    rails (7.2.1)\n\nPLATFORMS\n  x86_64-linux\n"
	routes       = "Rails.application.routes.draw do\n  get \"up\" => \"rails/health#show\"\nend\n"
)

func rails(more ...string) map[string]string {
	out := map[string]string{"Gemfile": railsGemfile, "Gemfile.lock": railsLock, "config.ru": "run Rails.application\n",
		"config/puma.rb": "port ENV.fetch('PORT', 3000)\n", "config/routes.rb": routes, "bin/rails": "#!/usr/bin/env ruby\n"}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func TestTrapDecoyGemfiles(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"fastlane":  {"Gemfile": "gem 'fastlane'\n", "ios/App.swift": ""},
		"cocoapods": {"Gemfile": "source 'https://rubygems.org'\ngem 'cocoapods'\n"},
		"jekyll":    {"Gemfile": "gem 'jekyll'\n", "_config.yml": "title: x\n", "index.md": ""},
		"empty":     {"Gemfile": ""},
	} {
		t.Run(name, func(t *testing.T) { stacktest.None(t, ruby.Stack(), files) })
	}
}

func TestTrapProductionGemsOnly(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("Gemfile", "gem 'rails'\ngem 'sqlite3'\ngroup :development, :test do\n  gem 'pg'\nend\ngem 'mysql2', group: :development\ngroup :production do\n  if true\n    gem 'redis'\n  end\nend\ngem 'dalli', groups: [:production]\n"))
	if got := stack.Values(r.Services); !slices.Equal(got, []string{"redis", "memcached"}) {
		t.Errorf("services %v", got)
	}
}

func TestTrapHealthRoutes(t *testing.T) {
	tests := map[string]struct{ routes, want string }{
		"Rails 7.1":                        {routes, "/up"},
		"to":                               {"get '/healthz', to: 'rails/health#show'\n", "/healthz"},
		"own":                              {"get '/health', to: 'health#show'\n", "/health"},
		"commented out":                    {"# get 'up' => 'rails/health#show'\n", ""},
		"only in development":              {"if Rails.env.development?\n  get 'up' => 'rails/health#show'\nend\n", ""},
		"after a closed development block": {"if Rails.env.development?\n  mount X => '/x'\nend\nget 'up' => 'rails/health#show'\n", "/up"},
		"trailing condition":               {"get '/health', to: 'h#s' if Rails.env.development?\n", ""},
		"none":                             {"root 'home#index'\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := stacktest.One(t, ruby.Stack(), rails("config/routes.rb", test.routes))
			if r.Health.String() != test.want {
				t.Errorf("health %q, want %q", r.Health.String(), test.want)
			}
		})
	}
}

func TestTrapHealthBehindForcedTLS(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("config/environments/production.rb", "config.force_ssl = true\n"))
	if h := strings.Join(r.Recipe.Image.Health, " "); !strings.Contains(h, "X-Forwarded-Proto: https") {
		t.Errorf("the probe would be redirected: %s", h)
	}
	r = stacktest.One(t, ruby.Stack(), rails("config/environments/production.rb", "# config.force_ssl = true\n"))
	if h := strings.Join(r.Recipe.Image.Health, " "); strings.Contains(h, "X-Forwarded-Proto") {
		t.Errorf("a header without need: %s", h)
	}
}

func TestPorts(t *testing.T) {
	tests := map[string]struct{ puma, port, env, listen string }{
		"block":      {"port ENV.fetch(\"PORT\") { 4000 }\n", "4000", "PORT", ""},
		"default":    {"port ENV.fetch('APP_PORT', 4001)\n", "4001", "APP_PORT", ""},
		"or":         {"port        ENV['PORT'] || 4002\n", "4002", "PORT", ""},
		"plain":      {"port 4003\n", "4003", "PORT", ""},
		"bind":       {"bind 'tcp://0.0.0.0:4004'\n", "4004", "PORT", ""},
		"local bind": {"bind \"tcp://127.0.0.1:4005\"\n", "4005", "PORT", "127.0.0.1"},
		"nothing":    {"threads 1, 2\n", "3000", "PORT", ""},
		"comment":    {"# port 1\n", "3000", "PORT", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := stacktest.One(t, ruby.Stack(), rails("config/puma.rb", test.puma))
			if r.Port.String() != test.port || r.Listen.String() != test.listen {
				t.Errorf("port %q, listen %q", r.Port.String(), r.Listen.String())
			}
			if test.env != "PORT" && r.PortFromEnv.String() != test.env {
				t.Errorf("from %q, want %q", r.PortFromEnv.String(), test.env)
			}
		})
	}
}

func TestTrapListensOnLocalhost(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("config/puma.rb", "bind 'tcp://127.0.0.1:3000'\n"))
	if !r.HasNote("listens on 127.0.0.1") || !slices.Contains(r.Recipe.Image.Cmd, "tcp://0.0.0.0:3000") {
		t.Errorf("notes %v, command %v", r.Notes, r.Recipe.Image.Cmd)
	}
}

func TestTrapWorkersBesideTheWebProcess(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("Gemfile", railsGemfile+"gem 'sidekiq'\n"))
	if got := stack.Values(r.Workers); !slices.Equal(got, []string{"bundle exec sidekiq"}) || !stack.HasValue(r.Services, "redis") {
		t.Errorf("workers %v, services %v", got, r.Services)
	}
	r = stacktest.One(t, ruby.Stack(), rails("Gemfile", railsGemfile+"gem 'sidekiq'\n", "Procfile", "web: bundle exec puma\njobs: bundle exec sidekiq -C config/sidekiq.yml\n"))
	if got := stack.Values(r.Workers); !slices.Equal(got, []string{"bundle exec sidekiq -C config/sidekiq.yml"}) {
		t.Errorf("the Procfile is not obeyed: %v", got)
	}
	r = stacktest.One(t, ruby.Stack(), rails("Gemfile", railsGemfile+"gem 'solid_queue'\n", "bin/jobs", "#!/usr/bin/env ruby\n"))
	if got := stack.Values(r.Workers); !slices.Equal(got, []string{"bin/jobs"}) {
		t.Errorf("workers %v", got)
	}
}

func TestTrapAssetsWithoutTheSecret(t *testing.T) {
	files := rails("app/assets/config/manifest.js", "")
	r := stacktest.One(t, ruby.Stack(), files)
	if !strings.Contains(r.Dockerfile(), "RUN SECRET_KEY_BASE_DUMMY=1 RAILS_ENV=production bin/rails assets:precompile") {
		t.Errorf("no assets:\n%s", r.Dockerfile())
	}
	files["Gemfile.lock"] = strings.Replace(railsLock, "7.2.1", "7.0.8", 1)
	r = stacktest.One(t, ruby.Stack(), files)
	if strings.Contains(r.Dockerfile(), "SECRET_KEY_BASE_DUMMY") || !strings.Contains(r.Dockerfile(), `SECRET_KEY_BASE="$(head -c 48 /dev/urandom`) {
		t.Errorf("Rails 7.0 knows no dummy secret:\n%s", r.Dockerfile())
	}
}

func TestTrapLockFileWithoutLinux(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("Gemfile.lock", strings.Replace(railsLock, "x86_64-linux", "arm64-darwin-23", 1)))
	if !r.HasNote("bundle lock --add-platform") {
		t.Errorf("notes %v", r.Notes)
	}
	if r = stacktest.One(t, ruby.Stack(), rails()); r.HasNote("bundle lock") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestTrapNoLockFile(t *testing.T) {
	files := rails()
	delete(files, "Gemfile.lock")
	r := stacktest.One(t, ruby.Stack(), files)
	if !r.HasNote("no Gemfile.lock") || strings.Contains(r.Install.String(), "FROZEN") || strings.Contains(r.Dockerfile(), "FROZEN") {
		t.Errorf("install %q, notes %v", r.Install.String(), r.Notes)
	}
}

func TestVersions(t *testing.T) {
	tests := []struct {
		name, want string
		files      []string
		matrix     []string
		conflicts  int
	}{
		{"default", "3.4", nil, []string{"3.4"}, 0},
		{"version file with a comment first", "3.3.5", []string{".ruby-version", "# why\nruby-3.3.5\n"}, []string{"3.3.5"}, 0},
		{"lock file", "3.3.1", []string{"Gemfile.lock", railsLock + "\nRUBY VERSION\n   ruby 3.3.1p55\n"}, nil, 0},
		{"pin against lock", "3.3.5", []string{".ruby-version", "3.3.5\n", "Gemfile.lock", railsLock + "\nRUBY VERSION\n   ruby 3.2.1p55\n"}, nil, 1},
		{"range", "3.4", []string{"Gemfile", railsGemfile + "ruby '~> 3.3'\n"}, []string{"3.3", "3.4"}, 0},
		{"narrow range", "3.3", []string{"Gemfile", railsGemfile + "ruby '~> 3.3.0'\n"}, []string{"3.3"}, 0},
		{"open range", "4.0", []string{"Gemfile", railsGemfile + "ruby '>= 3.2'\n"}, []string{"3.3", "3.4", "4.0"}, 0},
		{"exact in the Gemfile", "3.2.2", []string{"Gemfile", railsGemfile + "ruby '3.2.2'\n"}, []string{"3.2.2"}, 0},
		{"too old for Rails", "2.7.1", []string{".ruby-version", "2.7.1\n"}, nil, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, ruby.Stack(), rails(test.files...))
			if r.Version.String() != test.want || len(r.Facts.Contradictions) != test.conflicts {
				t.Errorf("version %q, contradictions %+v", r.Version.String(), r.Facts.Contradictions)
			}
			if test.matrix != nil && !slices.Equal(r.Recipe.Matrix, test.matrix) {
				t.Errorf("matrix %v, want %v", r.Recipe.Matrix, test.matrix)
			}
		})
	}
}

func TestNativeLibraries(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("Gemfile", railsGemfile+"gem 'mysql2'\n"))
	for _, want := range []string{"libpq-dev", "libpq5", "default-libmysqlclient-dev", "libmariadb3"} {
		if !strings.Contains(r.Dockerfile(), want) {
			t.Errorf("%s is missing", want)
		}
	}
	final := r.Recipe.Image.Stages[len(r.Recipe.Image.Stages)-1]
	if final.From != "base" {
		t.Errorf("the final stage is from %q: compilers would stay in", final.From)
	}
}

func TestGemIsALibrary(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), map[string]string{"Gemfile": "gemspec\n", "x.gemspec": "s.required_ruby_version = '>= 3.3'\n", "lib/x.rb": ""})
	if r.Kind != stack.KindLibrary || r.Recipe.Image != nil || !slices.Equal(r.Recipe.Matrix, []string{"3.3", "3.4", "4.0"}) {
		t.Errorf("kind %q, matrix %v", r.Kind, r.Recipe.Matrix)
	}
}

func TestVariables(t *testing.T) {
	r := stacktest.One(t, ruby.Stack(), rails("app/a.rb", "A = ENV.fetch('NEEDED_URL')\nB = ENV['API_TOKEN']\nC = ENV.fetch('LEVEL', 'info')\nD = ENV.fetch('N') { 3 }\n"))
	if v := r.Variable("NEEDED_URL"); !v.Required {
		t.Errorf("%+v", v)
	}
	if v := r.Variable("API_TOKEN"); !v.Secret || v.Required {
		t.Errorf("%+v", v)
	}
	if v := r.Variable("LEVEL"); v.Default != "info" || v.Required {
		t.Errorf("%+v", v)
	}
	if v := r.Variable("DATABASE_URL"); v.Service != "postgres" {
		t.Errorf("%+v", v)
	}
}

func FuzzGemfile(f *testing.F) {
	f.Add(railsGemfile+"group :a, :b do\n gem 'x', groups: [:c]\nend\nruby '~> 3'", railsLock)
	f.Fuzz(func(_ *testing.T, gemfile, lock string) {
		stacktest.Survey(rails("Gemfile", gemfile, "Gemfile.lock", lock, "x.gemspec", gemfile), ruby.Stack())
	})
}

func FuzzSource(f *testing.F) {
	f.Add("port ENV.fetch('PORT') { 1 }", routes, "web: puma -p $PORT\nw: x")
	f.Fuzz(func(_ *testing.T, puma, routes, procfile string) {
		stacktest.Survey(rails("config/puma.rb", puma, "config/routes.rb", routes, "app/a.rb", routes, "Procfile", procfile), ruby.Stack())
	})
}
