package pipeline

import (
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func loadGitHub(t *repo.Tree, file string, root *yaml.Node) *Pipeline {
	p := &Pipeline{File: file, System: GitHub, Name: root.Get("name").Text(), tree: t}
	p.Triggers = triggers(root.Get("on"))
	p.Permissions = permissions(root, "permissions")
	p.Concurrency = concurrency(root)
	p.Env = valuesOf(root.Get("env"))
	l := &githubLoader{p: p, tree: t, x: &expander{tree: t}}
	l.jobs(file, root, caller{dir: root.Get("defaults", "run", "working-directory").Text(), shell: root.Get("defaults", "run", "shell").Text()}, 0)
	return p
}

func triggers(on *yaml.Node) []Trigger {
	on = on.Resolve()
	var out []Trigger
	if on.IsMapping() {
		for _, e := range on.Entries() {
			out = append(out, trigger(e.Key, e.Value))
		}
		return out
	}
	if on.IsScalar() {
		return []Trigger{{Name: on.Value, Line: on.Line}}
	}
	for _, n := range on.List() {
		out = append(out, Trigger{Name: n.Text(), Line: n.Line})
	}
	return out
}

func trigger(k, v *yaml.Node) Trigger {
	t := Trigger{
		Name: k.Value, Line: k.Line,
		Branches: v.Get("branches").Strings(), BranchesIgnore: v.Get("branches-ignore").Strings(),
		Tags: v.Get("tags").Strings(), TagsIgnore: v.Get("tags-ignore").Strings(),
		Paths: v.Get("paths").Strings(), PathsIgnore: v.Get("paths-ignore").Strings(), Types: v.Get("types").Strings(),
	}
	v = v.Resolve()
	t.hasTags = v.Has("tags") || v.Has("tags-ignore")
	t.hasBranches = v.Has("branches") || v.Has("branches-ignore")
	for _, n := range v.List() {
		if c := n.Get("cron"); c != nil {
			t.Crons = append(t.Crons, valueOf(c))
		}
	}
	return t
}

func permissions(n *yaml.Node, key string) *Permissions {
	k, v := n.Find(key)
	if k == nil {
		return nil
	}
	v = v.Resolve()
	p := &Permissions{Line: k.Line, Scopes: map[string]Value{}}
	if v.IsScalar() {
		p.All = v.Text()
	}
	for _, e := range v.Entries() {
		p.Scopes[e.Key.Value] = Value{Text: e.Value.Text(), Line: e.Key.Line}
	}
	return p
}

func concurrency(n *yaml.Node) *Concurrency {
	k, v := n.Find("concurrency")
	if k == nil {
		return nil
	}
	v = v.Resolve()
	c := &Concurrency{Line: k.Line, Group: v.Text()}
	if v.IsMapping() {
		c.Group = v.Get("group").Text()
		c.Cancel = valueOf(v.Get("cancel-in-progress"))
	}
	return c
}

// caller is what a reusable workflow or a composite action inherits from who calls it.
type caller struct {
	prefix     string // of job ids
	needs      []string
	conds      []Condition
	dir, shell string
	perms      *Permissions
}

type githubLoader struct {
	p    *Pipeline
	tree *repo.Tree
	n    int // steps read
	x    *expander
}

func (l *githubLoader) jobs(file string, root *yaml.Node, c caller, depth int) {
	for _, e := range root.Get("jobs").Entries() {
		if len(l.p.Jobs) >= maxJobs {
			l.p.Problems = append(l.p.Problems, "too many jobs: the rest was not read")
			return
		}
		l.job(file, e.Key, e.Value.Resolve(), c, depth)
	}
}

func (l *githubLoader) job(file string, k, n *yaml.Node, c caller, depth int) {
	j := Job{
		ID: c.prefix + k.Value, Name: n.Get("name").Text(), File: file, Line: k.Line, Needs: prefixed(n.Get("needs").Strings(), c.prefix),
		Conds: appendCond(c.conds, n.Get("if")), Permissions: permissions(n, "permissions"), Concurrency: concurrency(n),
		Timeout: valueOf(n.Get("timeout-minutes")), Env: valuesOf(n.Get("env")), Image: image(n.Get("container")), FailFast: valueOf(n.Get("strategy", "fail-fast")),
		Tags: n.Get("runs-on").Strings(),
	}
	j.HasNeeds = len(j.Needs) > 0
	if len(j.Needs) == 0 {
		j.Needs = c.needs
	}
	if s := n.Get("continue-on-error"); s != nil && s.Text() != "false" {
		j.Soft, j.SoftLine = true, s.Line
	}
	if j.Permissions == nil {
		j.Permissions = c.perms
	}
	j.Axes, j.Include = matrix(n.Get("strategy", "matrix"))
	j.Services = services(n.Get("services"))
	if u := n.Get("uses"); u != nil {
		l.called(file, &j, valueOf(u), depth)
		return
	}
	dir, sh := n.Get("defaults", "run", "working-directory").Text(), n.Get("defaults", "run", "shell").Text()
	if dir == "" {
		dir = c.dir
	}
	if sh == "" {
		sh = c.shell
	}
	for _, s := range n.Get("steps").List() {
		j.Steps = append(j.Steps, l.step(file, s, caller{dir: dir, shell: sh}, 0)...)
	}
	l.p.Jobs = append(l.p.Jobs, j)
}

func prefixed(ids []string, prefix string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = prefix + id
	}
	return out
}

