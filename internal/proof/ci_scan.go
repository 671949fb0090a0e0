package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/pipeline"
)

// scan proves that a scanner runs and that what it finds fails the pipeline.
func scan(p *prover) Result {
	tool := p.claim.Param("tool")
	if t, ok := criterion.ToolNamed(tool); ok {
		if why := p.wrongLanguage(t); why != "" {
			return contradicted(why)
		}
	}
	hs := p.hits(criterion.Scan, tool)
	if len(p.ci) == 0 {
		hs = p.makeHits(criterion.Scan, tool)
	}
	near := nearest(hs, "a scan for vulnerabilities")
	for _, h := range hs {
		why := h.why
		if why == "" && h.s != nil {
			why = scanGate(h)
		} else if why == "" && h.tool.Name == "trivy" && h.c != nil {
			why = trivyGate(*h.c)
		}
		if why == "" {
			why = p.scanFits(h)
		}
		if why == "" {
			return proven(h.ev...)
		}
		near = unproven(why, h.ev...)
	}
	return near
}

// setting is an input of a scanner: by flag, by action input, or by environment variable.
func setting(h hit, flag, input, env string) string {
	if h.c != nil {
		if v, ok := h.c.Flag(flag); ok {
			return strings.Trim(v, `'"`)
		}
		for _, a := range h.c.Raw.Env {
			if a.Name == env {
				return a.Value.Text
			}
		}
	}
	if h.s != nil && h.c == nil && h.s.With[input].Text != "" {
		return h.s.With[input].Text
	}
	if h.s == nil {
		return ""
	}
	for _, m := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
		if v := m[env]; v.Text != "" {
			return v.Text
		}
	}
	return ""
}

// scanGate says why a scanner does not fail the pipeline; empty when it does.
func scanGate(h hit) string {
	switch h.tool.Name {
	case "trivy":
		if scansNothing(h) {
			return "nothing checks the source out before it: it scans an empty folder"
		}
		for dir := range strings.SplitSeq(setting(h, "--skip-dirs", "skip-dirs", "TRIVY_SKIP_DIRS"), ",") {
			if d := strings.Trim(strings.TrimSpace(dir), "\"'"); d == "." || d == "./" || d == "/" || d == "*" || d == "**" || d == "**/*" {
				return "trivy skips every folder"
			}
		}
		code := setting(h, "--exit-code", "exit-code", "TRIVY_EXIT_CODE")
		if n, err := strconv.Atoi(code); err != nil || n == 0 {
			return "trivy reports and does not fail: its exit code is 0 unless exit-code says otherwise"
		}
	case "grype":
		if h.c != nil && !h.c.Has("--fail-on") && !h.c.Has("-f") {
			return "grype reports and does not fail without --fail-on"
		}
	case "semgrep":
		if h.c != nil && !h.c.Has("--error") && h.c.Sub() != "ci" {
			return "semgrep reports and does not fail without --error"
		}
	}
	return ""
}

// scansNothing: a scan of files in a job of GitHub that never fetched any. GitLab fetches them by itself.
func scansNothing(h hit) bool {
	files := h.c == nil && (h.s.With["scan-type"].Text == "fs" || h.s.With["scan-type"].Text == "config") ||
		h.c != nil && slices.Contains([]string{"fs", "filesystem", "config"}, h.c.Sub())
	if !files || h.p.System != pipeline.GitHub {
		return false
	}
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if s == h.s {
			return true
		}
		if s.Uses.Text != "" && !strings.HasPrefix(s.Uses.Text, "aquasecurity/") || slices.ContainsFunc(s.Commands, func(c pipeline.Command) bool { return meaningful(c) }) {
			return false // a checkout, or something else that may bring files
		}
	}
	return false
}

func trivyGate(c pipeline.Command) string {
	if v, _ := c.Flag("--exit-code"); v == "" || v == "0" {
		return "trivy reports and does not fail: its exit code is 0 unless --exit-code says otherwise"
	}
	return ""
}

// scanFits compares severities and target with the claim.
func (p *prover) scanFits(h hit) string {
	if want := p.claim.List("severities"); len(want) > 0 {
		have := severities(h)
		slices.Sort(have)
		want = slices.Clone(want)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			return fmt.Sprintf("it fails on %s, not on %s", orAll(have), strings.Join(want, ", "))
		}
	}
	if p.claim.Param("target") != "image" {
		return ""
	}
	switch {
	case h.c != nil && slices.Contains([]string{"image", "i", "container"}, h.c.Sub()):
		return ""
	case h.c == nil && (h.s.With["scan-type"].Text == "image" || h.s.With["scan-type"].Text == "" && h.s.With["image-ref"].Text != "" || h.s.With["image"].Text != ""):
		return ""
	}
	return "it scans files, not the image"
}

func orAll(s []string) string {
	if len(s) == 0 {
		return "every severity"
	}
	return strings.Join(s, ", ")
}

// severities are those that a scanner fails on; none means all.
func severities(h hit) []string {
	upwards := []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}
	from := ""
	switch h.tool.Name {
	case "trivy":
		var out []string
		for _, s := range strings.Split(setting(h, "--severity", "severity", "TRIVY_SEVERITY"), ",") {
			if s = strings.ToUpper(strings.TrimSpace(s)); s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		return out
	case "grype":
		from = setting(h, "--fail-on", "severity-cutoff", "GRYPE_FAIL_ON_SEVERITY")
	case "npm-audit":
		from = setting(h, "--audit-level", "", "NPM_CONFIG_AUDIT_LEVEL")
	case "snyk":
		from = setting(h, "--severity-threshold", "", "")
	case "dependency-review":
		from = setting(h, "", "fail-on-severity", "")
	}
	from = strings.ToUpper(strings.Replace(from, "moderate", "medium", 1))
	if i := slices.Index(upwards, from); i >= 0 {
		return upwards[i:]
	}
	return nil
}

