package rust

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/source"
)

// The versions below are dated November 2026.
const (
	newest      = "1.97"   // the newest stable Rust that images were seen for
	newestPatch = "1.97.1" // its last patch release
	debianDate  = "20260803"
	firstTrixie = "1.89" // the first Rust whose images exist on Debian 13
)

// oldestMatrix is the oldest Rust that a test matrix takes in: the runners' rustup still has older ones, few crates build there.
const oldestMatrix = "1.70"

var (
	channelLine = regexp.MustCompile(`^\s*channel\s*=\s*["']([\w.-]+)["']`)
	plainLine   = regexp.MustCompile(`^\s*([\w.-]+)\s*$`)
	release     = regexp.MustCompile(`^\d+\.\d+(?:\.\d+)?$`)
	ciToolchain = regexp.MustCompile(`^\s*(?:-\s*)?toolchain\s*:\s*["']?(\d+\.\d+(?:\.\d+)?)\b`)
)

// toolchainFile is the file that pins the toolchain, in its own form or as the plain text of old: the channel and its line.
func toolchainFile(tree *repo.Tree, dir string) (channel string, at source.Match) {
	s := stack.Scan{Dir: dir}
	for _, d := range append([]string{dir}, s.Ancestors()...) {
		for _, n := range []string{"rust-toolchain", "rust-toolchain.toml"} {
			f := source.Parse(tree, path.Join(d, n), source.Syntax{Line: []string{"#"}})
			if m := f.First(channelLine); m.OK() {
				return m.Group(1), m
			}
			if m := f.First(plainLine); m.OK() && n == "rust-toolchain" {
				return m.Group(1), m
			}
		}
	}
	return "", source.Match{}
}

// versions settles the Rust to build with. A channel without a number ("stable", "nightly") pins no version.
func (p *program) versions(s *stack.Scan, c *stack.Component) {
	var list []stack.Candidate
	channel, at := toolchainFile(s.Tree, s.Dir)
	switch {
	case release.MatchString(channel):
		list = append(list, stack.Candidate{Rank: stack.RankPin, Fact: *at.Declared(channel)})
	case channel != "":
		c.Notes = source.AddFact(c.Notes, at.Derived("the toolchain file asks for "+channel+", which names no version: rustup installs what it is on that day"))
	}
	if f := stack.ToolVersion(s.Tree, s.Dir, "rust"); f != nil {
		list = append(list, stack.Candidate{Rank: stack.RankPin, Fact: *f})
	}
	if f := stack.PipelineVersion(s.Tree, "rust"); f != nil {
		list = append(list, stack.Candidate{Rank: stack.RankDelivery, Fact: *f})
	}
	for _, f := range s.Tree.Under(".github/workflows") {
		if m := source.Read(s.Tree, f.Path).First(ciToolchain); m.OK() {
			list = append(list, stack.Candidate{Rank: stack.RankDelivery, Fact: *m.Declared(m.Group(1))})
			break
		}
	}
	if f := stack.ReadDockerfile(s.Tree, s.Dir).BaseVersion(3, "rust"); f != nil && strings.Contains(f.Value, ".") {
		list = append(list, stack.Candidate{Rank: stack.RankDelivery, Fact: *f})
	}
	list = append(list, stack.Candidate{Rank: stack.RankDefault, Fact: *stack.DefaultFact(newest, "nothing pins a Rust version; a newer compiler builds all older crates")})
	c.Version = s.Choose("version", list...)
	c.VersionRange = p.msrv()
	if c.VersionRange != nil && stack.CompareVersions(c.Version.Value, c.VersionRange.Value[2:]) < 0 {
		s.Contradict("version", *c.Version, *c.VersionRange)
	}
}

// editions are the first Rust of each edition.
var editions = map[string]string{"2018": "1.31", "2021": "1.56", "2024": "1.85"}

// msrv is the oldest Rust that the crate or its workspace declares, else the oldest that knows its edition.
func (p *program) msrv() *stack.Fact {
	type place struct {
		file  source.File
		table map[string]any
		name  string
	}
	places := []place{{p.c.file, sub(p.c.table, "package"), "package"},
		{p.w.file, sub(sub(p.w.table, "workspace"), "package"), "workspace.package"}}
	for _, pl := range places {
		if v, ok := pl.table["rust-version"].(string); ok && release.MatchString(v) {
			return at(pl.file, pl.name, "rust-version").Declared(">=" + v)
		}
	}
	for _, pl := range places {
		if v, ok := pl.table["edition"].(string); ok && editions[v] != "" {
			return at(pl.file, pl.name, "edition").Derived(">=" + editions[v])
		}
	}
	return nil
}
