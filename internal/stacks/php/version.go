package php

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// supported are the PHP versions that get fixes, dated November 2026, with the last release that images were seen for.
var supported = []struct{ minor, patch string }{{"8.2", "8.2"}, {"8.3", "8.3.33"}, {"8.4", "8.4.24"}, {"8.5", "8.5.9"}}

const defaultVersion = "8.4"

// newestFor is the newest PHP that a Laravel major supports.
var newestFor = map[string]string{"9": "8.2", "10": "8.3", "11": "8.4", "12": "8.5", "13": "8.5"}

var (
	alternatives = regexp.MustCompile(`\s*\|\|?\s*`)
	condition    = regexp.MustCompile(`(\^|~|>=|<=|!=|<>|<|>|=)?\s*v?(\d+(?:\.\d+)*)(\.[*x])?`)
	hyphen       = regexp.MustCompile(`^\s*(\d+(?:\.\d+)*)\s+-\s+(\d+(?:\.\d+)*)\s*$`)
)

// admits tells whether some release of a PHP minor meets a Composer constraint.
func admits(constraint, minor string) bool {
	for _, alt := range alternatives.Split(constraint, 20) {
		if meets(alt, minor) {
			return true
		}
	}
	return false
}

// meets tells whether all conditions of one alternative are met.
func meets(alt, minor string) bool {
	if h := hyphen.FindStringSubmatch(alt); h != nil {
		return stack.CompareVersions(minor, stack.Shorten(h[1], 2)) >= 0 && stack.CompareVersions(minor, stack.Shorten(h[2], 2)) <= 0
	}
	for _, m := range condition.FindAllStringSubmatch(alt, 10) {
		low := stack.CompareVersions(minor, stack.Shorten(m[2], 2))
		parts := strings.Split(m[2], ".")
		switch {
		case m[1] == "^" && (low < 0 || !stack.Agree(minor, parts[0])),
			m[1] == "~" && (low < 0 || !stack.Agree(minor, strings.Join(parts[:max(1, len(parts)-1)], "."))),
			m[1] == ">=" && low < 0, m[1] == "<=" && low > 0,
			m[1] == "<" && (low > 0 || low == 0 && len(parts) < 3), m[1] == ">" && low < 0,
			(m[1] == "" || m[1] == "=") && !stack.Agree(minor, stack.Shorten(m[2], 2)):
			return false
		}
	}
	return true
}

var phpVersion = regexp.MustCompile(`^\d+\.\d+(?:\.\d+)?$`)

// versions settles the PHP: Composer's platform or a version file, the lock file's platform, pipelines, range, the default.
func (p *project) versions(c *stack.Component) {
	var list []stack.Candidate
	add := func(rank stack.Rank, f *stack.Fact) {
		if f != nil {
			list = append(list, stack.Candidate{Rank: rank, Fact: *f})
		}
	}
	if v := text(table(table(p.c.table["config"])["platform"])["php"]); phpVersion.MatchString(v) {
		add(stack.RankPin, stack.DeclaredFact(v, stack.FindText(p.s.Tree, p.c.file, `"`+v+`"`)))
	}
	add(stack.RankPin, stack.VersionFile(p.s.Tree, p.s.Dir, ".php-version"))
	add(stack.RankPin, stack.ToolVersion(p.s.Tree, p.s.Dir, "php"))
	if v := text(table(p.c.locked["platform-overrides"])["php"]); phpVersion.MatchString(v) {
		add(stack.RankLock, stack.DeclaredFact(v, stack.FindText(p.s.Tree, p.c.lock, `"platform-overrides"`)))
	}
	add(stack.RankDelivery, stack.PipelineVersion(p.s.Tree, "php"))
	add(stack.RankDelivery, stack.ReadDockerfile(p.s.Tree, p.s.Dir).BaseVersion(2, "php"))
	if v := p.c.require("php"); v != "" {
		c.VersionRange = stack.DeclaredFact(v, p.c.at("php"))
		if best := p.best(v); best != "" {
			add(stack.RankRange, stack.DerivedFact(best, c.VersionRange.Evidence))
		}
	}
	add(stack.RankDefault, stack.DefaultFact(defaultVersion, "nothing names a PHP version; "+defaultVersion+" gets fixes until 2028"))
	c.Version = p.s.Choose("version", list...)
	if c.VersionRange != nil && !admits(c.VersionRange.Value, stack.Shorten(c.Version.Value, 2)) {
		p.s.Contradict("version", *c.Version, *c.VersionRange)
	}
}

// best is the version of a range to run: the default where it is admitted, else the newest that is.
func (p *project) best(constraint string) string {
	out := ""
	for _, v := range p.admitted(constraint) {
		if v == defaultVersion {
			return v
		}
		out = v
	}
	return out
}

// admitted are the supported versions that the range and the framework allow.
func (p *project) admitted(constraint string) []string {
	newest := "99"
	if p.framework == "laravel" {
		if n := newestFor[strings.Split(p.c.version("laravel/framework"), ".")[0]]; n != "" {
			newest = n
		}
	}
	var out []string
	for _, s := range supported {
		if admits(constraint, s.minor) && stack.CompareVersions(s.minor, newest) <= 0 {
			out = append(out, s.minor)
		}
	}
	return out
}

// matrix are the supported versions of the range; a pinned platform is the only one.
func (p *project) matrix(c *stack.Component) []string {
	v := stack.Shorten(c.Version.String(), 2)
	if c.VersionRange == nil || text(table(table(p.c.table["config"])["platform"])["php"]) != "" {
		return []string{v}
	}
	return source.Matrix(p.admitted(c.VersionRange.Value), v, func(string) bool { return true })
}

// phpImage is the image with Apache: the last release of a supported minor, else of the minor that is asked for.
func phpImage(version string) string {
	minor := stack.Shorten(version, 2)
	tag := minor
	for _, s := range supported {
		if s.minor == version {
			tag = s.patch
		}
	}
	if strings.Count(version, ".") == 2 {
		tag = version
	}
	return "php:" + tag + "-apache-bookworm"
}
