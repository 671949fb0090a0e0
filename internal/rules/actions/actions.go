// Package actions holds the rules on GitHub Actions: workflows and composite actions.
package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// base is a rule on workflows with what most of them share.
func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindWorkflow, Severity: sev, Reviewer: who, Peers: peers}
}

// baseSteps is a rule that reads steps wherever they stand: in workflows and in composite actions.
func baseSteps(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	r := base(id, sev, who, peers...)
	r.Also = []repo.Kind{repo.KindAction}
	return r
}

// example is a whole workflow for a rule's documentation: the jobs below a head that breaks no rule.
func example(jobs string) string {
	return "name: CI\non:\n  pull_request:\npermissions:\n  contents: read\nconcurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\njobs:\n" + jobs
}

// root is the top of the file; nil when it is no mapping.
func root(p *rule.Pass) *yaml.Node {
	if n := p.YAML().Root(); n.IsMapping() {
		return n.Resolve()
	}
	return nil
}

// at is the place of a node.
func at(p *rule.Pass, n *yaml.Node) finding.Span { return p.Span(n.Start, n.End) }

type offsetsKey struct{}

// offset is where byte i of a scalar's text stands in the file. The table is made once for each scalar: a long script
// can have thousands of findings.
func offset(p *rule.Pass, n *yaml.Node, i int) int {
	tables := rule.Shared(p.Source, offsetsKey{}, func() map[*yaml.Node][]int { return map[*yaml.Node][]int{} })
	t, ok := tables[n]
	if !ok {
		t = n.Offsets()
		tables[n] = t
	}
	return t[max(0, min(i, len(t)-1))]
}

// job is one job of a workflow. The steps of a composite action have none.
type job struct {
	id   string
	key  *yaml.Node
	node *yaml.Node
}

type jobsKey struct{}

// jobs are the jobs of a workflow that are mappings.
func jobs(p *rule.Pass) []*job {
	return rule.Shared(p.Source, jobsKey{}, func() []*job {
		var out []*job
		for _, e := range root(p).Get("jobs").Entries() {
			if e.Value.IsMapping() {
				out = append(out, &job{id: e.Key.Value, key: e.Key, node: e.Value.Resolve()})
			}
		}
		return out
	})
}

// calls tells whether the job calls a reusable workflow.
func (j *job) calls() bool { return j != nil && j.node.Has("uses") }

// get is a key of the job; nil for the steps of an action.
func (j *job) get(keys ...string) *yaml.Node {
	if j == nil {
		return nil
	}
	return j.node.Get(keys...)
}

// cond is the job's condition.
func (j *job) cond() string { return j.get("if").Text() }

// step is one step with the job that it stands in.
type step struct {
	job   *job // nil in a composite action
	node  *yaml.Node
	index int
}

type stepsKey struct{}

// allSteps are all steps of a workflow or of a composite action.
func allSteps(p *rule.Pass) []step {
	return rule.Shared(p.Source, stepsKey{}, func() []step {
		var out []step
		for _, j := range jobs(p) {
			out = append(out, stepsOf(j, j.node.Get("steps"))...)
		}
		return append(out, stepsOf(nil, root(p).Get("runs", "steps"))...)
	})
}

func stepsOf(j *job, list *yaml.Node) []step {
	var out []step
	for i, n := range list.List() {
		if n.IsMapping() {
			out = append(out, step{job: j, node: n.Resolve(), index: i})
		}
	}
	return out
}

type byJobKey struct{}

// of are the steps of one job.
func of(p *rule.Pass, j *job) []step {
	return rule.Shared(p.Source, byJobKey{}, func() map[*job][]step {
		out := map[*job][]step{}
		for _, s := range allSteps(p) {
			out[s.job] = append(out[s.job], s)
		}
		return out
	})[j]
}

// perJob is what a rule derives from a job, computed once for each: files may have thousands of steps.
func perJob[T any](p *rule.Pass, key any, j *job, compute func() T) T {
	known := rule.Shared(p.Source, key, func() map[*job]T { return map[*job]T{} })
	v, ok := known[j]
	if !ok {
		v = compute()
		known[j] = v
	}
	return v
}

// script is a step's run, read as a shell script.
type script struct {
	step
	run   *yaml.Node
	text  string
	shell *shell.File
}

type scriptsKey struct{}

// scripts are all run steps whose shell is a POSIX one.
func scripts(p *rule.Pass) []script {
	return rule.Shared(p.Source, scriptsKey{}, func() []script {
		var out []script
		for _, s := range allSteps(p) {
			n := s.node.Get("run").Resolve()
			if n.Text() == "" || !posix(shellOf(p, s)) {
				continue
			}
			f, _ := shell.Parse(n.Text()) // what cannot be read has no commands
			if f == nil {
				f = &shell.File{}
			}
			out = append(out, script{step: s, run: n, text: n.Text(), shell: f})
		}
		return out
	})
}

type scriptsByJobKey struct{}

// scriptsOf are the scripts of one job.
func scriptsOf(p *rule.Pass, j *job) []script {
	return rule.Shared(p.Source, scriptsByJobKey{}, func() map[*job][]script {
		out := map[*job][]script{}
		for _, s := range scripts(p) {
			out[s.job] = append(out[s.job], s)
		}
		return out
	})[j]
}

// maxScript is the longest script whose commands are held against each other.
const maxScript = 16 << 10

// shellOf is the shell of a run step; where nothing names one, that of its runner.
func shellOf(p *rule.Pass, s step) string {
	for _, n := range []*yaml.Node{s.node.Get("shell"), s.job.get("defaults", "run", "shell"), root(p).Get("defaults", "run", "shell")} {
		if t := n.Text(); t != "" {
			return t
		}
	}
	if strings.Contains(strings.ToLower(strings.Join(s.job.get("runs-on").Strings(), " ")), "windows") {
		return "pwsh"
	}
	return "bash"
}

func posix(name string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return shell.IsShell(first)
}

// span is the place of the bytes [start, end) of the script.
func (s script) span(p *rule.Pass, start, end int) finding.Span {
	return p.Span(offset(p, s.run, start), offset(p, s.run, max(start, end-1))+1)
}

// source is a command as written.
func (s script) source(c shell.Command) string {
	return s.text[min(c.Start, len(s.text)):min(c.End, len(s.text))]
}
