package actions

import (
	"regexp"
	"slices"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

var (
	testJob   = regexp.MustCompile(`(?i)(?:^|[-_ ])(?:tests?|unit|check|checks|verify|ci)(?:$|[-_ ])`)
	deployJob = regexp.MustCompile(`(?i)(?:^|[-_ ])(?:deploy|publish|release|push)(?:$|[-_ ])`)
)

func gh011() rule.Rule {
	r := base("GH011", finding.Warning, rule.Code)
	deploy := "  deploy:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    %ssteps:\n      - run: ./deploy.sh\n"
	r.Doc = rule.Doc{
		Title: "deployment that does not wait for the tests", Since: "0.1.0",
		Why:  "Jobs run at the same time unless one needs another: what the tests refuse is then already live.",
		Bad:  workflow(checkout) + replace(deploy, ""),
		Good: workflow(checkout) + replace(deploy, "needs: test\n    "),
	}
	r.Check = func(p *rule.Pass) {
		var tests []string
		for _, j := range jobs(p) {
			if testJob.MatchString(j.ID) {
				tests = append(tests, j.ID)
			}
		}
		if len(tests) == 0 {
			return
		}
		for _, j := range jobs(p) {
			if !deployJob.MatchString(j.ID) || testJob.MatchString(j.ID) {
				continue
			}
			if n := j.Node.Get("needs"); n != nil {
				p.Holds(at(p, n))
				continue
			}
			p.Broken(at(p, j.Key), "job "+j.ID+" does not wait for "+tests[0]+": add needs")
		}
	}
	return r
}

func replace(format, with string) string {
	return regexp.MustCompile(`%s`).ReplaceAllString(format, with)
}

func gh012() rule.Rule {
	r := base("GH012", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "gate that lets failures through", Since: "0.1.0",
		Why:  "A step with continue-on-error is green whatever it finds: nobody looks at it again.",
		Bad:  workflow(checkout + "      - run: npm test\n        continue-on-error: true\n"),
		Good: workflow(checkout + "      - run: npm test\n"),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			if k, v := j.Node.Find("continue-on-error"); v.Resolve().IsTrue() && testJob.MatchString(j.ID) {
				p.Broken(p.Span(k.Start, v.End), "job "+j.ID+" may fail unseen: remove continue-on-error")
			}
			for _, s := range j.Steps {
				if k, v := s.Node.Find("continue-on-error"); v.Resolve().IsTrue() && isGate(s) && !readsOutcome(p, s) {
					p.Broken(p.Span(k.Start, v.End), "this gate is green whatever it finds: remove continue-on-error")
				}
			}
		}
	}
	return r
}

var gates = []string{"pytest", "ruff", "mypy", "eslint", "tsc", "golangci-lint", "staticcheck", "jest", "vitest", "phpunit", "rspec", "rubocop", "shellcheck", "hadolint", "black", "flake8", "pyright", "phpstan", "clippy"}

// isGate tells whether a step runs tests or a linter.
func isGate(s step) bool {
	for _, c := range s.Shell.Commands {
		sub := c.Effective().Sub()
		switch t := c.Tool(); {
		case slices.Contains(gates, t):
			return true
		case slices.Contains([]string{"go", "cargo", "npm", "pnpm", "yarn", "make", "mvn", "gradle", "dotnet", "bun"}, t) && (sub == "test" || sub == "lint" || sub == "check" || sub == "vet" || sub == "verify" || sub == "clippy"):
			return true
		}
	}
	return false
}

// readsOutcome tells whether a later step looks at how this one ended.
func readsOutcome(p *rule.Pass, s step) bool {
	id := s.Node.Get("id").Text()
	if id == "" {
		return false
	}
	found := false
	re := regexp.MustCompile(`steps\.` + regexp.QuoteMeta(id) + `\.(?:outcome|conclusion|outputs)`)
	p.YAML().Root().Walk(func(n *yaml.Node) bool {
		found = found || n.Kind == yaml.Scalar && re.MatchString(n.Value)
		return !found
	})
	return found
}
