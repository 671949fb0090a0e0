package dockerfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// patch is the work on an existing Dockerfile.
type patch struct {
	r       *artifact.Request
	src     []byte
	file    *syntax.File
	final   *syntax.Stage
	eol     string
	plan    *plan // what AutoGit itself would write; nil where it knows nothing of this image
	edits   []finding.Edit
	reasons []string // what could not be done, and what to do instead
	notes   []string
	added   []piece // instructions to put before the start command
}

// piece is an instruction that comes in, with its place among the others that do.
type piece struct {
	order int
	text  string
}

// The order in which instructions come in.
const (
	orderLabel = iota
	orderUser
	orderExpose
	orderHealth
)

// Modify changes an existing Dockerfile no more than the unproven claims and the problems need. One that AutoGit wrote and
// nobody changed is written anew, when that gives something else.
func Modify(r *artifact.Request) (*artifact.Output, error) {
	old := r.Existing()
	if artifact.Untouched(old) {
		if out, err := Write(r); err == nil && string(out.Content) != string(old) {
			return out, nil
		}
	}
	p, err := newPatch(r, old)
	if err != nil {
		return nil, err
	}
	p.solveProblems()
	for _, c := range r.Unproven {
		if change, ok := changes[c.Name]; ok && !c.Not {
			change(p, c)
		}
	}
	p.place()
	return p.output()
}

func newPatch(r *artifact.Request, old []byte) (*patch, error) {
	f, err := syntax.Parse(old)
	if err != nil {
		var at *syntax.Error
		if errors.As(err, &at) {
			return nil, refuse("%s:%d: %s: correct it first, so that it can be changed", r.Path, at.Line, at.Message)
		}
		return nil, refuse("%s: %v", r.Path, err)
	}
	if f.Final() == nil || f.Final().Base == "" {
		return nil, refuse("%s: it has no FROM, so there is nothing to change; let AutoGit write a new file instead", r.Path)
	}
	p := &patch{r: r, src: old, file: f, final: f.Final(), eol: artifact.LineEnd(old)}
	sub := *r
	sub.Claims = nil
	if plan, err := newPlan(&sub); err == nil {
		p.plan = plan
	}
	return p, nil
}

// changes are the claims that an existing Dockerfile can be brought to satisfy.
var changes = map[string]func(*patch, criterion.Claim){
	criterion.NonRoot:      (*patch).nonRoot,
	criterion.HealthCheck:  (*patch).healthCheck,
	criterion.Signals:      (*patch).signals,
	criterion.BasePinned:   (*patch).pinBases,
	criterion.Expose:       (*patch).expose,
	criterion.Labels:       (*patch).labels,
	criterion.NoSecrets:    (*patch).noSecrets,
	criterion.LockFile:     (*patch).lockFile,
	criterion.Platform:     (*patch).anyPlatform,
	criterion.MultiStage:   rebuild("a second stage"),
	criterion.NoBuildTools: rebuild("a final stage without build tools"),
	criterion.SmallBase:    rebuild("a smaller base"),

	criterion.DependencyLayer: rebuild("another order of its layers"),
}

// rebuild refuses what would change what the image holds: edits cannot know what the program still needs then.
func rebuild(what string) func(*patch, criterion.Claim) {
	return func(p *patch, _ criterion.Claim) {
		p.cannot("%s cannot be given to a file that somebody else wrote without knowing what its program needs: move the file away "+
			"(git mv %s %s.old) and let AutoGit write a new one to compare with", what, p.r.Path, p.r.Path)
	}
}

func (p *patch) cannot(format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	if !slices.Contains(p.reasons, reason) {
		p.reasons = append(p.reasons, reason)
	}
}

func (p *patch) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func (p *patch) replace(start, end int, with string) {
	for _, e := range p.edits {
		if e.Start == start && e.End == end && e.New == with && start != end {
			return // two claims that ask for the same
		}
	}
	p.edits = append(p.edits, finding.Edit{File: p.r.Path, Start: start, End: end, New: with})
}

// add remembers an instruction that comes in before the start command, once.
func (p *patch) add(order int, text string) {
	for _, a := range p.added {
		if a.order == order {
			return
		}
	}
	p.added = append(p.added, piece{order, text})
}

// place writes the new instructions where they belong: after the last step that changes files, before the start command.
func (p *patch) place() {
	if len(p.added) == 0 {
		return
	}
	slices.SortStableFunc(p.added, func(a, b piece) int { return a.order - b.order })
	var b strings.Builder
	anchor := p.anchor()
	for i, a := range p.added {
		if i > 0 && anchor.apart {
			b.WriteByte('\n')
		}
		b.WriteString(a.text)
	}
	text := b.String()
	if p.file.Escape != '\\' { // "# escape=`" of Windows
		text = strings.ReplaceAll(text, " \\\n", " "+string(rune(p.file.Escape))+"\n")
	}
	text = strings.ReplaceAll(text, "\n", p.eol)
	switch {
	case anchor.before && anchor.apart:
		text += p.eol
	case !anchor.before && anchor.apart:
		text = p.eol + text
	}
	if at := anchor.offset; at > 0 && p.src[at-1] != '\n' {
		text = p.eol + strings.TrimSuffix(text, p.eol)
	}
	p.replace(anchor.offset, anchor.offset, text)
}

