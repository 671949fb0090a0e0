package crossfile

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func x08() rule.Rule {
	r := rule.Rule{ID: "X08", Kind: repo.KindWorkflow, Also: []repo.Kind{repo.KindGitLabCI}, Severity: finding.Error, Reviewer: rule.Code}
	flow := "name: CI\non: {pull_request: {}}\npermissions: {contents: read}\nconcurrency: {group: ci, cancel-in-progress: true}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - run: make %s\n-- Makefile --\n.PHONY: test\ntest:\n\tgo test ./...\n"
	r.Doc = rule.Doc{
		Title: "pipeline runs what is not there", Since: "0.1.0",
		Why:  "A make target, npm script, file or build stage that does not exist is noticed only when the job runs, often on the day of a release.",
		Bad:  strings.Replace(flow, "%s", "tests", 1),
		Good: strings.Replace(flow, "%s", "test", 1),
	}
	r.Check = func(p *rule.Pass) {
		if p.Kind == repo.KindGitLabCI {
			gitlab(p)
			return
		}
		root := p.YAML().Root()
		for _, j := range root.Get("jobs").Entries() {
			dir := first(j.Value.Get("defaults", "run", "working-directory").Text(), root.Get("defaults", "run", "working-directory").Text(), ".")
			foreign := false
			for _, s := range j.Value.Get("steps").List() {
				foreign = foreign || otherRepository(s)
				if foreign {
					break // what is checked out is not this repository
				}
				if run := s.Get("run"); run.IsScalar() {
					check(p, run, first(s.Get("working-directory").Text(), dir))
				}
				buildAction(p, s)
			}
		}
	}
	return r
}

