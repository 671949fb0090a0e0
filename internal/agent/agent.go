package agent

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/task"
	"github.com/autogit/autogit/internal/verify"
)

// Options are what an Agent works with.
type Options struct {
	Dir       string
	Boundary  edit.Boundary
	Engine    engine.Engine
	Stacks    []stack.Stack
	Artifacts []artifact.Artifact
	Rules     []rule.Rule
	Rounds    int // how often a proposal may go back to the engine

	DryRun        bool // do everything but write
	WithSuggested bool // also write the suggested files that the boundary allows
	Try           bool // build the image and start the stack before writing

	Progress func(Event) // may be nil
	Now      func() time.Time
}

// Agent does tasks in one repository.
type Agent struct{ o Options }

// New is an Agent with these options.
func New(o Options) *Agent {
	if o.Progress == nil {
		o.Progress = func(Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rounds < 1 {
		o.Rounds = 3
	}
	return &Agent{o: o}
}

// Run does the tasks in the order of their dependencies and hands each result to each as soon as it is there.
// A task's files are visible to the tasks after it, also in a dry run.
func (a *Agent) Run(ctx context.Context, tasks []task.Task, each func(*Result) error) error {
	ordered, err := task.Order(tasks)
	if err != nil {
		return err
	}
	base, err := repo.Open(a.o.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = base.Close() }()
	var siblings []string
	statuses := map[string]Status{}
	for _, t := range ordered {
		siblings = append(siblings, t.Files()...)
		statuses[t.ID] = ""
	}
	tree := base
	for i := range ordered {
		j := &job{o: &a.o, task: &ordered[i], base: tree, siblings: siblings}
		r := j.do(ctx, statuses)
		statuses[r.TaskID] = r.Status
		if r.Status == Done || r.Status == Partial {
			tree = tree.With(j.written)
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// job is one task under way.
type job struct {
	o        *Options
	task     *task.Task
	siblings []string
	base     *repo.Tree // as it was before this task
	tree     *repo.Tree // with the proposal laid over it
	facts    *stack.Facts
	recipes  []stack.Recipe

	proposal  map[string][]byte
	suggested []artifact.File
	written   map[string][]byte // what the task leaves behind
	gates     gates
	measured  map[string]int64 // image sizes in bytes, by Dockerfile, after a trial
	result    *Result
	started   map[Phase]time.Time
}

func (j *job) do(ctx context.Context, statuses map[string]Status) *Result {
	begin := j.o.Now()
	j.result = &Result{
		Agent: "A11", TaskID: j.task.ID, Engine: j.o.Engine.Name(), DryRun: j.o.DryRun,
		FilesCreated: []string{}, FilesModified: []string{}, Suggested: []SuggestedFile{},
		Criteria: []proof.Criterion{}, Verification: []verify.Check{}, Reviews: []Review{}, Facts: []NamedFact{}, Warnings: slices.Clone(j.task.Warnings),
	}
	j.started = map[Phase]time.Time{}
	if dep := j.missingDependency(statuses); dep != "" {
		j.result.Status = Blocked
		j.result.BlockedBy = fmt.Sprintf("task %s, which this one depends on, is %s: do that one first", dep, statuses[dep])
	} else {
		j.run(ctx)
	}
	j.result.DurationMS = j.o.Now().Sub(begin).Milliseconds()
	return j.result
}

// missingDependency is a dependency that ran and is not done. One that is not part of this run is taken for done.
func (j *job) missingDependency(statuses map[string]Status) string {
	for _, d := range j.task.Dependencies {
		s, ok := statuses[d]
		switch {
		case !ok:
			j.warn("dependency %s is not among the tasks of this run: taken for done", d)
		case s != Done:
			return d
		}
	}
	return ""
}

func (j *job) run(ctx context.Context) {
	for _, step := range []func(context.Context) bool{j.survey, j.plan, j.write, j.judge, j.try, j.commit} {
		if ctx.Err() != nil {
			j.fail(Interrupted, "interrupted before anything was written", "run it again")
			return
		}
		if !step(ctx) {
			return
		}
	}
}

func (j *job) begin(p Phase, round int) {
	j.started[p] = j.o.Now()
	j.o.Progress(Event{Task: j.task.ID, Phase: p, Round: round, Begin: true})
}

func (j *job) end(p Phase, round int, ok bool, format string, args ...any) {
	j.o.Progress(Event{
		Task: j.task.ID, Phase: p, Round: round, OK: ok, Detail: fmt.Sprintf(format, args...),
		Elapsed: j.o.Now().Sub(j.started[p]),
	})
}

func (j *job) warn(format string, args ...any) {
	j.result.Warnings = append(j.result.Warnings, fmt.Sprintf(format, args...))
}

// fail ends the task with nothing written. It returns false, so that a step can return it.
func (j *job) fail(kind ErrorType, message, resolution string) bool {
	attempted := slices.Sorted(maps.Keys(j.started))
	list := make([]string, 0, len(attempted))
	for _, p := range []Phase{PhaseSurvey, PhasePlan, PhaseWrite, PhaseVerify, PhaseReview, PhaseProve, PhaseTry, PhaseCommit} {
		if slices.Contains(attempted, p) {
			list = append(list, string(p))
		}
	}
	j.result.Status = Error
	j.result.Failure = &Failure{Type: kind, Message: message, Attempted: list, Resolution: resolution}
	return false
}
