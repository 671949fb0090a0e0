package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// install is one command that may install the project's dependencies.
type install struct {
	c     pipeline.Command
	ops   []string
	first string
	im    *image            // nil in a pipeline
	stage *dockerfile.Stage // nil in a pipeline
}

func (n install) has(flags ...string) bool {
	return slices.ContainsFunc(flags, n.c.Has) || slices.ContainsFunc(flags, n.c.Raw.Has)
}

// installKind tells which lock files an install of the project's dependencies goes by, and what is wrong with it; an empty kind is no
// such install. im and s are nil in a pipeline.
func installKind(c pipeline.Command, im *image, s *dockerfile.Stage) (kind, why string) {
	n := install{c: c, ops: operands(c), im: im, stage: s}
	if len(n.ops) > 0 {
		n.first = n.ops[0]
	}
	if c.Raw.Name == "uv" || c.Tool() == "uv" {
		return uvInstall(c.Raw, n.has)
	}
	switch c.Tool() {
	case "npm", "yarn", "pnpm", "bun":
		return n.node()
	case "poetry", "pipenv", "pip", "pip3":
		return n.python()
	case "go", "cargo", "dotnet":
		return n.compiled()
	case "bundle", "composer":
		return n.scripted()
	}
	return "", ""
}

func (n install) node() (kind, why string) {
	switch n.c.Tool() {
	case "npm":
		switch {
		case n.first == "ci" || n.first == "clean-install":
			return "package-lock.json npm-shrinkwrap.json", ""
		case (n.first == "install" || n.first == "i") && len(n.ops) == 1 && !n.has("-g", "--global"):
			return "package-lock.json", "npm install may change the lock file: use npm ci"
		}
	case "yarn":
		if n.first == "" || n.first == "install" {
			return "yarn.lock", unless(n.has("--frozen-lockfile", "--immutable"), "yarn install needs --immutable (or --frozen-lockfile)")
		}
	case "pnpm":
		if (n.first == "install" || n.first == "i") && len(n.ops) == 1 {
			return "pnpm-lock.yaml", unless(n.has("--frozen-lockfile"), "pnpm install needs --frozen-lockfile")
		}
		if n.first == "fetch" {
			return "pnpm-lock.yaml", ""
		}
	case "bun":
		if n.first == "install" && len(n.ops) == 1 || n.first == "ci" {
			return "bun.lock bun.lockb", unless(n.first == "ci" || n.has("--frozen-lockfile"), "bun install needs --frozen-lockfile")
		}
	}
	return "", ""
}

func (n install) python() (kind, why string) {
	switch n.c.Tool() {
	case "poetry":
		switch n.first {
		case "install", "sync":
			return "poetry.lock", ""
		case "update":
			return "poetry.lock", "poetry update changes the lock file"
		}
		return "", ""
	case "pipenv":
		if n.first == "sync" || n.first == "install" && len(n.ops) == 1 {
			return "Pipfile.lock", unless(n.first == "sync" || n.has("--deploy", "--ignore-pipfile"), "pipenv install needs --deploy")
		}
		return "", ""
	}
	return pipInstall(n.c, n.first)
}

func (n install) compiled() (kind, why string) {
	switch n.c.Tool() {
	case "go":
		if n.first == "mod" && len(n.ops) > 1 {
			return "go.sum", unless(n.ops[1] == "download" || n.ops[1] == "verify" || n.ops[1] == "vendor", "go mod "+n.ops[1]+" changes go.sum")
		}
		if n.first == "get" {
			return "go.sum", "go get changes go.mod and go.sum"
		}
	case "cargo":
		if slices.Contains([]string{"build", "install", "test", "fetch", "clippy", "check", "run"}, n.first) && (n.first != "install" || n.has("--path")) {
			return "Cargo.lock", unless(n.has("--locked", "--frozen"), "cargo "+n.first+" needs --locked")
		}
		if n.first == "update" {
			return "Cargo.lock", "cargo update changes the lock file"
		}
	case "dotnet":
		if n.first == "restore" {
			return "packages.lock.json", unless(n.has("--locked-mode"), "dotnet restore needs --locked-mode")
		}
	}
	return "", ""
}

