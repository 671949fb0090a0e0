package plan

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
)

// New plans the pipeline that req asks for. The error is an *artifact.Refusal when the request cannot be met.
func New(req *artifact.Request) (*Plan, error) {
	p := &Plan{Purpose: purposeOf(req), only: map[Kind][]string{}}
	p.parts(req)
	if len(p.Parts) == 0 && !hasDockerfile(req) {
		return nil, refuse("this repository has no component that AutoGit knows and no Dockerfile, so a pipeline would have nothing to run: " +
			"add the project's manifest (go.mod, pyproject.toml, package.json, …) first")
	}
	p.Name = cmp.Or(onlyName(p.Parts), "this repository")
	if err := p.safe(req); err != nil {
		return nil, err
	}
	p.events(req)
	for _, step := range []func(*artifact.Request) error{p.tools, p.versions, p.services, p.images, p.scans, p.publish, p.coverage} {
		if err := step(req); err != nil {
			return nil, err
		}
	}
	if err := p.jobs(req); err != nil {
		return nil, err
	}
	if err := p.order(req); err != nil {
		return nil, err
	}
	for _, c := range criterion.Find(req.Claims, criterion.RunnerTags) {
		p.Tags = append(p.Tags, c.List("tags")...)
	}
	return p, p.minutes(req)
}

func refuse(format string, args ...any) error {
	return &artifact.Refusal{Reason: fmt.Sprintf(format, args...)}
}

func (p *Plan) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(p.Notes, n) {
		p.Notes = append(p.Notes, n)
	}
}

// purposeOf reads the purpose off the file's name; every other name is the pipeline of each change.
func purposeOf(req *artifact.Request) Purpose {
	name := strings.ToLower(path.Base(req.Path))
	switch {
	case containsAny(name, "nightly", "schedule", "cron", "weekly", "daily"):
		return Nightly
	case containsAny(name, "release", "publish", "deploy", "image", "docker"):
		return Release
	}
	return Checks
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func onlyName(parts []*Part) string {
	if len(parts) == 1 {
		return parts[0].Name
	}
	return ""
}

// parts pairs the components with ids for their jobs, no two the same.
func (p *Plan) parts(req *artifact.Request) {
	used := map[string]bool{}
	list := req.Parts()
	for _, part := range list {
		recipe := *part.Recipe // a copy: tools that the task asks for are added to it
		part.Recipe = &recipe
		q := &Part{Part: part}
		if len(list) > 1 {
			q.Prefix = uniqueID(used, cmp.Or(artifact.Slug(part.Name), artifact.Slug(part.Path), "part")) + "-"
		}
		q.Watched = watched(q)
		p.Parts = append(p.Parts, q)
	}
}

// uniqueID is a job id: it must not begin with a digit, and no two parts may share one.
func uniqueID(used map[string]bool, id string) string {
	if id[0] >= '0' && id[0] <= '9' {
		id = "c" + id
	}
	for base, n := id, 2; used[id]; n++ {
		id = fmt.Sprintf("%s%d", base, n)
	}
	used[id] = true
	return id
}

// watched are the paths whose change concerns the part: its folder, and the lock files above it.
func watched(part *Part) []string {
	if part.Path == "." {
		return []string{"**"}
	}
	out := []string{part.Path + "/**"}
	for _, key := range part.Recipe.Toolchain.CacheKeys {
		if !artifact.Inside(key, part.Path) {
			out = append(out, key)
		}
	}
	return out
}

// events reads the triggers from the claims; the rest follows from the purpose.
func (p *Plan) events(req *artifact.Request) {
	e := &p.Events
	switch p.Purpose {
	case Nightly:
		e.Manual = true
	case Release:
		e.Tag = true
	case Checks:
		e.Push, e.PullRequest = true, true
	}
	triggers := criterion.Find(req.Claims, criterion.Trigger)
	whole := len(triggers) == 1 && !asked(req, criterion.Schedule, criterion.Publish)
	for _, c := range triggers {
		p.trigger(c, whole)
	}
	for _, c := range req.Claims {
		if c.Name == criterion.Trigger && c.Not {
			p.untrigger(c)
		}
	}
	for _, c := range criterion.Find(req.Claims, criterion.Schedule) {
		cron := c.Param("cron")
		if strings.Trim(cron, "0123456789*/,- ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
			continue // no cron expression, and nothing that belongs into a file
		}
		if cron != "" && !slices.Contains(e.Crons, cron) {
			e.Crons = append(e.Crons, cron)
		}
	}
	if p.Purpose == Nightly && len(e.Crons) == 0 {
		e.Crons = []string{"17 2 * * *"}
		p.note("the task names no time for the scheduled run: 02:17 UTC was taken, off the full hour, when runners are busiest")
	}
	if len(e.Branches) == 0 {
		e.Branches = []string{defaultBranch(req)}
	}
}

// trigger reads one claim. "Only" narrows the whole pipeline down when the claim speaks of it, or of its checks and nothing else
// is asked for; else it narrows down the jobs that it speaks of.
func (p *Plan) trigger(c criterion.Claim, whole bool) {
	kind := stageWords[c.Param("job")]
	if c.Param("only") != "" {
		if c.Param("job") == "" || (whole && (kind == Test || kind == Lint)) {
			p.Events = Events{Branches: p.Events.Branches, Crons: p.Events.Crons}
		} else if kind != "" && kind != Publish {
			p.only[kind] = c.List("events")
		}
	}
	for _, b := range c.List("branches") {
		if !safeBranch.MatchString(b) {
			p.note("the branch name %q was left out: it cannot be written into a pipeline", b)
			continue
		}
		if !slices.Contains(p.Events.Branches, b) {
			p.Events.Branches = append(p.Events.Branches, b)
		}
	}
	for _, event := range c.List("events") {
		if on := p.event(event); on != nil {
			*on = true
		}
	}
}

func (p *Plan) untrigger(c criterion.Claim) {
	for _, event := range c.List("events") {
		if on := p.event(event); on != nil {
			*on = false
		}
	}
}

func (p *Plan) event(name string) *bool {
	switch name {
	case "push":
		return &p.Events.Push
	case "pull_request", "merge_request":
		return &p.Events.PullRequest
	case "tag", "release":
		return &p.Events.Tag
	case "manual", "workflow_dispatch":
		return &p.Events.Manual
	}
	return nil
}

// defaultBranch is main, unless the repository's own pipelines speak of master and not of main.
func defaultBranch(req *artifact.Request) string {
	main, master := false, false
	for _, d := range req.Facts.Delivery {
		if d.File == req.Path || !strings.HasSuffix(d.File, "ml") || !containsAny(d.Kind, "workflow", "gitlab") {
			continue
		}
		text := req.Tree.Text(d.File)
		main = main || artifact.Mentions(text, "main")
		master = master || artifact.Mentions(text, "master")
	}
	if master && !main {
		return "master"
	}
	return "main"
}
