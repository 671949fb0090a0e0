package plan

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// defaultMinutes end a job that hangs long before the platform's own limit of hours does.
var defaultMinutes = map[Kind]int{Lint: 10, Test: 20, Build: 20, Image: 45, Publish: 60, Links: 10, Scan: 15, Audit: 10}

// jobs lists the jobs in the order in which people read them: cheap checks, tests, what is built, the rest.
func (p *Plan) jobs(req *artifact.Request) error {
	gate := p.Purpose != Nightly || asked(req, criterion.Lint, criterion.FormatCheck, criterion.TypeCheck)
	for _, part := range p.Parts {
		if gate {
			p.add(part.lintJob())
		}
		p.add(p.testJob(part, req))
		if p.Purpose == Checks && !p.packed(part) {
			p.add(part.buildJob())
		}
	}
	p.imageJobs(req)
	if p.wantsLinks(req) {
		p.add(&Job{ID: "docs", Name: "Check links in the documentation", Kind: Links})
	}
	if p.Scan.Files {
		p.add(&Job{ID: "security", Name: "Scan for vulnerabilities", Kind: Scan})
	}
	if p.Purpose != Release || asked(req, criterion.Scan) {
		for _, part := range p.Parts {
			p.add(part.auditJob())
		}
	}
	if len(p.Jobs) == 0 {
		return refuse("nothing is known that a pipeline of %s could run: it has no tests, no linter and no build command", p.list())
	}
	for _, j := range p.Jobs {
		j.Only = p.only[j.Kind]
	}
	p.need()
	return nil
}

func asked(req *artifact.Request, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return len(criterion.Find(req.Claims, n)) > 0 })
}

// add appends a job that has something to do.
func (p *Plan) add(j *Job) {
	if j != nil {
		p.Jobs = append(p.Jobs, j)
	}
}

func (p *Plan) packed(part *Part) bool {
	return slices.ContainsFunc(p.Images, func(img *ImageBuild) bool { return img.Part == part })
}

func (part *Part) job(kind Kind, name string, steps []Step) *Job {
	if len(steps) == 0 {
		return nil
	}
	return &Job{ID: part.Prefix + string(kind), Name: part.Label() + name, Kind: kind, Part: part, Steps: steps}
}

func (part *Part) lintJob() *Job {
	var steps []Step
	steps = appendSteps(steps, part.Recipe.FormatCheck, "Check the format")
	steps = appendSteps(steps, part.Recipe.Lint, "Lint")
	steps = appendSteps(steps, part.Recipe.TypeCheck, "Check types")
	return part.job(Lint, "Lint", steps)
}

func (p *Plan) testJob(part *Part, req *artifact.Request) *Job {
	var steps []Step
	steps = appendSteps(steps, part.Recipe.Test, "Run tests")
	if len(part.Services) > 0 {
		steps = appendSteps(steps, part.Recipe.Integration, "Run integration tests")
	}
	j := part.job(Test, "Test", steps)
	keep := p.Purpose == Checks || asked(req, criterion.CoverageUpload)
	if j != nil && keep && part.Recipe.CoverageFile != "" {
		j.Coverage = path.Join(part.Path, part.Recipe.CoverageFile)
	}
	return j
}

func (part *Part) buildJob() *Job {
	return part.job(Build, "Build", appendSteps(nil, part.Recipe.Build, "Build"))
}

func (part *Part) auditJob() *Job {
	return part.job(Audit, "Audit dependencies", appendSteps(nil, part.Recipe.Audit, "Audit dependencies"))
}

// appendSteps makes a step of each command, named by what it does and by which tool.
func appendSteps(steps []Step, cmds []stack.Command, title string) []Step {
	for _, c := range cmds {
		name := title
		switch {
		case c.Tool == "coverage" && title == "Run tests":
			name = "Check the coverage"
		case c.Tool != "":
			name += " with " + c.Tool
		}
		for _, s := range steps {
			if s.Run == c.Run {
				name = ""
			}
		}
		if name != "" {
			steps = append(steps, Step{Name: name, Run: c.Run, Why: c.Why})
		}
	}
	return steps
}

func (p *Plan) imageJobs(req *artifact.Request) {
	for _, img := range p.Images {
		label, prefix := "", ""
		if img.Name != "" {
			label, prefix = img.Name+": ", img.Name+"-"
			if img.Part != nil && img.Part.Prefix != "" {
				prefix = img.Part.Prefix
			}
		}
		if p.Purpose == Checks || (p.Purpose == Nightly && (p.Scan.Images || asked(req, criterion.ImageBuild))) {
			p.add(&Job{ID: prefix + "build", Name: label + "Build image", Kind: Image, Part: img.Part, Image: img})
		}
		if p.Publish != nil {
			p.add(&Job{ID: prefix + "publish", Name: label + "Publish image", Kind: Publish, Part: img.Part, Image: img})
		}
	}
}

