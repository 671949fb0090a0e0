package golang

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// describe turns what the walk found into the component: which program is the product, how it runs and what it needs.
func describe(scan *stack.Scan, mod *module, src *sources, c *stack.Component) {
	d := &describer{scan: scan, mod: mod, src: src, c: c}
	d.programs()
	d.framework()
	d.network()
	d.health()
	d.variables()
	d.services()
	d.kind()
	d.start()
	d.tools()
	d.notes()
	stack.SettleVariables(c)
}

type describer struct {
	scan     *stack.Scan
	mod      *module
	src      *sources
	c        *stack.Component
	main     string          // folder of the product's main package, empty for a library
	reach    map[string]bool // package folders that it is made of
	listens  []listen
	addrEnv  string // variable that holds host and port together
	portFlag string
}

// programs picks, of all main packages, the one that serves; the others are workers or tools.
func (d *describer) programs() {
	type program struct {
		dir   string
		score int
	}
	var list []program
	for _, m := range d.src.mains {
		list = append(list, program{m, d.score(m)})
	}
	if len(list) == 0 {
		d.reach = d.reachable("")
		return
	}
	slices.SortStableFunc(list, func(a, b program) int { return cmp.Compare(b.score, a.score) })
	d.main = list[0].dir
	d.reach = d.reachable(d.main)
	at := d.mainAt(d.main)
	d.c.Entry = stack.DerivedFact(d.pkg(d.main), at)
	for _, p := range list[1:] {
		base := strings.ToLower(path.Base(p.dir))
		if isWorkerName(base) {
			d.c.Workers = append(d.c.Workers, *stack.DerivedFact("./"+path.Base(p.dir), d.mainAt(p.dir)))
			continue
		}
		d.c.Notes = append(d.c.Notes, *stack.DerivedFact("the module has another program: "+d.pkg(p.dir), d.mainAt(p.dir)))
	}
}

func isWorkerName(base string) bool {
	return slices.ContainsFunc([]string{"worker", "consumer", "scheduler", "cron", "processor", "jobs"}, func(w string) bool { return strings.Contains(base, w) })
}

// score says how likely a main package is the product.
func (d *describer) score(dir string) int {
	score := 0
	reach := d.reachable(dir)
	for _, l := range d.src.facts.listens {
		if reach[l.dir] {
			score += 20
			break
		}
	}
	base := strings.ToLower(path.Base(dir))
	if dir == d.scan.Dir {
		base, score = "", score+4
	}
	switch base {
	case "server", "api", "app", "web", "service", "main", "http", "backend":
		score += 6
	case strings.ToLower(moduleName(d.mod.path)):
		score += 7
	}
	for _, part := range strings.Split(stack.Rel(d.scan.Dir, dir), "/") {
		switch part {
		case "tools", "scripts", "hack", "script", "internal", "dev", "gen", "seed", "mock", "mocks":
			score -= 25
		case "migrate", "migrations", "client", "loadtest", "healthcheck":
			score -= 12
		}
	}
	return score
}

// reachable are the package folders that a main package is built of; all folders for a library.
func (d *describer) reachable(main string) map[string]bool {
	byDir := map[string][]*source{}
	for _, s := range d.src.files {
		if !s.optional {
			byDir[s.dir] = append(byDir[s.dir], s)
		}
	}
	out := map[string]bool{}
	if main == "" {
		for dir := range byDir {
			out[dir] = true
		}
		return out
	}
	queue := []string{main}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		if out[dir] {
			continue
		}
		out[dir] = true
		for _, s := range byDir[dir] {
			for ip := range s.imports {
				if rest, ok := strings.CutPrefix(ip, d.mod.path); ok && (rest == "" || rest[0] == '/') {
					queue = append(queue, path.Join(d.scan.Dir, rest))
				}
			}
		}
	}
	return out
}

