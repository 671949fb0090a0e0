// Package gitlabci holds the rules on GitLab pipelines.
package gitlabci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindGitLabCI, Severity: sev, Reviewer: who, Peers: peers}
}

// All are the rules on GitLab pipelines.
func All() []rule.Rule { return []rule.Rule{gl001(), gl002(), gl003(), gl004()} }

// globals are the keys of the top level that are no jobs.
var globals = []string{"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache", "before_script", "after_script"}

// job is one job; hidden ones, which only others extend, are jobs too.
type job struct {
	Name string
	Key  *yaml.Node
	Node *yaml.Node
	root *yaml.Node
}

func (j job) hidden() bool { return strings.HasPrefix(j.Name, ".") }

type jobsKey struct{}

// root is the document with the pipeline: behind "spec:" it is the second.
func root(p *rule.Pass) *yaml.Node {
	docs := p.YAML().Docs
	if len(docs) == 0 {
		return nil
	}
	return docs[len(docs)-1]
}

func jobs(p *rule.Pass) []job {
	return rule.Shared(p.Source, jobsKey{}, func() []job {
		var out []job
		r := root(p)
		for _, e := range r.Entries() {
			if n := e.Value.Resolve(); n.IsMapping() && !slices.Contains(globals, e.Key.Value) {
				out = append(out, job{e.Key.Value, e.Key, n, r})
			}
		}
		return out
	})
}

// get is a job's value for a key: its own, of what it extends, or the default's.
func (j job) get(key string) *yaml.Node {
	if v := inherited(j.root, j.Node, key, map[*yaml.Node]bool{}); v != nil {
		return v
	}
	if v := j.root.Get("default", key); v != nil {
		return v
	}
	switch key {
	case "image", "services", "cache", "before_script", "after_script":
		return j.root.Get(key)
	}
	return nil
}

func inherited(root, n *yaml.Node, key string, seen map[*yaml.Node]bool) *yaml.Node {
	if v := n.Get(key); v != nil || n == nil || seen[n] {
		return v
	}
	seen[n] = true
	for _, base := range slices.Backward(n.Get("extends").Strings()) {
		if v := inherited(root, root.Get(base), key, seen); v != nil {
			return v
		}
	}
	return nil
}

// extendsUnknown tells whether a job extends one that is not in this file.
func (j job) extendsUnknown() bool {
	for _, b := range j.Node.Get("extends").Strings() {
		if !j.root.Has(b) {
			return true
		}
	}
	return false
}

func at(p *rule.Pass, n *yaml.Node) finding.Span { return p.Span(n.Start, n.End) }

const pipeline = "default:\n  interruptible: true\n  timeout: 20 minutes\nworkflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n    - if: $CI_COMMIT_BRANCH\n"

func gl001() rule.Rule {
	r := base("GL001", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "job image without a version", Since: "0.1.0",
		Why:  "The pipeline changes without a commit: what passed yesterday fails today, and nobody can say why.",
		Bad:  pipeline + "test:\n  image: python:latest\n  script: pytest\n",
		Good: pipeline + "test:\n  image: python:3.13\n  script: pytest\n",
	}
	r.Check = func(p *rule.Pass) {
		root := root(p)
		nodes := []*yaml.Node{root.Get("image"), root.Get("default", "image")}
		nodes = append(nodes, root.Get("services").List()...)
		nodes = append(nodes, root.Get("default", "services").List()...)
		for _, j := range jobs(p) {
			nodes = append(append(nodes, j.Node.Get("image")), j.Node.Get("services").List()...)
		}
		for _, n := range nodes {
			if n.IsMapping() {
				n = n.Get("name")
			}
			checkImage(p, n)
		}
	}
	return r
}

func checkImage(p *rule.Pass, n *yaml.Node) {
	ref := n.Text()
	if ref == "" || strings.Contains(ref, "@") {
		return
	}
	tag := ""
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		tag = ref[i+1:]
	}
	switch {
	case tag == "latest":
		p.Broken(at(p, n), "image "+ref+" moves with every release: name the version")
	case tag == "" && !strings.Contains(ref, "$"):
		p.Broken(at(p, n), "image "+ref+" has no tag: name the version")
	case tag != "":
		p.Holds(at(p, n))
	}
}

func gl003() rule.Rule {
	r := base("GL003", finding.Warning, rule.Code, "checkov:CKV_GITLABCI_2")
	r.Doc = rule.Doc{
		Title: "job that outlives its use", Since: "0.1.0",
		Why:  "Without interruptible, pipelines of old commits run on; without a timeout a job that hangs holds its runner for an hour. only and rules in one job are refused, and only without merge requests starts two pipelines.",
		Bad:  "workflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\ntest:\n  image: python:3.13\n  script: pytest\n",
		Good: pipeline + "test:\n  image: python:3.13\n  script: pytest\n",
	}
	r.Check = func(p *rule.Pass) {
		remote := root(p).Has("include")
		var interruptible, timeout *job
		for _, j := range jobs(p) {
			only, rules := j.Node.Get("only"), j.Node.Get("rules")
			if only == nil {
				only = j.Node.Get("except")
			}
			if only != nil && rules != nil {
				p.Report(finding.Finding{Severity: finding.Error, Span: at(p, j.Key), Message: "job " + j.Name + " has both only/except and rules, which GitLab refuses: keep rules"})
			}
			if j.hidden() || remote || j.extendsUnknown() || j.Node.Has("trigger") {
				continue
			}
			if deploys(j) {
				continue // must not be stopped halfway
			}
			if v := j.get("interruptible"); v == nil && interruptible == nil {
				interruptible = &j
			} else if v != nil {
				p.Holds(at(p, v))
			}
			if v := j.get("timeout"); v == nil && timeout == nil {
				timeout = &j
			} else if v != nil {
				p.Holds(at(p, v))
			}
		}
		report := func(j *job, message, line string) {
			if j != nil {
				p.Broken(at(p, j.Key), "job "+j.Name+" "+message, setDefault(p, line)...)
			}
		}
		report(interruptible, "goes on when a newer commit is there: set interruptible: true, best under default", "interruptible: true")
		report(timeout, "may hang for the project's whole time limit: set timeout, best under default", "timeout: 30 minutes")
	}
	return r
}

// setDefault is the fix that adds a line under default. Two of them would both make the same new key, so there
// is one only where default is there already.
func setDefault(p *rule.Pass, line string) []finding.Fix {
	d := root(p).Get("default")
	if !d.IsMapping() || d.Style != yaml.Block || len(d.Pairs) == 0 {
		return nil
	}
	return []finding.Fix{p.Replace("set it for all jobs", d.Start, d.Start, line+"\n"+strings.Repeat(" ", d.Column-1))}
}

// deploys tells whether a job changes something outside.
func deploys(j job) bool {
	return j.get("environment") != nil || j.get("release") != nil || j.get("resource_group") != nil || strings.Contains(j.Name, "deploy") || strings.Contains(j.Name, "release") || strings.Contains(j.Name, "publish") ||
		j.get("interruptible").Text() == "false"
}

func message(format string, args ...any) string { return fmt.Sprintf(format, args...) }
