package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

var (
	extensions = []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"}
	javascript = source.Syntax{Line: []string{"//"}, Open: "/*", Close: "*/", Quotes: "\"'`"}

	portWithDefault = regexp.MustCompile(`(?:process\.env|Bun\.env|\benv)(?:\.([A-Z_]*PORT)\b|\[['"]([A-Z_]*PORT)['"]\])[^;\n]{0,40}?(?:\|\||\?\?|,)\s*['"]?(\d{2,5})\b`)
	portFromEnv     = regexp.MustCompile(`(?:process\.env|Bun\.env)(?:\.([A-Z_]*PORT)\b|\[['"]([A-Z_]*PORT)['"]\])`)
	portLiteral     = regexp.MustCompile(`\.listen\(\s*(?:\{\s*port\s*:\s*)?(\d{2,5})\b|\b(?:const|let|var)\s+(?:port|PORT)\s*(?::\s*number\s*)?=\s*['"]?(\d{2,5})\b|\bserve\(\s*\{[^}]*\bport\s*:\s*(\d{2,5})`)
	portOption      = regexp.MustCompile(`^\s*port\s*:\s*(\d{2,5})\s*,?\s*$`)
	portFlag        = regexp.MustCompile(`(?:^|\s)(?:-p|--port)[ =](\d{2,5})\b`)
	schemaPort      = regexp.MustCompile(`^\s*([A-Z_]*PORT)\s*:\s*(?:z|Joi|t|v)\..*default\(\s*['"]?(\d{2,5})`)

	hostFromEnv = regexp.MustCompile(`process\.env(?:\.(HOST|HOSTNAME|BIND|ADDRESS|LISTEN_HOST|SERVER_HOST)\b|\[['"](HOST|HOSTNAME)['"]\])[^;\n]{0,30}?(?:\|\||\?\?)\s*['"]([^'"]+)['"]`)
	hostLiteral = regexp.MustCompile(`\.listen\([^)\n]*['"](127\.0\.0\.1|localhost|::1)['"]|\bhost(?:name)?\s*:\s*['"](127\.0\.0\.1|localhost|::1)['"]`)
	listenCall  = regexp.MustCompile(`\.listen\(`)
	anyHost     = regexp.MustCompile(`\bhost(?:name)?\b\s*[:,}]|0\.0\.0\.0|['"]::['"]`)

	route      = regexp.MustCompile(`\b(\w+)\.(?:get|all|use|route)\(\s*['"` + "`" + `](` + source.HealthRoute + `)/?['"` + "`" + `]`)
	routeURL   = regexp.MustCompile(`\burl\s*:\s*['"](` + source.HealthRoute + `)['"]`)
	controller = regexp.MustCompile(`@Controller\(\s*['"]/?([\w/-]*)['"]\s*\)`)
	getMethod  = regexp.MustCompile(`@Get\(\s*(?:['"]/?([\w/-]*)['"])?\s*\)`)
	mount      = regexp.MustCompile(`\.(?:use|register)\(\s*['"](/[\w/-]+)['"]\s*,\s*(\w+)`)
	globalPfx  = regexp.MustCompile(`setGlobalPrefix\(\s*['"]/?([\w/-]+)['"]`)
	devGuard   = regexp.MustCompile(`NODE_ENV['"\]]*\s*(?:!==?\s*['"]production|===?\s*['"](?:dev|test|local))|isDev\b|__DEV__`)
)

// sources are the package's own scripts; packages below it are components of their own.
func (p *project) sources() []string {
	return p.scan.Sources(extensions, []string{"package.json"})
}

func (p *project) readSources(paths []string) {
	if p.bundled.kind == stack.KindStatic {
		return
	}
	var files []source.File
	for _, f := range paths {
		files = append(files, source.Parse(p.scan.Tree, f, javascript))
	}
	settings := linesWith(files, "env", "PORT", "port", "HOST", "host", "listen", "0.0.0.0", "'::'", "\"::\"")
	p.findPort(settings)
	p.findListen(settings)
	p.findHealth(files)
	p.findEnv(linesWith(files, "env", "Env", "assert", "invariant", "z.", "Joi.", "v.", "t."))
}

