package ruby

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// supported are the Rubies that get fixes, dated November 2026, with the last patch release that images were seen for.
var supported = []struct{ minor, patch string }{{"3.3", "3.3.12"}, {"3.4", "3.4.11"}, {"4.0", "4.0.7"}}

const defaultVersion = "3.4"

// railsNeeds is the oldest Ruby of a Rails version.
var railsNeeds = []struct{ rails, ruby string }{{"8.0", "3.2"}, {"7.2", "3.1"}, {"7.0", "2.7"}, {"6.0", "2.5"}}

// requirement is one condition of a version: "~> 3.2", ">= 3.1".
var requirement = regexp.MustCompile(`(~>|>=|<=|<|>|=)?\s*v?(\d+(?:\.\d+)*)`)

// admits tells whether a version meets a Ruby requirement. Conditions are joined by commas.
func admits(requirements, version string) bool {
	for _, m := range requirement.FindAllStringSubmatch(requirements, 10) {
		d := stack.CompareVersions(version, m[2])
		switch m[1] {
		case "~>":
			parts := strings.Split(m[2], ".")
			prefix := strings.Join(parts[:max(1, len(parts)-1)], ".")
			if short := stack.Shorten(m[2], strings.Count(version, ".")+1); stack.CompareVersions(version, short) < 0 || !stack.Agree(version, prefix) {
				return false
			}
		case ">=":
			if stack.CompareVersions(version, stack.Shorten(m[2], strings.Count(version, ".")+1)) < 0 {
				return false
			}
		case "<=":
			if d > 0 {
				return false
			}
		case "<":
			if d >= 0 {
				return false
			}
		case ">":
			if d <= 0 {
				return false
			}
		default:
			if !stack.Agree(version, m[2]) {
				return false
			}
		}
	}
	return true
}

var exact = regexp.MustCompile(`^\d+\.\d+(?:\.\d+)?$`)

// versions settles the Ruby: version file or exact line, lock file, pipelines, range, what Rails needs, the default.
func (p *program) versions(c *stack.Component) {
	var list []stack.Candidate
	add := func(rank stack.Rank, f *stack.Fact) {
		if f != nil && f.Value != "" {
			list = append(list, stack.Candidate{Rank: rank, Fact: *f})
		}
	}
	add(stack.RankPin, stack.VersionFile(p.s.Tree, p.s.Dir, ".ruby-version"))
	add(stack.RankPin, stack.ToolVersion(p.s.Tree, p.s.Dir, "ruby"))
	asks := p.b.ruby.Group(1)
	if exact.MatchString(asks) {
		add(stack.RankPin, p.b.ruby.Declared(asks))
	} else if asks != "" {
		c.VersionRange = p.b.ruby.Declared(asks)
	}
	if m := p.b.lockRuby; m.OK() {
		add(stack.RankLock, m.Declared(m.Group(1)))
	}
	if m := p.gemspecRange(); m.OK() && c.VersionRange == nil {
		c.VersionRange = m.Declared(m.Group(1))
	}
	add(stack.RankDelivery, stack.PipelineVersion(p.s.Tree, "ruby"))
	add(stack.RankDelivery, stack.ReadDockerfile(p.s.Tree, p.s.Dir).BaseVersion(3, "ruby"))
	if c.VersionRange != nil {
		if v := newestOf(c.VersionRange.Value); v != "" {
			add(stack.RankRange, &stack.Fact{Value: v, Evidence: c.VersionRange.Evidence, Confidence: stack.Derived})
		}
	}
	add(stack.RankDefault, stack.DefaultFact(defaultVersion, "nothing names a Ruby version; "+defaultVersion+" gets fixes until 2028"))
	c.Version = p.s.Choose("version", list...)
	if p.framework != "rails" {
		return
	}
	for _, n := range railsNeeds {
		if v := p.railsVersion(); v != "" && stack.CompareVersions(v, n.rails) >= 0 {
			if stack.CompareVersions(c.Version.Value, n.ruby) < 0 {
				p.s.Contradict("version", *c.Version, *p.frameAt.Derived(">=" + n.ruby + " (Rails " + v + ")"))
			}
			return
		}
	}
}

var requiredRuby = regexp.MustCompile(`required_ruby_version\s*=\s*(?:Gem::Requirement\.new\(\s*)?["']([^"']+)["']`)

func (p *program) gemspecRange() source.Match {
	for _, f := range p.s.Tree.Under(p.s.Dir) {
		if strings.HasSuffix(f.Path, ".gemspec") && path.Dir(f.Path) == p.s.Dir {
			return source.Parse(p.s.Tree, f.Path, source.Ruby).First(requiredRuby)
		}
	}
	return source.Match{}
}

// newestOf is the newest supported Ruby that a requirement admits.
func newestOf(requirements string) string {
	out := ""
	for _, s := range supported {
		if admits(requirements, s.minor) {
			out = s.minor
		}
	}
	return out
}

func (p *program) matrix(c *stack.Component) []string {
	v := c.Version.String()
	if c.VersionRange == nil || c.Version.Confidence == stack.Declared {
		return []string{v}
	}
	var all []string
	for _, s := range supported {
		all = append(all, s.minor)
	}
	return source.Matrix(all, v, func(m string) bool { return admits(c.VersionRange.Value, m) })
}
