package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// lockFiles are the base names of files that say exactly which dependencies there are.
var lockFiles = []string{
	"go.sum", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock",
	"requirements.txt", "requirements-dev.txt", "Cargo.lock", "Gemfile.lock", "composer.lock", "packages.lock.json", "gradle.lockfile", "pom.xml", "build.gradle", "build.gradle.kts",
	"gradle-wrapper.properties", "libs.versions.toml", "go.mod",
}

func isLock(name string) bool {
	base := path.Base(strings.Trim(name, `'" `))
	for _, l := range lockFiles {
		if ok, _ := path.Match(base, l); ok || base == l {
			return true
		}
	}
	return strings.HasPrefix(base, "requirements") && strings.HasSuffix(base, ".txt") || base == "*.csproj" || base == "*.gradle*"
}

// locked tells whether the repository has one of some lock files.
func (p *prover) locked(names ...string) bool {
	for _, f := range p.in.Tree.Files() {
		if slices.Contains(names, path.Base(f.Path)) {
			return true
		}
	}
	return false
}

func cacheDependencies(p *prover) Result {
	near := unproven("no job caches dependencies")
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			for k := range j.Steps {
				s := &j.Steps[k]
				ok, why := p.stepCaches(s)
				if !ok && why == "" {
					continue
				}
				h := p.gated(hit{p: pl, j: j, s: s, why: why, ev: []finding.Evidence{p.at(s.File, cacheLine(s))}})
				if h.why == "" {
					return proven(h.ev...)
				}
				near = unproven(h.why, h.ev...)
			}
			if pl.System != pipeline.GitLab || len(j.Steps) == 0 {
				continue
			}
			r := p.jobCaches(pl, j)
			if r.Status == Proven {
				return r
			}
			if r.Reason != "" {
				near = r
			}
		}
	}
	return near
}

func cacheLine(s *pipeline.Step) int {
	for _, k := range []string{"cache", "enable-cache", "bundler-cache", "key"} {
		if v := s.With[k]; v.Line > 0 {
			return v.Line
		}
	}
	return s.Uses.Line
}

// stepCaches tells whether a step keeps downloaded dependencies, keyed by what they are.
func (p *prover) stepCaches(s *pipeline.Step) (ok bool, why string) {
	name, version, _ := strings.Cut(s.Uses.Text, "@")
	cache := s.With["cache"].Text
	given := strings.TrimSpace(s.With["cache-dependency-path"].Text) != ""
	switch name {
	case "actions/setup-node":
		locks := map[string][]string{"npm": {"package-lock.json", "npm-shrinkwrap.json"}, "yarn": {"yarn.lock"}, "pnpm": {"pnpm-lock.yaml"}}[cache]
		return p.setUpCaches(cache != "" && locks != nil, given, locks)
	case "actions/setup-python":
		locks := map[string][]string{"pip": {"requirements.txt", "pyproject.toml"}, "poetry": {"poetry.lock"}, "pipenv": {"Pipfile.lock"}}[cache]
		return p.setUpCaches(cache != "" && locks != nil, given, locks)
	case "actions/setup-go":
		return p.setUpCaches(cache != "false", given, []string{"go.sum"})
	case "actions/setup-java":
		locks := map[string][]string{"maven": {"pom.xml"}, "gradle": {"build.gradle", "build.gradle.kts"}, "sbt": {"build.sbt"}}[cache]
		return p.setUpCaches(locks != nil, given, locks)
	case "actions/setup-dotnet":
		return p.setUpCaches(cache == "true", given, []string{"packages.lock.json"})
	case "astral-sh/setup-uv":
		return p.setUpCaches(s.With["enable-cache"].Text == "true", given || s.With["cache-dependency-glob"].Text != "", []string{"uv.lock", "requirements.txt", "pyproject.toml"})
	case "ruby/setup-ruby":
		return p.setUpCaches(s.With["bundler-cache"].Text == "true", false, []string{"Gemfile.lock"})
	case "pnpm/action-setup":
		return p.setUpCaches(cache == "true", given, []string{"pnpm-lock.yaml"})
	case "Swatinem/rust-cache":
		return p.setUpCaches(true, false, []string{"Cargo.lock", "Cargo.toml"})
	case "gradle/actions/setup-gradle":
		return s.With["cache-disabled"].Text != "true", ""
	case "golangci/golangci-lint-action":
		return false, ""
	case "actions/cache", "actions/cache/restore":
		_ = version
		return keyedByLock(s)
	}
	return false, ""
}

