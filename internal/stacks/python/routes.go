package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	decorator    = regexp.MustCompile(`^\s*@\s*([\w.]+)\.(get|head|route|api_route)\(\s*["']([^"']+)["']`)
	registered   = regexp.MustCompile(`\b(?:web\.get|add_get|add_url_rule|add_api_route|Route)\(\s*["'](/[^"']*)["']`)
	djangoPath   = regexp.MustCompile(`\b(?:re_)?path\(\s*r?["']\^?([^"'$]*)\$?["']`)
	routerPrefix = regexp.MustCompile(`^\s*(\w+)\s*=\s*(?:APIRouter|Blueprint|Router)\(.*?(?:prefix|url_prefix)\s*=\s*["']([^"']*)["']`)
	includeRe    = regexp.MustCompile(`(?:include_router|register_blueprint|mount)\(\s*([\w.]+)\s*(?:,(.*))?`)
	prefixArg    = regexp.MustCompile(`(?:prefix|url_prefix)\s*=\s*(?:["']([^"']*)["']|([\w.]+))`)
	condRe       = regexp.MustCompile(`^(\s*)(?:el)?if\s+(.+):\s*$`)
	devRe        = regexp.MustCompile(`(?i)\b(?:\w+\.)*(?:is_)?(debug|dev|develop|development|testing)\b|["'](dev|development|local|test)["']`)
)

// routeHit is a route that could be a health check.
type routeHit struct {
	path string
	m    source.Match
	dev  bool
}

// health picks the best health route among those that exist in production.
func (d *describer) health() {
	var hits []routeHit
	includes := d.includes()
	for _, f := range d.files {
		hits = append(hits, d.routesOf(f, includes)...)
	}
	hits = slices.DeleteFunc(hits, func(h routeHit) bool { return stack.HealthRank(h.path) < 0 })
	slices.SortStableFunc(hits, func(a, b routeHit) int { return stack.HealthRank(a.path) - stack.HealthRank(b.path) })
	for _, h := range hits {
		if h.dev {
			d.c.Notes = stack.Add(d.c.Notes, *h.m.Derived("the route " + h.path + " exists only in development: it is no health check"))
			continue
		}
		d.c.Health = h.m.Declared(h.path)
		return
	}
}

// unknownPrefix marks routers that are mounted under a prefix that the source does not spell out.
const unknownPrefix = "\x00"

// includes maps routers, by module name and variable, to the prefix that they are mounted under.
func (d *describer) includes() map[string]string {
	out := map[string]string{}
	for _, f := range d.files {
		for i, l := range f.Code {
			if !strings.Contains(l, "include_router(") && !strings.Contains(l, "register_blueprint(") {
				continue
			}
			m := includeRe.FindStringSubmatch(callText(f, i))
			if m == nil {
				continue
			}
			prefix := ""
			if p := prefixArg.FindStringSubmatch(m[2]); p != nil {
				prefix = p[1]
				if p[2] != "" {
					prefix = d.constant(p[2][strings.LastIndex(p[2], ".")+1:], 0).def
					if prefix == "" {
						prefix = unknownPrefix
					}
				}
			}
			parts := strings.Split(m[1], ".")
			key := parts[len(parts)-1]
			if len(parts) > 1 {
				key = parts[len(parts)-2] + "." + key
			}
			out[key] = prefix
		}
	}
	return out
}

func (d *describer) routesOf(f source.File, includes map[string]string) []routeHit {
	var out []routeHit
	own := map[string]string{}
	var dev devBlocks
	module := strings.TrimSuffix(path.Base(f.Path), ".py")
	for i, l := range f.Code {
		inDev := dev.line(l)
		if !strings.Contains(l, "(") {
			continue
		}
		if m := routerPrefix.FindStringSubmatch(l); m != nil {
			own[m[1]] = m[2]
		}
		hit := func(p string) {
			out = append(out, routeHit{p, f.At(i + 1), inDev})
		}
		if m := decorator.FindStringSubmatch(l); m != nil && !postOnly(l) {
			router := m[1]
			prefix, ok := includes[module+"."+router]
			if !ok {
				prefix = includes[router]
			}
			if prefix == unknownPrefix {
				continue
			}
			hit(prefix + own[router] + "/" + strings.TrimPrefix(m[3], "/"))
		}
		if m := registered.FindStringSubmatch(l); m != nil {
			hit(m[1])
		}
		if path.Base(f.Path) == "urls.py" && d.rootURLs(f.Path) {
			if m := djangoPath.FindStringSubmatch(l); m != nil {
				hit("/" + m[1])
			}
		}
	}
	return out
}

func postOnly(l string) bool {
	return strings.Contains(l, "methods=") && !strings.Contains(l, "GET") && !strings.Contains(l, "HEAD")
}

// rootURLs tells the URL configuration of the project, beside its settings, from those of its apps.
func (d *describer) rootURLs(file string) bool {
	s := &stack.Scan{Tree: d.scan.Tree, Dir: path.Dir(file)}
	_, ok := s.First("settings.py", "wsgi.py", "asgi.py", "settings/__init__.py", "settings/base.py")
	return ok
}

// devBlocks follows the indentation of Python to tell which lines run only in development.
type devBlocks struct{ indents []int }

func (b *devBlocks) line(l string) bool {
	if strings.TrimSpace(l) == "" {
		return len(b.indents) > 0
	}
	indent := len(l) - len(strings.TrimLeft(l, " \t"))
	for len(b.indents) > 0 && indent <= b.indents[len(b.indents)-1] {
		b.indents = b.indents[:len(b.indents)-1]
	}
	in := len(b.indents) > 0
	if !strings.Contains(l, "if ") {
		return in
	}
	if m := condRe.FindStringSubmatch(l); m != nil && devRe.MatchString(m[2]) && !strings.Contains(m[2], "not ") && !strings.Contains(m[2], "!=") {
		b.indents = append(b.indents, indent)
	}
	return in
}
