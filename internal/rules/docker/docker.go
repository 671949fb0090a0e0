// Package docker holds the rules on Dockerfiles.
package docker

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

// base is a rule on Dockerfiles with what most of them share.
func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindDockerfile, Severity: sev, Reviewer: who, Peers: peers}
}

// step is a RUN with its script parsed.
type step struct {
	*dockerfile.Instruction
	Stage  *dockerfile.Stage
	Script dockerfile.Script
	Shell  *shell.File
}

type stepsKey struct{}

// steps are all RUNs in shell form, also those with a JSON array that calls a shell.
func steps(p *rule.Pass) []step {
	return rule.Shared(p.Source, stepsKey{}, func() []step {
		var out []step
		for _, st := range p.Dockerfile().Stages {
			for _, in := range st.Body {
				s, ok := in.Script()
				if in.Name != "RUN" || !ok || s.Interpreter != "" && !shell.IsShell(s.Interpreter) {
					continue
				}
				f, _ := shell.Parse(s.Text) // what cannot be read has no commands
				out = append(out, step{Instruction: in, Stage: st, Script: s, Shell: f})
			}
		}
		return out
	})
}

// span is the place of a command of the step.
func (s step) span(p *rule.Pass, c shell.Command) finding.Span { return s.bytes(p, c.Start, c.End) }

// bytes is the place of bytes of the script.
func (s step) bytes(p *rule.Pass, start, end int) finding.Span {
	return p.Span(s.Script.Offset(start), s.Script.Offset(max(start, end-1))+1)
}

// final tells whether the step's layer ends up in the final image.
func (s step) final(p *rule.Pass) bool {
	return slices.Contains(p.Dockerfile().Final().Lineage(), s.Stage)
}

// cached tells whether the step mounts a cache on a folder that contains the text.
func (s step) cached(part string) bool {
	for _, f := range s.Flags {
		if f.Name == "mount" && strings.Contains(f.Value, "type=cache") && strings.Contains(f.Value, part) {
			return true
		}
	}
	return false
}

// installs is what a package manager's command installs: its subcommand and the packages.
func installs(c shell.Command) (manager string, packages []string, ok bool) {
	e := c.Effective()
	manager = c.Tool()
	sub := e.Sub()
	switch manager {
	case "apt", "apt-get", "aptitude", "yum", "dnf", "microdnf", "zypper":
		ok = sub == "install" || sub == "in" && manager == "zypper"
	case "apk":
		ok = sub == "add"
	}
	if !ok {
		return manager, nil, false
	}
	seen := false
	for i := 1; i < len(e.Words); i++ {
		w := e.Words[i].Text
		switch {
		case w == "-t" || w == "--virtual" || w == "-o" || w == "--target-release" || w == "--repository" || w == "-X":
			i++
		case strings.HasPrefix(w, "-"):
		case !seen:
			seen = true
		default:
			packages = append(packages, w)
		}
	}
	return manager, packages, true
}

// word is the first word of a command with this text; ok is false when there is none.
func word(c shell.Command, text string) (w shell.Word, ok bool) {
	for _, w := range c.Words {
		if w.Text == text {
			return w, true
		}
	}
	return shell.Word{}, false
}

// image is an image name taken apart: registry and path, tag, digest.
type image struct{ name, tag, digest string }

// split takes an image name apart. A port of the registry is no tag.
func split(ref string) image {
	var im image
	ref, im.digest, _ = strings.Cut(ref, "@")
	im.name = ref
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		im.name, im.tag = ref[:i], ref[i+1:]
	}
	return im
}

// short is the name without Docker Hub's own prefixes: docker.io/library/golang is golang.
func (im image) short() string {
	n := strings.TrimPrefix(strings.TrimPrefix(im.name, "index."), "docker.io/")
	return strings.TrimPrefix(n, "library/")
}

// use is an image that the Dockerfile names: in FROM, COPY --from or a mount.
type use struct {
	Ref  string // ARG defaults filled in
	Span finding.Span
}

var mountFrom = regexp.MustCompile(`(?:^|,)from=([^,]+)`)

// images are the images that a Dockerfile takes from elsewhere. A name with a variable that has no default, a
// stage and scratch are none.
func images(p *rule.Pass) []use {
	f := p.Dockerfile()
	var out []use
	for _, st := range f.Stages {
		if st.Parent == nil && st.Base != "" && external(f, st.Image) {
			start, end := st.From.Place(0)
			out = append(out, use{st.Image, p.Span(start, end)})
		}
		for _, in := range st.Body {
			for _, fl := range in.Flags {
				ref := fl.Value
				if fl.Name == "mount" {
					m := mountFrom.FindStringSubmatch(fl.Value)
					if m == nil {
						continue
					}
					ref = m[1]
				} else if fl.Name != "from" {
					continue
				}
				if external(f, ref) && strings.ContainsAny(ref, "/:.") {
					out = append(out, use{ref, p.Span(fl.Start, fl.End)})
				}
			}
		}
	}
	return out
}

func external(f *dockerfile.File, ref string) bool {
	return ref != "scratch" && !strings.Contains(ref, "$") && f.StageByName(ref) == nil && strings.Trim(ref, "0123456789") != ""
}

// developing tells whether a stage is named as one that is not shipped.
func developing(st *dockerfile.Stage) bool {
	return st != nil && devName.MatchString(st.Name)
}

var devName = regexp.MustCompile(`(?:^|[-_])(?:dev|devel|develop|development|debug|test|tests|testing|lint|ci|devcontainer)(?:$|[-_])`)

// starts tells whether a stage starts something by itself.
func starts(st *dockerfile.Stage) bool {
	return st != nil && (st.Last("CMD") != nil || st.Last("ENTRYPOINT") != nil)
}

// folder is where a Dockerfile lies.
func folder(p *rule.Pass) string { return path.Dir(p.Path) }

// has tells whether the Tree has a file by this name beside the Dockerfile or at the root.
func has(p *rule.Pass, name string) bool {
	return p.Tree.Has(path.Join(folder(p), name)) || p.Tree.Has(name)
}

// name is the place of an instruction's name.
func name(p *rule.Pass, in *dockerfile.Instruction) finding.Span {
	return p.Span(in.Start, in.Start+len(in.Name))
}

// text is the place of an instruction's arguments.
func text(p *rule.Pass, in *dockerfile.Instruction) finding.Span {
	if in.Text == "" {
		return name(p, in)
	}
	return p.Span(in.Offset(0), in.Offset(len(in.Text)-1)+1)
}
