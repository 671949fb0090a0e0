package gitlab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
)

// The images of jobs that run no tool of the repository, dated November 2026.
const (
	buildkitImage = "moby/buildkit:v0.33.0-rootless"
	trivyImage    = "aquasec/trivy:0.74.0"
	lycheeImage   = "lycheeverse/lychee:0.24.2"
)

// writer writes one pipeline.
type writer struct {
	yamltext.Writer
	plan *plan.Plan
	path string
	said map[string]bool
}

// Write makes the whole pipeline.
func Write(req *artifact.Request) (*artifact.Output, error) {
	p, err := plan.New(req)
	if err != nil {
		return nil, err
	}
	if p.Coverage == "codecov" {
		return nil, &artifact.Refusal{Reason: "AutoGit has no pinned way to upload to Codecov from GitLab; GitLab shows the coverage of a merge request itself, from the report of the test job"}
	}
	w := &writer{plan: p, path: req.Path, said: map[string]bool{}}
	w.head()
	for _, part := range p.Parts {
		if w.uses(part) {
			w.Blank()
			w.template(part)
		}
	}
	for _, j := range p.Jobs {
		w.Blank()
		w.job(j)
	}
	return &artifact.Output{Content: artifact.Seal([]byte(w.String())), Notes: w.plan.Notes}, nil
}

func (w *writer) head() {
	w.Comment(fmt.Sprintf("Pipeline of %s. Cheap checks come first, so that a mistake is known within a minute and nothing dear runs in vain.", w.plan.Name))
	w.List("stages", w.stages())
	w.Blank()
	w.Comment("One pipeline for each change: a merge request gets its own, and the branch behind it none. A newer push cancels the jobs that it outdates, " +
		"but each commit of the default branch keeps its result.")
	w.Map("workflow", func() {
		w.Map("auto_cancel", func() { w.Key("on_new_commit", "interruptible") })
		w.Map("rules", w.rules)
	})
	w.Blank()
	w.Map("default", func() {
		w.Raw("interruptible", "true")
		if len(w.plan.Tags) > 0 {
			w.Comment("Only runners that have all of these tags take the jobs.")
			w.List("tags", w.plan.Tags)
		}
		w.Comment("Only what is the runner's fault is tried again: a test that passes at the second try is a bug.")
		w.Map("retry", func() {
			w.Raw("max", "2")
			w.List("when", []string{"runner_system_failure"})
		})
	})
}

// stageOf is where a job stands in the overview. What is not waited for by needs starts at once, whatever its stage.
var stageOf = map[plan.Kind]string{
	plan.Lint: "lint", plan.Links: "lint", plan.Test: "test", plan.Scan: "security", plan.Audit: "security",
	plan.Build: "build", plan.Image: "build", plan.Publish: "publish",
}

func (w *writer) stages() []string {
	var out []string
	for _, stage := range []string{"lint", "test", "security", "build", "publish"} {
		if slices.ContainsFunc(w.plan.Jobs, func(j *plan.Job) bool { return stageOf[j.Kind] == stage }) {
			out = append(out, stage)
		}
	}
	return out
}

func (w *writer) rules() {
	e := w.plan.Events
	rule := func(cond string) { w.Item(func() { w.Key("if", cond) }) }
	if e.PullRequest {
		rule(`$CI_PIPELINE_SOURCE == "merge_request_event"`)
	}
	if e.Push {
		for _, b := range e.Branches {
			w.Item(func() {
				w.Key("if", branchIs(b))
				w.Map("auto_cancel", func() { w.Key("on_new_commit", "none") })
			})
		}
	}
	if e.Tag {
		rule("$CI_COMMIT_TAG")
	}
	if len(e.Crons) > 0 {
		w.Comment("The time is set in GitLab (Build > Pipeline schedules): " + strings.Join(e.Crons, ", ") + " in UTC.")
		rule(`$CI_PIPELINE_SOURCE == "schedule"`)
		w.plan.Notes = append(w.plan.Notes, "GitLab keeps the time of a schedule outside the file: add a pipeline schedule "+strings.Join(e.Crons, ", ")+
			" (UTC) under Build > Pipeline schedules")
	}
	if e.Manual {
		rule(`$CI_PIPELINE_SOURCE == "web"`)
	}
}

// branchIs names the default branch by GitLab's own variable, so that renaming it breaks nothing.
func branchIs(branch string) string {
	if branch == "main" || branch == "master" {
		return "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
	}
	return `$CI_COMMIT_BRANCH == "` + strings.ReplaceAll(branch, `"`, "") + `"`
}

// once writes a comment at the first place that it concerns only.
func (w *writer) once(text string) {
	if !w.said[text] {
		w.said[text] = true
		w.Comment(text)
	}
}