// wantsLinks tells whether there is documentation to check, or the task asks for it.
func (p *Plan) wantsLinks(req *artifact.Request) bool {
	if asked(req, criterion.LinkCheck) {
		return true
	}
	return p.Purpose != Release && slices.ContainsFunc(req.Tree.Under("docs"), func(f repo.File) bool { return strings.HasSuffix(strings.ToLower(f.Path), ".md") })
}

// need orders the jobs: lint before test, both before anything is built, everything before anything is published.
func (p *Plan) need() {
	for _, j := range p.Jobs {
		switch j.Kind {
		case Test:
			j.Needs = p.ids(j.Part, Lint)
		case Build:
			j.Needs = p.ids(j.Part, Lint, Test)
		case Image:
			j.Needs = p.ids(j.Part, Lint, Test)
		case Publish:
			j.Needs = p.ids(j.Part, Lint, Test)
			if b := p.ids(j.Part, Image); len(b) > 0 {
				j.Needs = append(j.Needs, p.Jobs[slices.IndexFunc(p.Jobs, func(o *Job) bool { return o.Kind == Image && o.Image == j.Image })].ID)
			}
		}
	}
}

// ids are the jobs of these kinds that belong to the part; of all parts when part is nil.
func (p *Plan) ids(part *Part, kinds ...Kind) []string {
	var out []string
	for _, j := range p.Jobs {
		if slices.Contains(kinds, j.Kind) && (part == nil || j.Part == part) {
			out = append(out, j.ID)
		}
	}
	return out
}

// stageWords are the names by which a task calls what a job does.
var stageWords = map[string]Kind{
	"lint": Lint, "linting": Lint, "typecheck": Lint, "format": Lint, "format-check": Lint, "test": Test, "tests": Test, "integration-test": Test,
	"build": Image, "image": Image, "image-build": Image, "publish": Publish, "push": Publish, "deploy": Publish, "release": Publish,
	"scan": Scan, "security": Scan, "audit": Audit, "docs": Links, "link-check": Links,
}

// order adds the order that the task asks for. Lint before test is turned round when the task wants it so.
func (p *Plan) order(req *artifact.Request) error {
	for _, c := range criterion.Find(req.Claims, criterion.Order) {
		for _, first := range c.List("first") {
			for _, then := range c.List("then") {
				if err := p.pair(stageWords[strings.ToLower(first)], stageWords[strings.ToLower(then)]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *Plan) pair(first, then Kind) error {
	if first == "" || then == "" || first == then {
		return nil
	}
	if first == Test && then == Lint {
		p.drop(Lint, Test)
	}
	return p.before(first, then)
}

// drop takes away that then waits for first.
func (p *Plan) drop(first, then Kind) {
	for _, j := range p.Jobs {
		if j.Kind == then {
			j.Needs = slices.DeleteFunc(j.Needs, func(id string) bool { return p.Job(id).Kind == first })
		}
	}
}

func (p *Plan) before(first, then Kind) error {
	done := false
	for _, j := range p.Jobs {
		if j.Kind != then && (then != Image || j.Kind != Build) {
			continue
		}
		ids := p.ids(j.Part, first)
		// A part without a linter has no lint of its own to wait for: it waits for that of the others.
		if len(ids) == 0 || (first == Lint && j.Part != nil && len(j.Part.Recipe.Lint) == 0) {
			ids = p.ids(nil, first)
		}
		for _, id := range ids {
			if p.reaches(id, j.ID) {
				return refuse("the task asks for %s before %s, and for the reverse: one of them must go", first, then)
			}
			if !p.reaches(j.ID, id) {
				j.Needs = append(j.Needs, id)
			}
			done = true
		}
	}
	if !done {
		return refuse("the task asks for %s before %s, and this pipeline has not both", first, then)
	}
	return nil
}

// reaches tells whether job from waits for job to, directly or through others.
func (p *Plan) reaches(from, to string) bool {
	if from == to {
		return true
	}
	j := p.Job(from)
	return j != nil && slices.ContainsFunc(j.Needs, func(id string) bool { return p.reaches(id, to) })
}

// minutes sets each job's limit: the task's, or a default that fits its kind.
func (p *Plan) minutes(req *artifact.Request) error {
	limit := 0
	for _, c := range criterion.Find(req.Claims, criterion.Timeout) {
		if m := c.Param("minutes"); m != "" {
			n, err := strconv.Atoi(m)
			if err != nil || n < 1 || n > 360 {
				return refuse("the task asks for a limit of %q minutes: use 1 to 360, the longest that a hosted job may run", m)
			}
			limit = n
		}
	}
	for _, j := range p.Jobs {
		j.Minutes = cmp.Or(limit, defaultMinutes[j.Kind])
	}
	return nil
}
