package node

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// images plans the container: a server on slim Node, or pages on a small web server.
func (p *project) images(r *stack.Recipe) {
	switch {
	case p.c.Kind == stack.KindStatic && p.c.Build != nil:
		r.Image = p.siteImage()
	case p.c.Start != nil:
		r.Image = p.serverImage()
	default:
		return
	}
	r.DevTarget = "source"
	if p.c.Dev == nil {
		return
	}
	r.DevCommand = strings.Fields(p.c.Dev.Value)
	if script, ok := strings.CutPrefix(p.c.Dev.Value, p.manager.run("")); ok {
		r.DevReload = watches(p.pkg.script(script))
	}
	for _, d := range []string{"src", "app", "pages", "components", "server", "lib", "routes", "public", "views", "test", "tests"} {
		if p.scan.Tree.HasDir(p.scan.Path(d)) {
			r.DevMounts = append(r.DevMounts, "./"+d+":"+path.Join(p.workdir(), d))
		}
	}
}

func watches(script string) bool {
	for _, w := range []string{"watch", "nodemon", "vite", "next dev", "nuxt dev", "ts-node-dev", "ng serve", "react-scripts start", "astro dev", "nx serve"} {
		if strings.Contains(script, w) {
			return true
		}
	}
	return false
}

func (p *project) workdir() string { return path.Join("/app", stack.Rel(p.root.Dir, p.scan.Dir)) }

// dependencies is the stage that has all packages, development ones too.
func (p *project) dependencies() stack.Stage {
	s := stack.Stage{Name: "deps", From: "${NODE_IMAGE}", Cross: true, Why: "All packages, those for building too. Scripts are the same for every architecture, so this runs on the build machine's own."}
	s.Steps = append(s.Steps, stack.Step{Text: "WORKDIR /app"})
	s.Steps = append(s.Steps, p.managerSteps()...)
	s.Steps = append(s.Steps, p.manifests()...)
	s.Steps = append(s.Steps, p.installStep(false))
	return s
}

func (p *project) managerSteps() []stack.Step {
	if c := p.corepack(); c != "" {
		return []stack.Step{{Text: "RUN " + c}}
	}
	return nil
}

// manifests copies what decides about packages: manifests and the lock file, of all members of a workspace.
func (p *project) manifests() []stack.Step {
	files := []string{"package.json"}
	if p.c.LockFile != nil {
		files = append(files, stack.Rel(p.root.Dir, p.c.LockFile.Value))
	}
	for _, f := range []string{"pnpm-workspace.yaml", ".yarnrc.yml"} {
		if p.root.Has(f) {
			files = append(files, f)
		}
	}
	steps := []stack.Step{{Why: "Manifests before source: this layer stays cached until they change.", Text: "COPY " + strings.Join(files, " ") + " ./"}}
	for _, d := range []string{".yarn/releases", ".yarn/patches", "patches"} {
		if p.root.Tree.HasDir(p.root.Path(d)) {
			steps = append(steps, stack.Step{Text: "COPY " + d + " ./" + d})
		}
	}
	if p.root.Tree.HasDir(p.root.Path("prisma")) && p.pkg.has("prisma") {
		steps = append(steps, stack.Step{Why: "Its install script generates the client from the schema.", Text: "COPY prisma ./prisma"})
	}
	if p.member() {
		for _, m := range p.members() {
			steps = append(steps, stack.Step{Text: "COPY " + m + "/package.json ./" + m + "/"})
		}
	}
	return steps
}

// members are the folders of the workspace's packages, relative to its root.
func (p *project) members() []string {
	var out []string
	for _, f := range p.root.Tree.Under(p.root.Dir) {
		if path.Base(f.Path) != "package.json" || len(out) >= 60 {
			continue
		}
		if rel := stack.Rel(p.root.Dir, path.Dir(f.Path)); rel != "." && isMember(p.root, p.rootPkg, rel) {
			out = append(out, rel)
		}
	}
	return out
}

// installStep keeps the manager's download cache between builds. The npm configuration of a private registry comes as a
// secret, never as a layer.
func (p *project) installStep(production bool) stack.Step {
	mounts := "--mount=type=cache,target=" + p.manager.cache()
	if p.root.Has(".npmrc") {
		mounts += " --mount=type=bind,source=.npmrc,target=.npmrc"
	}
	return stack.Step{Text: "RUN " + mounts + " \\\n    " + p.manager.install(production)}
}

