package plan

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// severities are those that trivy knows, worst first.
var severities = []string{"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"}

// scans sets what is scanned. Trivy is the scanner; a language's own audit tool runs beside it.
func (p *Plan) scans(req *artifact.Request) error {
	p.Scan = ScanPlan{Severities: "CRITICAL,HIGH", Files: p.Purpose != Release}
	for _, c := range criterion.Find(req.Claims, criterion.Scan) {
		if err := p.scan(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) scan(c criterion.Claim) error {
	if tool := c.Param("tool"); tool != "" && !strings.EqualFold(tool, "trivy") {
		for _, part := range p.Parts {
			if part.use("audit", tool, &part.Recipe.Audit) {
				return nil
			}
		}
		return refuse("the task asks for a scan with %s: AutoGit scans with trivy, and with the audit tools of the repository's languages (%s)",
			tool, known(p.Parts, "audit"))
	}
	if list := c.List("severities"); len(list) > 0 {
		for i, s := range list {
			list[i] = strings.ToUpper(strings.TrimSpace(s))
			if !slices.Contains(severities, list[i]) {
				return refuse("the task names the severity %q, which trivy does not know: it knows %s", s, strings.Join(severities, ", "))
			}
		}
		slices.SortFunc(list, func(a, b string) int { return slices.Index(severities, a) - slices.Index(severities, b) })
		p.Scan.Severities = strings.Join(list, ",")
	}
	switch c.Param("target") {
	case "image":
		if len(p.Images) == 0 {
			return refuse("the task asks for a scan of the image, and there is no Dockerfile in the repository or in the task")
		}
		p.Scan.Images = true
	default:
		p.Scan.Files = true
	}
	return nil
}

// publish sets where images go; only a task or the release pipeline publishes.
func (p *Plan) publish(req *artifact.Request) error {
	claims := criterion.Find(req.Claims, criterion.Publish)
	if len(claims) == 0 {
		if p.Purpose == Release && len(p.Images) > 0 {
			p.Publish = &PublishPlan{OnTag: true}
		}
		return nil
	}
	p.Publish = &PublishPlan{}
	for _, c := range claims {
		if r := c.Param("registry"); r != "" {
			p.Publish.Registry = registryHost(r)
			if !safeRegistry.MatchString(p.Publish.Registry) {
				return refuse("the task asks to publish to %q, which is no registry", r)
			}
		}
		for _, on := range c.List("on") {
			switch on {
			case "push", "main", "branch", "master":
				p.Publish.OnBranch = true
			default:
				p.Publish.OnTag = true
			}
		}
	}
	p.Publish.OnTag = p.Publish.OnTag || !p.Publish.OnBranch
	p.Events.Tag = p.Events.Tag || p.Publish.OnTag
	p.Events.Push = p.Events.Push || p.Publish.OnBranch
	return nil
}

func registryHost(name string) string {
	switch strings.ToLower(name) {
	case "ghcr", "github":
		return "ghcr.io"
	case "dockerhub", "docker hub", "docker":
		return "docker.io"
	}
	return name
}

// coverage sets where the coverage report goes and below which share the tests fail.
func (p *Plan) coverage(req *artifact.Request) error {
	for _, c := range criterion.Find(req.Claims, criterion.CoverageUpload) {
		switch service := strings.ToLower(c.Param("service")); service {
		case "codecov":
			p.Coverage = service
		case "", "artifact", "github", "gitlab":
		default:
			return refuse("the task asks to upload coverage to %s: AutoGit has a pinned way to Codecov, or keeps it as an artifact of the run", service)
		}
		if err := p.covered("upload coverage"); err != nil {
			return err
		}
	}
	for _, c := range criterion.Find(req.Claims, criterion.Test) {
		if c.Param("coverage") != "" {
			if err := p.covered("measure coverage"); err != nil {
				return err
			}
		}
	}
	for _, c := range criterion.Find(req.Claims, criterion.CoverageThreshold) {
		if err := p.threshold(c.Param("percent")); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) covered(what string) error {
	if slices.ContainsFunc(p.Parts, func(q *Part) bool { return q.Recipe.CoverageFile != "" }) {
		return nil
	}
	return refuse("the task asks to %s, and the tests of %s write no coverage report: declare the coverage tool of the language as a development dependency",
		what, p.list())
}

// threshold makes the tests of every part that measures coverage fail below percent.
func (p *Plan) threshold(percent string) error {
	if err := p.covered("fail below a share of coverage"); err != nil {
		return err
	}
	for _, part := range p.Parts {
		if part.Recipe.CoverageFile == "" {
			p.note("%s writes no coverage report, so the threshold does not hold for it", part.Name)
			continue
		}
		test, ok := stack.TestAbove(*part.Recipe, percent)
		if !ok {
			return refuse("the task asks to fail below %s %% coverage, and AutoGit cannot read the share from %s of %s",
				percent, part.Recipe.CoverageFile, part.Name)
		}
		part.Recipe.Test = test
	}
	return nil
}
