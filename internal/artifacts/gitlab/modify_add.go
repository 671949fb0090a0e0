package gitlab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// jobsOf adds the plan's jobs of these kinds.
func (c *changer) jobsOf(kinds ...plan.Kind) error {
	found := false
	for _, pj := range c.plan.Jobs {
		if slices.Contains(kinds, pj.Kind) {
			found = true
			if err := c.addJob(pj); err != nil {
				return err
			}
		}
	}
	if !found {
		return fmt.Errorf("%s: nothing is known that a job for %s could run", c.req.Path, kinds[0])
	}
	return nil
}

// addJob writes a whole job behind the last one, with the template that it extends and the stage that it stands in.
func (c *changer) addJob(pj *plan.Job) error {
	if c.added[pj.ID] {
		return nil
	}
	if c.Root().Has(pj.ID) {
		return fmt.Errorf("%s: there is a job %s already that does something else: AutoGit does not write over it", c.req.Path, pj.ID)
	}
	c.added[pj.ID] = true
	if err := c.stage(stageOf[pj.Kind]); err != nil {
		return err
	}
	copied := *pj
	copied.Needs = nil
	for _, id := range pj.Needs {
		need := c.plan.Job(id)
		if c.added[id] {
			copied.Needs = append(copied.Needs, id)
		} else if j := c.find(need.Kind, need.Part); j != nil && !slices.Contains(copied.Needs, j.id) {
			copied.Needs = append(copied.Needs, j.id)
		}
	}
	text := c.render(func(w *writer) {
		if len(pj.Steps) > 0 && !c.Root().Has(w.templateName(pj.Part)) {
			w.Blank()
			w.template(pj.Part)
		}
		w.Blank()
		w.job(&copied)
	})
	return c.because(1, "job "+pj.ID, c.Add(c.Root(), "", text))
}

// stage makes sure that a stage exists. Without a list of stages GitLab has build, test and deploy.
func (c *changer) stage(name string) error {
	stages := c.Root().Get("stages")
	switch {
	case slices.Contains(stages.Strings(), name), stages == nil && slices.Contains([]string{"build", "test", "deploy"}, name):
		return nil
	case stages == nil:
		return c.because(1, "stages", c.Before(c.Root(), c.firstJob(), "stages: [lint, build, test, security, publish, deploy]\n\n"))
	case stages.Style == yaml.Block:
		return c.because(stages.Line, "stages", c.Append(stages, "- "+name+"\n"))
	}
	return c.because(stages.Line, "stages", c.Append(stages, name))
}

// tags sends all jobs to the runners of a class. Jobs that have tags of their own keep them, and the claim stays open.
func (c *changer) tags(tags []string) error {
	list := "tags: " + yamltext.Flow(tags) + "\n"
	root := c.Root()
	switch d := root.Get("default"); {
	case d == nil:
		return c.because(1, "default", c.Before(root, c.firstJob(), "default:\n  "+list+"\n"))
	case d.Has("tags"):
		c.notes = append(c.notes, fmt.Sprintf("line %d: default has tags already; a person must decide between them and %s", d.Get("tags").Line, strings.Join(tags, ", ")))
		return nil
	default:
		return c.because(d.Line, "default", c.Add(d, "", list))
	}
}
