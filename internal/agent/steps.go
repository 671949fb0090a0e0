package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/stack"
)

// survey finds out what the repository is.
func (j *job) survey(context.Context) bool {
	j.begin(PhaseSurvey, 0)
	for i, p := range j.task.Modify {
		if !j.base.Has(p) && j.hidden(p) == "" {
			j.end(PhaseSurvey, 0, false, "%s is missing", p)
			return j.fail(MissingFile, fmt.Sprintf("files_to_modify[%d]: %s is not there", i, p),
				"list it in files_to_create, or correct the path")
		}
	}
	for _, p := range j.task.Files() {
		if why := j.hidden(p); why != "" {
			j.end(PhaseSurvey, 0, false, "%s cannot be worked on", p)
			return j.fail(PermissionDenied, fmt.Sprintf("%s: %s", p, why), "mend that, or list another path")
		}
	}
	j.facts = stack.Detect(j.base, j.o.Stacks)
	j.recipes = stack.Recipes(j.base, j.facts, j.o.Stacks)
	j.result.Facts = namedFacts(j.facts)
	for _, c := range j.facts.Contradictions {
		j.warn("%s", describeContradiction(c))
	}
	j.checkContext()
	if len(j.facts.Components) == 0 {
		j.end(PhaseSurvey, 0, false, "no known stack")
		return j.fail(DependencyMissing, "no known stack was found in the repository: "+whatIsThere(j.base),
			"run autogit survey to see what was looked at; name the right folder with -C")
	}
	j.end(PhaseSurvey, 0, true, "%s", describeComponents(j.facts))
	return true
}

// checkContext holds the task's hints against the repository: what the repository shows wins.
func (j *job) checkContext() {
	want := j.task.Context.ProjectType
	if want != "" && len(j.facts.Languages) > 0 && !slices.ContainsFunc(j.facts.Languages, func(l string) bool { return strings.EqualFold(l, want) }) {
		j.warn("the task's context says project_type %q; the repository shows %s, and that is used", want, strings.Join(j.facts.Languages, ", "))
	}
	if fw := j.task.Context.Framework; fw != "" {
		found := slices.ContainsFunc(j.facts.Components, func(c stack.Component) bool {
			return strings.Contains(strings.ToLower(c.Framework.String()), strings.ToLower(fw))
		})
		if !found {
			j.warn("the task's context says framework %q; the repository does not show it", fw)
		}
	}
}

// plan decides what is asked, and stops where a person must decide.
func (j *job) plan(context.Context) bool {
	j.begin(PhasePlan, 0)
	for _, p := range j.task.Create {
		if j.base.Has(p) {
			j.warn("%s is there already: it is treated as a file to modify", p)
		}
	}
	if len(j.task.Criteria) == 0 {
		j.standardCriteria()
	}
	j.tree = j.base
	j.gates.prove(j)
	if refused := j.gates.refused(); len(refused) > 0 {
		j.result.Status = Escalation
		j.result.Criteria = j.gates.criteria
		j.result.Question = strings.Join(refused, "\n")
		j.end(PhasePlan, 0, false, "%d of %d criteria cannot be met as they stand", len(refused), len(j.task.Criteria))
		return false
	}
	j.end(PhasePlan, 0, true, "%s, %s", count(len(j.task.Files()), "file"), count(len(j.task.Criteria), "criterion"))
	return true
}