// linesWith are the files with only the lines that hold one of the words, at their places: what is cheap to see spares the
// patterns. Imports are left out, because the word itself holds "port".
func linesWith(files []source.File, words ...string) []source.File {
	var out []source.File
	for _, f := range files {
		code := make([]string, len(f.Code))
		kept := false
		for i, l := range f.Code {
			if strings.HasPrefix(l, "import ") {
				continue
			}
			for _, w := range words {
				if strings.Contains(l, w) {
					code[i], kept = l, true
					break
				}
			}
		}
		if kept {
			out = append(out, source.File{Path: f.Path, Lines: f.Lines, Code: code})
		}
	}
	return out
}

func (p *project) findPort(files []source.File) {
	if m := source.First(files, portWithDefault); m.OK() {
		p.setPort(m.Derived(m.Group(3)), m.Derived(m.Group(1)+m.Group(2)))
	} else if m := source.First(files, schemaPort); m.OK() {
		p.setPort(m.Derived(m.Group(2)), m.Derived(m.Group(1)))
	} else {
		if m := source.First(files, portFromEnv); m.OK() {
			p.c.PortFromEnv = m.Derived(m.Group(1) + m.Group(2))
		}
		for _, re := range []*regexp.Regexp{portLiteral, portOption} {
			if m := source.First(files, re); m.OK() && p.c.Port == nil {
				p.setPort(m.Declared(m.Any()), nil)
			}
		}
	}
	if e, g, ok := stack.Find(p.scan.Tree, p.pkg.file, portFlag); ok && p.c.Port == nil {
		p.setPort(stack.DeclaredFact(g[1], e), nil)
	}
	p.portElsewhere()
}

func (p *project) setPort(port, env *stack.Fact) {
	if stack.IsPort(port.Value) {
		p.c.Port = port
	}
	if env != nil && env.Value != "" {
		p.c.PortFromEnv = env
	}
}

// portElsewhere asks the example environment and the existing Dockerfile when the source has only a variable.
func (p *project) portElsewhere() {
	if p.c.Port != nil {
		return
	}
	name := p.c.PortFromEnv.String()
	for _, v := range stack.EnvExample(p.scan.Tree, p.scan.Dir) {
		if v.Name == name && stack.IsPort(v.Default) {
			p.c.Port = stack.DeclaredFact(v.Default, v.Evidence)
			return
		}
	}
	if d := stack.ReadDockerfile(p.scan.Tree, p.scan.Dir); d != nil && d.Expose != nil {
		p.c.Port = d.Expose
		return
	}
	if p.c.PortFromEnv != nil {
		p.c.Port = stack.DefaultFact("3000", "the usual port of a Node server; "+name+" sets it")
	}
}

// signalWords are what programs that end by themselves have in their source.
var signalWords = []string{"SIGTERM", "enableShutdownHooks", "terminus", "close-with-grace", "stoppable"}

// handlesSignals tells whether the program ends by itself when it is told to. As process 1 of a container, Node ignores
// SIGTERM unless somebody listens for it.
func (p *project) handlesSignals() bool {
	if p.bundled.name == "next" || p.bundled.name == "nuxt" || p.bundled.name == "sveltekit" || p.bundled.name == "react-router" || p.bundled.name == "remix" {
		return true
	}
	for _, f := range p.sources() {
		text := p.scan.Tree.Text(f)
		for _, w := range signalWords {
			if strings.Contains(text, w) {
				return true
			}
		}
	}
	return false
}

