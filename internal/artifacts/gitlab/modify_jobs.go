package gitlab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

type ruleNode = *yaml.Node

// job is a job of the existing pipeline.
type job struct {
	id   string
	node *yaml.Node
}

// keywords are the top-level keys that are no jobs.
var keywords = []string{"stages", "workflow", "default", "variables", "include", "spec", "image", "services", "cache", "before_script", "after_script", "pages:deploy"}

func (c *changer) jobs() []*job {
	var out []*job
	for _, p := range c.Root().Entries() {
		if p.Value.Kind == yaml.Mapping && !slices.Contains(keywords, p.Key.Value) && !strings.HasPrefix(p.Key.Value, ".") {
			out = append(out, &job{p.Key.Value, p.Value})
		}
	}
	return out
}

// firstJob is the key of the first job or template: what concerns all jobs goes above it.
func (c *changer) firstJob() string {
	for _, k := range c.Root().Keys() {
		if !slices.Contains(keywords, k) {
			return k
		}
	}
	return ""
}

func (c *changer) again(j *job) *job {
	for _, n := range c.jobs() {
		if n.id == j.id {
			return n
		}
	}
	return j
}

func (j *job) runs(text string) bool {
	return slices.ContainsFunc(j.node.Get("script").Strings(), func(s string) bool { return strings.Contains(s, text) })
}

// kindWords are what people call a job of the kind.
var kindWords = map[plan.Kind][]string{
	plan.Lint: {"lint", "linting", "check", "checks", "style", "quality"}, plan.Test: {"test", "tests", "unit", "pytest"}, plan.Build: {"build", "compile"},
	plan.Image: {"image", "docker", "build"}, plan.Publish: {"publish", "push", "release"}, plan.Scan: {"scan", "security"},
}

// find is the job that does the kind of work on the part: by its commands, then by its name.
func (c *changer) find(kind plan.Kind, part *plan.Part) *job {
	for _, pj := range c.plan.Jobs {
		if pj.Kind != kind || pj.Part != part {
			continue
		}
		for _, s := range pj.Steps {
			for _, j := range c.jobs() {
				if j.runs(s.Run) {
					return j
				}
			}
		}
	}
	if part != nil && len(c.plan.Parts) > 1 {
		return nil // a name alone does not tell which part a job is for
	}
	for _, w := range kindWords[kind] {
		for _, j := range c.jobs() {
			if artifact.Mentions(strings.NewReplacer("-", " ", "_", " ", ":", " ").Replace(j.id), w) {
				return j
			}
		}
	}
	return nil
}

// timeouts gives every job a limit; a longer one than the task's is shortened.
func (c *changer) timeouts(minutes string) error {
	limit, _ := strconv.Atoi(minutes)
	value := strconv.Itoa(max(limit, 0)) + " minutes"
	if limit <= 0 {
		value = "20 minutes"
	}
	for i := range c.jobs() {
		j := c.jobs()[i]
		if j.node.Has("trigger") {
			continue
		}
		var err error
		switch n := j.node.Get("timeout"); {
		case n == nil:
			err = c.Add(j.node, "stage", "timeout: "+value+"\n")
		case limit > 0 && n.Text() != value:
			err = c.Set(n, value)
		}
		if err != nil {
			return c.because(j.node.Line, "job "+j.id, err)
		}
	}
	return nil
}

// gates takes allow_failure away, so that a check that fails is seen.
func (c *changer) gates() error {
	for i := range c.jobs() {
		if err := c.harden(c.jobs()[i]); err != nil {
			return err
		}
	}
	return nil
}

var orderKinds = map[string]plan.Kind{
	"lint": plan.Lint, "typecheck": plan.Lint, "format-check": plan.Lint, "test": plan.Test, "build": plan.Image, "image-build": plan.Image,
	"publish": plan.Publish, "push": plan.Publish, "scan": plan.Scan, "security": plan.Scan,
}

// harden makes a job's failure count: a check that may fail is none.
func (c *changer) harden(j *job) error {
	if n := j.node.Get("allow_failure"); n == nil || n.Text() == "false" {
		return nil
	}
	return c.because(j.node.Line, "job "+j.id, c.Remove(j.node, "allow_failure"))
}

// order makes the later job wait for the earlier one, by needs: that holds whatever their stages are.
func (c *changer) order(first, then string) error {
	done := false
	for _, part := range append(slices.Clone(c.plan.Parts), nil) {
		a, b := c.find(orderKinds[first], part), c.find(orderKinds[then], part)
		if a == nil || b == nil || (part == nil && done) {
			continue
		}
		done = true
		if a.id == b.id {
			return fmt.Errorf("%s:%d: job %s does both %s and %s: AutoGit does not move commands about; split the job", c.req.Path, a.node.Line, a.id, first, then)
		}
		if slices.Contains(a.node.Get("needs").Strings(), b.id) {
			return fmt.Errorf("%s:%d: job %s waits for %s already, so %s cannot come before it", c.req.Path, a.node.Line, a.id, b.id, first)
		}
		if err := c.addNeed(b, a.id); err != nil {
			return c.because(b.node.Line, "job "+b.id, err)
		}
	}
	if !done {
		return fmt.Errorf("%s: no jobs were found that do %s and %s", c.req.Path, first, then)
	}
	return nil
}

