package github

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// job is a job of the existing workflow.
type job struct {
	id   string
	node *yaml.Node
}

func (c *changer) jobs() []*job {
	var out []*job
	for _, p := range c.Root().Get("jobs").Entries() {
		if p.Value.Kind == yaml.Mapping {
			out = append(out, &job{p.Key.Value, p.Value})
		}
	}
	return out
}

// again is the job as it is after a change.
func (c *changer) again(j *job) *job {
	for _, n := range c.jobs() {
		if n.id == j.id {
			return n
		}
	}
	return j
}

func (j *job) steps() []*yaml.Node { return j.node.Get("steps").List() }

// runs tells whether a step of the job runs the text, or the tool.
func (j *job) runs(text, tool string) bool {
	return slices.ContainsFunc(j.steps(), func(s *yaml.Node) bool {
		run := s.Get("run").Text()
		return run != "" && (strings.Contains(run, text) || (tool != "" && artifact.Mentions(run, tool)))
	})
}

func (j *job) uses(action string) bool {
	return slices.ContainsFunc(j.steps(), func(s *yaml.Node) bool {
		name, _, _ := strings.Cut(s.Get("uses").Text(), "@")
		return strings.EqualFold(name, action)
	})
}

// kindActions are the actions that tell what a job is for.
var kindActions = map[plan.Kind][]string{
	plan.Image:   {"docker/build-push-action", "docker/bake-action"},
	plan.Publish: {"docker/build-push-action"},
	plan.Scan:    {"aquasecurity/trivy-action"},
	plan.Links:   {"lycheeverse/lychee-action", "gaurav-nelson/github-action-markdown-link-check"},
	plan.Lint:    {"golangci/golangci-lint-action"},
}

// kindWords are what people call a job of the kind.
var kindWords = map[plan.Kind][]string{
	plan.Lint: {"lint", "linting", "check", "checks", "style", "quality", "static"}, plan.Test: {"test", "tests", "unit", "pytest"},
	plan.Build: {"build", "compile"}, plan.Image: {"image", "docker", "build"}, plan.Publish: {"publish", "push", "release"},
	plan.Scan: {"scan", "security"}, plan.Links: {"links", "docs", "documentation"}, plan.Audit: {"audit"},
}

// find is the job that does the kind of work on the part: by its commands, then its actions, then its name. nil when there is none.
func (c *changer) find(kind plan.Kind, part *plan.Part) *job {
	var best *job
	most := 0
	for _, j := range c.jobs() {
		if n := c.score(j, kind, part); n > most {
			best, most = j, n
		}
	}
	return best
}

func (c *changer) score(j *job, kind plan.Kind, part *plan.Part) int {
	n := 0
	for _, pj := range c.plan.Jobs {
		if pj.Kind != kind || pj.Part != part {
			continue
		}
		for _, s := range pj.Steps {
			if j.runs(s.Run, "") {
				n += 4
			}
		}
	}
	if part != nil && n == 0 && len(c.plan.Parts) > 1 && !c.about(j, part) {
		return 0
	}
	if slices.ContainsFunc(kindActions[kind], j.uses) {
		n += 3
	}
	for _, w := range kindWords[kind] {
		if artifact.Mentions(strings.NewReplacer("-", " ", "_", " ").Replace(j.id+" "+j.node.Get("name").Text()), w) {
			return n + 2
		}
	}
	return n
}

// about tells whether a job of a repository of several parts works on this one.
func (c *changer) about(j *job, part *plan.Part) bool {
	return artifact.Mentions(j.id, part.Name) || (part.Path != "." && strings.Contains(j.node.Source(), part.Path))
}

// equips tells whether the job brings the part's language onto the runner.
func (j *job) equips(part *plan.Part) bool {
	tc := part.Recipe.Toolchain
	if len(tc.Actions) > 0 {
		return j.uses(tc.Actions[0].Name)
	}
	return len(tc.Setup) > 0 && j.runs("", tc.Setup[0].Tool)
}

// work adds the plan's steps of a kind that no job runs yet: to the job that does such work, or as a job.
func (c *changer) work(kind plan.Kind, cl criterion.Claim) error {
	found := false
	for _, pj := range c.plan.Jobs {
		if pj.Kind != kind || pj.Part == nil || !c.concerns(cl, pj.Part) {
			continue
		}
		found = true
		host := c.find(kind, pj.Part)
		if host == nil || !host.equips(pj.Part) {
			if err := c.addJob(pj); err != nil {
				return err
			}
			continue
		}
		if err := c.addSteps(host, pj, cl); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s: nothing is known that would do %s", c.req.Path, cl.Name)
	}
	return nil
}

