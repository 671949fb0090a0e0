package actions

import (
	"fmt"
	"regexp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/work"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// gh012 leaves fail-fast: false alone, except in the strict profile: to see all versions that fail is a good reason.
func gh012() rule.Rule {
	r := baseSteps("GH012", finding.Warning, rule.Code)
	run := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: go test ./...\n"
	r.Doc = rule.Doc{
		Title: "check that cannot fail", Since: "0.1.0",
		Why:  "A test, a linter or a scan with continue-on-error or || true is green whatever it finds. People take the green for an answer.",
		Bad:  example(run + "        continue-on-error: true\n"),
		Good: example(run),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			checkSoftJob(p, j)
		}
		for _, s := range allSteps(p) {
			if n := s.node.Get("continue-on-error"); n.Text() == "true" && !outcomesRead(p)[s.node.Get("id").Text()] {
				if kind := s.gate(p); kind != work.None {
					p.Broken(at(p, n), fmt.Sprintf("the %s can find anything and the job stays green: remove continue-on-error", kind))
				}
			}
		}
		for _, s := range scripts(p) {
			for _, c := range s.shell.Commands {
				m := swallow.FindStringIndex(s.text[min(c.End, len(s.text)):])
				if kind := work.Of(c); kind.Gate() && m != nil {
					p.Broken(s.span(p, c.End, c.End+m[1]), fmt.Sprintf("the %s can find anything and the step stays green: remove || true", kind))
				}
			}
		}
	}
	return r
}

// swallow is what makes a command succeed whatever it found.
var swallow = regexp.MustCompile(`^\s*\|\|\s*(?:true|:|exit 0)(?:\s*$|\s*[\n;#])`)

func checkSoftJob(p *rule.Pass, j *job) {
	kinds := jobWork(p)[j.id]
	for _, k := range []work.Kind{work.Test, work.Lint, work.Scan} {
		if n := j.node.Get("continue-on-error"); n.Text() == "true" && kinds[k] {
			p.Broken(at(p, n), fmt.Sprintf("the %s of job %s can find anything and the run stays green: remove continue-on-error", k, j.id))
			break
		}
	}
	if n := j.node.Get("strategy", "fail-fast"); n.Text() == "false" && p.Strict {
		p.Report(finding.Finding{Span: at(p, n), Severity: finding.Info, Message: "one red entry is enough to send a change back, the others run on for nothing: remove fail-fast: false, unless all answers are wanted"})
	}
}

// gate is the kind of check that a step is.
func (s step) gate(p *rule.Pass) work.Kind {
	if u, ok := s.uses(); ok && actionKinds[u.name].Gate() {
		return actionKinds[u.name]
	}
	return rule.Shared(p.Source, gatesKey{}, func() map[*yaml.Node]work.Kind {
		out := map[*yaml.Node]work.Kind{}
		for _, sc := range scripts(p) {
			for _, c := range sc.shell.Commands {
				if k := work.Of(c); k.Gate() {
					out[sc.node] = k
					break
				}
			}
		}
		return out
	})[s.node]
}

type gatesKey struct{}

var outcome = regexp.MustCompile(`steps\.([A-Za-z0-9_-]+)\.(?:outcome|conclusion|outputs)`)

type outcomesKey struct{}

// outcomesRead are the ids of steps at whose end something looks.
func outcomesRead(p *rule.Pass) map[string]bool {
	return rule.Shared(p.Source, outcomesKey{}, func() map[string]bool {
		out := map[string]bool{}
		for _, m := range outcome.FindAllSubmatch(p.Bytes, -1) {
			out[string(m[1])] = true
		}
		return out
	})
}
