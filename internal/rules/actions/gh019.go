package actions

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh019() rule.Rule {
	r := base("GH019", finding.Error, rule.Code)
	r.Kind = repo.KindAction
	head := "name: Build\ndescription: Build the program\nruns:\n  using: composite\n  steps:\n    - run: make build\n"
	r.Doc = rule.Doc{
		Title: "action that GitHub refuses", Since: "0.1.0",
		Why: "A composite action has no default shell and no defaults of its workflow; a run without shell, a key that does not exist or a Node version that " +
			"is gone shows only when some workflow calls the action.",
		Bad:  head,
		Good: head + "      shell: bash\n",
		Path: ".github/actions/build/action.yml",
	}
	r.Check = func(p *rule.Pass) {
		runs := root(p).Get("runs")
		if !runs.IsMapping() {
			if strings.HasPrefix(p.Path, ".github/") && root(p) != nil {
				p.Broken(p.Line(1), "the action has no runs: say how it runs")
			}
			return // some other tool's action.yml
		}
		unknown(p, root(p), "an action", "name", "author", "description", "inputs", "outputs", "runs", "branding")
		for _, key := range []string{"name", "description"} {
			if !root(p).Has(key) {
				p.Broken(p.Line(1), "the action has no "+key+", which GitHub asks for")
			}
		}
		for _, e := range root(p).Get("inputs").Entries() {
			unknown(p, e.Value, "input "+e.Key.Value, "description", "required", "default", "deprecationMessage", "type")
		}
		for _, e := range root(p).Get("outputs").Entries() {
			unknown(p, e.Value, "output "+e.Key.Value, "description", "value")
		}
		checkRuns(p, runs.Resolve())
	}
	return r
}

// unknown reports the keys of a mapping that nothing reads.
func unknown(p *rule.Pass, m *yaml.Node, what string, known ...string) {
	for _, e := range m.Resolve().Entries() {
		if !slices.Contains(known, e.Key.Value) && e.Key.Value != "<<" {
			p.Broken(at(p, e.Key), fmt.Sprintf("%s has no key %q: it has %s", what, e.Key.Value, strings.Join(known, ", ")))
		}
	}
}

func checkRuns(p *rule.Pass, runs *yaml.Node) {
	using := runs.Get("using")
	switch name := strings.ToLower(using.Text()); {
	case using == nil:
		k, _ := root(p).Find("runs")
		p.Broken(at(p, k), "runs has no using: write composite, docker or node24")
	case name == "composite":
		checkComposite(p, runs)
	case name == "docker":
		unknown(p, runs, "runs of a Docker action", "using", "image", "args", "env", "entrypoint", "pre-entrypoint", "post-entrypoint", "pre-if", "post-if")
	case name == "node20" || name == "node24":
		checkScripts(p, runs)
	case name == "node12" || name == "node16":
		p.Broken(at(p, using), name+" is gone from the runners: use node24")
	default:
		p.Broken(at(p, using), "GitHub knows composite, docker, node20 and node24, not "+using.Text())
	}
}

var stepKeys = []string{"name", "id", "if", "run", "uses", "with", "env", "shell", "working-directory", "continue-on-error"}

func checkComposite(p *rule.Pass, runs *yaml.Node) {
	unknown(p, runs, "runs of a composite action", "using", "steps")
	for _, s := range allSteps(p) {
		unknown(p, s.node, "a step of a composite action", stepKeys...)
		if k, _ := s.node.Find("run"); k != nil && !s.node.Has("shell") {
			edit, ok := after(p, s.node, "run", "shell: bash")
			p.Broken(at(p, k), "a composite action has no default shell: add shell: bash", fix("add shell: bash", true, edit, ok)...)
		} else if k == nil && !s.node.Has("uses") {
			p.Broken(at(p, s.node), "the step has neither run nor uses")
		}
	}
	for _, e := range root(p).Get("outputs").Entries() {
		if !e.Value.Resolve().Has("value") {
			p.Broken(at(p, e.Key), "output "+e.Key.Value+" of a composite action needs a value: ${{ steps.<id>.outputs.<name> }}")
		}
	}
}

// checkScripts looks for the files that a JavaScript action runs. Ones below dist may be made by a build.
func checkScripts(p *rule.Pass, runs *yaml.Node) {
	unknown(p, runs, "runs of a JavaScript action", "using", "main", "pre", "post", "pre-if", "post-if")
	if !runs.Has("main") {
		k, _ := root(p).Find("runs")
		p.Broken(at(p, k), "a JavaScript action needs main, the file that it runs")
	}
	for _, key := range []string{"main", "pre", "post"} {
		n := runs.Get(key).Resolve()
		f := path.Join(path.Dir(p.Path), n.Text())
		if n.Text() != "" && !p.Tree.Has(f) && p.Tree.HasDir(path.Dir(f)) && path.Dir(f) != path.Dir(p.Path) {
			p.Broken(at(p, n), n.Text()+" is not in the repository")
		}
	}
}
