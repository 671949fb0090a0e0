package artifacts_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/verify"
)

// repositories are small ones of every stack, with the traps that the container files must survive.
var repositories = map[string]map[string]string{
	"go with sqlite": {
		"go.mod":  "module github.com/acme/notes\n\ngo 1.25\n\nrequire (\n\tgithub.com/mattn/go-sqlite3 v1.14.32\n\tgithub.com/lib/pq v1.10.9\n)\n",
		"go.sum":  "github.com/lib/pq v1.10.9 h1:x=\n",
		"main.go": "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n\t_ \"github.com/mattn/go-sqlite3\"\n\t_ \"github.com/lib/pq\"\n)\n\nfunc main() {\n\t_ = os.Getenv(\"DATABASE_URL\")\n\thttp.HandleFunc(\"/healthz\", nil)\n\t_ = http.ListenAndServe(\"127.0.0.1:8080\", nil)\n}\n",
	},
	"django with celery": {
		"requirements.txt": "Django==5.2.1\ncelery==5.5.0\nredis==6.2.0\npsycopg[binary]==3.2.9\ngunicorn==23.0.0\n",
		"manage.py":        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
		"shop/__init__.py": "",
		"shop/wsgi.py":     "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
		"shop/celery.py":   "from celery import Celery\napp = Celery('shop')\n",
		"shop/urls.py":     "from django.urls import path\nurlpatterns = [path('health/', lambda r: None)]\n",
		"shop/settings.py": "import os\nSECRET_KEY = os.environ['DJANGO_SECRET_KEY']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': os.environ.get('DB_HOST', 'localhost'), 'PASSWORD': os.environ['DB_PASSWORD']}}\nROOT_URLCONF = 'shop.urls'\n",
		"Procfile":         "web: gunicorn shop.wsgi\nworker: celery -A shop worker\n",
		".python-version":  "3.12\n",
	},
	"next": {
		"package.json":      `{"name": "shop", "scripts": {"dev": "next dev", "build": "next build", "start": "next start"}, "dependencies": {"next": "15.3.2", "react": "19.1.0", "react-dom": "19.1.0"}, "engines": {"node": ">=20"}}`,
		"package-lock.json": `{"name": "shop", "lockfileVersion": 3, "packages": {}}`,
		"app/page.tsx":      "export default function Page() { return null }\n",
		"app/layout.tsx":    "export default function Layout({children}) { return children }\n",
		"tsconfig.json":     "{}",
	},
	"vite site": {
		"package.json":   `{"name": "site", "scripts": {"dev": "vite", "build": "vite build"}, "devDependencies": {"vite": "6.3.5"}}`,
		"pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
		"index.html":     "<html></html>",
		"vite.config.js": "export default {}\n",
	},
	"hugo": {
		"hugo.toml":         "baseURL = 'https://example.org/'\ntitle = 'x'\n",
		"content/_index.md": "# hello\n",
	},
	"plain site": {"index.html": "<!doctype html><title>x</title>\n"},
	"spring with maven": {
		"pom.xml":                  `<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent><groupId>a</groupId><artifactId>orders</artifactId><version>1</version><properties><java.version>21</java.version></properties><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency><dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId></dependency></dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`,
		"src/main/java/a/App.java": "package a;\n@SpringBootApplication\npublic class App { public static void main(String[] a) { SpringApplication.run(App.class, a); } }\n",
		"src/main/resources/application.properties": "server.port=8081\nspring.datasource.url=jdbc:postgresql://localhost:5432/orders\n",
	},
	"axum": {
		"Cargo.toml":  "[package]\nname = \"pics\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\ntokio = { version = \"1\", features = [\"full\"] }\n",
		"Cargo.lock":  "version = 4\n",
		"src/main.rs": "use axum::{routing::get, Router};\n#[tokio::main]\nasync fn main() {\n    let app = Router::new().route(\"/health\", get(|| async { \"ok\" }));\n    let l = tokio::net::TcpListener::bind(\"0.0.0.0:3000\").await.unwrap();\n    axum::serve(l, app).await.unwrap();\n}\n",
	},
	"rails": {
		"Gemfile":               "source 'https://rubygems.org'\nruby '3.4.4'\ngem 'rails', '8.0.2'\ngem 'pg'\ngem 'puma'\ngem 'sidekiq'\n",
		"Gemfile.lock":          "GEM\n  remote: https://rubygems.org/\n  specs:\n    pg (1.5.9)\n    puma (6.6.0)\n    rails (8.0.2)\n    sidekiq (8.0.3)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  pg\n  puma\n  rails (= 8.0.2)\n  sidekiq\n\nRUBY VERSION\n   ruby 3.4.4p34\n\nBUNDLED WITH\n   2.6.9\n",
		"config.ru":             "require_relative 'config/environment'\nrun Rails.application\n",
		"config/application.rb": "require 'rails/all'\nmodule Shop\n  class Application < Rails::Application\n  end\nend\n",
		"config/routes.rb":      "Rails.application.routes.draw do\n  get 'up' => 'rails/health#show'\nend\n",
		"config/database.yml":   "production:\n  adapter: postgresql\n  url: <%= ENV['DATABASE_URL'] %>\n",
		"bin/rails":             "#!/usr/bin/env ruby\n",
		"config/puma.rb":        "port ENV.fetch('PORT', 3000)\n",
	},
	"laravel": {
		"composer.json":       `{"name": "acme/shop", "require": {"php": "^8.3", "laravel/framework": "^12.0"}}`,
		"composer.lock":       `{"packages": [{"name": "laravel/framework", "version": "v12.0.0"}], "packages-dev": []}`,
		"artisan":             "#!/usr/bin/env php\n<?php\n",
		"public/index.php":    "<?php\n",
		"routes/web.php":      "<?php\nRoute::get('/up', fn () => 'ok');\n",
		"config/database.php": "<?php\nreturn ['default' => env('DB_CONNECTION', 'mysql')];\n",
	},
	"aspnet": {
		"src/Api/Api.csproj":       `<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>`,
		"src/Api/Program.cs":       "var b = WebApplication.CreateBuilder(args);\nb.Services.AddHealthChecks();\nvar app = b.Build();\napp.MapHealthChecks(\"/health\");\napp.Run();\n",
		"src/Api/appsettings.json": `{"ConnectionStrings": {"Default": "Host=localhost;Database=x"}}`,
	},
}

