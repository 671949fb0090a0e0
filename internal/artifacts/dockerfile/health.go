package dockerfile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
)

var durationPattern = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)

// healthCheck works the health claims in: the route must be one that the source serves.
func (p *plan) healthCheck(r *artifact.Request) error {
	if p.part.Stack == "java" || p.part.Stack == "dotnet" {
		p.health.start = "40s" // a virtual machine that compiles as it starts answers late
	}
	for _, c := range criterion.Find(r.Claims, criterion.HealthCheck) {
		if s := c.Param("service"); s != "" && artifact.Slug(s) != artifact.Slug(p.part.Name) {
			continue
		}
		if err := p.route(r, c.Param("path")); err != nil {
			return err
		}
		if v := c.Param("interval"); durationPattern.MatchString(v) {
			p.health.interval = v
		}
		if len(p.image.Health) == 0 {
			return p.noHealth(r)
		}
	}
	return nil
}

func (p *plan) noHealth(r *artifact.Request) error {
	if p.image.Port == "" {
		return refuse("%s: a health check is asked for, but the survey found no port that %s listens on, so there is nothing to ask", r.Path, p.part.Name)
	}
	return refuse("%s: a health check is asked for, but the survey found no route in %s that one could ask; add a route such as /healthz to the source", r.Path, p.part.Name)
}

// route moves the health check to the claimed path, if the source shows that path.
func (p *plan) route(r *artifact.Request, want string) error {
	known := p.part.Health.String()
	if want == "" || want == known {
		return nil
	}
	if at := routeInSource(r.Tree, p.part.Path, want); at == "" {
		if known == "" {
			return refuse("%s: a health check on %s is asked for, but no such route is in the source of %s: add the route first", r.Path, want, p.part.Name)
		}
		return refuse("%s: a health check on %s is asked for, but the source of %s has no such route; it has %s (%s:%d): change the criterion or the source",
			r.Path, want, p.part.Name, known, p.part.Health.Evidence.File, p.part.Health.Evidence.Line)
	}
	moved := false
	for i, a := range p.image.Health {
		if b := replaceRoute(a, known, want); b != a {
			p.image.Health[i], moved = b, true
		}
	}
	if !moved && len(p.image.Health) > 0 {
		return refuse("%s: a health check on %s is asked for, but the check of this image (%s) takes no route", r.Path, want, strings.Join(p.image.Health, " "))
	}
	p.image.HealthWhy = ""
	return nil
}

// replaceRoute replaces a route where it ends a URL or stands alone.
func replaceRoute(arg, old, want string) string {
	if old == "" {
		return arg
	}
	re := regexp.MustCompile(regexp.QuoteMeta(old) + `($|["'\s?)])`)
	return re.ReplaceAllString(arg, strings.ReplaceAll(want, "$", "$$")+"${1}")
}

// sourceExtensions are those of files that can define a route.
var sourceExtensions = []string{
	".go", ".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".java", ".kt", ".kts", ".rs", ".rb", ".php", ".cs", ".fs", ".yml", ".yaml", ".properties", ".conf",
}

// maxSearched caps how many files are searched for a route.
const maxSearched = 2000

// routeInSource is the first source file of a component that holds the route as a quoted word; empty when none does.
func routeInSource(tree *repo.Tree, dir, route string) string {
	searched := 0
	for _, f := range tree.Under(dir) {
		if !slices.Contains(sourceExtensions, strings.ToLower(path.Ext(f.Path))) || isTest(f.Path) || tree.Kind(f.Path) != "" {
			continue
		}
		if searched++; searched > maxSearched {
			return ""
		}
		text := tree.Text(f.Path)
		for _, quote := range []string{`"`, `'`, "`"} {
			if strings.Contains(text, quote+route+quote) || strings.Contains(text, quote+"GET "+route+quote) {
				return f.Path
			}
		}
	}
	return ""
}

// isTest tells whether a file is a test: a route that only a test names is served by nobody.
func isTest(p string) bool {
	base := strings.ToLower(path.Base(p))
	return strings.Contains(base, "test") || strings.Contains(base, "spec.") || strings.Contains("/"+strings.ToLower(p), "/test")
}
