package python

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// libraries that have no wheels: what they need to be compiled, and what they need to run.
var compiled = []struct {
	dep          string
	build, final []string
}{
	{"psycopg2", []string{"gcc", "libc6-dev", "libpq-dev"}, []string{"libpq5"}},
	{"mysqlclient", []string{"gcc", "libc6-dev", "pkg-config", "default-libmysqlclient-dev"}, []string{"libmariadb3"}},
	{"pylibmc", []string{"gcc", "libc6-dev", "libmemcached-dev", "zlib1g-dev"}, []string{"libmemcached11t64"}},
	{"uwsgi", []string{"gcc", "libc6-dev"}, nil},
	{"python-ldap", []string{"gcc", "libc6-dev", "libldap-dev", "libsasl2-dev"}, []string{"libldap2", "libsasl2-2"}},
	{"pycurl", []string{"gcc", "libc6-dev", "libcurl4-openssl-dev", "libssl-dev"}, []string{"libcurl4t64"}},
	{"mariadb", []string{"gcc", "libc6-dev", "libmariadb-dev"}, []string{"libmariadb3"}},
	{"psycopg", nil, []string{"libpq5"}},
}

// image plans two stages: one that installs the locked dependencies into a virtual environment, one that only runs.
func (d *describer) image() *stack.Image {
	c := d.c
	img := &stack.Image{
		Args: []stack.KV{{Key: "PYTHON_IMAGE", Value: image(c.Version.String())}},
		User: "10001:10001", Port: c.Port.String(), Platforms: []string{"linux/amd64", "linux/arm64", "linux/riscv64"}, Ignore: d.ignore(),
		Env: []stack.KV{{Key: "PYTHONUNBUFFERED", Value: "1"}, {Key: "PYTHONDONTWRITEBYTECODE", Value: "1"}},
	}
	if codename(c.Version.String()) != "trixie" {
		img.Platforms = img.Platforms[:2]
	}
	if c.Kind != stack.KindService {
		img.Port = ""
	}
	if d.srcLayout() {
		img.Env = append(img.Env, stack.KV{Key: "PYTHONPATH", Value: "/app/src"})
	}
	if c.PortFromEnv != nil && img.Port != "" {
		img.Env = append(img.Env, stack.KV{Key: c.PortFromEnv.Value, Value: img.Port})
	}
	if c.ListenFromEnv != nil && c.Listen != nil {
		img.Env = append(img.Env, stack.KV{Key: c.ListenFromEnv.Value, Value: "0.0.0.0"})
	}
	frontend, arg, ok := c.Frontend.Stage(d.scan.Dir)
	if ok {
		img.Args = append(img.Args, arg)
		img.Stages = append(img.Stages, frontend)
	}
	img.Stages = append(img.Stages, d.buildStage(), d.finalStage(ok))
	words := strings.Fields(strings.ReplaceAll(c.Start.String(), "'", ""))
	img.Entrypoint = words
	if img.Port != "" {
		img.Health, img.HealthWhy = d.healthcheck()
	}
	return img
}

func (d *describer) buildStage() stack.Stage {
	s := stack.Stage{Name: "build", From: "${PYTHON_IMAGE}", Why: "Compilers, caches and the package manager stay in this stage."}
	add := func(why, text string) { s.Steps = append(s.Steps, stack.Step{Why: why, Text: text}) }
	var packages []string
	for _, lib := range compiled {
		if _, ok := d.p.has(lib.dep); ok && len(lib.build) > 0 {
			for _, b := range lib.build {
				if !slices.Contains(packages, b) {
					packages = append(packages, b)
				}
			}
		}
	}
	if len(packages) > 0 {
		add("Some dependencies are compiled here.", apt(packages))
	}
	add("", "WORKDIR /app")
	switch d.p.manager.String() {
	case "uv":
		d.uvSteps(add)
	case "poetry":
		d.poetrySteps(add)
	case "pipenv":
		d.pipenvSteps(add)
	default:
		d.pipSteps(add)
	}
	d.missingServer(add)
	return s
}

const pipCache = "--mount=type=cache,target=/root/.cache/pip"