// findListen notices servers that only this machine can reach: a container must be told otherwise.
func (p *project) findListen(files []source.File) {
	if m := source.First(files, hostFromEnv); m.OK() {
		p.c.ListenFromEnv = m.Derived(m.Group(1) + m.Group(2))
		if isLoopback(m.Group(3)) {
			p.c.Listen = m.Derived(m.Group(3))
			p.note(m.Derived("listens on " + m.Group(3) + " unless " + p.c.ListenFromEnv.Value + " says otherwise: a container sets it to 0.0.0.0"))
		}
		return
	}
	if m := source.First(files, hostLiteral); m.OK() {
		p.c.Listen = m.Declared(m.Any())
		p.note(m.Declared("listens on " + m.Any() + " only: nothing outside of a container reaches it; let a variable set the host"))
		return
	}
	if p.bundled.name != "fastify" {
		return
	}
	if m := source.First(files, listenCall); m.OK() && !source.First(files, anyHost).OK() {
		p.c.Listen = m.Derived("127.0.0.1")
		p.note(m.Derived("Fastify listens on localhost unless listen is given a host: nothing outside of a container reaches it; pass host: '0.0.0.0'"))
	}
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// findHealth takes the most telling health route. One that is only there in development is none.
func (p *project) findHealth(files []source.File) {
	best, rank := (*stack.Fact)(nil), -1
	offer := func(f *stack.Fact) {
		if r := stack.HealthRank(f.Value); r >= 0 && (rank < 0 || r < rank) {
			best, rank = f, r
		}
	}
	for _, f := range files {
		if r := fileRoute(stack.Rel(p.scan.Dir, f.Path)); r != "" {
			offer(stack.DerivedFact(r, finding.Evidence{File: f.Path, Line: 1}))
		}
		p.nestRoutes(files, f, offer)
		if !mentionsHealth(f) {
			continue
		}
		for _, m := range f.All(route) {
			if !guarded(f.Code, m.Line-1) {
				offer(m.Declared(p.prefix(files, f, m.Group(1)) + m.Group(2)))
			}
		}
		for _, m := range f.All(routeURL) {
			if !guarded(f.Code, m.Line-1) {
				offer(m.Declared(m.Group(1)))
			}
		}
	}
	p.c.Health = best
}

// mentionsHealth tells whether a file has a text that could be a health route.
func mentionsHealth(f source.File) bool {
	return f.First(healthText).OK()
}

var healthText = regexp.MustCompile(source.HealthRoute)

// prefix is where a router of this file is mounted: app.use('/api', router).
func (p *project) prefix(files []source.File, f source.File, receiver string) string {
	if receiver == "app" || receiver == "server" || receiver == "fastify" {
		return ""
	}
	base := strings.ToLower(strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path)))
	for _, m := range source.All(files, mount) {
		name := strings.ToLower(m.Group(2))
		if name == strings.ToLower(receiver) && m.Path == f.Path || strings.Contains(name, base) && base != "index" {
			return strings.TrimSuffix(m.Group(1), "/")
		}
	}
	return ""
}

func (p *project) nestRoutes(files []source.File, f source.File, offer func(*stack.Fact)) {
	if !f.Find("@Controller").OK() {
		return
	}
	c := f.First(controller)
	if !c.OK() {
		return
	}
	prefix := ""
	if g := source.First(files, globalPfx); g.OK() {
		prefix = "/" + g.Group(1)
	}
	for _, m := range f.All(getMethod) {
		if m.Line > c.Line {
			offer(m.Declared(path.Join(prefix+"/", c.Group(1), m.Group(1))))
		}
	}
}

var fileRoutes = []struct {
	re     *regexp.Regexp
	prefix string
}{
	{regexp.MustCompile(`^(?:src/)?app/((?:[\w-]+/)*)route\.[jt]s$`), "/"},              // Next, app router
	{regexp.MustCompile(`^(?:src/)?pages/(api/(?:[\w-]+/)*[\w-]+)\.[jt]s$`), "/"},       // Next, pages router
	{regexp.MustCompile(`^server/(api/(?:[\w-]+/)*[\w-]+?)(?:\.get)?\.[jt]s$`), "/"},    // Nuxt
	{regexp.MustCompile(`^server/routes/((?:[\w-]+/)*[\w-]+?)(?:\.get)?\.[jt]s$`), "/"}, // Nuxt
	{regexp.MustCompile(`^src/routes/((?:[\w-]+/)*)\+server\.[jt]s$`), "/"},             // SvelteKit
	{regexp.MustCompile(`^app/routes/((?:[\w-]+/)*[\w-]+)\.[jt]sx?$`), "/"},             // Remix
	{regexp.MustCompile(`^src/pages/((?:[\w-]+/)*[\w-]+)\.[jt]s$`), "/"},                // Astro
}

// fileRoute is the route that a framework makes of a file's place.
func fileRoute(file string) string {
	for _, r := range fileRoutes {
		if m := r.re.FindStringSubmatch(file); m != nil {
			return r.prefix + strings.Trim(m[1], "/")
		}
	}
	return ""
}

// guarded tells whether a line stands in a block that only runs in development: it walks up to the braces that are open there.
func guarded(code []string, line int) bool {
	depth := 0
	for i := line; i >= 0 && line-i < 200; i-- {
		text := code[i]
		if i < line {
			depth += strings.Count(text, "}") - strings.Count(text, "{")
		}
		if depth < 0 {
			depth = 0
			if devGuard.MatchString(text) && strings.Contains(text, "if") {
				return true
			}
		}
	}
	return strings.Contains(code[line], "if") && devGuard.MatchString(code[line])
}