func appendCond(conds []Condition, n *yaml.Node) []Condition {
	out := append([]Condition(nil), conds...)
	if n != nil {
		out = append(out, Condition{Text: n.Text(), Line: n.Line})
	}
	return out
}

// called follows a reusable workflow of this repository: its jobs become jobs of this pipeline. The job that calls stays, so that
// others can need it.
func (l *githubLoader) called(file string, j *Job, uses Value, depth int) {
	uses.File = file
	l.p.Uses = append(l.p.Uses, uses)
	j.Calls = uses
	l.p.Jobs = append(l.p.Jobs, *j)
	target, ok := localPath(uses.Text)
	if !ok || depth >= maxNesting {
		return
	}
	b, err := l.tree.Read(target)
	if err != nil {
		l.p.Problems = append(l.p.Problems, uses.Text+" is not in the repository")
		return
	}
	f, err := yaml.Parse(b)
	if err != nil {
		l.p.Problems = append(l.p.Problems, target+": "+err.Error())
		return
	}
	root := f.Root()
	in := caller{prefix: j.ID + "/", needs: j.Needs, conds: j.Conds, perms: j.Permissions,
		dir: root.Get("defaults", "run", "working-directory").Text(), shell: root.Get("defaults", "run", "shell").Text()}
	if in.perms == nil {
		in.perms = permissions(root, "permissions")
	}
	l.jobs(target, root, in, depth+1)
}

func image(n *yaml.Node) Value {
	if n.IsMapping() {
		return valueOf(n.Get("image"))
	}
	return valueOf(n)
}

func services(n *yaml.Node) []Service {
	var out []Service
	for _, e := range n.Entries() {
		v := e.Value.Resolve()
		img := v.Get("image")
		if v.IsScalar() {
			img = v
		}
		opts := v.Get("options").Text()
		out = append(out, Service{Name: e.Key.Value, Image: valueOf(img), Line: e.Key.Line,
			Health: strings.Contains(opts, "--health-cmd") && !strings.Contains(opts, "--no-healthcheck")})
	}
	return out
}

func matrix(n *yaml.Node) (axes []Axis, include []map[string]Value) {
	excluded := n.Get("exclude").List()
	for _, e := range n.Entries() {
		switch e.Key.Value {
		case "include":
			for _, it := range e.Value.Resolve().List() {
				include = append(include, valuesOf(it))
			}
			continue
		case "exclude":
			continue
		}
		a := Axis{Name: e.Key.Value, Line: e.Key.Line}
		for _, v := range e.Value.Resolve().List() {
			if v.IsScalar() && !excludes(excluded, a.Name, v.Text()) {
				a.Values = append(a.Values, valueOf(v))
			}
		}
		axes = append(axes, a)
	}
	return axes, include
}

// excludes: an exclude entry that names this axis alone takes the value out of the matrix.
func excludes(list []*yaml.Node, axis, v string) bool {
	for _, e := range list {
		if len(e.Entries()) == 1 && e.Get(axis) != nil && e.Get(axis).Text() == v {
			return true
		}
	}
	return false
}
