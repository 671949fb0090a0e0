package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// devServer tells commands that serve for development: they watch, compile at the start, or listen for one browser.
var devServer = regexp.MustCompile(`\b(nodemon|ts-node-dev|webpack-dev-server|react-scripts start|react-native|expo start|ng serve|nx (run )?\S*:?serve|nx dev|next dev|nuxt dev|nuxi dev|` +
	`nest start|vue-cli-service serve|gatsby develop|astro dev|docusaurus start|vitepress dev|remix dev|remix vite:dev|react-router dev|storybook|turbo (run )?dev|` +
	`webpack serve|webpack --watch|parcel (serve|index|src)|live-server|browser-sync|concurrently|fastify start .*(-w|--watch))\b|\bvite( dev| serve)?( --(host|port)\S*)*( \d+)*$|(^|\s)--watch\b|\btsx watch\b`)

// findStart decides how the program is started in production, and which script is for development.
func (p *project) findStart() {
	for _, name := range []string{"dev", "start:dev", "develop", "serve", "watch"} {
		if p.pkg.script(name) != "" && p.c.Dev == nil {
			p.c.Dev = p.scriptFact(name)
		}
	}
	for _, name := range []string{"start:prod", "start:production", "serve:prod", "prod", "production", "start"} {
		s := p.pkg.script(name)
		if s == "" {
			continue
		}
		at := p.pkg.scriptAt(name)
		if devServer.MatchString(s) {
			if p.c.Dev == nil {
				p.c.Dev = stack.DeclaredFact(p.manager.run(name), at)
			}
			p.note(stack.DeclaredFact("the script "+name+" starts a development server ("+s+"): it is not used in production", at))
			continue
		}
		if cmd := programOf(s); p.starts(cmd) {
			p.setStart(stack.DeclaredFact(cmd, at))
			return
		} else if file := fileOf(cmd); file != "" {
			p.note(stack.DeclaredFact("the script "+name+" runs "+file+", which neither is there nor is built", at))
		}
	}
	p.deriveStart()
}

var assignment = regexp.MustCompile(`^(?:cross-env\s+)?(?:[A-Za-z_][A-Za-z0-9_]*=\S*\s+)+`)

// programOf is the command that stays running at the end of a script: npm run build && NODE_ENV=production node x.js.
func programOf(script string) string {
	parts := regexp.MustCompile(`&&|;`).Split(script, -1)
	last := strings.TrimSpace(parts[len(parts)-1])
	return strings.TrimSpace(assignment.ReplaceAllString(strings.TrimPrefix(last, "exec "), ""))
}

var runtimeWord = regexp.MustCompile(`^(node|bun|bun run|tsx|ts-node|node_modules/\.bin/\S+)\s`)

// fileOf is the file that a node command runs.
func fileOf(cmd string) string {
	if !runtimeWord.MatchString(cmd + " ") {
		return ""
	}
	words := strings.Fields(cmd)[1:]
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "run":
		case w == "-r" || w == "--require" || w == "--import" || w == "--loader" || w == "--env-file":
			i++
		case strings.HasPrefix(w, "-"):
		default:
			return strings.TrimPrefix(w, "./")
		}
	}
	return ""
}

// starts tells whether a command can run: its file is there or will be built, or it is a program and not a file.
func (p *project) starts(cmd string) bool {
	if cmd == "" || strings.ContainsAny(cmd, "|&<>`$") {
		return false
	}
	if strings.HasPrefix(cmd, "npm ") || strings.HasPrefix(cmd, "yarn ") || strings.HasPrefix(cmd, "pnpm ") {
		return false // a detour to another script
	}
	file := fileOf(cmd)
	return file == "" && !runtimeWord.MatchString(cmd+" ") || p.exists(file) || p.builds(file)
}

// exists follows Node's way to a file: as named, with an ending, or as a folder's index.
func (p *project) exists(file string) bool {
	if file == "" {
		return false
	}
	for _, f := range []string{file, file + ".js", file + ".mjs", file + ".cjs", file + ".ts", path.Join(file, "index.js")} {
		if p.scan.Has(f) {
			return true
		}
	}
	return false
}

// builds tells whether the build writes a file: it lies in the output folder.
func (p *project) builds(file string) bool {
	if file == "" || p.c.Build == nil {
		return false
	}
	out := p.c.Output.String()
	if out != "" && strings.HasPrefix(file+"/", out+"/") {
		return true
	}
	first, _, nested := strings.Cut(file, "/")
	return (nested || first == file) && (first == "dist" || first == "build" || first == "lib" || first == "out" || first == ".output" || first == ".next")
}

func (p *project) setStart(f *stack.Fact) {
	p.c.Start = f
	if file := fileOf(f.Value); file != "" {
		p.c.Entry = &stack.Fact{Value: file, Evidence: f.Evidence, Confidence: stack.Derived}
	}
}

// entries are the usual names of a program's first file, in the order in which they are believed.
var entries = []string{"server", "main", "index", "app", "bin/www"}

