package dockerfile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// pinBases gives base images without a version the one that this repository's stack is built with.
func (p *patch) pinBases(criterion.Claim) {
	for _, s := range p.file.Stages {
		if s.Parent != nil || s.Image == "scratch" || strings.Contains(s.Image, "@") {
			continue
		}
		name, tag := cutTag(s.Image)
		if tag != "" && tag != "latest" {
			continue
		}
		version := p.versionOf(name)
		if version == "" {
			p.cannot("line %d: %s has no version, and AutoGit does not know which one is meant: name it", s.Line, s.Image)
			continue
		}
		p.pin(s, name, version)
	}
}

// versionOf is the exact version that the stack's own image has of a base, without its variant: an image without a tag is the full one.
func (p *patch) versionOf(name string) string {
	for _, part := range p.r.Parts() {
		if part.Recipe.Image == nil {
			continue
		}
		for _, a := range part.Recipe.Image.Args {
			known, tag := cutTag(a.Value)
			if v := leadingVersion.FindString(tag); v != "" && normal(known) == normal(name) {
				return v
			}
		}
	}
	return ""
}

var leadingVersion = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*`)

func normal(image string) string {
	return strings.TrimPrefix(strings.TrimPrefix(image, "docker.io/"), "library/")
}

func cutTag(image string) (name, tag string) {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, ""
}

// pin writes the version where the image is named: in FROM itself, or in the default of the ARG that FROM takes.
func (p *patch) pin(s *syntax.Stage, name, version string) {
	if !strings.Contains(s.Base, "$") {
		start, end := s.From.Place(0)
		p.replace(start, end, name+":"+version)
		return
	}
	if m := wholeReference.FindStringSubmatch(s.Base); m != nil {
		p.setArg(s, m[1], name+":"+version)
		return
	}
	if m := tagReference.FindStringSubmatch(s.Base); m != nil {
		p.setArg(s, m[1], version)
		return
	}
	p.cannot("line %d: %s is put together from arguments: set their defaults to a version by hand", s.Line, s.Base)
}

var (
	wholeReference = regexp.MustCompile(`^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$`)
	tagReference   = regexp.MustCompile(`^[^$]+:\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$`)
)

func (p *patch) setArg(s *syntax.Stage, name, value string) {
	for _, in := range p.file.Args {
		for _, v := range in.Vars {
			if v.Name == name && v.Set {
				p.replace(v.Start, v.End, name+"="+quote(value))
				return
			}
		}
	}
	p.cannot("line %d: ARG %s has no default: give it one with a version", s.Line, name)
}

// installs are commands that ignore or rewrite a lock file, and the same command that obeys it.
var installs = []struct {
	re   *regexp.Regexp
	with string
	lock string
}{
	{regexp.MustCompile(`\bnpm (?:install|i)\b(\s*(?:$|&&|;|\n|--))`), "npm ci${1}", "package-lock.json"},
	{regexp.MustCompile(`\bpnpm (?:install|i)\b(\s*(?:$|&&|;|\n))`), "pnpm install --frozen-lockfile${1}", "pnpm-lock.yaml"},
	{regexp.MustCompile(`\byarn(?: install)?\b(\s*(?:$|&&|;|\n))`), "yarn install --frozen-lockfile${1}", "yarn.lock"},
	{regexp.MustCompile(`\buv sync\b(\s*(?:$|&&|;|\n))`), "uv sync --locked${1}", "uv.lock"},
	{regexp.MustCompile(`\bcargo build --release\b(\s*(?:$|&&|;|\n))`), "cargo build --release --locked${1}", "Cargo.lock"},
}

// lockFile makes installs obey the lock file that the repository has.
func (p *patch) lockFile(criterion.Claim) {
	before := len(p.edits)
	for _, in := range p.file.Instructions {
		s, ok := in.Script()
		if in.Name != "RUN" || !ok {
			continue
		}
		for _, inst := range installs {
			if !p.hasLock(inst.lock) {
				continue
			}
			for _, m := range inst.re.FindAllStringSubmatchIndex(s.Text, -1) {
				if !p.copied(in, inst.lock) {
					p.cannot("line %d: %s is not copied before it, so the install cannot obey it: copy it together with the manifest", in.Line, inst.lock)
					continue
				}
				end := m[2] // what follows the command stays
				with := string(inst.re.ExpandString(nil, inst.with, s.Text, m))
				p.replace(s.Offset(m[0]), s.Offset(end-1)+1, strings.TrimSuffix(with, s.Text[m[2]:m[3]]))
			}
		}
	}
	if len(p.edits) == before && len(p.reasons) == 0 {
		p.cannot("no install in it is one that AutoGit can make obey the lock file: change it by hand")
	}
}

func (p *patch) hasLock(name string) bool {
	dir := p.r.Dir()
	if p.plan != nil {
		dir = p.plan.context
	}
	return p.r.Tree.Has(path.Join(dir, name))
}

// copied tells whether a file is in the image before an instruction runs.
func (p *patch) copied(in *syntax.Instruction, file string) bool {
	for _, other := range p.file.Instructions {
		if other == in {
			return false
		}
		if other.Name != "COPY" && other.Name != "ADD" || len(other.Words) < 2 {
			continue
		}
		if slices.ContainsFunc(other.Words[:len(other.Words)-1], func(src string) bool {
			src = strings.TrimPrefix(src, "./")
			ok, _ := path.Match(src, file)
			return ok || src == "." || src == "" || strings.HasSuffix(src, "/"+file)
		}) {
			return true
		}
	}
	return strings.Contains(in.Source(), "target="+file)
}
