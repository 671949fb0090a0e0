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

// gitlabCI checks what GitLab's own lint would refuse and a file can show by itself: unknown keywords, jobs that run
// nothing, stages and needs that do not exist, circles of extends and needs.
func gitlabCI(_ *repo.Tree, _ string, src []byte) *fault {
	doc, err := yaml.Parse(src)
	if err != nil {
		return syntaxFault(err)
	}
	if len(doc.Docs) == 0 || !doc.Docs[len(doc.Docs)-1].IsMapping() {
		return &fault{line: 1, message: "the file must be a mapping of jobs"}
	}
	p := &gitlabPipeline{root: doc.Docs[len(doc.Docs)-1], jobs: map[string]*yaml.Node{}}
	p.included = p.root.Has("include")
	p.stages = defaultStages
	if s := p.root.Get("stages"); s != nil {
		p.stages = append(s.Strings(), ".pre", ".post")
	}
	for _, e := range p.root.Entries() {
		if !slices.Contains(globalKeys, e.Key.Text()) {
			p.jobs[e.Key.Text()] = e.Value
		}
	}
	for _, e := range p.root.Entries() {
		if name := e.Key.Text(); p.jobs[name] != nil {
			if f := p.job(name, e.Key.Line); f != nil {
				return f
			}
		}
	}
	return nil
}

type gitlabPipeline struct {
	root     *yaml.Node
	jobs     map[string]*yaml.Node
	stages   []string
	included bool // other files may define stages and jobs
}

func (p *gitlabPipeline) job(name string, line int) *fault {
	job := p.jobs[name]
	hidden := strings.HasPrefix(name, ".")
	if !job.IsMapping() {
		if hidden {
			return nil
		}
		return &fault{line: line, message: fmt.Sprintf("job %q must be a mapping", name)}
	}
	for _, e := range job.Entries() {
		if key := e.Key.Text(); !hidden && !slices.Contains(jobKeys, key) {
			return &fault{line: e.Key.Line, message: fmt.Sprintf("job %q has the unknown keyword %q", name, key)}
		}
	}
	if f := p.extends(name, nil); f != nil {
		return f
	}
	if hidden {
		return nil
	}
	if !p.runs(name) && !p.included {
		return &fault{line: line, message: fmt.Sprintf("job %q has neither script, run nor trigger", name)}
	}
	if s := p.inherited(name, "stage"); s != nil && !p.included && !slices.Contains(p.stages, s.Text()) {
		return &fault{line: s.Line, message: fmt.Sprintf("job %q is in stage %q, which is not among the stages %s", name, s.Text(), strings.Join(p.stages, ", "))}
	}
	return p.needs(name, nil)
}

// extends follows what a job extends, to find names that do not exist and circles.
func (p *gitlabPipeline) extends(name string, seen []string) *fault {
	ext := p.jobs[name].Get("extends")
	for _, base := range ext.Strings() {
		switch {
		case slices.Contains(seen, base) || base == name:
			return &fault{line: ext.Line, message: fmt.Sprintf("job %q extends itself through %q", name, base)}
		case p.jobs[base] == nil && !p.included:
			return &fault{line: ext.Line, message: fmt.Sprintf("job %q extends %q, which does not exist", name, base)}
		case p.jobs[base] != nil:
			if f := p.extends(base, append(seen, name)); f != nil {
				return f
			}
		}
	}
	return nil
}

// inherited is a job's value for a key, its own or the one that it extends.
func (p *gitlabPipeline) inherited(name, key string) *yaml.Node {
	return p.inheritedTo(name, key, 0)
}

func (p *gitlabPipeline) inheritedTo(name, key string, depth int) *yaml.Node {
	job := p.jobs[name]
	if v := job.Get(key); v != nil || depth > 20 {
		return v
	}
	bases := job.Get("extends").Strings()
	for _, base := range slices.Backward(bases) {
		if v := p.inheritedTo(base, key, depth+1); v != nil {
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
func (p *gitlabPipeline) needs(name string, seen []string) *fault {
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
		case want == name || slices.Contains(seen, want):
			return &fault{line: n.Line, message: fmt.Sprintf("job %q needs itself through %q", name, want)}
		case p.jobs[want] == nil && !p.included && !optional:
			return &fault{line: n.Line, message: fmt.Sprintf("job %q needs %q, which does not exist", name, want)}
		case p.jobs[want] != nil && len(seen) < 100:
			if f := p.needs(want, append(slices.Clone(seen), name)); f != nil {
				return f
			}
		}
	}
	return nil
}
