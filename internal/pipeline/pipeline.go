package pipeline

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/shell"
)

// System is whose pipeline language a file is written in.
type System string

// The systems.
const (
	GitHub System = "github"
	GitLab System = "gitlab"
)

// Event is why a pipeline runs.
type Event string

// The events. Push is a push to a branch; a pushed tag is Tag. GitLab's merge requests are PullRequest.
const (
	Push        Event = "push"
	Tag         Event = "tag"
	PullRequest Event = "pull_request"
	Schedule    Event = "schedule"
	Manual      Event = "manual"
	Release     Event = "release"
	OtherEvent  Event = "other" // an event that AutoGit does not tell apart
)

// Value is a scalar of the file with its line. File is empty for a value of the pipeline's own file.
type Value struct {
	Text string
	Line int
	File string
}

// Trigger is one entry under "on".
type Trigger struct {
	Name                     string // as written: push, pull_request, workflow_call
	Line                     int
	Branches, BranchesIgnore []string
	Tags, TagsIgnore         []string
	Paths, PathsIgnore       []string
	Types                    []string
	Crons                    []Value
	hasTags, hasBranches     bool
}

// Permissions of the job's token. All is "read-all" or "write-all"; a nil *Permissions was not written.
type Permissions struct {
	All    string
	Scopes map[string]Value
	Line   int
}

// Concurrency is a concurrency group.
type Concurrency struct {
	Group  string
	Cancel Value // of cancel-in-progress
	Line   int
}

// Condition is what must hold for a job or a step to run.
type Condition struct {
	Text string
	Line int
}

// Rule is one entry of GitLab's rules.
type Rule struct {
	If           string
	When         string
	AllowFailure bool
	Changes      []string
	HasChanges   bool
	HasExists    bool
	Line         int
}

// Axis is a dimension of a matrix.
type Axis struct {
	Name   string
	Values []Value
	Line   int
}

// Service is a container beside a job.
type Service struct {
	Name   string
	Image  Value
	Health bool // the pipeline waits until it answers
	Line   int
}

// Command is a command that a step runs in the end.
type Command struct {
	shell.Command // wrappers taken off
	Raw           shell.Command
	File          string
	Line          int
	// Swallowed commands may fail without failing the job, and Why says how.
	Swallowed bool
	Why       string
	// Conditional commands may not run at all.
	Conditional bool
	// Script is the whole script that the command stands in.
	Script string
	// Via are the lines through which it is run: the step that calls make, the script of package.json.
	Via []finding.Evidence
}

// Evidence is the command's own line.
func (c Command) Evidence(t *repo.Tree) finding.Evidence { return At(t, c.File, c.Line) }

// Step is one step of a job. GitLab's scripts are steps without a name.
type Step struct {
	ID, Name string
	File     string
	Line     int
	Conds    []Condition
	Uses     Value
	With     map[string]Value
	Env      map[string]Value
	Commands []Command
	// Soft steps may fail without failing the job: continue-on-error.
	Soft     bool
	SoftLine int
}

// Job is one job.
type Job struct {
	ID    string
	Name  string
	File  string
	Line  int
	Stage string // GitLab
	Needs []string
	// HasNeeds: needs is written, so that stages do not order this job (GitLab).
	HasNeeds bool
	Conds    []Condition
	Rules    []Rule
	HasRules bool
	Only     []string // GitLab's only.refs and except.refs
	Except   []string
	HasOnly  bool
	// When is GitLab's job-level when: on_success, manual, never, ….
	When          string
	Steps         []Step
	Axes          []Axis
	Include       []map[string]Value // of a matrix
	FailFast      Value
	Services      []Service
	Image         Value
	Timeout       Value // as written
	Permissions   *Permissions
	Concurrency   *Concurrency
	Interruptible Value
	Env           map[string]Value
	Caches        []Cache
	Tags          []string
	Coverage      Value // GitLab's coverage pattern
	Reports       map[string]Value
	Soft          bool // continue-on-error, allow_failure
	SoftLine      int
	// Calls is a reusable workflow that is not in this repository.
	Calls Value
}

// Cache is a cache of a job: GitLab's cache, or actions/cache.
type Cache struct {
	Key      string
	KeyFiles []string
	Paths    []string
	Line     int
}

// Pipeline is one workflow, or one .gitlab-ci.yml with what it includes.
type Pipeline struct {
	File        string
	System      System
	Name        string
	Triggers    []Trigger
	Jobs        []Job
	Permissions *Permissions
	Concurrency *Concurrency
	Env         map[string]Value
	Stages      []string
	Workflow    []Rule // GitLab's workflow:rules
	HasWorkflow bool
	Interrupt   Value // GitLab's workflow:auto_cancel:on_new_commit
	// Uses are all actions and reusable workflows that are called, those inside local composite actions too.
	Uses []Value
	// Problems say what could not be read.
	Problems []string

	// Covers tells whether path patterns take in the code of the repository, or of one of its components; nil: they do.
	Covers func(patterns []string) bool

	tree *repo.Tree
}

// JobByID is a job; nil when there is none of that id.
func (p *Pipeline) JobByID(id string) *Job {
	for i := range p.Jobs {
		if p.Jobs[i].ID == id {
			return &p.Jobs[i]
		}
	}
	return nil
}

// At is the evidence of a line.
func At(t *repo.Tree, file string, line int) finding.Evidence {
	e := finding.Evidence{File: file, Line: line}
	if lines := t.Lines(file); line >= 1 && line <= len(lines) {
		e.Text = clip(lines[line-1])
	}
	return e
}
