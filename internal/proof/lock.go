package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// installKind tells which lock files an install of the project's dependencies goes by, and what is wrong with it; an empty kind is no
// such install. im and s are nil in a pipeline.
func installKind(c pipeline.Command, im *image, s *dockerfile.Stage) (kind, why string) {
	ops := operands(c)
	raw := c.Raw
	has := func(flags ...string) bool {
		return slices.ContainsFunc(flags, c.Has) || slices.ContainsFunc(flags, raw.Has)
	}
	first := ""
	if len(ops) > 0 {
		first = ops[0]
	}
	if raw.Name == "uv" || c.Tool() == "uv" {
		return uvInstall(raw, has)
	}
	switch c.Tool() {
	case "npm":
		switch {
		case first == "ci" || first == "clean-install":
			return "package-lock.json npm-shrinkwrap.json", ""
		case (first == "install" || first == "i") && len(ops) == 1 && !has("-g", "--global"):
			return "package-lock.json", "npm install may change the lock file: use npm ci"
		}
	case "yarn":
		if first == "" || first == "install" {
			return "yarn.lock", unless(has("--frozen-lockfile", "--immutable"), "yarn install needs --immutable (or --frozen-lockfile)")
		}
	case "pnpm":
		if (first == "install" || first == "i") && len(ops) == 1 {
			return "pnpm-lock.yaml", unless(has("--frozen-lockfile"), "pnpm install needs --frozen-lockfile")
		}
		if first == "fetch" {
			return "pnpm-lock.yaml", ""
		}
	case "bun":
		if first == "install" && len(ops) == 1 || first == "ci" {
			return "bun.lock bun.lockb", unless(first == "ci" || has("--frozen-lockfile"), "bun install needs --frozen-lockfile")
		}
	case "poetry":
		switch first {
		case "install", "sync":
			return "poetry.lock", ""
		case "update":
			return "poetry.lock", "poetry update changes the lock file"
		}
	case "pipenv":
		if first == "sync" || first == "install" && len(ops) == 1 {
			return "Pipfile.lock", unless(first == "sync" || has("--deploy", "--ignore-pipfile"), "pipenv install needs --deploy")
		}
	case "pip", "pip3":
		return pipInstall(c, first)
	case "go":
		if first == "mod" && len(ops) > 1 {
			return "go.sum", unless(ops[1] == "download" || ops[1] == "verify" || ops[1] == "vendor", "go mod "+ops[1]+" changes go.sum")
		}
		if first == "get" {
			return "go.sum", "go get changes go.mod and go.sum"
		}
	case "cargo":
		if slices.Contains([]string{"build", "install", "test", "fetch", "clippy", "check", "run"}, first) && (first != "install" || has("--path")) {
			return "Cargo.lock", unless(has("--locked", "--frozen"), "cargo "+first+" needs --locked")
		}
		if first == "update" {
			return "Cargo.lock", "cargo update changes the lock file"
		}
	case "bundle":
		if first == "install" || first == "" {
			frozen := has("--deployment", "--frozen") || strings.Contains(c.Script, "frozen true") || strings.Contains(c.Script, "deployment true") || strings.Contains(c.Script, "BUNDLE_FROZEN=true ") || bundleEnv(im, s)
			return "Gemfile.lock", unless(frozen, "bundle install needs a frozen or deployment setting")
		}
		if first == "update" {
			return "Gemfile.lock", "bundle update changes the lock file"
		}
	case "composer":
		switch first {
		case "install", "i":
			return "composer.lock", ""
		case "update", "require":
			return "composer.lock", "composer " + first + " changes the lock file"
		}
	case "dotnet":
		if first == "restore" {
			return "packages.lock.json", unless(has("--locked-mode"), "dotnet restore needs --locked-mode")
		}
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
	check := func(c pipeline.Command, im *image, s *dockerfile.Stage, at finding.Evidence) *Result {
		kind, why := installKind(c, im, s)
		if kind == "" {
			return nil
		}
		if why == "" {
			why = p.lockMissing(kind)
		}
		if why != "" {
			r := unproven(why, at)
			return &r
		}
		if c.Conditional {
			return nil
		}
		ev = append(ev, at)
		return nil
	}
	for _, im := range p.dockerfiles() {
		for _, s := range im.Stages {
			for _, in := range s.Body {
				if in.Name != "RUN" {
					continue
				}
				for _, c := range im.commands(in) {
					if r := check(c, im, s, p.at(im.path, in.Line)); r != nil {
						return *r
					}
				}
			}
		}
	}
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			for k := range pl.Jobs[i].Steps {
				s := &pl.Jobs[i].Steps[k]
				for _, c := range s.Commands {
					if r := check(c, nil, nil, c.Evidence(p.in.Tree)); r != nil {
						return *r
					}
				}
			}
		}
	}
	if len(ev) == 0 {
		return unproven("nothing installs dependencies from a lock file")
	}
	return proven(ev...)
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