// coverageUpload proves that coverage, measured before in the same job or handed over, is sent to a service.
func coverageUpload(p *prover) Result {
	service := p.claim.Param("service")
	if service == "" {
		return p.uploadsSomewhere()
	}
	near := unproven("nothing uploads coverage to " + service)
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if r := p.reportsCoverage(pl, j, service); r.Status == Proven {
				return r
			}
			for k := range j.Steps {
				for _, h := range p.uploads(pl, j, &j.Steps[k], service) {
					switch {
					case h.why != "":
						near = unproven(h.why, h.ev...)
					case !p.measuredBefore(h):
						near = unproven("nothing before it measures coverage", h.ev...)
					default:
						return proven(h.ev...)
					}
				}
			}
		}
	}
	return near
}

// uploadsSomewhere: any service will do.
func (p *prover) uploadsSomewhere() Result {
	near := unproven("nothing uploads coverage")
	for _, name := range []string{"codecov", "coveralls", "codacy", "artifact"} {
		q := *p
		q.claim = criterion.Claim{Name: criterion.CoverageUpload, Params: map[string]string{"service": name}}
		r := coverageUpload(&q)
		if r.Status == Proven {
			return r
		}
		if len(r.Evidence) > 0 {
			near = r
		}
	}
	return near
}

func (p *prover) uploads(pl *pipeline.Pipeline, j *pipeline.Job, s *pipeline.Step, service string) []hit {
	if service != "artifact" {
		t, ok := criterion.ToolNamed(service)
		if !ok {
			return nil
		}
		return p.stepHits(pl, j, s, criterion.CoverageUpload, []criterion.Tool{t}, false)
	}
	if strings.HasPrefix(s.Uses.Text, "actions/upload-artifact@") && strings.Contains(s.With["path"].Text+s.With["name"].Text, "cov") {
		return []hit{p.gated(hit{p: pl, j: j, s: s, ev: pathEvidence(p, s)})}
	}
	return nil
}

// measuredBefore tells whether tests with coverage ran before in the job, or their result was fetched.
func (p *prover) measuredBefore(h hit) bool {
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if strings.HasPrefix(s.Uses.Text, "actions/download-artifact@") {
			return true
		}
		for k := range s.Commands {
			if c := s.Commands[k]; p.measuresCoverage(c) && meaningful(c) {
				return true
			}
		}
		if s == h.s {
			return false
		}
	}
	return false
}

// reportsCoverage is GitLab's own way: artifacts:reports:coverage_report.
func (p *prover) reportsCoverage(pl *pipeline.Pipeline, j *pipeline.Job, service string) Result {
	v, ok := j.Reports["coverage_report"]
	if !ok || service != "artifact" || len(j.Steps) == 0 {
		return Result{}
	}
	for k := range j.Steps {
		for i := range j.Steps[k].Commands {
			c := &j.Steps[k].Commands[i]
			if p.measuresCoverage(*c) && p.notGate(hit{p: pl, j: j, s: &j.Steps[k], c: c}) == "" {
				return proven(p.at(j.File, v.Line), c.Evidence(p.in.Tree))
			}
		}
	}
	return Result{}
}

var failUnder = []*regexp.Regexp{
	regexp.MustCompile(`--cov-fail-under[= ](\d+(?:\.\d+)?)`), regexp.MustCompile(`--fail-under(?:-lines)?[= ](\d+(?:\.\d+)?)`),
	regexp.MustCompile(`--check-coverage.*--lines[= ](\d+(?:\.\d+)?)`), regexp.MustCompile(`--lines[= ](\d+(?:\.\d+)?).*--check-coverage`),
	regexp.MustCompile(`--coverage\.thresholds\.lines[= ](\d+(?:\.\d+)?)`), regexp.MustCompile(`--coverageThreshold.*lines[^0-9]*(\d+(?:\.\d+)?)`),
}

// coverageThreshold proves that coverage below a percentage fails the pipeline, by a flag, by the tests' settings, or by a comparison in a script.
func coverageThreshold(p *prover) Result {
	want, err := strconv.ParseFloat(p.claim.Param("percent"), 64)
	if err != nil {
		return unproven("the percentage is not a number")
	}
	near := unproven("nothing fails when coverage is low")
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			for k := range pl.Jobs[i].Steps {
				s := &pl.Jobs[i].Steps[k]
				for n := range s.Commands {
					c := &s.Commands[n]
					limit, from, ok := p.threshold(*c)
					if !ok {
						continue
					}
					h := p.gated(hit{p: pl, j: &pl.Jobs[i], s: s, c: c, ev: append(from, c.Evidence(p.in.Tree))})
					switch {
					case h.why != "":
						near = unproven(h.why, h.ev...)
					case limit < want:
						near = unproven(fmt.Sprintf("coverage may be as low as %v %%", limit), h.ev...)
					default:
						return proven(h.ev...)
					}
				}
			}
		}
	}
	return near
}
