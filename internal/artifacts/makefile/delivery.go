package makefile

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// prodFiles and devFiles are the names under which Compose files are looked for; the first one is AutoGit's own.
func prodFiles() []string {
	return []string{"docker-compose.prod.yml", "docker-compose.prod.yaml", "compose.prod.yml", "compose.prod.yaml", "docker-compose.production.yml", "compose.production.yaml"}
}

func devFiles() []string {
	return []string{"docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml"}
}

// build adds the targets that make things: programs, images, and what runs or removes them.
func (p *plan) build() {
	compiled := "build"
	if p.wants("build", "docker") {
		compiled = "compile" // the task wants the word build for the image
	}
	p.each(compiled, "Build the program", func(pt *part) *target { return commands(pt, pt.recipe.Build) })
	image := "image"
	if p.byName["build"] == nil {
		image = "build"
	}
	p.each(image, "Build the container image", p.image)
	p.each("run", "Run as in production", func(pt *part) *target {
		t := commands(pt, pt.recipe.Start)
		if b := pt.name(compiled); len(t.lines) > 0 && p.byName[b] != nil && pt.startsBuilt() {
			t.needs = []string{b}
		}
		return t
	})
	p.each("clean", "Remove what was built", p.clean)
}

// startsBuilt tells whether the start command runs what the build makes: a path in a folder that clean removes or that
// holds the build's output, or a script whose own command is not seen here.
func (pt *part) startsBuilt() bool {
	if len(pt.recipe.Build) == 0 {
		return false
	}
	madeBy := map[string]bool{pt.Output.String(): true}
	for _, c := range pt.recipe.Clean {
		for _, w := range strings.Fields(c.Run) {
			madeBy[strings.TrimSuffix(strings.TrimPrefix(w, "./"), "/")] = true
		}
	}
	for _, c := range pt.recipe.Start {
		words := strings.Fields(c.Run)
		for i, w := range words {
			top, _, inside := strings.Cut(strings.TrimPrefix(w, "./"), "/")
			if inside && madeBy[top] || w == "start" && i > 0 {
				return true
			}
		}
	}
	return false
}

func (p *plan) image(pt *part) *target {
	if pt.recipe.Image == nil || !deployable(pt.Kind) && !p.asks("build", "image") {
		return nil
	}
	file, found := p.dockerfile(pt)
	if !found && len(pt.recipe.Build) > 0 && !p.wants("build", "docker") && !p.asks("image") {
		return nil
	}
	p.images, p.docker = true, true
	context := pt.Path
	if c := pt.recipe.Image.Context; c != "" {
		context = c
	}
	line := "$(DOCKER) build --build-arg " + artifact.ArgVersion + "=$(VERSION) -t " + p.tag(pt)
	if file != path.Join(context, "Dockerfile") {
		line += " -f " + word(p.rel(file))
	}
	t := &target{lines: []string{line + " " + word(p.rel(context))}}
	if !found {
		t.lines = append(p.guard(file, "autogit write dockerfile"), t.lines...)
	}
	return t
}

// guard stops a recipe with a next step when a file that it needs is not there yet.
func (p *plan) guard(file, remedy string) []string {
	p.note("%s does not exist yet: the target that needs it says so until it does (%s)", file, remedy)
	return []string{"@test -f " + word(p.rel(file)) + ` || { echo "` + plain(file) + ` is missing: write it with: ` + remedy + `" >&2; exit 1; }`}
}

// word is a path as a word of a recipe line.
func word(s string) string { return strings.ReplaceAll(quote(s), "$", "$$") }

// clean removes what builds and tests leave behind.
func (p *plan) clean(pt *part) *target {
	t := commands(pt, pt.recipe.Clean)
	if len(t.lines) > 0 {
		return t
	}
	var paths []string
	if out := pt.Output.String(); out != "" && out != "." && !strings.HasPrefix(out, "/") && !strings.Contains(out, "..") {
		paths = append(paths, quote(out))
	}
	if pt.recipe.CoverageFile != "" {
		paths = append(paths, quote(pt.recipe.CoverageFile))
	}
	if len(paths) == 0 {
		return nil
	}
	return commands(pt, []stack.Command{{Run: "rm -rf " + strings.Join(paths, " ")}})
}

// compose adds deploy and, where there is a development stack, the targets to work with it.
func (p *plan) compose() {
	if dev, ok := p.first(devFiles()); ok {
		p.docker = true
		with := "$(DOCKER) compose -f " + word(p.rel(dev)) + " "
		p.add(&target{name: "up", doc: "Start the development stack", why: []string{"--wait returns when every service is healthy, or fails."}, lines: []string{with + "up --build --detach --wait"}})
		p.add(&target{name: "down", doc: "Stop the development stack", why: []string{"The volumes stay: they hold the data of the last session."}, lines: []string{with + "down"}})
		p.add(&target{name: "logs", doc: "Follow the logs of the development stack", lines: []string{with + "logs --follow"}})
	}
	p.deploy()
}

func (p *plan) deploy() {
	if !slices.ContainsFunc(p.parts, func(pt *part) bool { return deployable(pt.Kind) }) && !p.asks("deploy") {
		return
	}
	file, asked := p.deployFile()
	if !asked && slices.ContainsFunc(p.parts, func(pt *part) bool { return len(pt.recipe.Deploy) > 0 }) {
		p.each("deploy", "Deploy to production", func(pt *part) *target { return commands(pt, pt.recipe.Deploy) })
		return
	}
	p.docker = true
	t := &target{name: "deploy", doc: "Deploy to production", why: []string{"--wait makes a deployment fail that does not become healthy, instead of leaving it to be found out later."}}
	if !p.has(file) {
		t.lines = p.guard(file, "autogit write compose")
	}
	t.lines = append(t.lines, "$(DOCKER) compose -f "+word(p.rel(file))+" up --detach --wait")
	p.add(t)
}

// deployFile is the production Compose file: the one that a claim names, or the one that is there.
func (p *plan) deployFile() (file string, asked bool) {
	for _, c := range p.claims(criterion.TargetRuns) {
		if c.Param("target") != "deploy" {
			continue
		}
		if f := c.Param("file"); f != "" {
			return path.Join(p.req.Dir(), f), true
		}
		asked = asked || strings.Contains(c.Param("tool"), "compose") || strings.Contains(c.Param("tool"), "docker")
	}
	file, ok := p.first(prodFiles())
	if !ok {
		file = path.Join(p.req.Dir(), prodFiles()[0])
	}
	return file, asked
}

// first is the first of some files, beside the Makefile or in the root, that is or will be there.
func (p *plan) first(names []string) (string, bool) {
	for _, n := range names {
		for _, dir := range []string{p.req.Dir(), "."} {
			if f := path.Join(dir, n); p.has(f) {
				return f, true
			}
		}
	}
	return "", false
}

// asks tells whether a claim demands one of these targets.
func (p *plan) asks(names ...string) bool {
	for _, c := range p.req.Claims {
		if c.Not {
			continue
		}
		switch c.Name {
		case criterion.Targets:
			if slices.ContainsFunc(c.List("names"), func(n string) bool { return slices.Contains(names, n) }) {
				return true
			}
		case criterion.TargetRuns:
			if slices.Contains(names, c.Param("target")) {
				return true
			}
		}
	}
	return false
}
