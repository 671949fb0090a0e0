package proof

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

var (
	settingsLimit = regexp.MustCompile(`^\s*fail_under\s*=\s*(\d+(?:\.\d+)?)\s*(?:#.*)?$`)
	linesLimit    = regexp.MustCompile(`["']?lines["']?\s*:\s*(\d+(?:\.\d+)?)`)
	numbers       = regexp.MustCompile(`\b(\d{1,3}(?:\.\d+)?)\b`)
)

// threshold is the percentage under which a command fails, and the lines of settings that say so.
func (p *prover) threshold(c pipeline.Command) (limit float64, from []finding.Evidence, ok bool) {
	line := c.Raw.String()
	for _, re := range failUnder {
		if m := re.FindStringSubmatch(line); m != nil && meaningful(c) {
			f, err := strconv.ParseFloat(m[1], 64)
			return f, nil, err == nil
		}
	}
	switch c.Tool() {
	case "pytest", "coverage":
		if c.Tool() == "pytest" && !p.measuresCoverage(c) || c.Tool() == "coverage" && c.Sub() != "report" {
			return 0, nil, false
		}
		return p.settings(settingsLimit, "pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini")
	case "jest", "vitest", "c8", "nyc":
		if !p.measuresCoverage(c) && c.Tool() != "c8" && c.Tool() != "nyc" {
			return 0, nil, false
		}
		return p.settings(linesLimit, "package.json", "jest.config.js", "jest.config.ts", "jest.config.mjs", "vitest.config.ts", "vitest.config.js", "vitest.config.mts", ".nycrc", ".nycrc.json", ".c8rc.json")
	case "awk", "bc", "test", "[", "[[", "python":
		return compared(c)
	}
	return 0, nil, false
}

// settings looks for a limit in the tests' settings; a line that is a comment says nothing.
func (p *prover) settings(re *regexp.Regexp, files ...string) (float64, []finding.Evidence, bool) {
	for _, f := range files {
		for i, l := range p.in.Tree.Lines(f) {
			t := strings.TrimSpace(l)
			if strings.HasPrefix(t, "#") || strings.HasPrefix(t, "//") || strings.HasPrefix(t, "*") {
				continue
			}
			if m := re.FindStringSubmatch(l); m != nil {
				v, err := strconv.ParseFloat(m[1], 64)
				return v, []finding.Evidence{p.at(f, i+1)}, err == nil
			}
		}
	}
	return 0, nil, false
}

// compared is a comparison in a script that reads go's coverage and exits with a failure.
func compared(c pipeline.Command) (float64, []finding.Evidence, bool) {
	if !strings.Contains(c.Script, "go tool cover") && !strings.Contains(c.Script, "coverage") {
		return 0, nil, false
	}
	text := c.Raw.String()
	if !strings.Contains(text, "exit") && !strings.Contains(c.Script, "exit 1") || !strings.ContainsAny(text, "<>") && !strings.Contains(text, "-lt") && !strings.Contains(text, "-ge") {
		return 0, nil, false
	}
	best := 0.0
	for _, m := range numbers.FindAllStringSubmatch(text, -1) {
		if f, err := strconv.ParseFloat(m[1], 64); err == nil && f > best && f <= 100 {
			best = f
		}
	}
	return best, nil, best > 1
}

func pathEvidence(p *prover, s *pipeline.Step) []finding.Evidence {
	return []finding.Evidence{p.at(s.File, s.Uses.Line)}
}
