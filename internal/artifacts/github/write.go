package github

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/actions"
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
)

// runner is pinned: with ubuntu-latest the tools change under a pipeline that nobody touched.
const runner = "ubuntu-24.04"

// writer writes one workflow.
type writer struct {
	yamltext.Writer
	plan *plan.Plan
	path string // of the workflow itself
	said map[string]bool
	err  error
}

// Write makes the whole workflow.
func Write(req *artifact.Request) (*artifact.Output, error) {
	p, err := plan.New(req)
	if err != nil {
		return nil, err
	}
	if err := startable(p); err != nil {
		return nil, err
	}
	w := &writer{plan: p, path: req.Path, said: map[string]bool{}}
	w.head()
	w.Map("jobs", w.jobs)
	if w.err != nil {
		return nil, w.err
	}
	return &artifact.Output{Content: artifact.Seal([]byte(w.String())), Notes: p.Notes}, nil
}

// titles are the names that the list of workflows shows.
var titles = map[plan.Purpose]string{plan.Checks: "CI", plan.Nightly: "Nightly", plan.Release: "Release"}

func (w *writer) head() {
	w.Comment(w.purpose())
	w.Comment("Actions are pinned to commits, because a tag can be moved to other code after a review. The version beside a pin is " +
		"for people, and for the bot that renews it.")
	w.Key("name", titles[w.plan.Purpose])
	w.Blank()
	w.Map("on", w.events)
	w.Blank()
	w.Comment("The token may only read; a job that needs more asks for it itself.")
	w.Map("permissions", func() { w.Key("contents", "read") })
	w.Blank()
	w.concurrency()
	w.Blank()
	if w.usesPipes() {
		w.Comment("With bash named, a failure on the left of a pipe fails the step.")
		w.Map("defaults", func() { w.Map("run", func() { w.Key("shell", "bash") }) })
		w.Blank()
	}
}

// purpose is the first comment: what runs, when, and in which order.
func (w *writer) purpose() string {
	e := w.plan.Events
	var when []string
	if e.Push {
		when = append(when, "every push to "+strings.Join(e.Branches, " or "))
	}
	if e.PullRequest {
		when = append(when, "every pull request")
	}
	if e.Tag {
		when = append(when, "every version tag")
	}
	if len(e.Crons) > 0 {
		when = append(when, "a schedule")
	}
	if e.Manual {
		when = append(when, "demand")
	}
	return fmt.Sprintf("%s of %s, on %s. %s", titles[w.plan.Purpose], w.plan.Name, join(when), map[plan.Purpose]string{
		plan.Checks:  "Cheap checks come first, so that a mistake is known within a minute and nothing dear runs in vain.",
		plan.Nightly: "It finds what changes without a commit: new vulnerabilities, dead links, tests that depend on the date.",
		plan.Release: "What is published was linted and tested in the same run.",
	}[w.plan.Purpose])
}

// join lists words: "a, b and c".
func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func (w *writer) events() {
	e := w.plan.Events
	if e.Push || e.Tag {
		w.Map("push", func() {
			if e.Push {
				w.List("branches", e.Branches)
			}
			if e.Tag {
				w.List("tags", []string{"v*"})
			}
		})
	}
	if e.PullRequest {
		w.Bare("pull_request")
	}
	if len(e.Crons) > 0 {
		w.Map("schedule", func() {
			w.Comment("Times are UTC.")
			for _, c := range e.Crons {
				w.Item(func() { w.Raw("cron", "'"+c+"'") })
			}
		})
	}
	if e.Manual {
		w.Bare("workflow_dispatch")
	}
}

// concurrency cancels what a newer push to the same pull request makes pointless, and nothing else.
func (w *writer) concurrency() {
	e := w.plan.Events
	group := "${{ github.workflow }}-${{ github.ref }}"
	cancel := "true"
	switch {
	case w.plan.Purpose != plan.Checks:
		w.Comment("One run at a time; a run that has begun is left to end.")
		cancel = "false"
	case e.PullRequest && (e.Push || e.Tag || len(e.Crons) > 0):
		w.Comment("A new push to a pull request cancels the run that it outdates. Every other run has a group of its own: " +
			"each commit of " + join(e.Branches) + " keeps its result.")
		group = "${{ github.workflow }}-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}"
	default:
		w.Comment("A new push cancels the run that it outdates.")
	}
	w.Map("concurrency", func() {
		w.Key("group", group)
		w.Raw("cancel-in-progress", cancel)
	})
}

func (w *writer) usesPipes() bool {
	for _, j := range w.plan.Jobs {
		if slices.ContainsFunc(j.Steps, func(s plan.Step) bool { return strings.Contains(strings.ReplaceAll(s.Run, "||", ""), "|") }) {
			return true
		}
	}
	return false
}

// once writes a comment at the first place that it concerns only: repeated in each job it would hide what differs.
func (w *writer) once(text string) {
	if !w.said[text] {
		w.said[text] = true
		w.Comment(text)
	}
}

// uses writes the action of a step with its pin.
func (w *writer) uses(name string) {
	pin, ok := actions.Find(name)
	if !ok {
		w.err = fmt.Errorf("action %s is not in the table of pinned actions (internal/actions): add it with its commit", name)
		return
	}
	w.Noted("uses", pin.Name+"@"+pin.Commit, pin.Version)
}