func (p *prover) setUpCaches(on, given bool, locks []string) (bool, string) {
	if !on {
		return false, ""
	}
	if !given && !p.locked(locks...) {
		return false, "the cache has nothing to be keyed by: there is no " + strings.Join(locks, " or ")
	}
	return true, ""
}

func keyedByLock(s *pipeline.Step) (bool, string) {
	if strings.TrimSpace(s.With["path"].Text) == "" {
		return false, "the cache keeps no path"
	}
	key := s.With["key"].Text
	i := strings.Index(key, "hashFiles(")
	if i < 0 {
		return false, "the cache key does not change with the lock file"
	}
	args, _, _ := strings.Cut(key[i+len("hashFiles("):], ")")
	for _, a := range strings.Split(args, ",") {
		if isLock(a) {
			return true, ""
		}
	}
	return false, "the cache key is the hash of files that are no lock file"
}

// jobCaches is GitLab's cache.
func (p *prover) jobCaches(pl *pipeline.Pipeline, j *pipeline.Job) Result {
	var near Result
	for _, c := range j.Caches {
		ev := p.at(j.File, c.Line)
		if len(c.Paths) == 0 {
			near = unproven("the cache keeps no path", ev)
			continue
		}
		if !slices.ContainsFunc(c.KeyFiles, func(f string) bool { return isLock(f) && (strings.Contains(f, "*") || p.in.Tree.Has(f)) }) {
			near = unproven("the cache key does not change with the lock file", ev)
			continue
		}
		h := p.gated(hit{p: pl, j: j, s: &j.Steps[0], ev: []finding.Evidence{ev}})
		if h.why == "" {
			return proven(ev)
		}
		near = unproven(h.why, ev)
	}
	return near
}

// cacheLayers proves that image layers are kept between builds: both taken from somewhere and put there, or cache mounts in the Dockerfile.
func cacheLayers(p *prover) Result {
	near := unproven("no image build keeps its layers")
	for _, h := range p.imageHits() {
		from, to := "", ""
		if h.c == nil {
			from, to = h.s.With["cache-from"].Text, h.s.With["cache-to"].Text
		} else {
			from, _ = h.c.Flag("--cache-from")
			to, _ = h.c.Flag("--cache-to")
			if strings.HasPrefix(h.c.Tool(), "buildctl") {
				from, to = buildctlOpt(*h.c, "--import-cache", "type"), buildctlOpt(*h.c, "--export-cache", "type")
			}
		}
		switch {
		case h.why != "":
			near = unproven(h.why, h.ev...)
		case from != "" && to != "":
			return proven(h.ev...)
		case from != "" || to != "":
			near = unproven("the cache needs both cache-from and cache-to", h.ev...)
		}
	}
	for _, f := range p.dockerfiles() {
		for _, in := range f.Instructions {
			if in.Name != "RUN" {
				continue
			}
			if m, ok := in.Flag("mount"); ok && strings.Contains(m, "type=cache") {
				return proven(p.at(f.path, in.Line))
			}
		}
	}
	return near
}

// noCache proves that nothing is cached.
func noCache(p *prover) Result {
	var ev []finding.Evidence
	for _, pl := range p.ci {
		if len(pl.Problems) > 0 {
			return unproven(pl.Problems[0])
		}
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if len(j.Caches) > 0 {
				return unproven("a job has a cache", p.at(j.File, j.Caches[0].Line))
			}
			for k := range j.Steps {
				s := &j.Steps[k]
				caches, _ := p.stepCaches(s)
				layers := s.With["cache-from"].Text+s.With["cache-to"].Text != ""
				if p.claim.Name == criterion.CacheDependencies && (caches || strings.HasPrefix(s.Uses.Text, "actions/cache")) || p.claim.Name == criterion.CacheLayers && layers {
					return unproven("a step caches", p.at(s.File, cacheLine(s)))
				}
			}
		}
		ev = append(ev, p.at(pl.File, 1))
	}
	if len(ev) == 0 {
		return unproven("there is no pipeline to look at")
	}
	return proven(ev...)
}