func (c *changer) concerns(cl criterion.Claim, part *plan.Part) bool {
	name := cl.Param("component")
	return name == "" || strings.EqualFold(name, part.Name) || name == part.Path
}

// addSteps adds to a job the steps that a claim needs and the job lacks, behind the last command.
func (c *changer) addSteps(host *job, pj *plan.Job, cl criterion.Claim) error {
	if err := c.harden(host, pj); err != nil {
		return err
	}
	host = c.again(host)
	for _, s := range pj.Steps {
		if host.runs(s.Run, "") || !wanted(s, cl) {
			continue
		}
		if cl.Name == criterion.CoverageThreshold && strings.Contains(s.Run, "--") && !strings.HasPrefix(s.Name, "Check the coverage") {
			if ok, err := c.extend(host, s); ok || err != nil {
				return err
			}
		}
		text, err := c.render(func(w *writer) {
			w.Comment(s.Why)
			w.step(s.Name, func() {
				if pj.Part.Path != "." && host.node.Get("defaults", "run", "working-directory").Text() != pj.Part.Path {
					w.Key("working-directory", pj.Part.Path)
				}
				w.Text("run", s.Run)
			})
		})
		if err != nil {
			return err
		}
		if err := c.InsertItem(host.node.Get("steps"), host.lastRun(), text); err != nil {
			return c.because(host.node.Line, "job "+host.id, err)
		}
		host = c.again(host)
	}
	return nil
}

// wanted tells whether the claim asks for this step: the tool that it names, or all steps of its sort.
func wanted(s plan.Step, cl criterion.Claim) bool {
	if tool := cl.Param("tool"); tool != "" {
		return artifact.Mentions(s.Run, tool) || strings.HasSuffix(strings.ToLower(s.Name), " "+strings.ToLower(tool))
	}
	switch cl.Name {
	case criterion.FormatCheck:
		return strings.HasPrefix(s.Name, "Check the format")
	case criterion.TypeCheck:
		return strings.HasPrefix(s.Name, "Check types")
	case criterion.Lint:
		return strings.HasPrefix(s.Name, "Lint")
	}
	return true
}

// extend gives a command that is there the options that the plan's has more: "pytest --cov" becomes "pytest --cov --cov-fail-under=80".
func (c *changer) extend(host *job, s plan.Step) (bool, error) {
	for _, st := range host.steps() {
		run := st.Get("run")
		if have := strings.TrimSpace(run.Text()); have != "" && strings.HasPrefix(s.Run, have) && run.Kind == yaml.Scalar && run.Style == yaml.Plain {
			return true, c.because(run.Line, "run", c.Set(run, s.Run))
		}
	}
	return false, nil
}

// lastRun is the index of the last step that runs a command; the last step when none does.
func (j *job) lastRun() int {
	steps := j.steps()
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Has("run") {
			return i
		}
	}
	return len(steps) - 1
}

// job adds the plan's jobs of these kinds.
func (c *changer) job(kinds ...plan.Kind) error {
	found := false
	for _, pj := range c.plan.Jobs {
		if !slices.Contains(kinds, pj.Kind) {
			continue
		}
		found = true
		if err := c.addJob(pj); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s: nothing is known that a job for %s could run", c.req.Path, kinds[0])
	}
	return nil
}

// addJob writes a whole job behind the last one, waiting for the existing jobs that do what the plan's needs do.
func (c *changer) addJob(pj *plan.Job) error {
	if c.added[pj.ID] {
		return nil
	}
	copied := *pj
	copied.Needs = nil
	for _, id := range pj.Needs {
		if need := c.plan.Job(id); c.added[id] {
			copied.Needs = append(copied.Needs, c.freshID(id, true))
		} else if j := c.find(need.Kind, need.Part); j != nil && !slices.Contains(copied.Needs, j.id) {
			copied.Needs = append(copied.Needs, j.id)
		}
	}
	copied.ID = c.freshID(pj.ID, false)
	text, err := c.render(func(w *writer) {
		w.Blank()
		w.job(&copied, false)
	})
	if err != nil {
		return err
	}
	if err := c.Add(c.Root().Get("jobs"), "", text); err != nil {
		return c.because(1, "jobs", err)
	}
	if c.added == nil {
		c.added = map[string]bool{}
	}
	c.added[pj.ID] = true
	return nil
}

// freshID is an id that no job has; of an added job, the one that it got.
func (c *changer) freshID(id string, taken bool) string {
	has := c.Root().Get("jobs").Has
	last := id
	for n := 2; has(id); n++ {
		last, id = id, fmt.Sprintf("%s-%d", strings.TrimSuffix(id, fmt.Sprintf("-%d", n-1)), n)
	}
	if taken {
		return last
	}
	return id
}
