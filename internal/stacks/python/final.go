package python

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

func apt(packages []string) string {
	slices.Sort(packages)
	return "RUN apt-get update \\\n    && apt-get install --yes --no-install-recommends " + strings.Join(packages, " ") + " \\\n    && rm -rf /var/lib/apt/lists/*"
}

func (d *describer) finalStage(frontend bool) stack.Stage {
	s := stack.Stage{Name: "runtime", From: "${PYTHON_IMAGE}", Why: "Python, the virtual environment and the program: nothing that builds."}
	add := func(why, text string) { s.Steps = append(s.Steps, stack.Step{Why: why, Text: text}) }
	var libs []string
	for _, lib := range compiled {
		if dp, ok := d.p.has(lib.dep); ok && len(lib.final) > 0 && !strings.Contains(dp.spec, "[binary") && !slices.Contains(libs, lib.final[0]) {
			if _, binary := d.p.has(lib.dep + "-binary"); !binary {
				libs = append(libs, lib.final...)
			}
		}
	}
	if len(libs) > 0 {
		add("The shared libraries that the dependencies were compiled against.", apt(libs))
	}
	add("", "WORKDIR /app")
	add("", "COPY --from=build /app/.venv /app/.venv")
	add("", "ENV PATH=\"/app/.venv/bin:$PATH\"")
	for _, p := range d.copied() {
		add("", "COPY "+p+" ./"+p)
	}
	if frontend {
		f := d.c.Frontend
		add("The built frontend, which the program serves.", "COPY --from=frontend "+f.BuiltIn(d.scan.Dir)+"/ ./"+stack.Rel(d.scan.Dir, f.Output)+"/")
	}
	if d.collectsStatic() {
		add("Static files are collected once, here; the key is for this command only.", "RUN SECRET_KEY=build DJANGO_SECRET_KEY=build python manage.py collectstatic --noinput")
	}
	return s
}

func (d *describer) collectsStatic() bool {
	if d.c.Framework.String() != "django" || !d.scan.Has("manage.py") {
		return false
	}
	return slices.ContainsFunc(d.files, func(f sourceFile) bool {
		return slices.ContainsFunc(f.Code, func(l string) bool { return strings.HasPrefix(l, "STATIC_ROOT") })
	})
}

// copied are the top-level folders and files that the program is made of: folders end in a slash.
func (d *describer) copied() []string {
	var out []string
	put := func(p string) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, f := range d.files {
		rel := stack.Rel(d.scan.Dir, f.Path)
		if dir, _, ok := strings.Cut(rel, "/"); ok {
			put(dir + "/")
		} else {
			put(rel)
		}
	}
	for _, a := range d.c.Assets {
		top, _, nested := strings.Cut(a.Value, "/")
		switch {
		case d.c.Frontend != nil && strings.HasPrefix(d.c.Frontend.Output, path.Join(d.scan.Dir, top)):
			continue
		case nested || d.scan.Tree.HasDir(d.scan.Path(top)):
			if d.scan.Tree.HasDir(d.scan.Path(top)) {
				put(top + "/")
			}
		case d.scan.Has(top):
			put(top)
		}
	}
	slices.Sort(out)
	return out
}

func (d *describer) healthcheck() (command []string, why string) {
	c := d.c
	port := "'" + c.Port.Value + "'"
	if c.PortFromEnv != nil {
		port = "os.environ.get('" + c.PortFromEnv.Value + "', '" + c.Port.Value + "')"
	}
	if c.Health == nil {
		return []string{"python", "-c", "import os, socket; socket.create_connection(('127.0.0.1', int(" + port + ")), timeout=3)"},
			"The program has no health route, so this asks only whether it accepts connections."
	}
	url := "'http://127.0.0.1:" + c.Port.Value + c.Health.Value + "'"
	code := "import urllib.request; urllib.request.urlopen(" + url + ", timeout=3)"
	if c.PortFromEnv != nil {
		code = "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:%s" + c.Health.Value + "' % " + port + ", timeout=3)"
	}
	return []string{"python", "-c", code}, "Asks the program's own health route; Python is there, curl is not."
}

func (d *describer) ignore() []string {
	return []string{
		".git", ".github", ".gitlab-ci.yml", ".env", ".env.*", "*.pem", "*.key", "Dockerfile*", "*.dockerignore", "docker-compose*", "compose*.y*ml",
		".venv", "venv", "**/__pycache__", "**/*.pyc", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", "coverage.xml", "htmlcov", "dist", "build",
		"*.egg-info", ".tox", ".nox", "tests", ".idea", ".vscode", "**/node_modules",
	}
}
