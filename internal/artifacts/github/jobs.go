package github

import (
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/artifacts/yamltext"
)

// changesJob and passedJob are the ids of the two jobs that a repository of several parts has besides its own.
const (
	changesJob = "changes"
	passedJob  = "passed"
)

func (w *writer) jobs() {
	filtered := w.plan.Filtered() && w.plan.Events.PullRequest
	if filtered {
		w.changes()
	}
	for i, j := range w.plan.Jobs {
		if i > 0 || filtered {
			w.Blank()
		}
		w.job(j, filtered)
	}
	if filtered {
		w.Blank()
		w.passed()
	}
}

func (w *writer) job(j *plan.Job, filtered bool) {
	w.Map(j.ID, func() {
		w.Key("name", w.jobName(j))
		w.Comment(j.Why)
		w.condition(j, filtered)
		w.runsOn()
		w.Raw("timeout-minutes", strconv.Itoa(j.Minutes))
		if j.Kind == plan.Publish {
			w.publishPermissions()
		}
		if j.Part != nil && j.Part.Path != "." && len(j.Steps) > 0 {
			w.Map("defaults", func() { w.Map("run", func() { w.Key("working-directory", j.Part.Path) }) })
		}
		if j.Kind == plan.Test {
			w.strategy(j.Part)
			w.services(j.Part)
			w.env(j.Part)
		}
		w.Map("steps", func() { w.steps(j) })
	})
}

func (w *writer) jobName(j *plan.Job) string {
	if j.Kind == plan.Test && len(j.Part.Matrix) > 0 {
		return j.Name + " (" + j.Part.Title() + " ${{ matrix." + j.Part.VersionKey() + " }})"
	}
	return j.Name
}

// condition writes needs and if.
func (w *writer) condition(j *plan.Job, filtered bool) {
	needs := slices.Clone(j.Needs)
	var cond string
	if filtered && j.Part != nil && j.Kind != plan.Publish {
		needs = append([]string{changesJob}, needs...)
		cond = "github.event_name != 'pull_request' || needs." + changesJob + ".outputs." + output(j.Part) + " == 'true'"
	}
	if j.Kind == plan.Publish {
		cond = w.publishCondition()
	} else if filtered && w.waitsForOthers(j) {
		cond = both("!failure() && !cancelled()", cond) // a job that the filter left out holds nothing up
	}
	if only := onlyCondition(j.Only); only != "" && cond != "" {
		cond = both(only, cond)
	} else {
		cond += only
	}
	if strings.HasPrefix(cond, "!") {
		cond = "${{ " + cond + " }}" // a plain ! would be a YAML tag
	}
	switch len(needs) {
	case 0:
	case 1:
		w.Key("needs", needs[0])
	default:
		w.List("needs", needs)
	}
	if cond != "" {
		w.Key("if", cond)
	}
}

// waitsForOthers tells whether a job waits for jobs of other parts, which a path filter may leave out.
func (w *writer) waitsForOthers(j *plan.Job) bool {
	return slices.ContainsFunc(j.Needs, func(id string) bool {
		need := w.plan.Job(id)
		return need != nil && need.Part != nil && need.Part != j.Part
	})
}

// both is both conditions.
func both(a, b string) string {
	switch {
	case b == "":
		return a
	case strings.Contains(a, "||"):
		a = "(" + a + ")"
	}
	if strings.Contains(b, "||") {
		b = "(" + b + ")"
	}
	return a + " && " + b
}

// onlyCondition narrows a job down to events.
func onlyCondition(events []string) string {
	var out []string
	for _, e := range events {
		switch e {
		case "tag", "release":
			out = append(out, "startsWith(github.ref, 'refs/tags/')")
		case "push":
			out = append(out, "(github.event_name == 'push' && startsWith(github.ref, 'refs/heads/'))")
		case "merge_request":
			out = append(out, "github.event_name == 'pull_request'")
		case "manual":
			out = append(out, "github.event_name == 'workflow_dispatch'")
		default:
			out = append(out, "github.event_name == '"+strings.Trim(e, "'")+"'")
		}
	}
	return strings.Join(out, " || ")
}

// output is the name of a part in the outputs of the changes job.
func output(part *plan.Part) string { return strings.TrimSuffix(part.Prefix, "-") }

// changes finds the parts that a pull request touches.
func (w *writer) changes() {
	w.Map(changesJob, func() {
		w.Key("name", "Find what changed")
		w.runsOn()
		w.Raw("timeout-minutes", "5")
		w.Map("permissions", func() {
			w.Comment("The list of changed files comes from the API, so the repository need not be fetched.")
			w.Key("pull-requests", "read")
		})
		w.Map("outputs", func() {
			for _, part := range w.plan.Parts {
				w.Key(output(part), "${{ steps.filter.outputs."+output(part)+" }}")
			}
		})
		w.Map("steps", func() {
			w.Comment("Only pull requests are narrowed down. On " + strings.Join(w.plan.Events.Branches, ", ") +
				" everything runs: two changes that each pass alone can fail together.")
			w.Item(func() {
				w.Key("name", "Compare the changed files with the parts")
				w.Key("id", "filter")
				w.Key("if", "github.event_name == 'pull_request'")
				w.uses("dorny/paths-filter")
				w.Map("with", func() { w.Text("filters", w.filters()) })
			})
		})
	})
}

// filters is the paths-filter action's own YAML: for each part the paths that concern it, and this file.
func (w *writer) filters() string {
	var f yamltext.Writer
	for _, part := range w.plan.Parts {
		f.Map(output(part), func() {
			for _, pattern := range append(slices.Clone(part.Watched), w.path) {
				f.Value(pattern)
			}
		})
	}
	return f.String()
}

// passed is one job to require in the branch rules, whatever was filtered out.
func (w *writer) passed() {
	needs := []string{changesJob}
	for _, j := range w.plan.Jobs {
		if j.Kind != plan.Publish {
			needs = append(needs, j.ID)
		}
	}
	w.Comment("Require this one check in the branch rules: a job that was left out counts as passed, one that failed does not.")
	w.Map(passedJob, func() {
		w.Key("name", "All checks passed")
		w.List("needs", needs)
		w.Key("if", "always()")
		w.runsOn()
		w.Raw("timeout-minutes", "5")
		w.Raw("permissions", "{}")
		w.Map("steps", func() {
			w.Item(func() {
				w.Key("name", "Fail if a job failed or was cancelled")
				w.Map("env", func() { w.Key("RESULTS", "${{ join(needs.*.result, ' ') }}") })
				w.Text("run", "echo \"Results: $RESULTS\"\ncase \"$RESULTS\" in\n  *failure* | *cancelled*) exit 1 ;;\nesac")
			})
		})
	})
}

// runsOn names the hosted runner, or for runner classes of one's own the labels that a runner must have.
func (w *writer) runsOn() {
	if len(w.plan.Tags) == 0 {
		w.Key("runs-on", runner)
		return
	}
	w.List("runs-on", append([]string{"self-hosted"}, w.plan.Tags...))
}