func TestContainersOfEveryStack(t *testing.T) {
	for name, files := range repositories {
		t.Run(name, func(t *testing.T) {
			tree := repo.Memory(files)
			if len(stacks.Survey(tree).Components) == 0 {
				t.Skip("no stack knows it")
			}
			review(t, name, tree)
		})
	}
}

// review writes the container files of a repository and holds them against the real parsers and the whole rulebook.
func review(t *testing.T, name string, tree *repo.Tree) {
	t.Helper()
	files := containers(t, tree)
	show(t, name, files)
	whole := tree.With(files)
	var paths []string
	for p := range files {
		paths = append(paths, p)
	}
	for p, b := range containers(t, whole) { // what was written must not change what is written
		if !bytes.Equal(b, files[p]) {
			t.Errorf("the second run wrote another %s:\n%s", p, cmp.Diff(string(files[p]), string(b)))
		}
	}
	for _, c := range verify.Files(context.Background(), whole, paths) {
		if !c.OK {
			t.Errorf("%s:%d: %s says %s", c.File, c.Line, c.Tool, c.Message)
		}
	}
	found, err := rule.Run(context.Background(), whole, paths, rules.All(), rule.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s:%d: %s %s: %s", f.Span.File, f.Span.Start.Line, f.Severity, f.Rule, f.Message)
	}
}

// show writes the files below $AUTOGIT_SHOW, for people who want to read them.
func show(t *testing.T, name string, files map[string][]byte) {
	t.Helper()
	dir := os.Getenv("AUTOGIT_SHOW")
	if dir == "" {
		return
	}
	for p, b := range files {
		to := filepath.Join(dir, name, p)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
