package actions

import (
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/work"
)

func gh011() rule.Rule {
	r := base("GH011", finding.Warning, rule.Code)
	test := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: go test ./...\n"
	publish := "    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: docker push registry.example.org/app:${{ github.sha }}\n"
	r.Doc = rule.Doc{
		Title: "what is published does not wait for the tests", Since: "0.1.0",
		Why: "Jobs run at the same time unless one needs the other. What is published beside the tests is out before they fail, and a linter that waits " +
			"for the tests tells in ten minutes what it could tell in one.",
		Bad:  example(test + "  publish:\n" + publish),
		Good: example(test + "  publish:\n    needs: test\n" + publish),
	}
	r.Check = func(p *rule.Pass) {
		m := jobWork(p)
		var tests []string
		for _, j := range jobs(p) {
			if m[j.id][work.Test] && !m[j.id][work.Publish] {
				tests = append(tests, j.id)
			}
		}
		if len(tests) == 0 {
			return
		}
		for _, j := range jobs(p) {
			switch kinds := m[j.id]; {
			case kinds[work.Publish] && !kinds[work.Test]:
				checkPublish(p, j, tests)
			case kinds[work.Lint] && !kinds[work.Test] && !kinds[work.Publish]:
				checkLint(p, j)
			}
		}
	}
	return r
}

func checkPublish(p *rule.Pass, j *job, tests []string) {
	if t := waitsFor(p, j.id); t != "" {
		n := j.node.Get("needs")
		if c := j.cond(); strings.Contains(c, "always()") && !strings.Contains(c, ".result") && !strings.Contains(c, "success()") {
			p.Broken(at(p, j.node.Get("if")), "job "+j.id+" publishes even when "+t+" failed: leave always() out, or ask for needs."+t+".result")
			return
		}
		if n != nil {
			p.Holds(at(p, n))
		}
		return
	}
	p.Broken(at(p, j.key), fmt.Sprintf("job %s publishes without waiting for the tests: add needs: %s", j.id, tests[0]))
}

// checkLint is about time only, so it is milder than the rule.
func checkLint(p *rule.Pass, j *job) {
	if n, t := j.node.Get("needs"), waitsFor(p, j.id); n != nil && t != "" {
		p.Report(finding.Finding{Span: at(p, n), Severity: finding.Info, Message: fmt.Sprintf("job %s waits for %s: let the quick check come first", j.id, t)})
	}
}

// waitsFor is a test job that a job needs, through others too; empty for none.
func waitsFor(p *rule.Pass, id string) string {
	g := rule.Shared(p.Source, graphKey{}, func() *graph {
		g := &graph{needs: map[string][]string{}, work: jobWork(p), known: map[string]string{}, seen: map[string]bool{}}
		for _, j := range jobs(p) {
			g.needs[j.id] = j.node.Get("needs").Strings()
		}
		return g
	})
	return g.test(id)
}

type graphKey struct{}

// graph is which job needs which, with the test that each waits for, found once.
type graph struct {
	needs map[string][]string
	work  map[string]map[work.Kind]bool
	known map[string]string
	seen  map[string]bool
}

func (g *graph) test(id string) string {
	if g.seen[id] {
		return g.known[id]
	}
	g.seen[id] = true
	for _, n := range g.needs[id] {
		if k := g.work[n]; k[work.Test] && !k[work.Publish] {
			g.known[id] = n
			break
		}
		if t := g.test(n); t != "" {
			g.known[id] = t
			break
		}
	}
	return g.known[id]
}

type workKey struct{}

// jobWork is what each job is for, by the commands that it runs in the end and the actions that it uses.
func jobWork(p *rule.Pass) map[string]map[work.Kind]bool {
	return rule.Shared(p.Source, workKey{}, func() map[string]map[work.Kind]bool {
		out := map[string]map[work.Kind]bool{}
		pl, err := pipeline.Load(p.Tree, p.Path)
		if err != nil {
			return out
		}
		for _, j := range pl.Jobs {
			id, _, _ := strings.Cut(j.ID, "/") // of a called workflow, the job that calls
			if out[id] == nil {
				out[id] = map[work.Kind]bool{}
			}
			sandbox := false
			for _, s := range j.Steps {
				k := actionWork(s)
				sandbox = sandbox || k == work.None && strings.Contains(s.Uses.Text, "kind-action")
				out[id][k] = true
				for _, c := range s.Commands {
					sandbox = sandbox || work.Sandbox(c.Command)
					out[id][work.Of(c.Command)] = true
				}
			}
			if sandbox {
				delete(out[id], work.Publish)
			}
		}
		return out
	})
}

// actionKinds are actions that are for one thing.
var actionKinds = map[string]work.Kind{
	"golangci/golangci-lint-action": work.Lint, "astral-sh/ruff-action": work.Lint, "psf/black": work.Lint, "hadolint/hadolint-action": work.Lint,
	"super-linter/super-linter": work.Lint, "pre-commit/action": work.Lint, "reviewdog/action-eslint": work.Lint,
	"aquasecurity/trivy-action": work.Scan, "github/codeql-action/analyze": work.Scan, "anchore/scan-action": work.Scan, "gitleaks/gitleaks-action": work.Scan,
	"actions/dependency-review-action": work.Scan, "snyk/actions/node": work.Scan, "pypa/gh-action-pip-audit": work.Scan,
	"pypa/gh-action-pypi-publish": work.Publish, "softprops/action-gh-release": work.Publish, "ncipollo/release-action": work.Publish,
	"goreleaser/goreleaser-action": work.Publish, "actions/deploy-pages": work.Publish, "peaceiris/actions-gh-pages": work.Publish,
	"jamesives/github-pages-deploy-action": work.Publish, "cloudflare/wrangler-action": work.Publish, "azure/webapps-deploy": work.Publish,
	"google-github-actions/deploy-cloudrun": work.Publish, "aws-actions/amazon-ecs-deploy-task-definition": work.Publish,
}

func actionWork(s pipeline.Step) work.Kind {
	name, _, _ := strings.Cut(strings.ToLower(s.Uses.Text), "@")
	switch name {
	case "docker/build-push-action", "docker/bake-action":
		if s.With["push"].Text == "true" {
			return work.Publish
		}
		return work.None
	case "goreleaser/goreleaser-action":
		if args := s.With["args"].Text; !strings.Contains(args, "release") || strings.Contains(args, "--snapshot") || strings.Contains(args, "${{") {
			return work.None
		}
	}
	return actionKinds[name]
}