func (n install) scripted() (kind, why string) {
	if n.c.Tool() == "composer" {
		switch n.first {
		case "install", "i":
			return "composer.lock", ""
		case "update", "require":
			return "composer.lock", "composer " + n.first + " changes the lock file"
		}
		return "", ""
	}
	switch n.first {
	case "install", "":
		frozen := n.has("--deployment", "--frozen") || strings.Contains(n.c.Script, "frozen true") || strings.Contains(n.c.Script, "deployment true") || strings.Contains(n.c.Script, "BUNDLE_FROZEN=true ") || bundleEnv(n.im, n.stage)
		return "Gemfile.lock", unless(frozen, "bundle install needs a frozen or deployment setting")
	case "update":
		return "Gemfile.lock", "bundle update changes the lock file"
	}
	return "", ""
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

func uvInstall(c interface {
	Operands() []string
}, has func(...string) bool) (kind, why string) {
	ops := c.Operands()
	switch {
	case len(ops) > 0 && ops[0] == "sync":
		return "uv.lock", unless(has("--locked", "--frozen"), "uv sync needs --locked (or --frozen)")
	case len(ops) > 0 && ops[0] == "export":
		return "uv.lock", unless(has("--locked", "--frozen"), "uv export needs --locked (or --frozen)")
	case len(ops) > 2 && ops[0] == "pip" && (ops[1] == "install" || ops[1] == "sync"):
		return "uv.lock", unless(has("--require-hashes"), "uv pip install goes by no lock file")
	case len(ops) > 0 && (ops[0] == "add" || ops[0] == "lock" && !has("--check", "--locked")):
		return "uv.lock", "uv " + ops[0] + " changes the lock file"
	}
	return "", ""
}

// pipInstall: a requirements file is a lock file when it fixes every version; a project is none.
func pipInstall(c pipeline.Command, first string) (kind, why string) {
	if first != "install" && first != "wheel" {
		return "", ""
	}
	if f, ok := c.Flag("-r"); ok {
		return f, ""
	}
	if f, ok := c.Flag("--requirement"); ok {
		return f, ""
	}
	for _, o := range operands(c)[1:] {
		if o == "." || strings.HasPrefix(o, ".[") || strings.HasPrefix(o, "./") {
			return "requirements.txt", "pip install of the project goes by no lock file"
		}
	}
	return "", ""
}

func bundleEnv(im *image, s *dockerfile.Stage) bool {
	if im == nil {
		return false
	}
	for _, in := range s.All("ENV") {
		for _, v := range in.Vars {
			if (v.Name == "BUNDLE_FROZEN" || v.Name == "BUNDLE_DEPLOYMENT") && (v.Text == "1" || v.Text == "true") {
				return true
			}
		}
	}
	return false
}

// lockFile proves that every install goes by a lock file that is there, and that there is one.
func lockFile(p *prover) Result {
	var ev []finding.Evidence
	for _, f := range p.installs() {
		kind, why := installKind(f.c, f.im, f.stage)
		if kind == "" {
			continue
		}
		if why == "" {
			why = p.lockMissing(kind)
		}
		if why != "" {
			return unproven(why, f.at)
		}
		if !f.c.Conditional {
			ev = append(ev, f.at)
		}
	}
	if len(ev) == 0 {
		return unproven("nothing installs dependencies from a lock file")
	}
	return proven(ev...)
}

// placed is a command with the line that shows it, and the stage that it runs in.
type placed struct {
	c     pipeline.Command
	im    *image
	stage *dockerfile.Stage
	at    finding.Evidence
}

// installs are all commands of Dockerfiles and pipelines, among which installs are looked for.
func (p *prover) installs() []placed {
	var out []placed
	for _, im := range p.dockerfiles() {
		for _, s := range im.Stages {
			for _, in := range s.Body {
				if in.Name != "RUN" {
					continue
				}
				for _, c := range im.commands(in) {
					out = append(out, placed{c, im, s, p.at(im.path, in.Line)})
				}
			}
		}
	}
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			for k := range pl.Jobs[i].Steps {
				for _, c := range pl.Jobs[i].Steps[k].Commands {
					out = append(out, placed{c: c, at: c.Evidence(p.in.Tree)})
				}
			}
		}
	}
	return out
}

// lockMissing says why what an install goes by is no lock file of this repository.
func (p *prover) lockMissing(kind string) string {
	names := strings.Fields(kind)
	for _, n := range names {
		n = strings.TrimPrefix(n, "./")
		if !strings.HasSuffix(n, ".txt") {
			if p.locked(n) {
				return ""
			}
			continue
		}
		for _, f := range p.in.Tree.Files() {
			if f.Path == n || strings.HasSuffix(f.Path, "/"+n[strings.LastIndexByte(n, '/')+1:]) || f.Path == n[strings.LastIndexByte(n, '/')+1:] {
				return unless(fixedRequirements(p.in.Tree.Lines(f.Path)), f.Path+" does not fix every version: it is no lock file")
			}
		}
		return unless(strings.HasPrefix(n, "/"), n+" is not in the repository") // made in the image
	}
	return "there is no " + strings.Join(names, " or ") + " in the repository"
}

func fixedRequirements(lines []string) bool {
	n := 0
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "--") || strings.HasPrefix(l, "-c ") {
			continue
		}
		if !strings.Contains(l, "==") && !strings.Contains(l, " @ ") {
			return false
		}
		n++
	}
	return n > 0
}