func (d *describer) uvSteps(add func(string, string)) {
	add("uv from the package index, because its own image does not exist for every architecture.", "RUN "+pipCache+" pip install uv=="+toolVersions["uv"])
	add("", "ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never")
	files, flag := "pyproject.toml", ""
	if d.p.lock != nil && path.Dir(d.p.lock.Value) == d.scan.Dir {
		files, flag = "pyproject.toml uv.lock", " --locked"
	}
	add("Dependencies first: this layer stays cached until the lock file changes.", "COPY "+files+" ./")
	add("", "RUN --mount=type=cache,target=/root/.cache/uv uv sync"+flag+" --no-dev --no-install-project")
	if d.wantsItself() {
		add("The program asks for its own metadata, so it is installed itself too.", "COPY . .")
		add("", "RUN --mount=type=cache,target=/root/.cache/uv uv sync"+flag+" --no-dev --no-editable")
	}
}

func (d *describer) poetrySteps(add func(string, string)) {
	add("", "RUN "+pipCache+" pip install poetry=="+toolVersions["poetry"])
	add("", "ENV POETRY_VIRTUALENVS_IN_PROJECT=true POETRY_NO_INTERACTION=1")
	files := "pyproject.toml"
	if d.p.lock != nil {
		files += " poetry.lock"
	}
	add("Dependencies first: this layer stays cached until the lock file changes.", "COPY "+files+" ./")
	add("", "RUN --mount=type=cache,target=/root/.cache/pypoetry poetry install --only main --no-root")
	if d.wantsItself() {
		add("The program asks for its own metadata, so it is installed itself too.", "COPY . .")
		add("", "RUN .venv/bin/python -m ensurepip && .venv/bin/python -m pip install --no-deps .")
	}
}

func (d *describer) pipenvSteps(add func(string, string)) {
	add("", "RUN "+pipCache+" pip install pipenv=="+toolVersions["pipenv"])
	add("", "ENV PIPENV_VENV_IN_PROJECT=1")
	if d.p.lock != nil {
		add("Dependencies first: this layer stays cached until the lock file changes.", "COPY Pipfile Pipfile.lock ./")
		add("", "RUN --mount=type=cache,target=/root/.cache/pipenv pipenv sync")
		return
	}
	add("", "COPY Pipfile ./")
	add("There is no lock file, so versions are whatever is newest.", "RUN --mount=type=cache,target=/root/.cache/pipenv pipenv install --skip-lock")
}

func (d *describer) pipSteps(add func(string, string)) {
	add("", "RUN python -m venv .venv")
	add("", "ENV PATH=\"/app/.venv/bin:$PATH\"")
	if len(d.p.runtime) > 0 {
		flag := ""
		if d.p.hashes {
			flag = " --require-hashes"
		}
		file := d.p.runtime[0]
		dir := path.Dir(file)
		copyLine := "COPY " + file + " ./" + file
		if dir != "." {
			copyLine = "COPY " + dir + "/ ./" + dir + "/"
		}
		add("Dependencies first: this layer stays cached until the requirements change.", copyLine)
		add("", "RUN "+pipCache+" pip install"+flag+" -r "+file)
		if !d.wantsItself() {
			return
		}
	}
	if d.p.buildable {
		add("", "COPY . .")
		flags := ""
		if len(d.p.runtime) > 0 {
			flags = " --no-deps"
		}
		add("", "RUN "+pipCache+" pip install"+flags+" .")
	}
}

// wantsItself tells whether the program must be installed and not only copied: it reads its own metadata, or is started
// by a script that the installation makes.
func (d *describer) wantsItself() bool {
	if !d.p.buildable {
		return false
	}
	if d.c.Kind == stack.KindCLI && len(d.p.scripts) > 0 {
		return true
	}
	for _, f := range d.files {
		for _, l := range f.Code {
			if strings.Contains(l, "importlib.metadata") || strings.Contains(l, "importlib_metadata") || strings.Contains(l, "pkg_resources") {
				return true
			}
		}
	}
	return false
}

// missingServer adds the production server to images of projects that only declare a framework.
func (d *describer) missingServer(add func(string, string)) {
	server := strings.Fields(d.c.Start.String() + " x")[0]
	if server != "gunicorn" && server != "uvicorn" {
		return
	}
	if _, ok := d.p.has(server); ok {
		return
	}
	if f, ok := d.p.has("fastapi"); ok && strings.Contains(f.spec, "[") { // fastapi[standard] brings uvicorn
		return
	}
	pin := server + "==" + toolVersions[server]
	cmd := ".venv/bin/python -m pip install " + pin
	switch d.p.manager.String() {
	case "uv":
		cmd = "uv pip install " + pin
	case "poetry", "pipenv":
		cmd = d.p.manager.Value + " run python -m ensurepip && " + d.p.manager.Value + " run python -m pip install " + pin
	}
	add("The project declares no production server, and its framework's own is for development.", "RUN "+pipCache+" "+cmd)
}
