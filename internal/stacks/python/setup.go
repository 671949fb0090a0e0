package python

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

var (
	setupRequires = regexp.MustCompile(`python_requires\s*=\s*["']?([^"'\n]+)["']?`)
	setupName     = regexp.MustCompile(`(?m)^\s*name\s*=\s*["']?([A-Za-z0-9._-]+)`)
	setupClass    = regexp.MustCompile(`Programming Language :: Python :: (3\.\d+)`)
	setupKey      = regexp.MustCompile(`^[a-z_]+\s*=`)
	quotedReq     = regexp.MustCompile(`["']([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*(?:[<>=!~][^"']*)?)["']`)
)

// readSetup reads setup.py and setup.cfg as text: running them would be running a stranger's program.
func (p *project) readSetup(scan *stack.Scan) {
	for _, name := range []string{"setup.cfg", "setup.py"} {
		if !scan.Has(name) {
			continue
		}
		if name == "setup.py" || strings.Contains(scan.Text(name), "[metadata]") {
			p.buildable = true
		}
		file := scan.Path(name)
		in := ""
		for i, l := range scan.Lines(name) {
			at := stack.At(file, i+1, l)
			if m := setupRequires.FindStringSubmatch(l); m != nil && p.requires == nil {
				p.requires = stack.DeclaredFact(strings.TrimSpace(m[1]), at)
			}
			if m := setupName.FindStringSubmatch(l); m != nil && p.name == "" {
				p.name = m[1]
			}
			for _, m := range setupClass.FindAllStringSubmatch(l, -1) {
				p.classifiers = append(p.classifiers, m[1])
			}
			in = p.setupLine(in, l, at)
		}
	}
}

// setupLine follows the lists of requirements in setup.py and setup.cfg; it returns the list that the next line belongs to.
func (p *project) setupLine(in, l string, at finding.Evidence) string {
	t := strings.TrimSpace(l)
	switch {
	case strings.HasPrefix(t, "install_requires"):
		in = "deps"
	case strings.HasPrefix(t, "extras_require") || strings.HasPrefix(t, "tests_require"), t == "[options.extras_require]":
		in = "dev"
	case strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]"):
		return ""
	case in != "" && setupKey.MatchString(t) && in == "deps":
		return ""
	}
	if in == "" {
		return ""
	}
	var found []dep
	for _, m := range quotedReq.FindAllStringSubmatch(l, -1) {
		if d, ok := requirement(m[1], at); ok {
			found = append(found, d)
		}
	}
	if strings.HasSuffix(at.File, "setup.cfg") && len(found) == 0 && !strings.Contains(t, "=\n") && strings.HasPrefix(l, " ") {
		if d, ok := requirement(t, at); ok {
			found = append(found, d)
		}
	}
	if in == "deps" {
		p.deps = append(p.deps, found...)
	} else {
		p.extras = append(p.extras, found...)
	}
	if strings.Contains(t, "]") && !strings.Contains(t, "[") {
		return ""
	}
	return in
}
