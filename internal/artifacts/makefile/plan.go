package makefile

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// target is one rule of the Makefile.
type target struct {
	name  string
	doc   string   // what help says
	why   []string // comment lines above it
	needs []string // prerequisites
	lines []string // recipe, ready for make
}

// plan is what the Makefile will hold.
type plan struct {
	req     *artifact.Request
	parts   []*part
	targets []*target
	byName  map[string]*target
	images  bool // some target builds an image
	docker  bool // some target runs docker
	notes   []string
}

// part is a component as the Makefile sees it.
type part struct {
	artifact.Part
	id     string // prefix of its targets; empty when it is the only one
	dir    string // from the Makefile's folder to the component's
	recipe stack.Recipe
}

// newPlan decides on all targets. The error is a Refusal when a claim cannot be met.
func newPlan(r *artifact.Request) (*plan, error) {
	p := &plan{req: r, byName: map[string]*target{}}
	p.addParts()
	if len(p.parts) == 0 {
		return nil, refuse("%s: no component with known commands was found here, so there is nothing that a target could run", r.Path)
	}
	if err := p.tools(); err != nil {
		return nil, err
	}
	p.add(&target{name: "help", doc: "List the targets"})
	for _, j := range jobs() {
		p.job(j)
	}
	p.build()
	p.compose()
	p.check()
	if err := p.asked(); err != nil {
		return nil, err
	}
	return p, nil
}

// addParts takes the components that lie below the Makefile; a Makefile in a folder of its own (build/Makefile) is for all.
func (p *plan) addParts() {
	all := p.req.Parts()
	inside := slices.DeleteFunc(slices.Clone(all), func(c artifact.Part) bool { return !artifact.Inside(c.Path, p.req.Dir()) })
	if len(inside) == 0 {
		inside = all
	}
	used := map[string]bool{}
	for _, c := range inside {
		dir, err := filepath.Rel(filepath.FromSlash(p.req.Dir()), filepath.FromSlash(c.Path))
		if err != nil {
			continue
		}
		pt := &part{Part: c, dir: filepath.ToSlash(dir), recipe: *c.Recipe}
		if len(inside) > 1 {
			pt.id = unique(used, c)
		}
		p.parts = append(p.parts, pt)
	}
}

// unique is a name for a component's targets that no other component has.
func unique(used map[string]bool, c artifact.Part) string {
	candidates := []string{artifact.Slug(c.Name), artifact.Slug(c.Path)}
	for i := 2; ; i++ {
		for _, id := range candidates {
			if id != "" && !used[id] {
				used[id] = true
				return id
			}
		}
		candidates = []string{fmt.Sprintf("part%d", i)}
	}
}

// add keeps a target unless it could do nothing.
func (p *plan) add(t *target) {
	if t.name != "help" && len(t.lines)+len(t.needs) == 0 {
		return
	}
	p.targets = append(p.targets, t)
	p.byName[t.name] = t
}

// name is what a part's target for a job is called.
func (pt *part) name(job string) string {
	if pt.id == "" {
		return job
	}
	return pt.id + "-" + job
}

// about is a help text with the part's name before it, where there are several parts.
func (pt *part) about(doc string) string {
	if pt.id == "" {
		return doc
	}
	return pt.id + ": " + strings.ToLower(doc[:1]) + doc[1:]
}

// each adds one target a part and, where there are several parts, one for all of them.
func (p *plan) each(job, doc string, made func(*part) *target) {
	var names []string
	var per []*target
	for _, pt := range p.parts {
		if t := made(pt); t != nil && len(t.lines)+len(t.needs) > 0 {
			t.name = pt.name(job)
			if t.doc == "" {
				t.doc = pt.about(doc)
			}
			per = append(per, t)
			names = append(names, t.name)
		}
	}
	// What does not end by itself has no target for all: the second one would never start.
	endless := (job == "dev" || job == "run") && len(per) > 1
	if len(p.parts) > 1 && !endless {
		p.add(&target{name: job, doc: doc + " (every component)", needs: names})
	}
	for _, t := range per {
		p.add(t)
	}
}

func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func refuse(format string, args ...any) error {
	return &artifact.Refusal{Reason: fmt.Sprintf(format, args...)}
}

// plain is text of the repository made harmless for a comment or a help line.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
	return strings.TrimRight(strings.TrimSpace(s), `\`)
}

// has tells whether a file is there or will be there.
func (p *plan) has(file string) bool {
	return p.req.Tree.Has(file) || slices.Contains(p.req.Siblings, file)
}

// rel is a repository path as seen from the Makefile's folder.
func (p *plan) rel(file string) string {
	r, err := filepath.Rel(filepath.FromSlash(p.req.Dir()), filepath.FromSlash(file))
	if err != nil {
		return file
	}
	return filepath.ToSlash(r)
}

// claims are those of a name that the task makes, unproven ones of an existing file included.
func (p *plan) claims(name string) []criterion.Claim {
	return criterion.Find(p.req.Claims, name)
}

// wants tells whether a claim demands that the target runs the tool.
func (p *plan) wants(name, tool string) bool {
	return slices.ContainsFunc(p.claims(criterion.TargetRuns), func(c criterion.Claim) bool {
		return c.Param("target") == name && strings.Contains(c.Param("tool"), tool)
	})
}

// dockerfile is the part's Dockerfile, where it is or will be; ok is false when there is none.
func (p *plan) dockerfile(pt *part) (file string, ok bool) {
	names := []string{path.Join(pt.Path, "Dockerfile"), path.Join(pt.Path, "Containerfile")}
	for _, n := range []string{artifact.Slug(pt.Name), artifact.Slug(path.Base(pt.Path))} {
		if n != "" {
			names = append(names, "Dockerfile."+n, path.Join("docker", n, "Dockerfile"))
		}
	}
	for _, n := range names {
		if p.has(n) {
			return n, true
		}
	}
	return names[0], false
}
