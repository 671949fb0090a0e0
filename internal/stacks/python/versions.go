package python

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// Dated November 2026. 3.10 ended in October 2026; it is used only where a project pins or asks for it.
const defaultPython = "3.13"

var supported = []string{"3.11", "3.12", "3.13", "3.14"}

// patches are the newest patch releases whose slim images were seen in use.
var patches = map[string]string{
	"3.8": "3.8.20", "3.9": "3.9.24", "3.10": "3.10.18", "3.11": "3.11.14", "3.12": "3.12.13", "3.13": "3.13.14", "3.14": "3.14.4",
}

// image is the slim image of a version: the exact patch that is pinned, or the last one of its line.
func image(version string) string {
	exact := version
	if strings.Count(version, ".") < 2 {
		exact = patches[version]
	}
	if exact == "" {
		exact = version
	}
	return "python:" + exact + "-slim-" + codename(version)
}

func codename(version string) string {
	if stack.CompareVersions(stack.Shorten(version, 2), "3.9") < 0 {
		return "bookworm"
	}
	return "trixie"
}

var minor = regexp.MustCompile(`^3\.\d+`)

// versions settles the Python version, and reports a pin that the declared range does not admit.
func (d *describer) versions() {
	tree, dir := d.scan.Tree, d.scan.Dir
	d.c.VersionRange = d.p.requires
	var all []stack.Candidate
	add := func(rank stack.Rank, f *stack.Fact) {
		if f == nil || !minor.MatchString(f.Value) {
			return
		}
		if d.p.requires != nil && !admits(d.p.requires.Value, stack.Shorten(f.Value, 2)) {
			if rank > stack.RankPin {
				d.scan.Contradict("version", *d.p.requires, *f)
				return
			}
			d.scan.Contradict("version", *f, *d.p.requires)
		}
		all = append(all, stack.Candidate{Rank: rank, Fact: *f})
	}
	add(stack.RankPin, stack.VersionFile(tree, dir, ".python-version"))
	add(stack.RankPin, stack.ToolVersion(tree, dir, "python"))
	add(stack.RankPin, stack.VersionFile(tree, dir, "runtime.txt"))
	add(stack.RankPin, d.pipfileVersion())
	add(stack.RankDelivery, stack.ReadDockerfile(tree, dir).BaseVersion(2, "python"))
	if f := stack.PipelineVersion(tree, "python"); f != nil {
		f.Value = stack.Shorten(f.Value, 2)
		add(stack.RankDelivery, f)
	}
	if v := d.fromRange(); v != nil {
		add(stack.RankRange, v)
	}
	add(stack.RankDefault, stack.DefaultFact(defaultPython, "the project names no version; "+defaultPython+" is supported until October 2029"))
	d.c.Version = d.scan.Choose("version", all...)
}

func (d *describer) pipfileVersion() *stack.Fact {
	for _, key := range []string{"python_full_version", "python_version"} {
		re := regexp.MustCompile(`^\s*` + key + `\s*=\s*["'](3\.\d+(?:\.\d+)?)["']`)
		if at, m, ok := stack.Find(d.scan.Tree, d.scan.Path("Pipfile"), re); ok {
			return stack.DeclaredFact(m[1], at)
		}
	}
	return nil
}

// fromRange is the version to run that a range admits: the default if it can be, else the newest supported, else the newest known.
func (d *describer) fromRange() *stack.Fact {
	if d.p.requires == nil {
		return nil
	}
	r := d.p.requires.Value
	if admits(r, defaultPython) {
		return stack.DerivedFact(defaultPython, d.p.requires.Evidence)
	}
	known := slices.Concat([]string{"3.8", "3.9", "3.10"}, supported)
	for _, v := range slices.Backward(known) {
		if admits(r, v) {
			return stack.DerivedFact(v, d.p.requires.Evidence)
		}
	}
	return nil
}

// matrix are the supported versions that the range and the classifiers admit, with the version itself among them.
func matrix(c *stack.Component, p *project) []string {
	v := stack.Shorten(c.Version.String(), 2)
	var out []string
	for _, s := range supported {
		switch {
		case s == v:
		case p.requires == nil, !admits(p.requires.Value, s):
			continue
		case len(p.classifiers) > 0 && !slices.Contains(p.classifiers, s):
			continue
		}
		out = append(out, s)
	}
	if !slices.Contains(out, v) {
		out = append([]string{v}, out...)
		slices.SortFunc(out, stack.CompareVersions)
	}
	return out
}

var clause = regexp.MustCompile(`^(\^|~=|~|===?|!=|>=|<=|>|<)?\s*v?(\d+(?:\.\d+){0,3})(\.\*)?$`)

// admits tells whether some patch release of a minor version lies in a range, as Python and Poetry write ranges.
func admits(ranges, version string) bool {
	for _, alternative := range strings.Split(ranges, "||") {
		if admitsAll(alternative, version) {
			return true
		}
	}
	return false
}

func admitsAll(ranges, version string) bool {
	first, last := version+".0", version+".999"
	for _, c := range strings.FieldsFunc(ranges, func(r rune) bool { return r == ',' }) {
		c = strings.TrimSpace(c)
		m := clause.FindStringSubmatch(c)
		if c == "" || c == "*" {
			continue
		}
		if m == nil {
			return false
		}
		lo, hi := bounds(m[1], m[2], m[3] != "")
		if m[1] == "!=" {
			if m[3] != "" && stack.Agree(m[2], version) {
				return false
			}
			continue
		}
		if (lo != "" && stack.CompareVersions(last, lo) < 0) || (hi != "" && stack.CompareVersions(first, hi) >= 0) {
			return false
		}
	}
	return true
}

// bounds are the lowest version that a clause admits and the first one above it that it does not; empty for none.
func bounds(op, v string, wild bool) (lo, hi string) {
	switch op {
	case ">=":
		return v, ""
	case ">":
		return v + ".1", ""
	case "<":
		return "", v
	case "<=":
		return "", v + ".1"
	case "^":
		return v, next(v, 1)
	case "~=":
		return v, next(v, max(1, strings.Count(v, ".")))
	case "~":
		return v, next(v, min(2, strings.Count(v, ".")+1))
	}
	if wild || strings.Count(v, ".") < 2 {
		return v, next(v, strings.Count(v, ".")+1)
	}
	return v, v + ".1"
}

// next counts the n-th number of a version up and drops the rest: next("3.10.2", 2) is "3.11".
func next(v string, n int) string {
	parts := strings.Split(v, ".")
	n = min(n, len(parts))
	last, err := strconv.Atoi(parts[n-1])
	if err != nil {
		return ""
	}
	return strings.Join(append(slices.Clone(parts[:n-1]), strconv.Itoa(last+1)), ".")
}
