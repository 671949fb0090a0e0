package pipeline

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// reserved are the top-level keys of .gitlab-ci.yml that are no jobs.
var reserved = []string{"default", "include", "stages", "variables", "workflow", "image", "services", "before_script", "after_script", "cache", "spec", "pages:deploy", "types"}

// layer is one file's top level: later layers win.
type layer struct {
	file string
	root *yaml.Node
}

type gitlabLoader struct {
	p      *Pipeline
	tree   *repo.Tree
	layers []layer // the main file first
	x      *expander
	n      int // lookups so far: extends and !reference could grow without end
}

func loadGitLab(t *repo.Tree, file string, root *yaml.Node) *Pipeline {
	p := &Pipeline{File: file, System: GitLab, tree: t}
	l := &gitlabLoader{p: p, tree: t, x: &expander{tree: t}}
	l.include(file, root, 0)
	p.Stages = l.top("stages").Strings()
	if len(p.Stages) == 0 {
		p.Stages = []string{"build", "test", "deploy"}
	}
	p.Stages = append(append([]string{".pre"}, p.Stages...), ".post")
	p.Env = valuesOf(l.top("variables"))
	w := l.top("workflow")
	if r := w.Get("rules"); r != nil {
		p.Workflow, p.HasWorkflow = l.rules(r), true
	}
	p.Interrupt = valueOf(w.Get("auto_cancel", "on_new_commit"))
	l.jobs()
	return p
}

// include reads local includes first, so that the including file wins.
func (l *gitlabLoader) include(file string, root *yaml.Node, depth int) {
	l.layers = append(l.layers, layer{file, root})
	if depth >= maxNesting {
		return
	}
	inc := root.Get("include")
	items := inc.List()
	if items == nil && inc != nil {
		items = []*yaml.Node{inc}
	}
	for _, it := range items {
		name := it.Get("local").Text()
		if it.IsScalar() {
			name = it.Text()
		}
		name = strings.TrimPrefix(name, "/")
		if name == "" || strings.Contains(name, "://") || !l.tree.Has(name) || slices.ContainsFunc(l.layers, func(y layer) bool { return y.file == name }) {
			l.p.Problems = append(l.p.Problems, "an include is not a file of this repository: it was not read")
			continue
		}
		b, err := l.tree.Read(name)
		if err != nil {
			continue
		}
		f, err := yaml.Parse(b)
		if err != nil || !f.Root().IsMapping() {
			l.p.Problems = append(l.p.Problems, name+" is not readable as YAML")
			continue
		}
		l.include(name, f.Root(), depth+1)
	}
}

// top is a top-level key of the first layer that has it.
func (l *gitlabLoader) top(key string) *yaml.Node {
	for _, y := range l.layers {
		if n := y.root.Get(key); n != nil {
			return n
		}
	}
	return nil
}

func (l *gitlabLoader) jobs() {
	seen := map[string]bool{}
	for _, y := range l.layers {
		for _, e := range y.root.Entries() {
			name := e.Key.Value
			if seen[name] || strings.HasPrefix(name, ".") || slices.Contains(reserved, name) || !e.Value.Resolve().IsMapping() {
				continue
			}
			seen[name] = true
			if len(l.p.Jobs) >= maxJobs {
				l.p.Problems = append(l.p.Problems, "too many jobs: the rest was not read")
				return
			}
			l.p.Jobs = append(l.p.Jobs, l.job(name, e.Key.Line, y.file))
		}
	}
}

func (l *gitlabLoader) job(name string, line int, file string) Job {
	get := func(key string) *yaml.Node { return l.field(name, key, 0).node }
	inh := func(key string) *yaml.Node { return l.inherited(name, key).node }
	j := Job{
		ID: name, Name: name, File: file, Line: line, Stage: "test", When: get("when").Text(), Image: image(inh("image")), Timeout: valueOf(inh("timeout")),
		Interruptible: valueOf(inh("interruptible")), Tags: inh("tags").Strings(), Coverage: valueOf(get("coverage")), Env: l.variables(name, 0),
	}
	if s := get("stage").Text(); s != "" {
		j.Stage = s
	}
	if n := get("needs"); n != nil {
		j.HasNeeds = true
		j.Needs = needs(n)
	}
	if r := get("rules"); r != nil {
		j.Rules, j.HasRules = l.rules(r), true
		for _, x := range j.Rules {
			if x.AllowFailure {
				j.Soft, j.SoftLine = true, x.Line
			}
		}
	}
	l.onlyExcept(&j, get("only"), get("except"))
	if a := get("allow_failure"); a != nil && a.Text() != "false" {
		j.Soft, j.SoftLine = true, a.Line
	}
	l.aside(&j, get, inh)
	for _, key := range []string{"before_script", "script"} {
		f := l.inherited(name, key)
		if f.node != nil {
			j.Steps = append(j.Steps, l.script(f))
		}
	}
	return j
}

// aside reads what stands beside a job's scripts: services, matrix, caches, reports.
func (l *gitlabLoader) aside(j *Job, get, inherited func(string) *yaml.Node) {
	j.Services = gitlabServices(inherited("services"))
	j.Axes = parallel(get("parallel").Get("matrix"))
	j.Caches = caches(inherited("cache"))
	j.Reports = map[string]Value{}
	for _, e := range get("artifacts").Get("reports").Entries() {
		j.Reports[e.Key.Value] = Value{Text: e.Key.Value, Line: e.Key.Line}
	}
}
