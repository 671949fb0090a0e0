package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// everyPipeline is for claims that must hold in all pipelines among the files.
func (p *prover) everyPipeline(check func(*pipeline.Pipeline) Result) Result {
	out := Result{Status: Proven}
	for _, pl := range p.ci {
		r := check(pl)
		if r.Status != Proven {
			return r
		}
		out.Evidence = append(out.Evidence, r.Evidence...)
	}
	if len(p.ci) == 0 {
		return unproven("there is no pipeline to look at")
	}
	return out
}

func cancelOutdated(p *prover) Result {
	any := false
	r := p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		if pl.System == pipeline.GitLab {
			any = true
			return p.interruptible(pl)
		}
		pr, _ := pl.Listens(pipeline.Occasion{Event: pipeline.PullRequest})
		push, _ := pl.Listens(pipeline.Occasion{Event: pipeline.Push})
		if !pr && !push {
			return proven() // runs of releases and schedules are not outdated by a push
		}
		any = true
		return p.concurrency(pl, pr)
	})
	if r.Status == Proven && !any {
		return unproven("no pipeline runs on pushes or pull requests")
	}
	return r
}

// perRef are the expressions that make a group differ between branches and pull requests.
var perRef = []string{"github.ref", "github.head_ref", "github.event.pull_request.number", "github.event.number", "github.ref_name"}

func (p *prover) concurrency(pl *pipeline.Pipeline, pr bool) Result {
	c := pl.Concurrency
	if c == nil {
		return unproven("the workflow has no concurrency group", p.at(pl.File, 1))
	}
	ev := p.at(pl.File, c.Line)
	if c.Cancel.Line > 0 {
		ev = p.at(pl.File, c.Cancel.Line)
	}
	e := pipeline.Push
	if pr {
		e = pipeline.PullRequest
	}
	if c.Cancel.Text == "" || pl.Holds(c.Cancel.Text, pipeline.Occasion{Event: e}) != pipeline.True {
		return unproven("cancel-in-progress is not on", ev)
	}
	if !slices.ContainsFunc(perRef, func(x string) bool { return strings.Contains(c.Group, x) }) {
		return unproven("the concurrency group is the same for all branches: one would cancel another's runs", ev)
	}
	return proven(ev)
}

// interruptible: GitLab cancels the jobs of an outdated pipeline that say interruptible.
func (p *prover) interruptible(pl *pipeline.Pipeline) Result {
	var ev []finding.Evidence
	for i := range pl.Jobs {
		j := &pl.Jobs[i]
		if pl.Runs(j, pipeline.Occasion{Event: pipeline.PullRequest}) == pipeline.False && pl.Runs(j, pipeline.Occasion{Event: pipeline.Push}) == pipeline.False {
			continue
		}
		if j.Interruptible.Text != "true" {
			if deploys(j) {
				continue
			}
			return unproven(fmt.Sprintf("job %s is not interruptible", j.ID), p.at(j.File, j.Line))
		}
		ev = append(ev, p.at(j.File, j.Interruptible.Line))
	}
	if pl.Interrupt.Text == "none" {
		return unproven("workflow:auto_cancel is none", p.at(pl.File, pl.Interrupt.Line))
	}
	if len(ev) == 0 {
		return unproven("no job is interruptible", p.at(pl.File, 1))
	}
	return proven(ev[0])
}

// deploys: publishing must not be broken off in the middle.
func deploys(j *pipeline.Job) bool {
	return slices.ContainsFunc(j.Steps, func(s pipeline.Step) bool {
		return slices.ContainsFunc(s.Commands, pushesImage)
	})
}

var writeNeeds = map[string]*regexp.Regexp{
	"packages":        regexp.MustCompile(`docker/(build-push-action|login-action|bake-action)|docker push|docker buildx|npm publish|helm push|mvn deploy|gradle publish|gem push|dotnet nuget|skopeo|crane|oras`),
	"contents":        regexp.MustCompile(`action-gh-release|release-please|goreleaser|gh release|create-release|git push|semantic-release|chart-releaser|release-drafter`),
	"id-token":        regexp.MustCompile(`attest|cosign|sigstore|configure-aws-credentials|google-github-actions/auth|azure/login|pypi-publish|deploy-pages|codecov|npm publish|slsa|uv publish`),
	"attestations":    regexp.MustCompile(`attest`),
	"security-events": regexp.MustCompile(`codeql-action|scorecard|upload-sarif|zizmor|trivy|anchore/scan-action|semgrep`),
	"pages":           regexp.MustCompile(`deploy-pages|configure-pages`),
	"pull-requests":   regexp.MustCompile(`github-script|labeler|comment|gh pr|dependency-review|release-please|golangci-lint-action`),
	"issues":          regexp.MustCompile(`github-script|stale|gh issue|labeler`),
	"checks":          regexp.MustCompile(`test-report|junit|golangci-lint-action|check-run`),
	"deployments":     regexp.MustCompile(`deploy`),
	"actions":         regexp.MustCompile(`gh run|gh workflow|codeql-action`),
	"statuses":        regexp.MustCompile(`statuses|github-script|commit-status`),
}