// sourceStage has the whole source: development runs in it, and the build starts from it.
func (p *project) sourceStage() stack.Stage {
	s := stack.Stage{Name: "source", From: "deps", Why: "Development runs here; the build goes on from here."}
	s.Steps = append(s.Steps, stack.Step{Text: "COPY . ."})
	if p.member() {
		s.Steps = append(s.Steps, stack.Step{Text: "WORKDIR " + p.workdir()})
	}
	return s
}

func (p *project) buildStage() stack.Stage {
	s := stack.Stage{Name: "build", From: "source", Steps: []stack.Step{{Text: "RUN " + p.c.Build.Value}}}
	if p.bundled.name == "next" {
		s.Steps[0] = stack.Step{Why: "No usage data leaves the build.", Text: "ENV NEXT_TELEMETRY_DISABLED=1"}
		s.Steps = append(s.Steps, stack.Step{Text: "RUN " + p.c.Build.Value})
	}
	return s
}

// productionStage has only the packages that the program needs to run. It runs on the target's own architecture, since
// packages may bring binaries.
func (p *project) productionStage() stack.Stage {
	s := stack.Stage{Name: "production", From: "${NODE_IMAGE}", Why: "Only the packages that run in production, for the target's own architecture, since packages may bring binaries."}
	if hasNative(p.c) {
		s.From, s.Why = "${NODE_BUILD_IMAGE}", s.Why+" The full image has the compiler that native packages may need."
	}
	s.Steps = append(s.Steps, stack.Step{Text: "WORKDIR /app"})
	s.Steps = append(s.Steps, p.managerSteps()...)
	s.Steps = append(s.Steps, p.manifests()...)
	s.Steps = append(s.Steps, p.installStep(true))
	return s
}

func (p *project) serverImage() *stack.Image {
	base := image(p.c.Version.String(), p.manager.name)
	img := &stack.Image{
		User: "1000:1000", Port: p.c.Port.String(), Env: []stack.KV{{Key: "NODE_ENV", Value: "production"}},
		Platforms: []string{"linux/amd64", "linux/arm64"}, Args: []stack.KV{{Key: "NODE_IMAGE", Value: base}}, Ignore: p.ignore(),
	}
	if hasNative(p.c) {
		img.Args = append(img.Args, stack.KV{Key: "NODE_BUILD_IMAGE", Value: strings.TrimSuffix(base, "-slim")})
	}
	if p.member() {
		img.Context = p.root.Dir
	}
	img.Stages = []stack.Stage{p.dependencies(), p.sourceStage()}
	if p.c.Build != nil {
		img.Stages = append(img.Stages, p.buildStage())
	}
	if !p.selfContained() {
		img.Stages = append(img.Stages, p.productionStage())
	}
	img.Stages = append(img.Stages, p.runtimeStage(img))
	p.environment(img)
	img.Cmd = p.startWords()
	if img.Port != "" {
		img.Health, img.HealthWhy = p.health()
	}
	return img
}

// selfContained tells frameworks whose output needs no installed packages beside it.
func (p *project) selfContained() bool { return p.bundled.name == "nuxt" || p.standalone() }

// standalone tells Next's own minimal output, where its settings ask for it.
func (p *project) standalone() bool {
	if p.bundled.name != "next" {
		return false
	}
	for _, f := range []string{"next.config.js", "next.config.mjs", "next.config.ts"} {
		if t := p.scan.Text(f); strings.Contains(t, "standalone") && strings.Contains(t, "output") {
			return true
		}
	}
	return false
}

func (p *project) runtimeStage(img *stack.Image) stack.Stage {
	s := stack.Stage{Name: "runtime", From: "${NODE_IMAGE}"}
	add := func(why, text string) { s.Steps = append(s.Steps, stack.Step{Why: why, Text: text}) }
	if !p.handlesSignals() {
		add("Node as process 1 ignores the stop signal unless the program listens for it; this one does not, so a small init passes it on.",
			"RUN apt-get update \\\n    && apt-get install -y --no-install-recommends tini \\\n    && rm -rf /var/lib/apt/lists/*")
		img.Entrypoint = []string{"/usr/bin/tini", "--"}
	}
	add("", "WORKDIR "+p.workdir())
	from := "source"
	if p.c.Build != nil {
		from = "build"
	}
	switch {
	case p.bundled.name == "nuxt":
		add("", "COPY --from=build "+path.Join(p.workdir(), ".output")+" ./.output")
	case p.standalone():
		p.copyStandalone(add)
	case p.member():
		add("", "COPY --from=production /app /app")
		add("The members of the workspace need each other.", "COPY --from="+from+" "+p.workdir()+" "+p.workdir())
		p.copyMembers(from, add)
	case p.c.Build != nil:
		add("", "COPY --from=production /app/node_modules ./node_modules")
		add("", "COPY package.json ./")
		out := p.builtDir()
		add("", "COPY --from=build /app/"+out+" ./"+out)
		for _, a := range p.c.Assets {
			add("", "COPY "+a.Value+" ./"+a.Value)
		}
	default:
		add("", "COPY --from=production /app/node_modules ./node_modules")
		add("", "COPY . .")
	}
	return s
}

