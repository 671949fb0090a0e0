package compose

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// patch is the work on an existing file. Claims either edit what stands there or fill in what a service is to get;
// what is to be added is written last, once for each service, so that two claims never write one key twice.
type patch struct {
	*text
	r        *artifact.Request
	model    *builder // what AutoGit itself would write; nil where it knows nothing of this repository
	services []*entity
	reasons  []string // what could not be done, and what to do instead
	notes    []string
	project  *project // collects variables, volumes and networks that come in
	newcomer []*service
}

// entity is a service that the file has.
type entity struct {
	name  string
	node  *yaml.Node
	store string   // name in the catalogue; empty for a program
	app   bool     // one of the repository's programs
	ref   *service // what AutoGit would write for it; nil when it would not
	part  *artifact.Part
	add   service  // what it is to get
	waits []string // services that it must find healthy
}

// Modify changes an existing Compose file no more than the unproven claims and the problems need. One that AutoGit
// wrote and nobody changed is written anew, when that gives something else.
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
	p.finish()
	return p.output()
}

func newPatch(r *artifact.Request, old []byte) (*patch, error) {
	t, err := newText(r.Path, old)
	if err != nil {
		return nil, err
	}
	p := &patch{text: t, r: r, project: &project{path: r.Path, dev: !isProduction(r.Path)}}
	sub := *r
	sub.Claims = nil
	if b, err := newProject(&sub); err == nil {
		p.model = b
	}
	services := t.root.Get("services")
	if !services.IsMapping() {
		return nil, refuse("%s: it has no services, so there is nothing to change; let AutoGit write a new file instead", r.Path)
	}
	for _, pair := range services.Pairs {
		p.services = append(p.services, p.entity(pair))
	}
	p.matchLast()
	return p, nil
}

// entity finds out what a service of the file is.
func (p *patch) entity(pair yaml.Pair) *entity {
	e := &entity{name: pair.Key.Value, node: pair.Value}
	if pair.Value.Get("build") == nil {
		e.store = stack.ServiceOfImage(pair.Value.Get("image").Text())
	}
	e.app = e.store == "" && pair.Value.Get("build") != nil
	if p.model == nil {
		return e
	}
	for i, name := range p.model.appNames {
		part := &p.model.parts[i]
		if e.store == "" && (e.name == name || p.buildsFrom(e, part)) {
			e.app, e.part, e.ref = true, part, p.model.service(name)
		}
	}
	return e
}

// buildsFrom tells whether a service's build context is the component's.
func (p *patch) buildsFrom(e *entity, part *artifact.Part) bool {
	b := e.node.Get("build")
	context := b.Text()
	if b.IsMapping() {
		context = b.Get("context").Text()
	}
	return context != "" && path.Join(p.r.Dir(), context) == path.Clean(contextOf(*part)) && p.sharing(*part) == 1
}

// sharing counts the components that are built from the same folder.
func (p *patch) sharing(part artifact.Part) int {
	n := 0
	for _, other := range p.model.parts {
		if contextOf(other) == contextOf(part) {
			n++
		}
	}
	return n
}

// matchLast pairs the one program of the file with the one component of the repository, whatever they are called.
func (p *patch) matchLast() {
	if p.model == nil || len(p.model.parts) != 1 {
		return
	}
	var programs []*entity
	for _, e := range p.services {
		if e.store == "" && e.node.IsMapping() {
			programs = append(programs, e)
		}
	}
	if len(programs) == 1 && programs[0].part == nil {
		e := programs[0]
		e.app, e.part, e.ref = true, &p.model.parts[0], p.model.service(p.model.appNames[0])
	}
}

// service is the model's service of a name.
func (b *builder) service(name string) *service {
	for _, s := range b.p.services {
		if s.name == name {
			return s
		}
	}
	return nil
}

// means tells whether a criterion's word for a service means e; the empty word means all.
func (e *entity) means(word string) bool {
	word = strings.ToLower(strings.TrimSpace(word))
	if a := aliases[word]; a != "" {
		word = a
	}
	switch word {
	case "", "all":
		return true
	case "app", "application", "api", "web", "service":
		return e.app || e.name == word
	case "database", "db", "data":
		return slices.Contains(databases, e.store)
	case "cache":
		return slices.Contains([]string{"redis", "valkey", "memcached"}, e.store)
	}
	return e.name == word || e.store == word
}

// cannot notes what could not be done and what a person can do.
func (p *patch) cannot(format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	if !slices.Contains(p.reasons, reason) {
		p.reasons = append(p.reasons, reason)
	}
}

func (p *patch) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// output applies the edits and holds the result against the parser.
func (p *patch) output() (*artifact.Output, error) {
	if len(p.edits) == 0 {
		if len(p.reasons) > 0 && !artifact.Untouched(p.src) {
			return nil, &artifact.Refusal{Reason: p.r.Path + ": " + strings.Join(p.reasons, "; ")}
		}
		return &artifact.Output{Content: p.src, Notes: p.notes}, nil
	}
	content, err := edit.Apply(p.src, p.edits)
	if err != nil {
		return nil, refuse("%s: two of the changes that are asked for touch the same lines: ask for them one after another (%v)", p.r.Path, err)
	}
	if _, err := yaml.Parse(content); err != nil {
		var at *yaml.Error
		line := 0
		if errors.As(err, &at) {
			line = at.Line
		}
		return nil, refuse("%s: the file is written in a way that AutoGit cannot change safely (near line %d): make the change by hand", p.r.Path, line)
	}
	out := &artifact.Output{Content: content, Notes: p.notes}
	for _, r := range p.reasons {
		out.Notes = append(out.Notes, p.r.Path+": not done: "+r)
	}
	helper := &builder{r: p.r, p: p.project}
	out.Suggested = helper.suggestions()
	return out, nil
}

// solveProblems mends what the reviewers stop the file for: by the rule's own fix, or as the claim that says the same would.
func (p *patch) solveProblems() {
	for _, f := range p.r.Problems {
		if f.Span.File != p.r.Path {
			continue
		}
		if claim, ok := problemClaims[f.Rule]; ok {
			before := len(p.edits)
			changes[claim](p, criterion.Claim{Name: claim})
			if len(p.edits) > before {
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

// problemClaims are the rules that a change for a claim mends.
var problemClaims = map[string]string{"CO001": criterion.NoLiteralSecrets, "CO002": criterion.ImagesPinned, "CO006": criterion.NotPrivileged}