// pkg is a package folder as the go command takes it, from the module's folder.
func (d *describer) pkg(dir string) string {
	if dir == d.scan.Dir {
		return "."
	}
	return "./" + stack.Rel(d.scan.Dir, dir)
}

func (d *describer) mainAt(dir string) finding.Evidence {
	for _, s := range d.src.files {
		if s.dir != dir {
			continue
		}
		for i, l := range s.lines {
			if strings.HasPrefix(l, "func main()") {
				return stack.At(s.path, i+1, l)
			}
		}
	}
	return finding.Evidence{File: dir}
}

var frameworks = []struct{ module, name string }{
	{"github.com/gin-gonic/gin", "gin"}, {"github.com/labstack/echo", "echo"}, {"github.com/gofiber/fiber", "fiber"},
	{"github.com/go-chi/chi", "chi"}, {"github.com/gorilla/mux", "gorilla/mux"}, {"github.com/kataras/iris", "iris"},
	{"github.com/valyala/fasthttp", "fasthttp"}, {"google.golang.org/grpc", "grpc"}, {"github.com/spf13/cobra", "cobra"}, {"net/http", "net/http"},
}

func (d *describer) framework() {
	for _, f := range frameworks {
		for _, s := range d.src.files {
			if !d.reach[s.dir] || s.optional {
				continue
			}
			ip, ok := s.importsPrefix(f.module)
			if !ok || (f.name == "net/http" && !d.serves()) || (f.name == "cobra" && d.serves()) {
				continue
			}
			d.c.Framework = stack.DerivedFact(f.name, d.src.importAt(s, ip))
			return
		}
	}
}

func (d *describer) serves() bool {
	return slices.ContainsFunc(d.src.facts.listens, func(l listen) bool { return d.reach[l.dir] })
}

// kind: a program that listens is a service; one that does not is a worker when it consumes or says so, else a command.
func (d *describer) kind() {
	switch {
	case d.main == "":
		d.c.Kind = stack.KindLibrary
	case len(d.listens) > 0:
		d.c.Kind = stack.KindService
	case isWorkerName(strings.ToLower(path.Base(d.main))) || isWorkerName(strings.ToLower(d.c.Name)):
		d.c.Kind = stack.KindWorker
	default:
		d.c.Kind = stack.KindCLI
	}
}

func (d *describer) health() {
	var found []stack.Candidate
	for _, r := range d.src.facts.routes {
		if !d.reach[r.dir] {
			continue
		}
		rank := stack.HealthRank(r.path)
		if rank < 0 {
			continue
		}
		if r.devOnly {
			d.c.Notes = stack.Add(d.c.Notes, *stack.DerivedFact("the route "+r.path+" exists only in development: it is no health check", r.at))
			continue
		}
		found = append(found, stack.Candidate{Rank: stack.Rank(rank), Fact: *stack.DeclaredFact(r.path, r.at)})
	}
	slices.SortStableFunc(found, func(a, b stack.Candidate) int { return int(a.Rank - b.Rank) })
	if len(found) > 0 {
		d.c.Health = &found[0].Fact
	} else if df := stack.ReadDockerfile(d.scan.Tree, d.scan.Dir); df != nil && df.Health != nil && len(d.src.facts.routes) == 0 {
		d.c.Health = df.Health
	}
}

func (d *describer) variables() {
	for _, v := range d.src.facts.env {
		if d.reach[v.dir] && len(d.c.Env) < 200 {
			d.c.Env = stack.AddVariable(d.c.Env, v.value)
		}
	}
	for _, a := range d.src.facts.assets {
		if d.reach[a.dir] {
			d.c.Assets = stack.Add(d.c.Assets, a.value)
		}
	}
	slices.SortFunc(d.c.Assets, func(a, b stack.Fact) int { return strings.Compare(a.Value, b.Value) })
	for _, e := range d.src.embeds {
		d.c.Embeds = stack.Add(d.c.Embeds, e)
	}
}