// place in the file where instructions come in; apart tells that blank lines stand between the blocks there.
type anchor struct {
	offset        int
	before, apart bool
}

func (p *patch) anchor() anchor {
	at := -1
	body := p.final.Body
	for i, in := range body {
		switch in.Name {
		case "RUN", "COPY", "ADD", "WORKDIR", "ARG", "USER", "SHELL":
			at = -1
		case "CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL":
			if at < 0 {
				at = i
			}
		}
	}
	if at >= 0 {
		line := body[at].Line
		for p.commentAt(line - 1) {
			line--
		}
		start := p.file.Lines.Start(line)
		return anchor{offset: start, before: true, apart: p.blankBefore(start)}
	}
	last := p.final.From
	if len(body) > 0 {
		last = body[len(body)-1]
	}
	return anchor{offset: p.lineAfter(last.End), apart: p.blankBefore(p.file.Lines.Start(last.Line))}
}

func (p *patch) commentAt(line int) bool {
	return slices.ContainsFunc(p.file.Comments, func(c syntax.Comment) bool { return c.Line == line })
}

func (p *patch) blankBefore(offset int) bool {
	return strings.HasSuffix(string(p.src[:offset]), p.eol+p.eol)
}

// lineAfter is where the line behind the one that offset is on starts.
func (p *patch) lineAfter(offset int) int {
	if offset > 0 && p.src[offset-1] == '\n' {
		return offset
	}
	if i := strings.IndexByte(string(p.src[offset:]), '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(p.src)
}

// remove takes an instruction out, with the comment right above it.
func (p *patch) remove(in *syntax.Instruction) {
	line := in.Line
	for p.commentAt(line - 1) {
		line--
	}
	p.replace(p.file.Lines.Start(line), p.lineAfter(in.End), "")
}

// output applies the edits and holds the result against the parser.
func (p *patch) output() (*artifact.Output, error) {
	out := &artifact.Output{Content: p.src, Notes: p.notes}
	if p.plan != nil {
		if f := suggestIgnore(p.r, p.plan.context); f != nil {
			out.Suggested = append(out.Suggested, *f)
		}
	}
	if len(p.edits) == 0 {
		if len(p.reasons) > 0 && !artifact.Untouched(p.src) {
			return nil, &artifact.Refusal{Reason: p.r.Path + ": " + strings.Join(p.reasons, "; ")}
		}
		return out, nil
	}
	content, err := edit.Apply(p.src, p.edits)
	if err != nil {
		return nil, refuse("%s: two of the changes that are asked for touch the same lines: ask for them one after another (%v)", p.r.Path, err)
	}
	if _, err := syntax.Parse(content); err != nil {
		return nil, refuse("%s: the file is written in a way that AutoGit cannot change safely (%v): make the change by hand", p.r.Path, err)
	}
	out.Content = content
	for _, r := range p.reasons {
		out.Notes = append(out.Notes, p.r.Path+": not done: "+r)
	}
	return out, nil
}

// problemClaims are the rules that a change for a claim mends.
var problemClaims = map[string]string{
	"DK001": criterion.NonRoot, "DK002": criterion.BasePinned, "DK003": criterion.BasePinned, "DK005": criterion.NoSecrets,
	"DK007": criterion.NoSecrets, "DK021": criterion.Signals,
}

// solveProblems mends what the reviewers stop the file for: as the claim that says the same would, or by the rule's own fix.
func (p *patch) solveProblems() {
	for _, f := range p.r.Problems {
		if f.Span.File != p.r.Path {
			continue
		}
		if claim, ok := problemClaims[f.Rule]; ok {
			before := len(p.edits) + len(p.added)
			changes[claim](p, criterion.Claim{Name: claim})
			if len(p.edits)+len(p.added) > before {
				continue
			}
		}
		if f.Fix != nil && len(f.Fix.Edits) > 0 && !slices.ContainsFunc(f.Fix.Edits, func(e finding.Edit) bool { return e.File != "" && e.File != p.r.Path }) {
			for _, e := range f.Fix.Edits {
				p.replace(e.Start, e.End, e.New)
			}
			continue
		}
		p.cannot("line %d: %s (%s): a person must decide how", f.Span.Start.Line, f.Message, f.Rule)
	}
}
