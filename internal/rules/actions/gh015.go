package actions

import (
	"io"
	"regexp"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// fault is one error of actionlint.
type fault struct {
	message      string
	kind         string
	line, column int
	untrusted    bool
}

// span is the place of the fault: from its column to the end of the word there.
func (f fault) span(p *rule.Pass) finding.Span {
	start := p.Lines.Offset(f.line, f.column)
	end := start
	for end < len(p.Bytes) && p.Bytes[end] > ' ' {
		end++
	}
	return p.Span(start, max(end, min(start+1, len(p.Bytes))))
}

type lintKey struct{}

// lint runs actionlint as a library: no other program, nothing read from disk.
func lint(p *rule.Pass) []fault {
	return rule.Shared(p.Source, lintKey{}, func() []fault {
		l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
		if err != nil {
			return nil
		}
		// A name that is no file's keeps it from looking for a repository around it.
		errs, err := l.Lint("<stdin>", p.Bytes, nil)
		if err != nil {
			return nil
		}
		out := make([]fault, 0, len(errs))
		for _, e := range errs {
			out = append(out, fault{e.Message, e.Kind, max(e.Line, 1), max(e.Column, 1), strings.Contains(e.Message, "potentially untrusted")})
		}
		return out
	})
}

func gh015() rule.Rule {
	r := base("GH015", finding.Error, rule.Code)
	r.Doc = rule.Doc{
		Title: "workflow that GitHub refuses or misreads", Since: "0.1.0",
		Why:  "A misspelt key, an expression with a wrong name or type, a job that needs one that does not exist: the run fails, or quietly does something else.",
		Bad:  strings.Replace(workflow(checkout), "    steps:", "    needs: build\n    steps:", 1),
		Good: workflow(checkout),
	}
	r.Check = func(p *rule.Pass) {
		for _, f := range lint(p) {
			if f.untrusted || f.kind == "deprecated-commands" || f.kind == "runner-label" && removedRunner.MatchString(f.message) {
				continue // GH004 and GH016 speak of these
			}
			if f.kind == "runner-label" {
				continue // labels of a team's own runners cannot be known
			}
			if strings.Contains(f.message, "is duplicated in") && f.kind == "syntax-check" {
				continue // AG001 does
			}
			found := finding.Finding{Span: f.span(p), Message: strings.TrimSuffix(f.message, ".")}
			if strings.Contains(f.message, "too old to run") {
				found.Severity = finding.Warning // GitHub runs most of them on a newer runtime
			}
			p.Report(found)
		}
	}
	return r
}

var (
	removedRunner = regexp.MustCompile(`"(ubuntu-1[0-9]\.04|ubuntu-20\.04|macos-1[0-3](?:\.15)?(?:-xlarge|-large)?|windows-201[0-9])"`)
	removedLabel  = regexp.MustCompile(`^(?:ubuntu-1[0-9]\.04|ubuntu-20\.04|macos-1[0-3](?:\.15)?(?:-xlarge|-large)?|windows-201[0-9])$`)
	oldCommand    = regexp.MustCompile(`::(set-output|save-state|set-env|add-path)\b`)
	setOutput     = regexp.MustCompile(`^(\s*)echo\s+(["']?)::(set-output|save-state)\s+name=([A-Za-z0-9_-]+)::(.*?)(["']?)\s*$`)
)

func gh016() rule.Rule {
	r := base("GH016", finding.Error, rule.Code, "zizmor:insecure-commands")
	r.Doc = rule.Doc{
		Title: "command or runner that is gone", Since: "0.1.0",
		Why:  "set-output and its like are switched off because logs could forge them; ACTIONS_ALLOW_UNSECURE_COMMANDS brings the hole back. Jobs for removed runner images never start.",
		Bad:  workflow("      - id: v\n        run: echo \"::set-output name=version::1.2\"\n"),
		Good: workflow("      - id: v\n        run: echo \"version=1.2\" >> \"$GITHUB_OUTPUT\"\n"),
	}
	r.Check = func(p *rule.Pass) {
		root := p.YAML().Root()
		checkUnsecure(p, root.Get("env"))
		for _, j := range jobs(p) {
			checkUnsecure(p, j.Node.Get("env"))
			for _, n := range append(j.Node.Get("runs-on").List(), j.Node.Get("runs-on")) {
				if removedLabel.MatchString(n.Text()) {
					p.Broken(at(p, n), "GitHub has removed the runner "+n.Text()+": choose a newer one")
				}
			}
			for _, e := range j.Node.Get("strategy", "matrix").Entries() {
				for _, n := range e.Value.Resolve().List() {
					if removedLabel.MatchString(n.Text()) {
						p.Broken(at(p, n), "GitHub has removed the runner "+n.Text()+": choose a newer one")
					}
				}
			}
			for _, s := range j.Steps {
				checkUnsecure(p, s.Node.Get("env"))
				checkOldCommands(p, s.Run)
			}
		}
	}
	return r
}

func checkUnsecure(p *rule.Pass, env *yaml.Node) {
	if k, v := env.Find("ACTIONS_ALLOW_UNSECURE_COMMANDS"); k != nil && v.Resolve().Text() != "false" {
		p.Broken(p.Span(k.Start, v.End), "this brings back commands that a log line can forge: remove it")
	}
}

func checkOldCommands(p *rule.Pass, run *yaml.Node) {
	if !run.IsScalar() {
		return
	}
	at := 0
	for line := range strings.Lines(run.Text()) {
		if m := oldCommand.FindStringSubmatchIndex(line); m != nil && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			name := line[m[2]:m[3]]
			file := map[string]string{"set-output": "GITHUB_OUTPUT", "save-state": "GITHUB_STATE", "set-env": "GITHUB_ENV", "add-path": "GITHUB_PATH"}[name]
			span := p.Span(run.Offset(at+m[0]), run.Offset(at+m[1]-1)+1)
			p.Broken(span, "::"+name+" is switched off: write to the file $"+file, newCommand(p, run, line, at, file)...)
		}
		at += len(line)
	}
}

// newCommand is the fix for the plain form: echo "::set-output name=x::y".
func newCommand(p *rule.Pass, run *yaml.Node, line string, from int, file string) []finding.Fix {
	text := strings.TrimRight(line, "\r\n")
	m := setOutput.FindStringSubmatch(text)
	if m == nil || m[2] != m[6] || run.Style == yaml.DoubleQuoted || run.Style == yaml.SingleQuoted || run.Style == yaml.Folded {
		return nil
	}
	q := m[2]
	if q == "" {
		q = `"`
	}
	start, end := run.Offset(from+len(m[1])), run.Offset(from+len(text)-1)+1
	return []finding.Fix{p.Replace("write to the file", start, end, "echo "+q+m[4]+"="+m[5]+q+` >> "$`+file+`"`)}
}
