package php

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// builtIn are the extensions that the official images have.
var builtIn = []string{"core", "ctype", "curl", "date", "dom", "fileinfo", "filter", "ftp", "hash", "iconv", "json", "libxml", "mbstring", "mysqlnd", "openssl",
	"pcre", "pdo", "pdo_sqlite", "phar", "posix", "random", "readline", "reflection", "session", "simplexml", "sodium", "spl", "sqlite3", "standard",
	"tokenizer", "xml", "xmlreader", "xmlwriter", "zlib"}

// extension is how an extension gets into an image: Debian packages to compile and to run with, and PECL's release where PHP
// itself does not bring it.
type extension struct {
	build, run []string
	pecl       string
}

var extensions = map[string]extension{
	"bcmath": {}, "calendar": {}, "exif": {}, "gettext": {}, "mysqli": {}, "opcache": {}, "pcntl": {}, "pdo_mysql": {}, "shmop": {}, "sockets": {}, "sysvmsg": {}, "sysvsem": {}, "sysvshm": {},
	"bz2":  {build: []string{"libbz2-dev"}},
	"ffi":  {build: []string{"libffi-dev"}, run: []string{"libffi8"}},
	"gd":   {build: []string{"libfreetype-dev", "libjpeg62-turbo-dev", "libpng-dev", "libwebp-dev"}, run: []string{"libfreetype6", "libjpeg62-turbo", "libpng16-16", "libwebp7"}},
	"gmp":  {build: []string{"libgmp-dev"}, run: []string{"libgmp10"}},
	"intl": {build: []string{"libicu-dev"}, run: []string{"libicu72"}},
	"ldap": {build: []string{"libldap2-dev"}, run: []string{"libldap-2.5-0"}}, "pdo_pgsql": {build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	"pgsql": {build: []string{"libpq-dev"}, run: []string{"libpq5"}}, "soap": {build: []string{"libxml2-dev"}},
	"tidy": {build: []string{"libtidy-dev"}, run: []string{"libtidy5deb1"}}, "xsl": {build: []string{"libxslt1-dev"}, run: []string{"libxslt1.1"}},
	"zip":  {build: []string{"libzip-dev"}, run: []string{"libzip4"}},
	"amqp": {build: []string{"librabbitmq-dev"}, run: []string{"librabbitmq4"}, pecl: "amqp-2.1.2"}, "apcu": {pecl: "apcu-5.1.27"},
	"igbinary": {pecl: "igbinary-3.2.16"}, "imagick": {build: []string{"libmagickwand-dev"}, run: []string{"libmagickwand-6.q16-6"}, pecl: "imagick-3.8.0"},
	"memcached": {build: []string{"libmemcached-dev", "libssl-dev", "zlib1g-dev"}, run: []string{"libmemcached11", "libmemcachedutil2"}, pecl: "memcached-3.3.0"},
	"mongodb":   {build: []string{"libssl-dev"}, pecl: "mongodb-2.1.4"}, "rdkafka": {build: []string{"librdkafka-dev"}, run: []string{"librdkafka1"}, pecl: "rdkafka-6.0.5"},
	"redis": {pecl: "redis-6.2.0"}, "uuid": {build: []string{"uuid-dev"}, run: []string{"libuuid1"}, pecl: "uuid-1.3.0"},
	"yaml": {build: []string{"libyaml-dev"}, run: []string{"libyaml-0-2"}, pecl: "yaml-2.2.5"},
}

// extensions are those that the project needs and the image does not have: by name, and by the services that it uses.
func (p *project) extensions(c *stack.Component) []string {
	need := p.c.extensions()
	for service, ext := range map[string]string{"postgres": "pdo_pgsql", "mysql": "pdo_mysql", "mariadb": "pdo_mysql"} {
		if stack.HasValue(c.Services, service) {
			need = append(need, ext)
		}
	}
	if stack.HasValue(c.Services, "redis") && p.c.requires("predis/predis") == "" {
		need = append(need, "redis")
	}
	if p.framework == "laravel" {
		need = append(need, "bcmath", "pcntl")
	}
	if p.framework == "symfony" {
		need = append(need, "intl")
	}
	if stack.CompareVersions(c.Version.String(), "8.5") < 0 {
		need = append(need, "opcache") // a part of PHP itself since 8.5
	}
	slices.Sort(need)
	need = slices.Compact(need)
	return slices.DeleteFunc(need, func(n string) bool {
		_, can := extensions[n]
		return slices.Contains(builtIn, n) || !can || n == "opcache" && stack.CompareVersions(c.Version.String(), "8.5") >= 0
	})
}

// unknown are the required extensions that neither the image nor AutoGit has.
func (p *project) unknown() []string {
	return slices.DeleteFunc(p.c.extensions(), func(n string) bool {
		_, can := extensions[n]
		return can || slices.Contains(builtIn, n) || strings.Contains(n, "_polyfill")
	})
}

// libraries splits extensions into packages to compile and to run with, those of PHP itself and PECL's releases.
func libraries(ext []string) (build, run, core, pecl []string) {
	for _, n := range ext {
		e := extensions[n]
		build, run = append(build, e.build...), append(run, e.run...)
		if e.pecl != "" {
			pecl = append(pecl, e.pecl)
		} else {
			core = append(core, n)
		}
	}
	slices.Sort(build)
	slices.Sort(run)
	return slices.Compact(build), slices.Compact(run), core, pecl
}

// names are PECL's releases without their versions.
func names(pecl []string) []string {
	out := make([]string, len(pecl))
	for i, r := range pecl {
		out[i], _, _ = strings.Cut(r, "-")
	}
	return out
}
