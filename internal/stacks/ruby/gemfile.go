package ruby

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// gem is one line of a Gemfile.
type gem struct {
	name   string
	groups []string
	at     source.Match
}

// bundle is what Gemfile and Gemfile.lock say.
type bundle struct {
	dir      string
	file     source.File
	gems     []gem
	gemspec  source.Match
	ruby     source.Match // group 1: what the Gemfile asks for
	rubyFile source.Match // the Gemfile takes it from a version file
	lock     source.File
	locked   map[string]string
	lockRuby source.Match
	with     source.Match // BUNDLED WITH
	linux    bool         // the lock file has a platform that Linux can install
}

const maxGems = 1000

var (
	gemLine     = regexp.MustCompile(`^\s*gem\s*\(?\s*["']([\w.-]+)["'](.*)$`)
	groupLine   = regexp.MustCompile(`^\s*group\s*\(?\s*((?::\w+\s*,?\s*)+)(?:,\s*optional:\s*true)?\)?\s*do\b`)
	blockLine   = regexp.MustCompile(`\bdo\b(?:\s*\|[^|]*\|)?\s*$|^\s*(?:if|unless|case)\b`)
	endLine     = regexp.MustCompile(`^\s*end\b`)
	symbol      = regexp.MustCompile(`:(\w+)`)
	inlineGroup = regexp.MustCompile(`groups?:\s*\[?((?:\s*:\w+\s*,?)+)\]?|:groups?\s*=>\s*\[?((?:\s*:\w+\s*,?)+)\]?`)
	rubyLine    = regexp.MustCompile(`^\s*ruby\s*\(?\s*["']([^"']+)["']`)
	rubyFrom    = regexp.MustCompile(`^\s*ruby\s*\(?\s*(?:file:\s*["']([^"']+)["']|File\.read)`)
	gemspecLine = regexp.MustCompile(`^\s*gemspec\b`)
	lockSpec    = regexp.MustCompile(`^    ([\w.-]+) \(([\w.]+)[^)]*\)$`)
	lockRuby    = regexp.MustCompile(`^\s+ruby (\d+\.\d+\.\d+)`)
	indented    = regexp.MustCompile(`^\s+(\S+)`)
)

// readBundle reads the Gemfile of a folder.
func readBundle(tree *repo.Tree, dir string) *bundle {
	b := &bundle{dir: dir, locked: map[string]string{}}
	b.file = source.Parse(tree, path.Join(dir, "Gemfile"), source.Ruby)
	b.readGems()
	b.gemspec = b.file.First(gemspecLine)
	b.ruby, b.rubyFile = b.file.First(rubyLine), b.file.First(rubyFrom)
	b.lock = source.Read(tree, path.Join(dir, "Gemfile.lock"))
	b.readLock()
	return b
}

func (b *bundle) readGems() {
	type block struct{ groups []string }
	var open []block
	for i, l := range b.file.Code {
		if len(l) > source.MaxLine {
			continue
		}
		switch {
		case endLine.MatchString(l):
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		case groupLine.MatchString(l):
			open = append(open, block{symbols(groupLine.FindStringSubmatch(l)[1])})
			continue
		case blockLine.MatchString(l) && len(open) < 50:
			open = append(open, block{})
		}
		m := gemLine.FindStringSubmatch(l)
		if m == nil || len(b.gems) >= maxGems {
			continue
		}
		g := gem{name: m[1], at: b.file.At(i + 1)}
		for _, o := range open {
			g.groups = append(g.groups, o.groups...)
		}
		if in := inlineGroup.FindStringSubmatch(m[2]); in != nil {
			g.groups = append(g.groups, symbols(in[1]+in[2])...)
		}
		b.gems = append(b.gems, g)
	}
}

func symbols(s string) []string {
	var out []string
	for _, m := range symbol.FindAllStringSubmatch(s, 20) {
		out = append(out, m[1])
	}
	return out
}

// production tells whether a gem is there when the development and test groups are left out.
func (g gem) production() bool {
	if len(g.groups) == 0 {
		return true
	}
	for _, n := range g.groups {
		if n != "development" && n != "test" && n != "ci" && n != "doc" {
			return true
		}
	}
	return false
}

// gem is the line of a gem that production has.
func (b *bundle) gem(names ...string) source.Match {
	return b.find(true, names)
}

// any is the line of a gem in whatever group.
func (b *bundle) any(names ...string) source.Match { return b.find(false, names) }

func (b *bundle) find(production bool, names []string) source.Match {
	for _, n := range names {
		for _, g := range b.gems {
			if g.name == n && (!production || g.production()) {
				return g.at
			}
		}
	}
	return source.Match{}
}

func (b *bundle) readLock() {
	section := ""
	for i, l := range b.lock.Lines {
		if l != "" && l[0] != ' ' {
			section = l
			continue
		}
		switch section {
		case "GEM", "PATH", "GIT":
			if m := lockSpec.FindStringSubmatch(l); m != nil {
				b.locked[m[1]] = m[2]
			}
		case "RUBY VERSION":
			if m := lockRuby.FindStringSubmatch(l); m != nil {
				b.lockRuby = b.lock.At(i + 1)
				b.lockRuby.Groups = m
			}
		case "BUNDLED WITH":
			if m := indented.FindStringSubmatch(l); m != nil {
				b.with = b.lock.At(i + 1)
				b.with.Groups = m
			}
		case "PLATFORMS":
			p := strings.TrimSpace(l)
			if p == "ruby" || strings.Contains(p, "linux") {
				b.linux = true
			}
		}
	}
}

// hasLock tells whether there is a lock file.
func (b *bundle) hasLock() bool { return len(b.lock.Lines) > 0 }