// StandardCriteria are what files of their kinds are held against when a task has no criteria of its own, so that done
// still means something.
func StandardCriteria(kinds []artifact.Artifact, facts *stack.Facts, files []string) []string {
	var out []string
	for _, p := range files {
		for _, a := range kinds {
			if a.Match(p) && a.Standard != nil {
				out = append(out, a.Standard(facts)...)
				break
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// standardCriteria gives a task without criteria those of its kinds of file.
func (j *job) standardCriteria() {
	j.task.Criteria = StandardCriteria(j.o.Artifacts, j.facts, j.task.Files())
	j.warn("the task has no acceptance criteria: the standard ones of its files are used")
}

// write asks the engine for the files, and sends them back to it while a gate is closed.
func (j *job) write(ctx context.Context) bool {
	var claims []criterion.Claim
	for _, text := range j.task.Criteria {
		claims = append(claims, criterion.Understand(text).Claims...)
	}
	for round := 1; round <= j.o.Rounds; round++ {
		j.result.Attempts = round
		j.begin(PhaseWrite, round)
		p, err := j.o.Engine.Propose(ctx, &engine.Request{
			Task: j.task, Tree: j.tree, Facts: j.facts, Recipes: j.recipes, Claims: claims, Siblings: j.siblings,
			Boundary: j.o.Boundary, Round: round, Feedback: j.gates.feedback(),
		})
		if err != nil {
			j.end(PhaseWrite, round, false, "%v", err)
			return j.proposeFailed(ctx, err)
		}
		progress := j.take(p, round)
		j.end(PhaseWrite, round, true, "%s", count(len(j.proposal), "file"))
		if !j.gates.pass(ctx, j, round) {
			return j.fail(Interrupted, "interrupted before anything was written", "run it again")
		}
		if j.gates.open() || !progress {
			break
		}
	}
	return true
}

// take lays a proposal over the tree. It tells whether anything is different from the round before.
func (j *job) take(p *engine.Proposal, round int) bool {
	progress := round == 1
	if j.proposal == nil {
		j.proposal = map[string][]byte{}
	}
	for path, b := range p.Files {
		if old, ok := j.proposal[path]; !ok || !bytes.Equal(old, b) {
			progress = true
		}
		j.proposal[path] = b
	}
	if round == 1 || len(p.Suggested) > 0 {
		j.suggested = p.Suggested
	}
	for _, n := range p.Notes {
		if !slices.Contains(j.result.Notes, n) {
			j.result.Notes = append(j.result.Notes, n)
		}
	}
	overlay := maps.Clone(j.proposal)
	for _, f := range j.suggested { // what would be there is judged with it
		if _, ok := overlay[f.Path]; !ok && j.willWrite(f) {
			overlay[f.Path] = f.Content
		}
	}
	j.tree = j.base.With(overlay)
	return progress
}

// willWrite tells whether a suggested file is written: only when asked for, only new, and only inside the boundary.
func (j *job) willWrite(f artifact.File) bool {
	return j.o.WithSuggested && !j.base.Has(f.Path) && j.o.Boundary.Check(f.Path) == nil
}

func (j *job) proposeFailed(ctx context.Context, err error) bool {
	var refusal *artifact.Refusal
	var unknown *engine.UnknownFile
	var command *engine.CommandError
	switch {
	case ctx.Err() != nil:
		return j.fail(Interrupted, "interrupted before anything was written", "run it again")
	case errors.As(err, &refusal):
		j.result.Status, j.result.Question = Escalation, refusal.Reason
		j.result.Criteria = undecided(j.gates.criteria)
		return false
	case errors.As(err, &unknown):
		j.result.Status, j.result.BlockedBy = Blocked, unknown.Error()
		return false
	case errors.As(err, &command) && command.Timeout:
		return j.fail(Timeout, err.Error(), "give it longer with --timeout, or a smaller task")
	case errors.As(err, &command) && command.Missing:
		return j.fail(DependencyMissing, err.Error(), "install the program, or choose another engine")
	case errors.Is(err, engine.ErrTouchedTree):
		return j.fail(PermissionDenied, err.Error(), "restore the file, and do not use this command again without a sandbox")
	}
	if command != nil {
		return j.fail(Internal, err.Error(), "run the command line by itself in a copy of the repository and see why it fails")
	}
	return j.fail(Internal, err.Error(), "look at the message; if it does not help, report it as a bug of AutoGit")
}

// undecided are the criteria of a task that was refused before anything was written: why a file that is not there shows nothing
// would only distract from the question.
func undecided(criteria []proof.Criterion) []proof.Criterion {
	out := slices.Clone(criteria)
	for i := range out {
		if out[i].Status == proof.CriterionUnproven && !out[i].Refused {
			out[i].Reason, out[i].Claims = "nothing was written", []proof.DecidedClaim{}
		}
	}
	return out
}

// judge stops the task unless the files are fit to be written.
func (j *job) judge(context.Context) bool {
	j.result.Verification, j.result.Reviews, j.result.Criteria = j.gates.checks, j.gates.reviews, j.gates.criteria
	for _, p := range j.task.Files() {
		if _, ok := j.proposal[p]; !ok && !j.base.Has(p) {
			return j.fail(MissingFile, fmt.Sprintf("the engine did not write %s", p), "run it again, or choose another engine")
		}
	}
	if bad := j.gates.unverified(); bad != "" {
		return j.fail(SyntaxError, bad, "nothing was written: correct the existing file if it is broken, else report this as a bug of the engine")
	}
	if bad := j.gates.rejected(); bad != "" {
		return j.fail(ReviewRejected, bad, "nothing was written: mend what the finding names, or ignore it there with a reason (# autogit:ignore ID reason)")
	}
	return true
}

// commit writes everything or nothing, and decides the status.
func (j *job) commit(ctx context.Context) bool {
	j.begin(PhaseCommit, 0)
	changes := j.changes()
	for _, c := range changes {
		j.result.Diff += edit.Diff(c.Path, c.Old, c.New)
	}
	if !j.o.DryRun && len(changes) > 0 {
		if err := edit.Commit(ctx, j.o.Dir, j.o.Boundary, changes); err != nil {
			j.end(PhaseCommit, 0, false, "%v", err)
			return j.commitFailed(ctx, err)
		}
	}
	j.written = map[string][]byte{}
	for _, c := range changes {
		j.written[c.Path] = c.New
		if c.Old == nil {
			j.result.FilesCreated = append(j.result.FilesCreated, c.Path)
		} else {
			j.result.FilesModified = append(j.result.FilesModified, c.Path)
		}
	}
	for _, f := range j.suggested {
		_, written := j.written[f.Path]
		if have, err := j.base.Read(f.Path); !written && err == nil && (bytes.Equal(have, f.Content) || j.base.Has(f.Path)) {
			continue // it is there
		}
		j.result.Suggested = append(j.result.Suggested, SuggestedFile{Path: f.Path, Why: f.Why, Content: string(f.Content), Written: written})
	}
	j.result.Status = Partial
	if j.gates.proven() {
		j.result.Status = Done
	}
	j.end(PhaseCommit, 0, true, "%s", describeChanges(j.result))
	return true
}

func (j *job) changes() []edit.Change {
	var out []edit.Change
	add := func(path string, now []byte) {
		old, err := j.base.Read(path)
		if err != nil {
			old = nil
		}
		if old == nil || !bytes.Equal(old, now) {
			out = append(out, edit.Change{Path: path, Old: old, New: now})
		}
	}
	for _, p := range slices.Sorted(maps.Keys(j.proposal)) {
		add(p, j.proposal[p])
	}
	for _, f := range j.suggested {
		if _, ok := j.proposal[f.Path]; !ok && j.willWrite(f) {
			add(f.Path, f.Content)
		}
	}
	return out
}

func (j *job) commitFailed(ctx context.Context, err error) bool {
	var be *edit.BoundaryError
	switch {
	case ctx.Err() != nil:
		return j.fail(Interrupted, "interrupted; the work tree is as it was", "run it again")
	case errors.As(err, &be):
		return j.fail(PermissionDenied, err.Error(), "list only files inside the boundary")
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return j.fail(PermissionDenied, err.Error(), "make the folder writable; the work tree is as it was")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return j.fail(Internal, err.Error(), "free some space; the work tree is as it was")
	}
	return j.fail(Internal, err.Error(), "the work tree is as it was")
}

func (j *job) proofInput() proof.Input {
	in := proof.Input{Tree: j.tree, Files: j.task.Files(), Facts: j.facts}
	if j.measured != nil {
		in.Measured = &proof.Measured{ImageBytes: j.measured}
	}
	return in
}
