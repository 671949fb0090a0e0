// Package actions holds the rules on GitHub Actions workflows.
package actions

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindWorkflow, Severity: sev, Reviewer: who, Peers: peers}
}

// All are the rules on workflows.
func All() []rule.Rule {
	return []rule.Rule{
		gh001(), gh002(), gh003(), gh004(), gh005(), gh006(), gh007(), gh008(), gh009(), gh010(), gh011(), gh012(), gh013(), gh014(), gh015(), gh016(),
	}
}

// job is one job of a workflow.
type job struct {
	ID    string
	Key   *yaml.Node
	Node  *yaml.Node
	Steps []step
}

// step is one step of a job, its script parsed.
type step struct {
	Node  *yaml.Node
	Uses  string // the action, without its version
	Ref   string // the version
	Run   *yaml.Node
	Shell *shell.File // of Run; without commands when it is no shell script
}

type jobsKey struct{}

// jobs are the jobs of the workflow, in its order.
func jobs(p *rule.Pass) []job {
	return rule.Shared(p.Source, jobsKey{}, func() []job {
		var out []job
		for _, e := range p.YAML().Root().Get("jobs").Entries() {
			n := e.Value.Resolve()
			if !n.IsMapping() {
				continue
			}
			j := job{ID: e.Key.Value, Key: e.Key, Node: n}
			for _, s := range n.Get("steps").List() {
				if s.IsMapping() {
					j.Steps = append(j.Steps, newStep(s))
				}
			}
			out = append(out, j)
		}
		return out
	})
}

func newStep(n *yaml.Node) step {
	s := step{Node: n, Run: n.Get("run"), Shell: &shell.File{}}
	s.Uses, s.Ref, _ = strings.Cut(n.Get("uses").Text(), "@")
	if s.Run.IsScalar() && shellScript(n.Get("shell").Text()) {
		s.Shell, _ = shell.Parse(s.Run.Text())
	}
	return s
}

func shellScript(name string) bool {
	switch name, _, _ = strings.Cut(name, " "); name {
	case "", "bash", "sh":
		return true
	}
	return false
}

// span is the place of bytes of the step's script.
func (s step) span(p *rule.Pass, start, end int) finding.Span {
	return p.Span(s.Run.Offset(start), s.Run.Offset(max(start, end-1))+1)
}

// at is the place of a node.
func at(p *rule.Pass, n *yaml.Node) finding.Span { return p.Span(n.Start, n.End) }

// on tells whether the workflow has a trigger, and gives its settings.
func on(p *rule.Pass, event string) (settings *yaml.Node, ok bool) {
	t := p.YAML().Root().Get("on")
	for _, s := range t.Strings() {
		if s == event {
			return nil, true
		}
	}
	if k, v := t.Find(event); k != nil {
		return v.Resolve(), true
	}
	return nil, false
}

// reusable tells whether the workflow is only called by others.
func reusable(p *rule.Pass) bool {
	t := p.YAML().Root().Get("on")
	return len(t.Strings()) == 1 && t.Strings()[0] == "workflow_call" || t.IsMapping() && len(t.Pairs) == 1 && t.Has("workflow_call")
}

// top is a fix that adds lines to the workflow before "jobs:", with the comments that belong to it.
func top(p *rule.Pass, title string, lines ...string) []finding.Fix {
	root := p.YAML().Root()
	k, _ := root.Find("jobs")
	if k == nil || root.Style != yaml.Block {
		return nil
	}
	line := k.Line
	for line > 1 && bytes.HasPrefix(bytes.TrimSpace(p.Bytes[p.Lines.Start(line-1):p.Lines.Start(line)]), []byte("#")) {
		line--
	}
	at := p.Lines.Start(line)
	return []finding.Fix{p.Replace(title, at, at, strings.Join(lines, "\n")+"\n\n")}
}

// first is a fix that adds a line as the first key of a mapping in block style.
func first(p *rule.Pass, n *yaml.Node, title, line string) []finding.Fix {
	if n.Style != yaml.Block || len(n.Pairs) == 0 {
		return nil
	}
	return []finding.Fix{p.Replace(title, n.Start, n.Start, line+"\n"+strings.Repeat(" ", n.Column-1))}
}

// last is a fix that adds lines as the last keys of a mapping in block style.
func last(p *rule.Pass, n *yaml.Node, title string, lines ...string) []finding.Fix {
	if n.Style != yaml.Block || len(n.Pairs) == 0 {
		return nil
	}
	end := max(n.Pairs[len(n.Pairs)-1].Value.End, n.Pairs[len(n.Pairs)-1].Key.End)
	for end < len(p.Bytes) && p.Bytes[end] != '\n' && p.Bytes[end] != '\r' {
		end++
	}
	text := ""
	for _, l := range lines {
		text += "\n" + strings.Repeat(" ", n.Column-1) + l
	}
	return []finding.Fix{p.Replace(title, end, end, text)}
}

var commit = regexp.MustCompile(`^[0-9a-f]{40}$|^[0-9a-f]{64}$`)

// use is one "uses:" of the workflow, of a step or of a job.
type use struct {
	Node   *yaml.Node
	Action string // owner/name or owner/name/path
	Ref    string
}

// uses are the actions and workflows from other repositories.
func uses(p *rule.Pass) []use {
	var out []use
	add := func(n *yaml.Node) {
		action, ref, _ := strings.Cut(n.Text(), "@")
		if n.IsScalar() && strings.Contains(action, "/") && !strings.HasPrefix(action, ".") && !strings.HasPrefix(action, "docker://") && !strings.Contains(action, "${{") {
			out = append(out, use{n, action, ref})
		}
	}
	for _, j := range jobs(p) {
		if n := j.Node.Get("uses"); n != nil {
			add(n)
		}
		for _, s := range j.Steps {
			if n := s.Node.Get("uses"); n != nil {
				add(n)
			}
		}
	}
	return out
}