// builtDir is the folder that the start command runs from, or the framework's output.
func (p *project) builtDir() string {
	if e := p.c.Entry.String(); strings.Contains(e, "/") {
		first, _, _ := strings.Cut(e, "/")
		return first
	}
	if o := p.c.Output.String(); o != "" {
		return o
	}
	return "dist"
}

func (p *project) copyStandalone(add func(why, text string)) {
	add("Next's standalone output has the packages that it needs.", "COPY --from=build "+path.Join(p.workdir(), ".next/standalone")+" /app")
	add("", "COPY --from=build "+path.Join(p.workdir(), ".next/static")+" ./.next/static")
	if p.scan.Tree.HasDir(p.scan.Path("public")) {
		add("", "COPY --from=build "+path.Join(p.workdir(), "public")+" ./public")
	}
}

// copyMembers brings the other packages of the workspace, built, that this one depends on.
func (p *project) copyMembers(from string, add func(why, text string)) {
	for _, m := range p.members() {
		other := &stack.Scan{Tree: p.scan.Tree, Dir: p.root.Path(m)}
		if pkg, ok := readManifest(other); ok && pkg.Name != p.pkg.Name && p.pkg.has(pkg.Name) {
			add("", "COPY --from="+from+" /app/"+m+" /app/"+m)
		}
	}
}

// startWords is the start command in exec form; a program of a package is run by its path, so that no npm stands before it.
func (p *project) startWords() []string {
	words := strings.Fields(p.c.Start.Value)
	if p.standalone() {
		return []string{"node", "server.js"}
	}
	switch words[0] {
	case "node", "bun":
		return words
	case "tsx", "ts-node":
		return append([]string{"node_modules/.bin/" + words[0]}, words[1:]...)
	}
	if strings.HasPrefix(words[0], "node_modules/") {
		return words
	}
	return append([]string{"node_modules/.bin/" + path.Base(words[0])}, words[1:]...)
}

// environment sets what the program must know in a container: its port, and to listen on every interface.
func (p *project) environment(img *stack.Image) {
	if e := p.c.PortFromEnv.String(); e != "" && img.Port != "" {
		img.Env = append(img.Env, stack.KV{Key: e, Value: img.Port})
	}
	host := p.c.ListenFromEnv.String()
	switch {
	case p.standalone() || p.bundled.name == "next":
		host = "HOSTNAME"
	case p.bundled.name == "nuxt" || p.bundled.name == "astro" && p.bundled.kind == stack.KindService:
		host = "HOST"
	}
	if host != "" {
		img.Env = append(img.Env, stack.KV{Key: host, Value: "0.0.0.0"})
	}
}

// health asks the route with the runtime itself: slim images have no curl.
func (p *project) health() (cmd []string, why string) {
	port := p.c.Port.String()
	if e := p.c.PortFromEnv.String(); e != "" {
		port = "(process.env." + e + "||" + port + ")"
	}
	program := "node"
	if p.manager.name == "bun" {
		program = "bun"
	}
	if p.c.Health == nil {
		return []string{program, "-e", "require('net').connect(" + port + ",'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))"},
			"No health route is known, so this only asks whether the port is open. The image has no curl; Node asks itself."
	}
	return []string{program, "-e", "fetch('http://127.0.0.1:'+" + port + "+'" + route0(p.c.Health.Value) + "').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"},
		"The slim image has no curl; Node itself asks the route."
}

// route0 keeps the bytes of a route that need no quoting; routes come from the repository.
func route0(r string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/._-~", c) {
			return c
		}
		return -1
	}, r)
}

func (p *project) ignore() []string {
	extra := []string{"node_modules", "**/node_modules", "coverage", "*.log", ".eslintcache", "*.tsbuildinfo"}
	if o := p.c.Output.String(); o != "" && !slices.Contains(extra, o) {
		extra = append(extra, o)
	}
	return source.Ignore(extra...)
}
