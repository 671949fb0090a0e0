package actions

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh016() rule.Rule {
	r := baseSteps("GH016", finding.Error, rule.Code, "actionlint:deprecated-commands", "zizmor:insecure-commands")
	head := "  version:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - id: version\n        run: "
	r.Doc = rule.Doc{
		Title: "command, runner or action that GitHub has taken away", Since: "0.1.0",
		Why: "set-output and its like are switched off because any log line could forge them, and ACTIONS_ALLOW_UNSECURE_COMMANDS opens that hole again. " +
			"Jobs for removed runner images never start, and the first artifact actions fail.",
		Bad:   example(head + "echo \"::set-output name=version::1.2\"\n"),
		Good:  example(head + "echo \"version=1.2\" >> \"$GITHUB_OUTPUT\"\n"),
		Links: []string{"https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/"},
	}
	r.Check = func(p *rule.Pass) {
		checkUnsecure(p, root(p).Get("env"))
		for _, j := range jobs(p) {
			checkUnsecure(p, j.node.Get("env"))
			checkRunners(p, j)
		}
		for _, s := range allSteps(p) {
			checkUnsecure(p, s.node.Get("env"))
			checkCommands(p, s.node.Get("run").Resolve())
			if u, ok := s.uses(); ok && retired(u) {
				p.Broken(at(p, u.node), fmt.Sprintf("%s@%s fails: GitHub has switched off the service behind it; take a newer major version", u.name, u.ref))
			}
		}
	}
	return r
}

// retired actions fail when they run: the artifact service before v4, and the cache service before v3.
func retired(u use) bool {
	major, _, _ := strings.Cut(strings.TrimPrefix(u.ref, "v"), ".")
	switch u.name {
	case "actions/upload-artifact", "actions/download-artifact":
		return major == "1" || major == "2" || major == "3"
	case "actions/cache", "actions/cache/save", "actions/cache/restore":
		return major == "1" || major == "2"
	}
	return false
}

func checkUnsecure(p *rule.Pass, env *yaml.Node) {
	if k, v := env.Find("ACTIONS_ALLOW_UNSECURE_COMMANDS"); k != nil && v.IsScalar() && v.Resolve().Text() != "false" {
		p.Broken(at(p, k), "this lets any line of a log set variables for later steps: remove it and write to $GITHUB_ENV")
	}
}

// gone are labels of runner images that GitHub has removed; their jobs wait until they are given up.
var gone = regexp.MustCompile(`(?i)^(?:ubuntu-(?:16|18|20)\.04|macos-(?:10\.15|11(?:\.0)?|12|13)(?:-large|-xlarge)?|windows-(?:2016|2019))$`)

func checkRunners(p *rule.Pass, j *job) {
	on := j.node.Get("runs-on").Resolve()
	labels := append(on.List(), on)
	if on.IsSequence() {
		for _, l := range on.List() {
			if strings.EqualFold(l.Text(), "self-hosted") {
				return // a label of one's own
			}
		}
	}
	if strings.Contains(on.Text(), "matrix.") {
		axes := j.node.Get("strategy", "matrix").Resolve()
		for _, e := range axes.Entries() {
			for _, n := range e.Value.Resolve().List() {
				if e.Key.Value != "exclude" {
					labels = append(labels, n)
					labels = append(labels, valuesIn(n, on.Text())...)
				}
			}
		}
	}
	for _, n := range labels {
		if gone.MatchString(n.Text()) {
			p.Broken(at(p, n), "GitHub has removed the runner image "+n.Text()+", so this job never starts: take a newer one")
		}
	}
}

// valuesIn are the values of a matrix entry that is a mapping whose keys the text names.
func valuesIn(n *yaml.Node, text string) []*yaml.Node {
	var out []*yaml.Node
	for _, e := range n.Entries() {
		if strings.Contains(text, e.Key.Value) {
			out = append(out, e.Value.Resolve())
		}
	}
	return out
}

var (
	command = regexp.MustCompile(`::(set-output|save-state|set-env|add-path)\b`)
	simple  = regexp.MustCompile(`^(\s*(?:-\s+)?)echo (["']?)::(set-output|save-state|set-env) name=([A-Za-z_][A-Za-z0-9_-]*)::([^"'\n]*)(["']?)[ \t]*$`)
	files   = map[string]string{"set-output": "GITHUB_OUTPUT", "save-state": "GITHUB_STATE", "set-env": "GITHUB_ENV", "add-path": "GITHUB_PATH"}
)

func checkCommands(p *rule.Pass, run *yaml.Node) {
	from := 0
	for line := range strings.Lines(run.Text()) {
		if m := command.FindStringSubmatchIndex(line); m != nil && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			name := line[m[2]:m[3]]
			p.Broken(p.Span(offset(p, run, from+m[0]), offset(p, run, from+m[1]-1)+1),
				fmt.Sprintf("::%s is switched off: write to the file $%s", name, files[name]), rewrite(p, run, line, from)...)
		}
		from += len(line)
	}
}

// rewrite is the fix for the plain form: echo "::set-output name=x::y" on a line of its own.
func rewrite(p *rule.Pass, run *yaml.Node, line string, from int) []finding.Fix {
	text := strings.TrimRight(line, "\r\n")
	m := simple.FindStringSubmatchIndex(text)
	if m == nil || text[m[4]:m[5]] != text[m[12]:m[13]] || run.Style != yaml.Literal && run.Style != yaml.Plain {
		return nil
	}
	group := func(i int) string { return text[m[2*i]:m[2*i+1]] }
	q := group(2)
	if q == "" {
		q = `"`
	}
	now := "echo " + q + group(4) + "=" + group(5) + q + ` >> "$` + files[group(3)] + `"`
	if run.Style == yaml.Plain && strings.Contains(now, ": ") {
		return nil
	}
	return []finding.Fix{p.Replace("write to the file", offset(p, run, from+m[3]), offset(p, run, from+len(text)-1)+1, now)}
}
