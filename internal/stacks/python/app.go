package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// frameworks, the most telling first, and whether they speak ASGI.
var frameworks = []struct {
	dep, class string
	asgi       bool
}{
	{"fastapi", "FastAPI", true}, {"litestar", "Litestar", true}, {"quart", "Quart", true}, {"sanic", "Sanic", true}, {"starlette", "Starlette", true},
	{"django", "", false}, {"flask", "Flask", false}, {"aiohttp", "web.Application", false}, {"bottle", "Bottle", false}, {"falcon", "falcon.App", false},
}

var (
	objectRe  = regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(FastAPI|Litestar|Quart|Sanic|Starlette|Flask|Bottle)\(`)
	factoryRe = regexp.MustCompile(`^(?:async\s+)?def\s+(create_app|make_app|get_app|build_app|create_application|app_factory|init_app)\s*\(([^)]*)\)?`)
	madeRe    = regexp.MustCompile(`^(app|application|api|server|asgi|wsgi)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)*(\w+)\(`)
	classRe   = regexp.MustCompile(`\b(?:FastAPI|Litestar|Quart|Sanic|Starlette|Flask|Bottle)\(`)
	wsgiRe    = regexp.MustCompile(`^(application|app)\s*=\s*get_(wsgi|asgi)_application\(`)
	celeryRe  = regexp.MustCompile(`^([A-Za-z_]\w*)\s*(?::\s*[\w.]+\s*)?=\s*(?:celery\.)?Celery\(`)
	mainGuard = regexp.MustCompile(`^if\s+__name__\s*==\s*["']__main__["']`)
	runRe     = regexp.MustCompile(`\b(uvicorn\.run|web\.run_app|hypercorn\.run|serve|(?:app|application|socketio|server)\.run)\(`)
)

// app finds out what the project is and how it starts; false when it is nothing to deliver.
func (d *describer) app() bool {
	d.framework()
	d.findTarget()
	d.binding()
	d.health()
	d.variables()
	d.services()
	d.assets()
	d.workers()
	if !d.kind() {
		return false
	}
	d.commands()
	stack.SettleVariables(d.c)
	return true
}

func (d *describer) framework() {
	for _, f := range frameworks {
		if dp, ok := d.p.has(f.dep); ok {
			d.c.Framework = stack.DerivedFact(f.dep, dp.at)
			return
		}
	}
	for _, f := range frameworks { // no manifest lists it, the source imports it
		re := regexp.MustCompile(`^\s*(?:from|import)\s+` + f.dep + `\b`)
		if m := source.First(d.files, re); m.OK() {
			d.c.Framework = m.Derived(f.dep)
			return
		}
	}
}

func (d *describer) asgi() bool {
	for _, f := range frameworks {
		if f.dep == d.c.Framework.String() {
			return f.asgi
		}
	}
	return false
}

// module is the name by which Python imports a file: below src, or below the project's folder.
func (d *describer) module(file string) string {
	p := strings.TrimSuffix(stack.Rel(d.scan.Dir, file), ".py")
	if d.srcLayout() {
		p = strings.TrimPrefix(p, "src/")
	}
	p = strings.TrimSuffix(p, "/__init__")
	return strings.ReplaceAll(p, "/", ".")
}

// srcLayout tells a src folder of packages from a package that is called src.
func (d *describer) srcLayout() bool {
	if !d.scan.Tree.HasDir(d.scan.Path("src")) || d.scan.Has("src/__init__.py") {
		return false
	}
	for _, f := range d.files {
		for _, l := range f.Code {
			if strings.HasPrefix(l, "from src.") || strings.HasPrefix(l, "import src.") || strings.HasPrefix(l, "from src import") {
				return false
			}
		}
	}
	return true
}

// findTarget finds the object that a server loads: an application at the top of a module, else a factory that needs nothing.
func (d *describer) findTarget() {
	if d.c.Framework.String() == "django" {
		d.djangoTarget()
		return
	}
	best := source.Match{}
	for _, f := range d.files {
		for i, l := range f.Code {
			if l == "" || l[0] == ' ' || !strings.Contains(l, "(") {
				continue
			}
			if m := objectRe.FindStringSubmatch(l); m != nil && better(f.Path, best.Path) {
				best = source.Match{Path: f.Path, Line: i + 1, Text: f.Lines[i], Groups: m}
			} else if m := madeRe.FindStringSubmatch(l); m != nil && d.makesApp(m[2]) && better(f.Path, best.Path) {
				best = source.Match{Path: f.Path, Line: i + 1, Text: f.Lines[i], Groups: m}
			}
		}
	}
	if best.OK() {
		d.target = d.module(best.Path) + ":" + best.Group(1)
		d.c.Entry = best.Derived(d.target)
		return
	}
	for _, f := range d.files {
		for i, l := range f.Code {
			if !strings.Contains(l, "def ") {
				continue
			}
			m := factoryRe.FindStringSubmatch(l)
			if m == nil || !optionalParams(m[2]) || !d.makesApp(m[1]) {
				continue
			}
			d.target, d.factory = d.module(f.Path)+":"+m[1], true
			d.c.Entry = f.At(i + 1).Derived(d.target)
			return
		}
	}
}

// better prefers the usual names of entry modules, then shallow files.
func better(p, than string) bool {
	if than == "" {
		return true
	}
	rank := func(p string) int {
		i := slices.Index([]string{"main.py", "app.py", "asgi.py", "wsgi.py", "server.py", "api.py", "application.py", "__init__.py"}, path.Base(p))
		if i < 0 {
			i = 20
		}
		return i + 3*strings.Count(p, "/")
	}
	return rank(p) < rank(than)
}

// makesApp tells whether a function of this name builds an application of the framework.
func (d *describer) makesApp(fn string) bool {
	def := regexp.MustCompile(`^(?:async\s+)?def\s+` + regexp.QuoteMeta(fn) + `\s*\(`)
	for _, f := range d.files {
		if m := f.First(def); m.OK() {
			for _, l := range f.Code[m.Line:min(m.Line+80, len(f.Code))] {
				if classRe.MatchString(l) {
					return true
				}
			}
			return strings.Contains(m.Text, "FastAPI") || strings.Contains(m.Text, "Flask")
		}
	}
	return false
}

// optionalParams tells whether a function can be called without arguments.
func optionalParams(params string) bool {
	for _, p := range strings.Split(params, ",") {
		p = strings.TrimSpace(p)
		if p != "" && !strings.Contains(p, "=") && !strings.HasPrefix(p, "*") && p != "/" {
			return false
		}
	}
	return true
}

func (d *describer) djangoTarget() {
	for _, kind := range []string{"asgi", "wsgi"} {
		if kind == "asgi" && !d.djangoAsync() {
			continue
		}
		for _, f := range d.files {
			if path.Base(f.Path) != kind+".py" {
				continue
			}
			if m := f.First(wsgiRe); m.OK() {
				d.target = d.module(f.Path) + ":" + m.Group(1)
				d.c.Entry = m.Derived(d.target)
				return
			}
		}
	}
}

// djangoAsync tells whether the project needs ASGI: it uses channels or ships an ASGI server.
func (d *describer) djangoAsync() bool {
	_, ok := d.p.has("channels", "daphne", "uvicorn", "uvicorn-worker", "hypercorn")
	return ok
}

// kind decides what is delivered.
func (d *describer) kind() bool {
	switch {
	case d.target != "" || d.bind.module != "":
		d.c.Kind = stack.KindService
	case len(d.c.Workers) > 0 && d.c.Framework == nil:
		d.c.Kind = stack.KindWorker
		d.c.Entry = &stack.Fact{Value: d.c.Workers[0].Value, Evidence: d.c.Workers[0].Evidence, Confidence: stack.Derived}
	case len(d.p.scripts) > 0:
		d.c.Kind = stack.KindCLI
		d.c.Entry = stack.DeclaredFact(d.p.scripts[0].name, d.p.scripts[0].at)
	case d.plainMain() != nil:
		d.c.Kind = stack.KindCLI
		d.c.Entry = d.plainMain()
	case d.p.buildable || d.p.name != "":
		d.c.Kind = stack.KindLibrary
	default:
		return d.isConfigured()
	}
	return true
}

// isConfigured: requirements and sources without any entry are a library of scripts; a pyproject.toml that only
// configures tools for somebody else's language is nothing.
func (d *describer) isConfigured() bool {
	d.c.Kind = stack.KindLibrary
	return len(d.p.deps) > 0
}

// plainMain is a script at the top that runs when called, or a package with __main__.
func (d *describer) plainMain() *stack.Fact {
	for _, f := range d.files {
		base := path.Base(f.Path)
		if base == "__main__.py" {
			pkg := strings.TrimSuffix(d.module(f.Path), ".__main__")
			return stack.DerivedFact(pkg, finding.Evidence{File: f.Path, Line: 1})
		}
		if path.Dir(f.Path) == d.scan.Dir && base != "manage.py" {
			if m := f.First(mainGuard); m.OK() {
				return m.Derived(base)
			}
		}
	}
	return nil
}
