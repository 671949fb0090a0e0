package stack

import (
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/autogit/autogit/internal/repo"
)

// The caps of one survey: a repository that holds more is read in part, never for ever.
const (
	maxCandidates = 400  // folders with a manifest that are looked at, the shallow ones first
	maxDepth      = 12   // folders deeper than this hold no component of their own
	maxYAML       = 3000 // YAML files whose content is asked for their kind
	maxYAMLSize   = 512 << 10
)

// decoyDirs hold other people's code or test data: a manifest below one is never a component.
var decoyDirs = map[string]bool{
	"testdata": true, "vendor": true, "node_modules": true, "third_party": true, "fixtures": true, "__fixtures__": true,
	"bower_components": true, "site-packages": true, "dist": true, "__mocks__": true, "Godeps": true, "Pods": true,
}

// sideDirs hold programs that are about the product, not of it: they count only when there is nothing else.
var sideDirs = map[string]bool{
	"examples": true, "example": true, "samples": true, "sample": true, "demo": true, "demos": true, "tests": true, "test": true,
	"e2e": true, "bench": true, "benchmarks": true, "tools": true, "hack": true, "contrib": true, "scripts": true, "cypress": true,
}

// Detect runs every stack over the folders that have one of its manifests and returns what the repository is.
// The order of stacks settles which comes first in one folder.
func Detect(tree *repo.Tree, stacks []Stack) *Facts {
	d := &detector{tree: tree, stacks: stacks}
	d.survey(d.candidates())
	main := d.resolve(d.found)
	facts := &Facts{Languages: []string{}, Components: main, Delivery: delivery(tree), Contradictions: []Contradiction{}}
	if facts.Components == nil {
		facts.Components = []Component{}
	}
	d.name(facts.Components)
	facts.Languages = languages(facts.Components)
	for _, c := range d.contradictions {
		for i := range facts.Components {
			if facts.Components[i].Path == c.dir && facts.Components[i].Stack == c.stack {
				c.Component = facts.Components[i].Name
				facts.Contradictions = append(facts.Contradictions, c.Contradiction)
				break
			}
		}
	}
	return facts
}

// Recipes are the recipes of facts.Components, in order. A component of a stack that is not given has an empty one.
func Recipes(tree *repo.Tree, facts *Facts, stacks []Stack) []Recipe {
	out := make([]Recipe, len(facts.Components))
	for i := range facts.Components {
		for _, s := range stacks {
			if s.Name == facts.Components[i].Stack && s.Recipe != nil {
				out[i] = s.Recipe(tree, &facts.Components[i])
				if len(out[i].Deploy) == 0 {
					out[i].Deploy = deploy(tree, facts.Components[i].Path)
				}
				break
			}
		}
	}
	return out
}

// deploy is the repository's own way to deploy a component: a script that is there for it.
func deploy(tree *repo.Tree, dir string) []Command {
	s := &Scan{Tree: tree, Dir: dir}
	if name, ok := s.First("scripts/deploy.sh", "bin/deploy.sh", "deploy.sh", "deploy/deploy.sh"); ok {
		return []Command{{Run: "bash " + name, Tool: "bash", Why: "The repository's own deployment."}}
	}
	return nil
}

type detector struct {
	tree           *repo.Tree
	stacks         []Stack
	found          []Component
	contradictions []contradiction
}

type contradiction struct {
	Contradiction
	dir, stack string
}

// candidate is a folder and, by index, the stacks that have a manifest in it.
type candidate struct {
	dir    string
	depth  int
	stacks []int
}

// candidates finds the folders worth a look from the Tree's one walk, shallow folders first.
func (d *detector) candidates() []candidate {
	match := newMatcher(d.stacks)
	byDir := map[string]*candidate{}
	skipped := map[string]bool{}
	for _, f := range d.tree.Files() {
		hits := match.find(path.Base(f.Path))
		if len(hits) == 0 {
			continue
		}
		dir := path.Dir(f.Path)
		skip, known := skipped[dir]
		if !known {
			skip = isDecoyDir(dir)
			skipped[dir] = skip
		}
		if skip {
			continue
		}
		c := byDir[dir]
		if c == nil {
			c = &candidate{dir: dir, depth: depth(dir)}
			byDir[dir] = c
		}
		for _, h := range hits {
			if !slices.Contains(c.stacks, h) {
				c.stacks = append(c.stacks, h)
			}
		}
	}
	return order(byDir)
}

func order(byDir map[string]*candidate) []candidate {
	out := make([]candidate, 0, len(byDir))
	for _, c := range byDir {
		slices.Sort(c.stacks)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b candidate) int {
		if a.depth != b.depth {
			return a.depth - b.depth
		}
		return strings.Compare(a.dir, b.dir)
	})
	return out[:min(len(out), maxCandidates)]
}

func depth(dir string) int {
	if dir == "." {
		return 0
	}
	return strings.Count(dir, "/") + 1
}

// isDecoyDir tells folders of copied code, of test data, of templates for other repositories, and hidden ones.
func isDecoyDir(dir string) bool {
	if dir == "." {
		return false
	}
	parts := strings.Split(dir, "/")
	if len(parts) > maxDepth {
		return true
	}
	for _, p := range parts {
		if decoyDirs[p] || strings.HasPrefix(p, ".") || strings.Contains(p, "{{") {
			return true
		}
	}
	return false
}

func isSideDir(dir string) bool {
	for _, p := range strings.Split(dir, "/") {
		if sideDirs[p] {
			return true
		}
	}
	return false
}

// survey asks the stacks. Side folders are asked only when no other folder has a component.
func (d *detector) survey(all []candidate) {
	var main, side []candidate
	for _, c := range all {
		if isSideDir(c.dir) {
			side = append(side, c)
		} else {
			main = append(main, c)
		}
	}
	d.askAll(main)
	if len(d.found) == 0 {
		d.askAll(side)
	}
}

// askAll asks about several folders at a time; what they answer is kept in the order of the folders.
func (d *detector) askAll(list []candidate) {
	answers := make([]answer, len(list))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range list {
		group.Go(func() error {
			answers[i] = d.ask(c)
			return nil
		})
	}
	_ = group.Wait() // no function returns an error
	for _, a := range answers {
		d.found = append(d.found, a.found...)
		d.contradictions = append(d.contradictions, a.contradictions...)
	}
}

// answer is what the stacks say of one folder.
type answer struct {
	found          []Component
	contradictions []contradiction
}

func (d *detector) ask(c candidate) answer {
	var a answer
	for _, i := range c.stacks {
		st := d.stacks[i]
		scan := &Scan{Tree: d.tree, Dir: c.dir}
		scan.Contradict = func(fact string, values ...Fact) {
			if distinct := distinctFacts(values); len(distinct) > 1 {
				a.contradictions = append(a.contradictions, contradiction{
					Contradiction: Contradiction{Fact: fact, Values: distinct}, dir: c.dir, stack: st.Name,
				})
			}
		}
		for _, comp := range st.Detect(scan) {
			if comp.Stack == "" {
				comp.Stack = st.Name
			}
			if comp.Path == "" {
				comp.Path = c.dir
			}
			a.found = append(a.found, comp)
		}
	}
	return a
}

// distinctFacts drops facts that repeat an earlier value from the same place.
func distinctFacts(values []Fact) []Fact {
	var out []Fact
	for _, v := range values {
		same := func(o Fact) bool { return o.Value == v.Value }
		if !slices.ContainsFunc(out, same) {
			out = append(out, v)
		}
	}
	return out
}