func leastPermissions(p *prover) Result {
	return p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		if pl.System == pipeline.GitLab {
			return unproven("a GitLab file cannot limit the job token: that is a setting of the project", p.at(pl.File, 1))
		}
		var ev []finding.Evidence
		if pl.Permissions != nil {
			if why, line := wide(pl.Permissions, nil); why != "" {
				return unproven(why, p.at(pl.File, line))
			}
			ev = append(ev, p.at(pl.File, pl.Permissions.Line))
		}
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if j.Permissions == nil {
				if pl.Permissions == nil {
					return unproven(fmt.Sprintf("job %s has the default token, which may write", j.ID), p.at(j.File, j.Line))
				}
				continue
			}
			if why, line := wide(j.Permissions, j); why != "" {
				return unproven(why, p.at(j.File, line))
			}
			ev = append(ev, p.at(j.File, j.Permissions.Line))
		}
		return proven(ev...)
	})
}

// wide says what is too much. A write permission is right for a job that has a use for it, and never for all jobs.
func wide(perm *pipeline.Permissions, j *pipeline.Job) (string, int) {
	switch perm.All {
	case "", "{}":
	case "read-all":
		return "read-all is more than the jobs need: name what they read", perm.Line
	default:
		return "permissions: " + perm.All + " gives the token more than it needs", perm.Line
	}
	names := make([]string, 0, len(perm.Scopes))
	for n := range perm.Scopes {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		v := perm.Scopes[n]
		if v.Text != "write" {
			continue
		}
		if j == nil {
			return "every job gets " + n + ": write; give it to the one job that needs it", v.Line
		}
		need, known := writeNeeds[n]
		if !known || !need.MatchString(work(j)) {
			return fmt.Sprintf("job %s has %s: write and no step that needs it", j.ID, n), v.Line
		}
	}
	return "", 0
}

// work is the text of what a job does, without comments and names.
func work(j *pipeline.Job) string {
	var b strings.Builder
	b.WriteString(j.Calls.Text + "\n")
	for _, s := range j.Steps {
		b.WriteString(s.Uses.Text + "\n")
		for _, c := range s.Commands {
			if meaningful(c) {
				b.WriteString(c.Raw.String() + "\n")
			}
		}
	}
	return b.String()
}

var fullHash = regexp.MustCompile(`^[^@\s]+@[0-9a-f]{40}$`)

func actionsPinned(p *prover) Result {
	return p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		if pl.System == pipeline.GitLab {
			return unproven("GitLab CI has no actions", p.at(pl.File, 1))
		}
		var ev []finding.Evidence
		for _, u := range pl.Uses {
			switch {
			case strings.HasPrefix(u.Text, "./"):
				continue
			case strings.HasPrefix(u.Text, "docker://") && strings.Contains(u.Text, "@sha256:"):
			case !fullHash.MatchString(u.Text):
				return unproven(u.Text+" is not pinned to a full commit hash", p.at(u.File, u.Line))
			}
			ev = append(ev, p.at(u.File, u.Line))
		}
		if len(pl.Problems) > 0 {
			return unproven(pl.Problems[0], p.at(pl.File, 1))
		}
		if len(ev) == 0 {
			return unproven("the workflow calls no action", p.at(pl.File, 1))
		}
		return proven(ev...)
	})
}

func timeout(p *prover) Result {
	limit, exact := 0, false
	if m := p.claim.Param("minutes"); m != "" {
		limit, _ = strconv.Atoi(m)
	}
	r := p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		var ev []finding.Evidence
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if j.Calls.Text != "" {
				if strings.HasPrefix(j.Calls.Text, "./") {
					continue
				}
				return unproven("the time limit of a called workflow is not known", p.at(j.File, j.Line))
			}
			m, ok := minutes(j.Timeout.Text)
			switch {
			case !ok:
				return unproven(fmt.Sprintf("job %s has no time limit that is a number", j.ID), p.at(j.File, j.Line))
			case limit > 0 && m > limit:
				return unproven(fmt.Sprintf("job %s may run %d minutes", j.ID, m), p.at(j.File, j.Timeout.Line))
			}
			exact = exact || m == limit
			ev = append(ev, p.at(j.File, j.Timeout.Line))
		}
		return proven(ev...)
	})
	if r.Status == Proven && limit > 0 && !exact {
		return unproven(fmt.Sprintf("all limits are below %d minutes", limit), r.Evidence...)
	}
	return r
}

var span = regexp.MustCompile(`(\d+)\s*(hours?|h|minutes?|mins?|m|seconds?|s)?`)

// minutes reads a number of minutes, or GitLab's "1h 30m".
func minutes(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Contains(s, "$") {
		return 0, false
	}
	total, rest := 0, span.ReplaceAllString(s, "")
	if strings.TrimSpace(strings.ReplaceAll(rest, "and", "")) != "" {
		return 0, false
	}
	for _, m := range span.FindAllStringSubmatch(s, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil || n > 1_000_000 {
			return 0, false
		}
		switch {
		case strings.HasPrefix(m[2], "h"):
			n *= 60
		case strings.HasPrefix(m[2], "s"):
			n = (n + 59) / 60
		}
		total += n
	}
	return total, total > 0
}
