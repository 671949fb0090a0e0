package php

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

const (
	user            = "33:33" // the image's www-data
	composerVersion = "2.10.3"
)

func apt(packages []string) string {
	return "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends " + strings.Join(packages, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*"
}

// image is one container that answers on its own: PHP inside Apache, on a port that needs no privilege.
func (p *project) image(c *stack.Component) *stack.Image {
	img := &stack.Image{
		Args: []stack.KV{{Key: "PHP_IMAGE", Value: phpImage(c.Version.String())}},
		User: user, Port: c.Port.String(), Platforms: []string{"linux/amd64", "linux/arm64"},
		Cmd: []string{"apache2-foreground"}, StopSignal: "SIGWINCH",
		Env: p.environment(), Writable: []string{"/var/run/apache2", "/var/lock/apache2"},
		Ignore: source.Ignore("vendor", "node_modules", "tests", "coverage", ".phpunit.cache", "storage/logs/*", "storage/framework/cache/*",
			"storage/framework/sessions/*", "storage/framework/views/*", "var", "public/hot", "public/storage", "auth.json", ".env.local"),
	}
	if c.Kind != stack.KindService {
		img.Cmd, img.StopSignal, img.Writable = strings.Fields(c.Start.String()), "", nil
	}
	ext := p.extensions(c)
	if st, arg, ok := c.Frontend.Stage(c.Path); ok {
		img.Args, img.Stages = append(img.Args, arg), append(img.Stages, st)
	}
	if len(ext) > 0 {
		img.Stages = append(img.Stages, extensionStage(ext))
	}
	img.Stages = append(img.Stages, p.base(ext, c))
	last := "base"
	if p.c.table != nil {
		img.Args = append(img.Args, stack.KV{Key: "COMPOSER_IMAGE", Value: "composer:" + composerVersion})
		img.Stages = append(img.Stages, stack.Stage{Name: "composer", From: "${COMPOSER_IMAGE}"}, p.composer(), devStage())
		last = "tools"
	} else {
		img.Stages = append(img.Stages, stack.Stage{Name: "dev", From: "base", Steps: []stack.Step{{Text: "COPY . ."}}})
	}
	img.Stages = append(img.Stages, p.build(last, c), p.final())
	img.Writable = append(img.Writable, p.writable()...)
	if img.Port != "" {
		p.probe(c, img)
	}
	return img
}

func (p *project) probe(c *stack.Component, img *stack.Image) {
	if c.Health == nil {
		img.Health = source.PortProbe(port)
		img.HealthWhy = "The program has no health route, so the check only opens a connection; bash does it, because the image promises no HTTP client."
		return
	}
	img.Health = source.BashProbe(port, c.Health.Value, "")
	img.HealthWhy = "bash speaks HTTP itself here: the image promises no HTTP client."
}

// extensionStage compiles the extensions; its compilers and headers stay behind.
func extensionStage(ext []string) stack.Stage {
	build, _, core, pecl := libraries(ext)
	st := stack.Stage{Name: "extensions", From: "${PHP_IMAGE}", Why: "Extensions are compiled here; headers and compilers stay behind."}
	if len(build) > 0 {
		st.Steps = append(st.Steps, stack.Step{Text: apt(build)})
	}
	if slices.Contains(core, "gd") {
		st.Steps = append(st.Steps, stack.Step{Text: "RUN docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp"})
	}
	if len(core) > 0 {
		st.Steps = append(st.Steps, stack.Step{Text: `RUN docker-php-ext-install -j"$(nproc)" ` + strings.Join(core, " ")})
	}
	if len(pecl) > 0 {
		st.Steps = append(st.Steps, stack.Step{Text: "RUN pecl install " + strings.Join(pecl, " ") + " \\\n    && docker-php-ext-enable " + strings.Join(names(pecl), " ")})
	}
	return st
}

// base is what building and running share: PHP with its extensions, and Apache on the right folder and port.
func (p *project) base(ext []string, c *stack.Component) stack.Stage {
	st := stack.Stage{Name: "base", From: "${PHP_IMAGE}"}
	add := func(why, text string) { st.Steps = append(st.Steps, stack.Step{Why: why, Text: text}) }
	if _, run, _, _ := libraries(ext); len(run) > 0 {
		add("Libraries that the extensions link to.", apt(run))
	}
	if len(ext) > 0 {
		add("", "COPY --from=extensions /usr/local/lib/php/extensions/ /usr/local/lib/php/extensions/")
		add("", "COPY --from=extensions /usr/local/etc/php/conf.d/ /usr/local/etc/php/conf.d/")
	}
	add("PHP's own settings for production.", `RUN cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"`)
	if c.Kind == stack.KindService {
		add("Ports below 1024 are for root, and the program is not.", "RUN sed -i 's/^Listen 80$/Listen "+port+"/' /etc/apache2/ports.conf \\\n    && a2enmod rewrite headers")
		add("Only the document root is served; what lies beside it is not.", p.site())
	}
	add("", "WORKDIR /app")
	return st
}

// site is Apache's configuration. Where the project brings rewrite rules of its own they hold, else every route goes to the front controller.
func (p *project) site() string {
	root := path.Join("/app", p.docroot)
	rules := "    AllowOverride None\n    FallbackResource /index.php\n"
	if p.s.Has(path.Join(p.docroot, ".htaccess")) {
		rules = "    AllowOverride All\n"
	}
	return "COPY <<'EOF' /etc/apache2/sites-available/000-default.conf\n<VirtualHost *:" + port + ">\n  ServerName localhost\n  DocumentRoot " + root +
		"\n  <Directory " + root + ">\n    Require all granted\n    Options -Indexes +FollowSymLinks\n" + rules + "  </Directory>\n" +
		"  <DirectoryMatch \"/\\.(?!well-known)\">\n    Require all denied\n  </DirectoryMatch>\n  ErrorLog ${APACHE_LOG_DIR}/error.log\n  CustomLog ${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\nEOF"
}

// composer installs the production packages before the source is there.
func (p *project) composer() stack.Stage {
	files := []string{"composer.json"}
	for _, n := range []string{"composer.lock", "symfony.lock"} {
		if p.s.Has(n) {
			files = append(files, n)
		}
	}
	return stack.Stage{Name: "tools", From: "base", Why: "Composer and what it unpacks with stay out of the final image.", Steps: []stack.Step{
		{Text: apt([]string{"git", "unzip"})}, {Text: "COPY --from=composer /usr/bin/composer /usr/local/bin/composer"},
		{Text: "ENV COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_CACHE_DIR=/cache/composer"},
		{Why: "Dependencies first: this layer stays cached until the lock file changes.", Text: "COPY " + strings.Join(files, " ") + " ./"},
		{Text: install("--no-dev ")},
	}}
}

func install(dev string) string {
	return "RUN --mount=type=cache,target=/cache/composer,sharing=locked \\\n    composer install " + dev + "--no-interaction --no-progress --prefer-dist --no-scripts --no-autoloader"
}

func devStage() stack.Stage {
	return stack.Stage{Name: "dev", From: "tools", Why: "Development runs here: with the packages for it and the source bound in.", Steps: []stack.Step{
		{Text: install("")}, {Text: "COPY . ."}, {Text: "RUN composer dump-autoload"}}}
}

func (p *project) build(from string, c *stack.Component) stack.Stage {
	st := stack.Stage{Name: "build", From: from, Steps: []stack.Step{{Text: "COPY . ."}}}
	add := func(why, text string) { st.Steps = append(st.Steps, stack.Step{Why: why, Text: text}) }
	if c.Frontend != nil && c.Frontend.Image != "" {
		f, out := *c.Frontend, p.assetDir(c)
		f.Output = path.Join(c.Path, out)
		add("", "COPY --from=frontend "+f.BuiltIn(c.Path)+"/ "+out+"/")
	}
	if p.c.table == nil {
		return st
	}
	add("All classes are known now, so none is looked for on the disk.", "RUN composer dump-autoload --no-dev --classmap-authoritative")
	if p.framework == "symfony" && p.s.Has("bin/console") {
		add("Symfony wants this file to be there; what it would say comes from the environment.", "RUN touch .env")
		add("The container of the framework is compiled once, not by the first request.", "RUN APP_ENV=prod APP_DEBUG=0 php bin/console cache:clear")
		if p.c.requires("symfony/asset-mapper") != "" {
			add("", "RUN APP_ENV=prod APP_DEBUG=0 php bin/console asset-map:compile")
		}
	}
	return st
}

// assetDir is where a frontend's build leaves its files: Laravel's and Symfony's tools have places of their own.
func (p *project) assetDir(c *stack.Component) string {
	switch p.framework {
	case "laravel", "symfony":
		if p.s.Has("webpack.mix.js") {
			return "public"
		}
		return "public/build"
	}
	return stack.Rel(c.Path, c.Frontend.Output)
}

// owned are the folders that are made for the program and given to it.
func (p *project) owned() []string {
	switch p.framework {
	case "laravel", "lumen":
		return []string{"bootstrap/cache", "storage/app", "storage/framework/cache/data", "storage/framework/sessions", "storage/framework/views", "storage/logs"}
	case "symfony":
		return []string{"var/cache/prod/pools", "var/log"}
	}
	return nil
}

// writable are those of the owned folders that must be writable on a read-only root. What was made while building is not
// among them: an empty folder mounted over it would hide it.
func (p *project) writable() []string {
	var out []string
	for _, d := range p.owned() {
		if d != "bootstrap/cache" {
			out = append(out, "/app/"+d)
		}
	}
	return out
}

func (p *project) final() stack.Stage {
	st := stack.Stage{Name: "runtime", From: "base", Steps: []stack.Step{{Text: "COPY --from=build /app /app"}}}
	if dirs := p.owned(); len(dirs) > 0 {
		top := "var"
		if p.framework != "symfony" {
			top = "bootstrap/cache storage"
		}
		st.Steps = append(st.Steps, stack.Step{Why: "The code stays root's; the program may write only here.",
			Text: "RUN mkdir -p " + strings.Join(dirs, " ") + " \\\n    && chown -R " + user + " " + top})
	}
	return st
}

func (p *project) environment() []stack.KV {
	switch p.framework {
	case "laravel", "lumen":
		return []stack.KV{{Key: "APP_ENV", Value: "production"}, {Key: "APP_DEBUG", Value: "false"}, {Key: "LOG_CHANNEL", Value: "stderr"}}
	case "symfony":
		return []stack.KV{{Key: "APP_ENV", Value: "prod"}, {Key: "APP_DEBUG", Value: "0"}}
	}
	return nil
}
