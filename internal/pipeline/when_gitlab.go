package pipeline

import (
	"regexp"
	"slices"
	"strings"
)

// gitlabListens decides workflow:rules. Without them, GitLab makes branch and tag pipelines; merge request pipelines come when a
// job has rules or only for them.
func (p *Pipeline) gitlabListens(o Occasion) Truth {
	if p.HasWorkflow {
		return p.decide(p.Workflow, o, true)
	}
	if o.Event == PullRequest {
		return truth(slices.ContainsFunc(p.Jobs, func(j Job) bool { return j.HasRules || j.HasOnly }))
	}
	return True
}

// decide goes through rules: the first that matches says when. automatic asks for a start without a person.
func (p *Pipeline) decide(rules []Rule, o Occasion, automatic bool) Truth {
	var maybe []Truth
	settle := func(t Truth) Truth {
		for _, m := range maybe {
			if m != t {
				return Unknown
			}
		}
		return t
	}
	for _, r := range rules {
		t := True
		if r.If != "" {
			t = eval(r.If, scope{lookup: o.variable, call: func(string, []value) value { return value{} }, match: matches}).truth()
		}
		if r.HasExists || r.HasChanges && p.Covers != nil && !p.Covers(r.Changes) {
			t = t.And(Unknown)
		}
		runs := truth(r.When != "never" && !(automatic && r.When == "manual" && o.Event != Manual))
		switch t {
		case True:
			return settle(runs)
		case Unknown:
			maybe = append(maybe, runs)
		}
	}
	return settle(False)
}

func matches(s, pattern string) Truth {
	re, err := regexp.Compile(pattern)
	if err != nil || len(pattern) > 500 {
		return Unknown
	}
	if strings.Contains(s, "\x00") {
		return Unknown // some branch, its name is not known
	}
	return truth(re.MatchString(s))
}

// variable are the predefined variables that an occasion settles.
func (o Occasion) variable(name string) value {
	name = strings.Trim(strings.TrimPrefix(name, "$"), "{}")
	branch := o.Branch
	if branch == "" {
		branch = "\x00"
	}
	switch name {
	case "CI_PIPELINE_SOURCE":
		return o.source()
	case "CI_COMMIT_BRANCH":
		if o.Event == PullRequest || o.Event == Tag {
			return null
		}
		return text(branch)
	case "CI_COMMIT_TAG":
		if o.Event == Tag {
			return text("v1.2.3")
		}
		return null
	case "CI_MERGE_REQUEST_ID", "CI_MERGE_REQUEST_IID":
		if o.Event == PullRequest {
			return text("1")
		}
		return null
	case "CI_OPEN_MERGE_REQUESTS":
		return null // a branch without an open merge request
	case "CI_DEFAULT_BRANCH":
		return text("main")
	case "CI_COMMIT_REF_NAME":
		if o.Event == Tag {
			return text("v1.2.3")
		}
		return text(branch)
	}
	return value{}
}

// source is why GitLab started a pipeline.
func (o Occasion) source() value {
	switch o.Event {
	case Push, Tag:
		return text("push")
	case PullRequest:
		return text("merge_request_event")
	case Schedule:
		return text("schedule")
	case Manual:
		return text("web")
	}
	return value{}
}

// gitlabRuns decides one job on an occasion.
func (p *Pipeline) gitlabRuns(j *Job, o Occasion) Truth {
	t := p.gitlabListens(o)
	if j.When == "never" || j.When == "manual" && !j.HasRules && o.Event != Manual {
		return False
	}
	switch {
	case j.HasRules:
		return t.And(p.decide(j.Rules, o, true))
	case j.HasOnly:
		return t.And(truth(refers(j.Only, o) && !refers(j.Except, o)))
	case o.Event == PullRequest && !p.HasWorkflow:
		return False // a job without rules is for branches and tags
	}
	return t
}

// refers tells whether only or except speaks of an occasion.
func refers(refs []string, o Occasion) bool {
	word := map[Event]string{Push: "branches", Tag: "tags", PullRequest: "merge_requests", Schedule: "schedules", Manual: "web"}[o.Event]
	for _, r := range refs {
		if r == word || r == "pushes" && (o.Event == Push || o.Event == Tag) || o.Branch != "" && r == o.Branch {
			return true
		}
		if o.Event == Schedule && r == "branches" {
			return true
		}
	}
	return false
}
