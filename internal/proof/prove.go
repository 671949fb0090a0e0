package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
)

// prover decides one claim. It reads each file once.
type prover struct {
	in    Input
	claim criterion.Claim
	files []string // those that the claim speaks of
	ci    []*pipeline.Pipeline
	bad   []string // files that could not be read, and why
}

// checker decides a claim on files that are in its scope.
type checker func(*prover) Result

// Prove decides a claim. It never trusts a name or a comment: what proves a claim is what the tools will do with the files.
func Prove(in Input, c criterion.Claim) Result {
	if reason, bad := criterion.Forbidden(c); bad {
		return Result{Status: Contradicted, Reason: reason}
	}
	if in.Tree == nil {
		return unproven("there is no repository to look at")
	}
	check, ok := checkers()[c.Name]
	if !ok {
		return unproven(fmt.Sprintf("AutoGit has no proof for %s", c.Name))
	}
	p := &prover{in: in, claim: c, files: inScope(in, c)}
	if len(p.files) == 0 {
		return unproven(fmt.Sprintf("none of the files is %s, and %s speaks of those only", kindNames(ScopeOf(c)), c.Name))
	}
	if c.Not {
		check, ok = absences()[c.Name]
		if !ok {
			return unproven(fmt.Sprintf("AutoGit cannot prove that there is no %s", c.Name))
		}
	}
	p.loadPipelines()
	r := check(p)
	if r.Status == Proven && len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	if r.Status == Proven && len(r.Evidence) == 0 {
		return unproven("no line shows it")
	}
	return r
}

// ScopeOf lists the kinds of file that a claim speaks of. Where a claim is about pipelines, a Makefile answers for it only when no
// pipeline is among the files.
func ScopeOf(c criterion.Claim) []repo.Kind {
	switch c.Name {
	case criterion.Lint, criterion.TypeCheck, criterion.FormatCheck, criterion.Test, criterion.Scan, criterion.LinkCheck, criterion.Build, criterion.CoverageThreshold, criterion.IntegrationTest:
		return []repo.Kind{repo.KindWorkflow, repo.KindGitLabCI, repo.KindMakefile}
	case criterion.CacheLayers, criterion.LockFile, criterion.Platform, criterion.RuntimeVersion:
		return []repo.Kind{repo.KindWorkflow, repo.KindGitLabCI, repo.KindDockerfile}
	case criterion.MultiStage, criterion.Signals, criterion.ImageSize, criterion.NoBuildTools, criterion.BasePinned, criterion.Labels, criterion.SmallBase,
		criterion.DependencyLayer, criterion.Dockerignore:
		return []repo.Kind{repo.KindDockerfile}
	case criterion.NonRoot, criterion.HealthCheck, criterion.Expose, criterion.NoSecrets:
		return []repo.Kind{repo.KindDockerfile, repo.KindCompose}
	case criterion.WaitsHealthy, criterion.Restart, criterion.PersistentVolume, criterion.MemoryLimit, criterion.CPULimit, criterion.ReadOnlyRoot, criterion.OnlyAppPublished,
		criterion.SeparateNetworks, criterion.HotReload, criterion.LogRotation, criterion.EnvFile, criterion.NoNewPrivileges, criterion.CapDrop, criterion.HasService,
		criterion.NotPrivileged, criterion.NoDockerSocket:
		return []repo.Kind{repo.KindCompose}
	case criterion.ImagesPinned:
		return []repo.Kind{repo.KindCompose, repo.KindDockerfile, repo.KindWorkflow, repo.KindGitLabCI}
	case criterion.NoLiteralSecrets, criterion.TLSVerified:
		return []repo.Kind{repo.KindCompose, repo.KindDockerfile, repo.KindWorkflow, repo.KindGitLabCI, repo.KindMakefile, repo.KindShell}
	case criterion.HelpListsAll, criterion.Targets, criterion.TargetRuns, criterion.NoRoot, criterion.DefaultTarget, criterion.Phony:
		return []repo.Kind{repo.KindMakefile}
	}
	return []repo.Kind{repo.KindWorkflow, repo.KindGitLabCI}
}

// firstOnly are claims for which kinds are alternatives: the first kind that is there answers alone.
func firstOnly(name string) bool {
	switch name {
	case criterion.Lint, criterion.TypeCheck, criterion.FormatCheck, criterion.Test, criterion.Scan, criterion.LinkCheck, criterion.Build, criterion.CoverageThreshold, criterion.IntegrationTest,
		criterion.NonRoot, criterion.HealthCheck, criterion.NoSecrets, criterion.Expose, criterion.ImagesPinned:
		return true
	}
	return false
}

func inScope(in Input, c criterion.Claim) []string {
	var groups [][]repo.Kind
	kinds := ScopeOf(c)
	if firstOnly(c.Name) {
		for _, k := range kinds {
			if k == repo.KindGitLabCI && len(groups) > 0 {
				groups[len(groups)-1] = append(groups[len(groups)-1], k) // pipelines of both systems are one group
				continue
			}
			groups = append(groups, []repo.Kind{k})
		}
	} else {
		groups = [][]repo.Kind{kinds}
	}
	for _, g := range groups {
		var files []string
		for _, f := range in.Files {
			if in.Tree.Has(f) && slices.Contains(g, in.Tree.Kind(f)) && !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
		if len(files) > 0 {
			return files
		}
	}
	return nil
}

func kindNames(kinds []repo.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = "a " + string(k)
	}
	return strings.Join(names, " or ")
}

// of lists the files of a kind.
func (p *prover) of(k repo.Kind) []string {
	var out []string
	for _, f := range p.files {
		if p.in.Tree.Kind(f) == k {
			out = append(out, f)
		}
	}
	return out
}

func (p *prover) loadPipelines() {
	for _, f := range p.files {
		if k := p.in.Tree.Kind(f); k != repo.KindWorkflow && k != repo.KindGitLabCI {
			continue
		}
		pl, err := pipeline.Load(p.in.Tree, f)
		if err != nil {
			p.bad = append(p.bad, err.Error())
			continue
		}
		if len(pl.Jobs) == 0 {
			p.bad = append(p.bad, f+" has no jobs")
			continue
		}
		pl.Covers = func(patterns []string) bool { return p.covers(patterns, nil) }
		p.ci = append(p.ci, pl)
	}
}

func (p *prover) at(file string, line int) finding.Evidence {
	return pipeline.At(p.in.Tree, file, line)
}

func proven(ev ...finding.Evidence) Result { return Result{Status: Proven, Evidence: ev} }

func unproven(reason string, ev ...finding.Evidence) Result {
	return Result{Status: Unproven, Reason: reason, Evidence: ev}
}

func contradicted(reason string) Result {
	return Result{Status: Contradicted, Reason: reason}
}

// every is for claims that must hold in all files: the first that fails decides, evidence is kept of each.
func every(files []string, check func(file string) Result) Result {
	out := Result{Status: Proven}
	for _, f := range files {
		r := check(f)
		if r.Status != Proven {
			return r
		}
		out.Evidence = append(out.Evidence, r.Evidence...)
	}
	if len(files) == 0 {
		return unproven("there is no file to look at")
	}
	return out
}

// some is for claims that must hold in one file at least.
func some(files []string, check func(file string) Result) Result {
	var last Result
	for _, f := range files {
		r := check(f)
		if r.Status == Proven {
			return r
		}
		if last.Status == "" || r.Status == Contradicted {
			last = r
		}
	}
	if last.Status == "" {
		return unproven("there is no file to look at")
	}
	return last
}
