package plan

import (
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// Purpose says which pipeline a file is.
type Purpose string

// The purposes. Checks runs on each change, Nightly on a schedule, Release when a version is tagged.
const (
	Checks  Purpose = "checks"
	Nightly Purpose = "nightly"
	Release Purpose = "release"
)

// Kind says what a job does; a format writes each kind in its own way.
type Kind string

// The kinds of job.
const (
	Lint    Kind = "lint"
	Test    Kind = "test"
	Build   Kind = "build" // commands, for a part without an image
	Image   Kind = "image"
	Publish Kind = "publish"
	Links   Kind = "docs"
	Scan    Kind = "security"
	Audit   Kind = "audit"
)

// Plan is what a pipeline is to do.
type Plan struct {
	Purpose  Purpose
	Name     string // of the repository or its only part, for the header
	Events   Events
	Parts    []*Part
	Images   []*ImageBuild
	Jobs     []*Job
	Coverage string // service that coverage goes to; empty for an artifact of the run
	Scan     ScanPlan
	Publish  *PublishPlan
	Tags     []string // of the runners that every job needs; none for the platform's own
	Notes    []string

	only map[Kind][]string // events that jobs of a kind are narrowed down to
}

// Filtered tells whether a change to one part need not run the jobs of the others.
func (p *Plan) Filtered() bool { return len(p.Parts) > 1 && p.Purpose == Checks }

// Job returns a job by its id, nil when there is none.
func (p *Plan) Job(id string) *Job {
	for _, j := range p.Jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

// Events says when the pipeline runs.
type Events struct {
	Push, PullRequest, Tag, Manual bool
	Branches                       []string // of Push and PullRequest; at least one
	Crons                          []string // UTC
}

// Part is a component as the pipeline sees it.
type Part struct {
	artifact.Part
	Prefix   string // of job ids: "" in a repository with one part, else "api-"
	Services []Service
	Env      []stack.KV // of the test job: how the program reaches its services
	Matrix   []string   // versions to test on; none for the one version
	Watched  []string   // path patterns whose change concerns this part
}

// Label names the part in the titles of jobs: "api: ", or nothing when there is only one part.
func (p *Part) Label() string {
	if p.Prefix == "" {
		return ""
	}
	return p.Name + ": "
}

// Service is a server that tests need beside them.
type Service struct {
	stack.Service
	Asked bool // by the task, not by the survey
}

// Job is one job of the pipeline.
type Job struct {
	ID, Name, Why string
	Kind          Kind
	Part          *Part       // nil for a job of the whole repository
	Image         *ImageBuild // of Image and Publish jobs
	Needs         []string
	Minutes       int
	Steps         []Step   // what it runs, in the part's folder, after the toolchain and Install
	Only          []string // events, in the words of claims, that it is narrowed down to; none for all
	Coverage      string   // repository path of the coverage report that Steps write
}

// Step is one named piece of work of a job.
type Step struct{ Name, Run, Why string }

// ImageBuild is one container image.
type ImageBuild struct {
	Part       *Part // nil when the Dockerfile belongs to no component
	Name       string
	Dockerfile string
	Context    string
	Platforms  []string
	Emulated   bool // a stage runs commands on a foreign architecture
}

// ScanPlan says what is scanned for vulnerabilities.
type ScanPlan struct {
	Severities string // "CRITICAL,HIGH"
	Files      bool   // the repository's files
	Images     bool   // the built images
}

// PublishPlan says where images go and when.
type PublishPlan struct {
	Registry string // "ghcr.io"
	OnTag    bool
	OnBranch bool // the default branch
}