// otherRepository tells whether a step checks out another repository, or this one into a folder.
func otherRepository(s *yaml.Node) bool {
	return strings.HasPrefix(s.Get("uses").Text(), "actions/checkout@") && (s.Get("with", "repository") != nil || s.Get("with", "path") != nil)
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func gitlab(p *rule.Pass) {
	for _, d := range p.YAML().Docs {
		for _, e := range d.Entries() {
			moved := false
			for _, key := range []string{"before_script", "script"} {
				n := e.Value.Get(key)
				for _, line := range append(n.List(), n) {
					if !line.IsScalar() {
						continue
					}
					moved = moved || moves(line.Text())
					if !moved {
						check(p, line.Resolve(), ".")
					}
				}
			}
		}
	}
}

func moves(script string) bool {
	return slices.ContainsFunc(shell.Commands(script), func(c shell.Command) bool {
		return c.Name == "cd" || c.Name == "pushd" || c.Tool() == "git" && c.Effective().Sub() == "clone"
	})
}

// check looks at the commands of one script that starts in a folder.
func check(p *rule.Pass, n *yaml.Node, dir string) {
	if strings.Contains(dir, "$") || moves(n.Text()) {
		return
	}
	for _, c := range shell.Commands(n.Text()) {
		if c.Conditional && strings.Contains(n.Text(), "[") {
			continue // behind a test for it
		}
		e := c.Effective()
		for _, w := range missing(p, e, c.Tool(), path.Clean(dir)) {
			p.Report(finding.Finding{Span: p.Span(n.Offset(w.word.Start), n.Offset(max(w.word.Start, w.word.End-1))+1), Message: w.message, Related: w.related})
		}
	}
}

type gap struct {
	word    shell.Word
	message string
	related []finding.Related
}

func missing(p *rule.Pass, c shell.Command, tool, dir string) []gap {
	switch tool {
	case "make":
		return makeTargets(p, c, dir)
	case "npm", "pnpm", "yarn", "bun":
		return npmScripts(p, c, tool, dir)
	case "docker":
		return dockerBuild(p, c, dir)
	}
	if w, ok := scriptFile(c); ok {
		file := path.Join(dir, w.Text)
		if !p.Tree.Has(file) && p.Tree.HasDir(path.Dir(file)) && strings.Count(string(p.Bytes), path.Base(file)) == 1 {
			return []gap{{word: w, message: file + " is not in the repository"}}
		}
	}
	return nil
}

func makeTargets(p *rule.Pass, c shell.Command, dir string) []gap {
	for i, w := range c.Words {
		if w.Text == "-C" && i+1 < len(c.Words) && c.Words[i+1].Literal {
			dir = path.Join(dir, c.Words[i+1].Text)
		}
	}
	if c.Has("-f") || c.Has("--file") || c.Has("--directory") {
		return nil
	}
	var src *rule.Source
	for _, name := range []string{"GNUmakefile", "makefile", "Makefile"} {
		if src == nil {
			src = p.Other(path.Join(dir, name))
		}
	}
	if src == nil || src.Err != nil || src.Makefile().Dynamic {
		return nil
	}
	var out []gap
	for i, w := range c.Words[1:] {
		before := c.Words[i].Text
		if !w.Literal || strings.HasPrefix(w.Text, "-") || strings.Contains(w.Text, "=") || before == "-C" || before == "-j" && strings.Trim(w.Text, "0123456789") == "" {
			continue
		}
		if !src.Makefile().Matches(w.Text) && !p.Tree.Has(path.Join(dir, w.Text)) {
			out = append(out, gap{w, fmt.Sprintf("%s has no target %s", src.Path, w.Text), []finding.Related{{Span: finding.LineSpan(src.Path, 1), Message: "the Makefile"}}})
		}
	}
	return out
}

// npmScripts checks "npm run NAME" and "npm test".
func npmScripts(p *rule.Pass, c shell.Command, tool, dir string) []gap {
	var w shell.Word
	switch {
	case c.Has("--workspace") || c.Has("-w") || c.Has("--workspaces") || c.Has("--prefix") || c.Has("-C") || c.Has("--filter") || c.Has("-r") || c.Has("--cwd") || c.Has("--if-present"):
		return nil
	case len(c.Words) > 2 && (c.Words[1].Text == "run" || c.Words[1].Text == "run-script"):
		w = c.Words[2]
	case len(c.Words) > 1 && c.Words[1].Text == "test" && tool != "bun":
		w = c.Words[1]
	default:
		return nil
	}
	manifest := path.Join(dir, "package.json")
	src := p.Tree.Text(manifest)
	var m struct {
		Scripts map[string]any `json:"scripts"`
	}
	if !w.Literal || strings.HasPrefix(w.Text, "-") || src == "" || json.Unmarshal([]byte(src), &m) != nil {
		return nil
	}
	if _, ok := m.Scripts[w.Text]; ok || tool != "npm" && w.Text != "test" && !strings.HasPrefix(c.Words[1].Text, "run") || tool == "bun" && strings.ContainsAny(w.Text, "./") {
		return nil
	}
	return []gap{{w, fmt.Sprintf("%s has no script %s", manifest, w.Text), []finding.Related{{Span: finding.LineSpan(manifest, 1), Message: "the manifest"}}}}
}

// dockerBuild checks the Dockerfile and the stage of "docker build".
func dockerBuild(p *rule.Pass, c shell.Command, dir string) []gap {
	sub := c.Sub()
	if sub != "build" && sub != "buildx" {
		return nil
	}
	var file, target shell.Word
	for i, w := range c.Words[:len(c.Words)-1] {
		switch w.Text {
		case "-f", "--file":
			file = c.Words[i+1]
		case "--target":
			target = c.Words[i+1]
		}
	}
	for _, w := range c.Words {
		if v, ok := strings.CutPrefix(w.Text, "--target="); ok {
			target = w
			target.Text = v
		}
		if v, ok := strings.CutPrefix(w.Text, "--file="); ok {
			file = w
			file.Text = v
		}
	}
	name := path.Join(dir, "Dockerfile")
	if file.Text != "" {
		if !file.Literal || file.Text == "-" {
			return nil
		}
		name = path.Join(dir, file.Text)
		if !p.Tree.Has(name) {
			return []gap{{word: file, message: name + " is not in the repository"}}
		}
	}
	if target.Text == "" || !target.Literal {
		return nil
	}
	return noStage(p, name, target)
}

func noStage(p *rule.Pass, name string, target shell.Word) []gap {
	src := p.Other(name)
	if src == nil || src.Err != nil || src.Dockerfile().StageByName(target.Text) != nil || strings.Trim(target.Text, "0123456789") == "" {
		return nil
	}
	return []gap{{target, fmt.Sprintf("%s has no stage %s", name, target.Text), []finding.Related{{Span: finding.LineSpan(name, 1), Message: "the Dockerfile"}}}}
}

// scriptFile is the file of the repository that a command runs: ./x.sh, sh x.sh, python scripts/x.py.
func scriptFile(c shell.Command) (shell.Word, bool) {
	if len(c.Words) == 0 {
		return shell.Word{}, false
	}
	w := c.Words[0]
	if shell.IsShell(c.Name) && len(c.Words) > 1 && !strings.HasPrefix(c.Words[1].Text, "-") {
		w = c.Words[1]
	}
	ok := w.Literal && strings.HasSuffix(w.Text, ".sh") && strings.Contains(w.Text, "/") && !path.IsAbs(w.Text) && !strings.HasPrefix(w.Text, "..") && !strings.ContainsAny(w.Text, "~*")
	return w, ok
}

// buildAction checks the inputs of docker/build-push-action.
func buildAction(p *rule.Pass, s *yaml.Node) {
	if !strings.HasPrefix(s.Get("uses").Text(), "docker/build-push-action@") {
		return
	}
	with := s.Get("with")
	context := first(with.Get("context").Text(), ".")
	file := with.Get("file")
	if strings.ContainsAny(context+file.Text(), "$#") || strings.Contains(context, "://") {
		return
	}
	name := path.Join(context, "Dockerfile")
	if file.Text() != "" {
		name = path.Clean(file.Text())
		if !p.Tree.Has(name) {
			p.Broken(p.Span(file.Start, file.End), name+" is not in the repository")
			return
		}
	}
	if t := with.Get("target"); t.Text() != "" && !strings.Contains(t.Text(), "$") {
		for _, g := range noStage(p, name, shell.Word{Text: t.Text()}) {
			p.Report(finding.Finding{Span: p.Span(t.Start, t.End), Message: g.message, Related: g.related})
		}
	}
}
