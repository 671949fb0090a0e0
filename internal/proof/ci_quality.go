package proof

import (
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
)

// quality proves lint, typecheck, format-check, test and link-check: a tool of that job runs, and its failure stops the pipeline.
func quality(p *prover) Result {
	job, tool := p.claim.Name, p.claim.Param("tool")
	if tool != "" {
		t, ok := criterion.ToolNamed(tool)
		if !ok {
			return unproven("AutoGit does not know the tool " + tool)
		}
		if why := p.wrongLanguage(t); why != "" {
			return contradicted(why)
		}
	}
	what := tool
	if what == "" {
		what = job
	}
	hs := p.hits(job, tool)
	if len(p.ci) == 0 {
		hs = p.makeHits(job, tool)
	}
	ok := counting(hs)
	if len(ok) == 0 {
		return nearest(hs, what)
	}
	if p.claim.Param("coverage") == "" {
		return proven(ok[0].ev...)
	}
	for _, h := range ok {
		if h.c != nil && p.measuresCoverage(*h.c) {
			return proven(h.ev...)
		}
	}
	return unproven("the tests run without coverage", ok[0].ev...)
}

// makeHits are the commands of a Makefile's targets that do a job, where a task has a Makefile and no pipeline.
func (p *prover) makeHits(job, tool string) []hit {
	var out []hit
	candidates := criterion.ToolsFor(job)
	if t, ok := criterion.ToolNamed(tool); ok {
		candidates = []criterion.Tool{t}
	}
	for _, file := range p.of(repo.KindMakefile) {
		for _, c := range p.recipes(file) {
			for _, t := range candidates {
				ok, why := runs(c, t, job)
				switch {
				case ok && c.Swallowed:
					why = c.Why
				case ok && c.Conditional:
					why = "the command runs only under a condition"
				case !ok && why == "":
					continue
				case ok:
					why = ""
				}
				out = append(out, hit{c: &c, tool: t, why: why, ev: append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)})
				break
			}
			if tool == "" && p.surveyed(c, job) && !c.Swallowed {
				out = append(out, hit{c: &c, ev: []finding.Evidence{c.Evidence(p.in.Tree)}})
			}
		}
	}
	return out
}

// measuresCoverage tells whether a test command measures coverage, by its flags or by the repository's settings.
func (p *prover) measuresCoverage(c pipeline.Command) bool {
	for _, a := range append(append([]string{c.Raw.Name}, c.Raw.Args...), c.Args...) {
		if strings.HasPrefix(a, "--cov") || strings.HasPrefix(a, "-cover") || strings.HasPrefix(a, "--coverage") || a == "coverage" || a == "c8" || a == "nyc" || a == "llvm-cov" || a == "tarpaulin" ||
			strings.HasPrefix(a, "jacoco") || strings.HasPrefix(a, "--experimental-test-coverage") || strings.Contains(a, "XPlat Code Coverage") {
			return true
		}
	}
	if strings.Contains(c.Script, "coverage run") && c.Tool() == "pytest" {
		return true
	}
	if c.Tool() != "pytest" {
		return false
	}
	for _, f := range []string{"pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini"} {
		for _, l := range p.in.Tree.Lines(f) {
			l = strings.TrimSpace(l)
			if !strings.HasPrefix(l, "#") && strings.HasPrefix(l, "addopts") && strings.Contains(l, "--cov") {
				return true
			}
		}
	}
	return false
}

// noQuality proves that no tool of a job is called at all.
func noQuality(p *prover) Result {
	tool := p.claim.Param("tool")
	candidates := criterion.ToolsFor(p.claim.Name)
	if tool != "" {
		t, ok := criterion.ToolNamed(tool)
		if !ok {
			return unproven("AutoGit does not know the tool " + tool)
		}
		candidates = []criterion.Tool{t}
	}
	var first []finding.Evidence
	for _, pl := range p.ci {
		if len(pl.Problems) > 0 {
			return unproven(pl.Problems[0])
		}
		first = append(first, p.at(pl.File, 1))
		for _, j := range pl.Jobs {
			if j.Calls.Text != "" && !strings.HasPrefix(j.Calls.Text, "./") {
				return unproven("what the called workflow runs is not known", p.at(j.File, j.Line))
			}
			for k := range j.Steps {
				if ev, found := p.mentions(&j.Steps[k], candidates); found {
					return unproven("it is there", ev)
				}
			}
		}
	}
	if len(first) == 0 {
		return unproven("there is no pipeline to look at")
	}
	return proven(first...)
}

func (p *prover) mentions(s *pipeline.Step, tools []criterion.Tool) (finding.Evidence, bool) {
	for _, t := range tools {
		name, _, _ := strings.Cut(s.Uses.Text, "@")
		for _, a := range t.Actions {
			if a == name {
				return p.at(s.File, s.Uses.Line), true
			}
		}
		for _, c := range s.Commands {
			if calls(c, t) {
				return c.Evidence(p.in.Tree), true
			}
		}
	}
	return finding.Evidence{}, false
}

// buildTools are the commands that compile or pack a program.
var buildTools = []string{"go build", "cargo build", "npm run build", "pnpm build", "pnpm run build", "yarn build", "yarn run build", "bun run build", "bun build", "mvn package", "mvn verify", "mvn install", "gradle build", "gradle assemble", "gradle bootJar",
	"uv build", "poetry build", "build", "dotnet build", "dotnet publish", "hugo", "tsc", "vite build", "next build", "docker build", "docker buildx", "goreleaser build", "goreleaser release", "eleventy"}

func builds(p *prover) Result {
	t := criterion.Tool{Name: "build", Run: buildTools}
	var near []hit
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			for k := range j.Steps {
				hs := p.stepHits(pl, j, &j.Steps[k], criterion.Build, []criterion.Tool{t}, false)
				if strings.HasPrefix(j.Steps[k].Uses.Text, "docker/build-push-action@") {
					hs = append(hs, p.gated(hit{p: pl, j: j, s: &j.Steps[k], ev: []finding.Evidence{p.at(j.Steps[k].File, j.Steps[k].Uses.Line)}}))
				}
				near = append(near, hs...)
			}
		}
	}
	if ok := counting(near); len(ok) > 0 {
		return proven(ok[0].ev...)
	}
	return nearest(near, "a build")
}
