package pipeline

import (
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Occasion is one run of a pipeline: why, and for which branch (empty: some branch, its name is not known).
type Occasion struct {
	Event  Event
	Branch string
	// Possible asks of any run at all, not of the usual one: whoever says that something never happens must also think of the
	// pull request that somebody labels, of a draft, and of the one person whom a condition names.
	Possible bool
}

// Listens tells whether the pipeline itself starts on an occasion, without looking at its jobs. The trigger is the one that
// says so; Line 0 for GitLab, where workflow:rules decide.
func (p *Pipeline) Listens(o Occasion) (bool, Trigger) {
	if p.System == GitLab {
		return p.gitlabListens(o) == True, Trigger{}
	}
	found, any := Trigger{}, false
	for _, t := range p.Triggers {
		if t.matches(o) && (!any || found.Name == "pull_request_target") {
			found, any = t, true
		}
	}
	return any, found
}

func (t Trigger) matches(o Occasion) bool {
	switch t.Name {
	case "push":
		switch o.Event {
		case Tag:
			return (!t.hasBranches || t.hasTags) && (!t.hasTags || len(t.Tags) > 0 || len(t.TagsIgnore) > 0) && !all(t.TagsIgnore)
		case Push:
			return (!t.hasTags || t.hasBranches) && t.branch(o.Branch)
		}
	case "pull_request", "pull_request_target":
		return o.Event == PullRequest && t.branch(o.Branch) && (o.Possible || t.opens())
	case "schedule":
		return o.Event == Schedule && len(t.Crons) > 0
	case "workflow_dispatch":
		return o.Event == Manual
	case "release":
		return o.Event == Release
	default:
		return o.Event == OtherEvent
	}
	return false
}

// all: a filter that takes everything out.
func all(patterns []string) bool {
	for _, p := range patterns {
		if p == "**" || p == "*" {
			return true
		}
	}
	return false
}

// opens: a pull request's run must come when it is opened or changed, not only when it is closed or labelled.
func (t Trigger) opens() bool {
	if t.Types == nil {
		return true
	}
	opened, changed := false, false
	for _, x := range t.Types {
		opened = opened || x == "opened"
		changed = changed || x == "synchronize"
	}
	return opened && changed
}

func (t Trigger) branch(name string) bool {
	if all(t.BranchesIgnore) || t.hasBranches && len(t.Branches) == 0 && len(t.BranchesIgnore) == 0 {
		return false
	}
	if name == "" {
		for _, b := range t.Branches {
			if !strings.HasPrefix(b, "!") {
				return true
			}
		}
		return len(t.Branches) == 0
	}
	ok := len(t.Branches) == 0
	for _, b := range t.Branches {
		neg := strings.HasPrefix(b, "!")
		if m, _ := doublestar.Match(strings.TrimPrefix(b, "!"), name); m {
			ok = !neg
		}
	}
	for _, b := range t.BranchesIgnore {
		if m, _ := doublestar.Match(b, name); m {
			return false
		}
	}
	return ok
}

// Events are the events that the pipeline may start on.
func (p *Pipeline) Events() []Event {
	var out []Event
	for _, e := range []Event{Push, Tag, PullRequest, Schedule, Manual, Release, OtherEvent} {
		if p.System == GitLab && (e == Release || e == OtherEvent) {
			continue
		}
		listens, _ := p.Listens(Occasion{Event: e, Possible: true})
		if p.System == GitLab {
			listens = p.gitlabListens(Occasion{Event: e}) != False
		}
		if listens {
			out = append(out, e)
		}
	}
	return out
}

// Runs tells whether a job runs on an occasion, all that it needs included. Unknown is a condition that AutoGit cannot decide.
func (p *Pipeline) Runs(j *Job, o Occasion) Truth { return p.runs(j, o, map[string]Truth{}) }

// runs keeps what it has found of each job, so that jobs that many others need cost no more than once; a circle is Unknown.
func (p *Pipeline) runs(j *Job, o Occasion, found map[string]Truth) Truth {
	if t, ok := found[j.ID]; ok {
		return t
	}
	found[j.ID] = Unknown
	found[j.ID] = p.decideJob(j, o, found)
	return found[j.ID]
}

func (p *Pipeline) decideJob(j *Job, o Occasion, found map[string]Truth) Truth {
	var t Truth
	if p.System == GitLab {
		t = p.gitlabRuns(j, o)
	} else {
		listens, _ := p.Listens(o)
		t = truth(listens).And(p.conditions(j.Conds, o))
	}
	if always(j.Conds) {
		return t
	}
	for _, n := range j.Needs {
		if k := p.JobByID(n); k != nil {
			t = t.And(p.runs(k, o, found))
		}
	}
	return t
}

// always: a job that runs even when what it needs was skipped.
func always(conds []Condition) bool {
	for _, c := range conds {
		if strings.Contains(c.Text, "always()") || strings.Contains(c.Text, "!cancelled()") && !strings.Contains(c.Text, "!failure()") {
			return true
		}
	}
	return false
}

// StepRuns tells whether a step runs on an occasion, given that its job does.
func (p *Pipeline) StepRuns(s *Step, o Occasion) Truth { return p.conditions(s.Conds, o) }

func (p *Pipeline) conditions(conds []Condition, o Occasion) Truth {
	t := True
	for _, c := range conds {
		t = t.And(p.Holds(c.Text, o))
	}
	return t
}

var wrapped = regexp.MustCompile(`(?s)^\s*\$\{\{(.*)\}\}\s*$`)

// Holds decides a GitHub expression, or a plain value, on an occasion.
func (p *Pipeline) Holds(expr string, o Occasion) Truth {
	if m := wrapped.FindStringSubmatch(expr); m != nil && !strings.Contains(m[1], "${{") {
		expr = m[1]
	} else if strings.Contains(expr, "${{") {
		return Unknown // text around an expression is always true, and never what was meant
	}
	lookup := func(name string) value {
		if v := p.output(name); v.known {
			return v
		}
		return o.context(name)
	}
	return eval(expr, scope{lookup: lookup, call: func(name string, args []value) value { return p.function(name, args, o) }, match: func(string, string) Truth { return Unknown }}).truth()
}

// output is what a job or step that filters by changed paths says for a change that concerns it; other outputs are unknown.
func (p *Pipeline) output(name string) value {
	parts := strings.Split(name, ".")
	if len(parts) == 3 && parts[0] == "needs" && parts[2] == "result" {
		return text("success")
	}
	if len(parts) != 4 || parts[2] != "outputs" {
		return value{}
	}
	for i := range p.Jobs {
		j := &p.Jobs[i]
		if parts[0] == "needs" && j.ID != parts[1] {
			continue
		}
		for k := range j.Steps {
			s := &j.Steps[k]
			if strings.HasPrefix(s.Uses.Text, "dorny/paths-filter@") && (parts[0] == "needs" || parts[0] == "steps" && s.ID == parts[1]) {
				return text("true")
			}
		}
	}
	return value{}
}

// personal are the contexts that differ from one run of an event to the next: settled for the usual run only.
var personal = map[string]bool{
	"github.actor": true, "github.triggering_actor": true, "github.head_ref": true, "github.base_ref": true,
	"github.event.head_commit.message": true, "github.event.pull_request.title": true, "github.event.pull_request.draft": true,
}

// context are the values of GitHub's contexts that an occasion settles.
func (o Occasion) context(name string) value {
	event := map[Event]string{Push: "push", Tag: "push", PullRequest: "pull_request", Schedule: "schedule", Manual: "workflow_dispatch", Release: "release"}[o.Event]
	name = strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "['", "."), "']", "")
	if o.Possible && personal[name] {
		return value{}
	}
	switch name {
	case "github.event_name":
		if event == "" {
			return value{}
		}
		return text(event)
	case "github.ref":
		return o.ref()
	case "github.ref_type":
		switch o.Event {
		case Tag:
			return text("tag")
		case Push, Schedule:
			return text("branch")
		}
	case "github.ref_name":
		if o.Event == Push && o.Branch != "" {
			return text(o.Branch)
		}
	case "github.head_ref", "github.base_ref":
		if o.Event != PullRequest {
			return text("")
		}
		return value{known: true, text: "some-branch"}
	case "github.event.pull_request":
		if o.Event == PullRequest {
			return text("object")
		}
		return null
	case "github.event.pull_request.draft":
		return text("false")
	case "github.actor", "github.triggering_actor", "github.event.head_commit.message", "github.event.pull_request.title":
		return text("\x00") // some person, some words: equal to none that a file names
	}
	return value{}
}

func (o Occasion) ref() value {
	switch o.Event {
	case Push, Schedule:
		if o.Branch != "" {
			return text("refs/heads/" + o.Branch)
		}
		return value{known: true, text: "refs/heads/\x00"} // some branch: equal to none that a file names
	case Tag, Release:
		return text("refs/tags/v1.2.3")
	case PullRequest:
		return text("refs/pull/1/merge")
	}
	return value{}
}

func (p *Pipeline) function(name string, args []value, o Occasion) value {
	switch name {
	case "always", "success":
		return text("true")
	case "failure", "cancelled":
		if o.Possible { // some run fails, and some run is cancelled
			return value{}
		}
		return text("false")
	}
	if len(args) != 2 || !args[0].known || !args[1].known {
		return value{}
	}
	a, b := strings.ToLower(args[0].text), strings.ToLower(args[1].text)
	switch name {
	case "startswith":
		return fromTruth(truth(strings.HasPrefix(a, b)))
	case "endswith":
		return fromTruth(truth(strings.HasSuffix(a, b)))
	case "contains":
		return fromTruth(truth(strings.Contains(a, b)))
	}
	return value{}
}
