package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// globalKeys are the keywords of the top level that are no jobs (GitLab's CI/CD YAML reference, 18.x).
var globalKeys = []string{"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache", "before_script", "after_script"}

// jobKeys are the keywords of a job.
var jobKeys = []string{
	"after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage", "dast_configuration", "dependencies", "environment",
	"except", "extends", "hooks", "id_tokens", "identity", "image", "inherit", "inputs", "interruptible", "manual_confirmation", "needs", "only",
	"pages", "parallel", "release", "resource_group", "retry", "rules", "run", "script", "secrets", "services", "stage", "start_in", "tags",
	"timeout", "trigger", "variables", "when",
}

var defaultStages = []string{".pre", "build", "test", "deploy", ".post"}

// gitlabCI checks what GitLab's own lint would refuse and a file can show by itself.
func gitlabCI(_ *repo.Tree, _ string, src []byte) *fault {
	doc, err := yaml.Parse(src)
	if err != nil {
		return syntaxFault(err)
	}
	if fs := GitLabCI(doc); len(fs) > 0 {
		return &fault{line: max(fs[0].Node.Line, 1), message: fs[0].Message}
	}
	return nil
}

// PipelineFault is what GitLab would refuse in a pipeline, with the node where it stands.
type PipelineFault struct {
	Node    *yaml.Node
	Message string
}

// GitLabCI finds unknown keywords, jobs that run nothing, stages, needs, extends and references that do not exist,
// and circles of extends and needs. The faults come in the order of the jobs.
func GitLabCI(doc *yaml.File) []PipelineFault {
	p := &gitlabPipeline{jobs: map[string]*yaml.Node{}, state: map[string]int{}}
	if len(doc.Docs) == 0 || !doc.Docs[len(doc.Docs)-1].IsMapping() {
		n := &yaml.Node{Line: 1}
		if len(doc.Docs) > 0 {
			n = doc.Docs[len(doc.Docs)-1]
		}
		return []PipelineFault{{n, "the file must be a mapping of jobs"}}
	}
	p.root = doc.Docs[len(doc.Docs)-1]
	p.included = p.root.Has("include")
	p.stages = defaultStages
	if s := p.root.Get("stages"); s != nil {
		p.stages = append(s.Strings(), ".pre", ".post")
	}
	var order []yaml.Pair
	for _, e := range p.root.Entries() {
		if !slices.Contains(globalKeys, e.Key.Text()) {
			p.jobs[e.Key.Text()] = e.Value.Resolve()
			order = append(order, e)
		}
	}
	for _, e := range order {
		p.job(e.Key.Text(), e.Key)
	}
	if !p.included {
		p.references()
	}
	return p.faults
}

type gitlabPipeline struct {
	root     *yaml.Node
	jobs     map[string]*yaml.Node
	stages   []string
	included bool           // other files may define stages and jobs
	state    map[string]int // of the search for circles: 1 is being looked at, 2 is done
	faults   []PipelineFault
}

func (p *gitlabPipeline) fault(n *yaml.Node, format string, args ...any) {
	p.faults = append(p.faults, PipelineFault{n, fmt.Sprintf(format, args...)})
}

func (p *gitlabPipeline) job(name string, key *yaml.Node) {
	job := p.jobs[name]
	hidden := strings.HasPrefix(name, ".")
	if !job.IsMapping() {
		if !hidden {
			p.fault(key, "job %q must be a mapping", name)
		}
		return
	}
	for _, e := range job.Entries() {
		if k := e.Key.Text(); !hidden && !slices.Contains(jobKeys, k) {
			p.fault(e.Key, "job %q has the unknown keyword %q", name, k)
		}
	}
	p.extends(name)
	if hidden {
		return
	}
	if !p.runs(name) && !p.included {
		p.fault(key, "job %q has neither script, run nor trigger", name)
	}
	if s := p.inherited(name, "stage"); s != nil && !p.included && !slices.Contains(p.stages, s.Text()) && !strings.Contains(s.Text(), "$") {
		p.fault(s, "job %q is in stage %q, which is not among the stages %s", name, s.Text(), strings.Join(p.stages, ", "))
	}
	p.needs(name)
}

// extends follows what a job extends, to find names that do not exist and circles.
func (p *gitlabPipeline) extends(name string) {
	id := "extends " + name
	if p.state[id] != 0 {
		return
	}
	p.state[id] = 1
	ext := p.jobs[name].Get("extends")
	for _, base := range ext.Strings() {
		switch {
		case p.state["extends "+base] == 1:
			p.fault(ext, "job %q extends itself through %q", name, base)
		case p.jobs[base] == nil && !p.included:
			p.fault(ext, "job %q extends %q, which does not exist", name, base)
		case p.jobs[base] != nil:
			p.extends(base)
		}
	}
	p.state[id] = 2
}

// inherited is a job's value for a key, its own or the one that it extends.
func (p *gitlabPipeline) inherited(name, key string) *yaml.Node {
	return p.inheritedTo(name, key, map[string]bool{})
}

func (p *gitlabPipeline) inheritedTo(name, key string, seen map[string]bool) *yaml.Node {
	job := p.jobs[name]
	if v := job.Get(key); v != nil || seen[name] {
		return v
	}
	seen[name] = true
	for _, base := range slices.Backward(job.Get("extends").Strings()) {
		if v := p.inheritedTo(base, key, seen); v != nil {
			return v
		}
	}
	return nil
}

func (p *gitlabPipeline) runs(name string) bool {
	for _, key := range []string{"script", "run", "trigger"} {
		if p.inherited(name, key) != nil {
			return true
		}
	}
	return false
}

// needs follows what a job waits for, to find names that do not exist and circles.
func (p *gitlabPipeline) needs(name string) {
	id := "needs " + name
	if p.state[id] != 0 {
		return
	}
	p.state[id] = 1
	list := p.inherited(name, "needs")
	for _, n := range list.List() {
		want, optional := n.Text(), false
		if n.IsMapping() {
			if n.Has("pipeline") || n.Has("project") {
				continue
			}
			want, optional = n.Get("job").Text(), n.Get("optional").IsTrue()
		}
		switch {
		case p.state["needs "+want] == 1:
			p.fault(n, "job %q needs itself through %q", name, want)
		case p.jobs[want] == nil && !p.included && !optional && want != "" && !strings.Contains(want, "$"):
			p.fault(n, "job %q needs %q, which does not exist", name, want)
		case p.jobs[want] != nil:
			p.needs(want)
		}
	}
	p.state[id] = 2
}

// references follows !reference [job, key, …].
func (p *gitlabPipeline) references() {
	p.root.Walk(func(n *yaml.Node) bool {
		if n.Tag != "!reference" || n.Kind != yaml.Sequence {
			return true
		}
		path := n.Strings()
		at := p.root
		for _, key := range path {
			if at = at.Get(key); at == nil {
				p.fault(n, "!reference [%s] names nothing", strings.Join(path, ", "))
				break
			}
		}
		return false
	})
}
