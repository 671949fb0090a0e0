package node

import (
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/autogit/autogit/internal/stack"
)

// Dated November 2026: the even releases that the Node project maintains, and the one that new programs take.
const defaultNode = "24"

var supported = []string{"22", "24", "26"}

// patches are releases whose images were seen in use. Others get the image of their major version and line.
var patches = map[string]string{"18": "18.20.8", "20": "20.20.2", "22": "22.21.1", "24": "24.19.0"}

const bunImage = "oven/bun:1.3.1-slim"

// image is the pinned base that builds and runs a version under a package manager.
func image(version, manager string) string {
	if manager == "bun" {
		return bunImage
	}
	if version == "" {
		version = defaultNode
	}
	if strings.Count(version, ".") < 2 {
		if exact := patches[stack.Shorten(version, 1)]; exact != "" && stack.Agree(exact, version) {
			version = exact
		}
	}
	return "node:" + version + "-bookworm-slim"
}

// findVersion decides the Node version: pin > existing pipeline or Dockerfile > the engines range > the dated default.
func (p *project) findVersion() {
	var list []stack.Candidate
	add := func(r stack.Rank, f *stack.Fact) {
		if f != nil {
			list = append(list, stack.Candidate{Rank: r, Fact: *f})
		}
	}
	pins := []*stack.Fact{
		stack.VersionFile(p.scan.Tree, p.scan.Dir, ".nvmrc"), stack.VersionFile(p.scan.Tree, p.scan.Dir, ".node-version"), p.volta(),
		stack.ToolVersion(p.scan.Tree, p.scan.Dir, "nodejs", "node"),
	}
	for _, f := range pins {
		add(stack.RankPin, f)
	}
	if d := stack.ReadDockerfile(p.scan.Tree, p.scan.Dir); d != nil {
		add(stack.RankDelivery, d.BaseVersion(1, "node"))
	}
	add(stack.RankDelivery, stack.PipelineVersion(p.scan.Tree, "node"))
	p.c.VersionRange = p.engines()
	add(stack.RankRange, fromRange(p.c.VersionRange))
	add(stack.RankDefault, stack.DefaultFact(defaultNode, "the line that Node supports longest"))
	p.c.Version = p.scan.Choose("version", list...)
	p.checkFloor()
}

func (p *project) volta() *stack.Fact {
	for _, m := range []*manifest{p.pkg, p.rootPkg} {
		if v := m.Volta["node"]; v != "" {
			return stack.DeclaredFact(strings.TrimPrefix(v, "v"), m.at("volta"))
		}
	}
	return nil
}

func (p *project) engines() *stack.Fact {
	for _, m := range []*manifest{p.pkg, p.rootPkg} {
		if v := strings.TrimSpace(m.Engines["node"]); v != "" && v != "*" {
			return stack.DeclaredFact(v, m.at("node"))
		}
	}
	return nil
}

// fromRange is the version to use for a range: the default when the range has it, else the newest supported, else the
// newest line that it has at all.
func fromRange(r *stack.Fact) *stack.Fact {
	if r == nil {
		return nil
	}
	tries := []string{defaultNode}
	for i := len(supported) - 1; i >= 0; i-- {
		tries = append(tries, supported[i])
	}
	for _, v := range append(tries, "20", "18", "16", "14", "12") {
		if admits(r.Value, v) {
			return stack.DerivedFact(v, r.Evidence)
		}
	}
	return nil
}

// admits tells whether some release of a major line is in a range. A range that cannot be read admits nothing.
func admits(rng, major string) bool {
	c, err := semver.NewConstraint(rng)
	if err != nil {
		return false
	}
	for _, probe := range []string{major + ".0.0", major + ".10.0", major + ".18.0", major + ".99.0", major + ".99.99"} {
		if v, err := semver.NewVersion(probe); err == nil && c.Check(v) {
			return true
		}
	}
	return false
}

// checkFloor reports a pin that the engines range does not admit: npm warns, pnpm and yarn refuse to install.
func (p *project) checkFloor() {
	if p.c.Version == nil || p.c.VersionRange == nil || p.scan.Contradict == nil {
		return
	}
	c, err := semver.NewConstraint(p.c.VersionRange.Value)
	if err != nil {
		return
	}
	version := p.c.Version.Value
	ok := admits(p.c.VersionRange.Value, version)
	if strings.Contains(version, ".") {
		v, err := semver.NewVersion(version)
		ok = err == nil && c.Check(v)
	}
	if !ok {
		p.scan.Contradict("version", *p.c.Version, *p.c.VersionRange)
	}
}

// matrix are the supported lines that the range admits, and the version in use.
func matrix(c *stack.Component) []string {
	own := stack.Shorten(c.Version.String(), 1)
	if c.VersionRange == nil {
		return []string{own}
	}
	var out []string
	for _, v := range append([]string{"20"}, supported...) {
		if v == own || v != "20" && admits(c.VersionRange.Value, v) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return []string{own}
	}
	return out
}
