package actions

import (
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// Pin is an action at one version, with the commit that the version's tag named.
type Pin struct {
	Name    string // "actions/checkout", "gradle/actions/setup-gradle"
	Version string // "v7.0.1"
	Commit  string // 40 lower-case hexadecimal digits
}

// Ref is what stands after `uses:`, the version in a comment for people and for update bots.
func (p Pin) Ref() string { return p.Name + "@" + p.Commit + " # " + p.Version }

// All is the whole table.
func All() []Pin { return slices.Clone(table) }

// Find returns an action's newest pin; names are compared as GitHub does, without regard to case.
func Find(name string) (Pin, bool) {
	for _, p := range table {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Pin{}, false
}

// SameMajor returns the newest pin of the major version that a tag such as "v4" or "v4.1.0" names, so that pinning a
// file that exists changes no behaviour. ok is false for a branch name and for a major that the table does not have.
func SameMajor(name, tag string) (Pin, bool) {
	major, exact := majorOf(tag)
	if major == "" {
		return Pin{}, false
	}
	for _, p := range table {
		m, _ := majorOf(p.Version)
		if !strings.EqualFold(p.Name, name) || m != major {
			continue
		}
		// Before 1.0 each minor version may break, so only the very same one will do.
		if major == "0" && strings.TrimPrefix(tag, "v") != strings.TrimPrefix(p.Version, "v") {
			continue
		}
		if exact && semver.Compare(dotted(p.Version), dotted(tag)) < 0 {
			continue // never downgrade
		}
		return p, true
	}
	return Pin{}, false
}

// majorOf splits "v4.1.0" into its major "4"; exact says that the tag has more than the major. Anything else gives "".
func majorOf(tag string) (major string, exact bool) {
	major, rest, exact := strings.Cut(strings.TrimPrefix(tag, "v"), ".")
	if !digits(major) || (exact && strings.Trim(rest, "0123456789.") != "") {
		return "", false
	}
	return major, exact
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// dotted puts the v before a version that is tagged without one.
func dotted(tag string) string { return "v" + strings.TrimPrefix(tag, "v") }