func (c *changer) addNeed(j *job, id string) error {
	switch needs := j.node.Get("needs"); {
	case slices.Contains(needs.Strings(), id):
		return nil
	case needs == nil:
		return c.Before(j.node, "script", "needs: "+yamltext.Flow([]string{id})+"\n")
	case len(needs.List()) == 0:
		return c.Replace(needs, yamltext.Flow([]string{id}))
	case needs.Style == yaml.Block:
		return c.Append(needs, "- "+yamltext.Quote(id)+"\n")
	default:
		return c.Append(needs, id)
	}
}

// caches gives the jobs of a part its cache, where neither they nor all jobs have one.
func (c *changer) caches() error {
	if c.Root().Has("cache") || c.Root().Get("default").Has("cache") {
		return fmt.Errorf("%s: there is a cache for all jobs, and it is not clear that it holds the dependencies: AutoGit does not change it", c.req.Path)
	}
	done := false
	for _, part := range c.plan.Parts {
		text := c.render(func(w *writer) { w.cache(part) })
		for _, kind := range []plan.Kind{plan.Lint, plan.Test, plan.Build} {
			j := c.find(kind, part)
			if j == nil || text == "" {
				continue
			}
			done = true
			if j.node.Has("cache") || j.node.Has("extends") {
				continue
			}
			if err := c.Before(j.node, "script", text); err != nil {
				return c.because(j.node.Line, "job "+j.id, err)
			}
			if err := c.variables(j, part.Recipe.Toolchain.CacheEnv); err != nil {
				return c.because(j.node.Line, "job "+j.id, err)
			}
		}
	}
	if !done {
		return fmt.Errorf("%s: no job was found whose dependencies AutoGit knows how to cache", c.req.Path)
	}
	return nil
}

// variables sets what puts the tools' caches where GitLab saves them, unless the pipeline says otherwise.
func (c *changer) variables(j *job, env []stack.KV) error {
	for _, kv := range env {
		have := c.again(j).node.Get("variables")
		entry := kv.Key + ": " + yamltext.Quote(kv.Value) + "\n"
		var err error
		switch {
		case have.Has(kv.Key) || c.Root().Get("variables").Has(kv.Key):
		case have != nil:
			err = c.Add(have, "", entry)
		default:
			err = c.Before(c.again(j).node, "script", "variables:\n  "+entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// work adds the plan's commands of a kind that no job runs yet: to the job that does such work, or as a job.
func (c *changer) work(kind plan.Kind, cl criterion.Claim) error {
	found := false
	for _, pj := range c.plan.Jobs {
		if pj.Kind != kind || pj.Part == nil {
			continue
		}
		found = true
		host := c.find(kind, pj.Part)
		if host == nil || !host.node.Get("script").IsSequence() {
			if err := c.addJob(pj); err != nil {
				return err
			}
			continue
		}
		if err := c.harden(host); err != nil {
			return err
		}
		host = c.again(host)
		for _, s := range pj.Steps {
			if host.runs(s.Run) || !wanted(s, cl) {
				continue
			}
			if err := c.command(host, s); err != nil {
				return c.because(host.node.Line, "job "+host.id, err)
			}
			host = c.again(host)
		}
	}
	if !found {
		return fmt.Errorf("%s: nothing is known that would do %s", c.req.Path, cl.Name)
	}
	return nil
}

// wanted tells whether the claim asks for this command: the tool that it names, or all of its sort.
func wanted(s plan.Step, cl criterion.Claim) bool {
	if tool := cl.Param("tool"); tool != "" {
		return artifact.Mentions(s.Run, tool) || strings.HasSuffix(strings.ToLower(s.Name), " "+strings.ToLower(tool))
	}
	title := map[string]string{criterion.FormatCheck: "Check the format", criterion.TypeCheck: "Check types", criterion.Lint: "Lint"}[cl.Name]
	return strings.HasPrefix(s.Name, title)
}

// command adds a command to a script, or gives one that is there the options that the plan's has more.
func (c *changer) command(host *job, s plan.Step) error {
	script := host.node.Get("script")
	for _, line := range script.List() {
		if have := strings.TrimSpace(line.Text()); have != "" && strings.HasPrefix(s.Run, have+" --") && line.Style == yaml.Plain {
			return c.Set(line, s.Run)
		}
	}
	if script.Style == yaml.Flow {
		return c.Append(script, s.Run)
	}
	return c.Append(script, c.render(func(w *writer) {
		w.Comment(s.Why)
		w.Value(s.Run)
	}))
}