// deriveStart finds the program without a start script: what the framework makes, main, or a file of a usual name.
func (p *project) deriveStart() {
	if p.bundled.start != "" {
		p.setStart(stack.DerivedFact(p.bundled.start, p.pkg.at(p.bundled.dep)))
		return
	}
	if p.bundled.kind == stack.KindStatic {
		return
	}
	if main := strings.TrimPrefix(p.pkg.Main, "./"); main != "" {
		switch {
		case p.exists(main) || p.builds(main):
			if p.c.Port != nil || p.bundled.kind == stack.KindService || p.c.PortFromEnv != nil {
				p.setStart(stack.DerivedFact("node "+main, p.pkg.at("main")))
				return
			}
		default:
			p.note(stack.DeclaredFact("main names "+main+", which neither is there nor is built", p.pkg.at("main")))
		}
	}
	for _, dir := range []string{".", rootDir(p.scan), "src", "server", "lib"} {
		for _, name := range entries {
			for _, ext := range []string{".js", ".mjs", ".cjs", ".ts", ".mts"} {
				if file := path.Join(dir, name+ext); p.scan.Has(file) && p.isProgram(file) {
					p.startOf(file)
					return
				}
			}
		}
	}
}

var programSign = regexp.MustCompile(`\.listen\(|createServer\(|Bun\.serve\(|serve\(|new Worker\(|\.connect\(|\.consume\(|\.run\(|process\.argv`)

func (p *project) isProgram(file string) bool {
	return p.bundled.kind == stack.KindService || programSign.MatchString(p.scan.Text(file))
}

// startOf starts a source file: itself when Node can run it, else what the compiler makes of it.
func (p *project) startOf(file string) {
	at := finding.Evidence{File: p.scan.Path(file), Line: 1}
	ext := path.Ext(file)
	if !strings.HasSuffix(ext, "ts") {
		p.setStart(stack.DerivedFact("node "+file, at))
		return
	}
	if p.manager.name == "bun" {
		p.setStart(stack.DerivedFact("bun run "+file, at))
		return
	}
	out := p.c.Output.String()
	if out == "" || p.c.Build == nil {
		return
	}
	rel := strings.TrimPrefix(file, rootDir(p.scan)+"/")
	built := path.Join(out, strings.TrimSuffix(rel, ext)+strings.Replace(ext, "ts", "js", 1))
	p.setStart(stack.DerivedFact("node "+built, at))
}

// settleKind decides what the package is, once all else is known.
func (p *project) settleKind() {
	c := p.c
	switch {
	case p.bundled.kind == stack.KindStatic && (c.Start == nil || p.bundled.start == "" && c.Port == nil):
		c.Kind, c.Start, c.Entry = stack.KindStatic, nil, nil
		c.Port, c.PortFromEnv, c.Health, c.Listen = nil, nil, nil, nil
	case c.Start != nil && (c.Port != nil || p.bundled.kind == stack.KindService):
		c.Kind = stack.KindService
		p.defaultPort()
	case p.pkg.Bin.set:
		c.Kind = stack.KindCLI
	case c.Start != nil:
		c.Kind = stack.KindWorker
	default:
		c.Kind = stack.KindLibrary
	}
	if p.bundled.name != "" {
		c.Framework = stack.DeclaredFact(p.bundled.name, p.pkg.at(p.bundled.dep))
	}
	if c.Dev == nil && p.bundled.dev != "" {
		c.Dev = stack.DerivedFact(p.manager.exec(p.bundled.dev), p.pkg.at(p.bundled.dep))
	}
	p.findWorkers()
	p.findAssets()
}

// defaultPort is the framework's own, where neither source nor settings name one.
func (p *project) defaultPort() {
	if p.c.Port == nil && p.bundled.port != "" {
		p.c.Port = stack.DerivedFact(p.bundled.port, p.pkg.at(p.bundled.dep))
	}
	if p.c.PortFromEnv == nil && p.bundled.start != "" && p.bundled.name != "nest" && p.bundled.name != "adonis" {
		p.c.PortFromEnv = stack.DerivedFact("PORT", p.pkg.at(p.bundled.dep))
	}
}

var workerName = regexp.MustCompile(`^(worker|workers|queue|consumer|start:worker|start:queue|jobs|scheduler|cron)s?$`)

// findWorkers reads the processes beside the web one: from a Procfile and from scripts named for it.
func (p *project) findWorkers() {
	for _, proc := range stack.Procfile(p.scan.Tree, p.scan.Dir) {
		if proc.Name != "web" && proc.Name != "release" {
			p.c.Workers = stack.Add(p.c.Workers, proc.Fact)
		}
	}
	for _, name := range []string{"worker", "workers", "queue", "consumer", "start:worker", "start:queue", "scheduler"} {
		if s := p.pkg.script(name); s != "" && workerName.MatchString(name) && !devServer.MatchString(s) && p.starts(programOf(s)) {
			p.c.Workers = stack.Add(p.c.Workers, *stack.DeclaredFact(programOf(s), p.pkg.scriptAt(name)))
		}
	}
}

// assetDirs are folders that servers read at run time and that no build copies.
var assetDirs = []string{"public", "views", "templates", "static", "assets", "locales", "migrations", "prisma", "drizzle", "config", "i18n", "email-templates"}

func (p *project) findAssets() {
	if p.c.Kind != stack.KindService && p.c.Kind != stack.KindWorker || p.c.Output == nil {
		return // without a build the whole source is shipped
	}
	for _, d := range assetDirs {
		if files := p.scan.Tree.Under(p.scan.Path(d)); len(files) > 0 {
			p.c.Assets = append(p.c.Assets, *stack.DerivedFact(d, finding.Evidence{File: files[0].Path}))
		}
	}
}
