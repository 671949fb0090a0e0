package proof

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// image is a Dockerfile with its path.
type image struct {
	*dockerfile.File
	path string
	p    *prover
}

// dockerfiles are the readable Dockerfiles in scope; those that are not readable keep anything from being proven.
func (p *prover) dockerfiles() []*image {
	var out []*image
	for _, f := range p.of(repo.KindDockerfile) {
		if im := p.dockerfile(f); im != nil {
			out = append(out, im)
		}
	}
	return out
}

func (p *prover) dockerfile(file string) *image {
	b, err := p.in.Tree.Read(file)
	if err != nil {
		p.bad = append(p.bad, err.Error())
		return nil
	}
	if !utf8.Valid(b) {
		p.bad = append(p.bad, file+" is not UTF-8: save it as UTF-8")
		return nil
	}
	f, err := dockerfile.Parse(b)
	if err != nil || f.Final() == nil || f.Final().Root().Image == "" {
		why := "it has no FROM with an image"
		if err != nil {
			why = err.Error()
		}
		p.bad = append(p.bad, file+": "+why)
		return nil
	}
	return &image{File: f, path: file, p: p}
}

// everyImage is for claims that must hold in all Dockerfiles.
func (p *prover) everyImage(check func(*image) Result) Result {
	images := p.dockerfiles()
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	out := Result{Status: Proven}
	for _, im := range images {
		r := check(im)
		if r.Status != Proven {
			return r
		}
		out.Evidence = append(out.Evidence, r.Evidence...)
	}
	if len(images) == 0 {
		return unproven("there is no Dockerfile to look at")
	}
	return out
}

// someImage is for claims that must hold in one Dockerfile.
func (p *prover) someImage(check func(*image) Result) Result {
	images := p.dockerfiles()
	if len(p.bad) > 0 {
		return unproven(p.bad[0])
	}
	near := unproven("there is no Dockerfile to look at")
	for _, im := range images {
		r := check(im)
		if r.Status == Proven {
			return r
		}
		near = r
	}
	return near
}

// value fills in the variables that a stage knows: its own ARG and ENV and those of what it builds on.
func (im *image) value(s *dockerfile.Stage, text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	vars := map[string]string{}
	line := s.Lineage()
	for i := len(line) - 1; i >= 0; i-- {
		for _, in := range line[i].Body {
			if in.Name != "ARG" && in.Name != "ENV" {
				continue
			}
			for _, v := range in.Vars {
				switch {
				case v.Set:
					vars[v.Name] = v.Text
				case in.Name == "ARG":
					vars[v.Name] = im.Expand("${" + v.Name + "}") // a global ARG, declared again
				}
			}
		}
	}
	for range 5 {
		before := text
		for k, v := range vars {
			if len(text)+len(v) > 1<<14 {
				return text
			}
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${"+k+"}", v), "$"+k, v)
		}
		if text == before {
			break
		}
	}
	return text
}

// runs are the commands of a RUN, HEALTHCHECK, CMD or ENTRYPOINT instruction.
func (im *image) commands(in *dockerfile.Instruction) []pipeline.Command {
	if s, ok := in.Script(); ok {
		return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", s.Text, false)
	}
	words := in.Command()
	if len(words) == 0 {
		return nil
	}
	if shellName(words[0]) && len(words) > 2 && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c") {
		return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", words[2], false)
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return pipeline.Commands(repo.Memory(nil), im.path, in.Line, ".", strings.Join(quoted, " "), false)
}

func shellName(s string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, path.Base(s))
}

// runCommands are the commands of all RUN instructions of a stage and of what it builds on.
func (im *image) runCommands(s *dockerfile.Stage) []pipeline.Command {
	var out []pipeline.Command
	for _, in := range s.All("RUN") {
		out = append(out, im.commands(in)...)
	}
	return out
}

// isStage tells whether a name is an earlier stage of the file, or its number.
func (im *image) isStage(name string, before int) bool {
	for _, s := range im.Stages {
		if s.Index >= before {
			break
		}
		if s.Name != "" && strings.EqualFold(s.Name, name) || name == itoa(s.Index) {
			return true
		}
	}
	return false
}

func itoa(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}

// bases are all images that the file takes from elsewhere, with the line that names each.
func (im *image) bases() []base {
	var out []base
	for _, s := range im.Stages {
		if s.Parent == nil {
			out = append(out, base{s.Image, s.Line})
		}
		for _, in := range s.Body {
			if in.Name == "COPY" || in.Name == "ADD" {
				if from, ok := in.Flag("from"); ok && !im.isStage(im.Expand(from), s.Index) {
					out = append(out, base{im.value(s, im.Expand(from)), in.Line})
				}
			}
			for _, f := range in.Flags {
				if f.Name != "mount" {
					continue
				}
				for _, part := range strings.Split(f.Value, ",") {
					if from, ok := strings.CutPrefix(part, "from="); ok && !im.isStage(im.Expand(from), s.Index) {
						out = append(out, base{im.value(s, im.Expand(from)), in.Line})
					}
				}
			}
		}
	}
	return out
}

type base struct {
	image string
	line  int
}

// multiStage proves that the final image takes what other stages have built, and is not one of them.
func multiStage(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		if len(im.Stages) < 2 {
			return unproven("there is one stage only", p.at(im.path, final.Line))
		}
		line := final.Lineage()
		for _, in := range final.All("COPY") {
			from, ok := in.Flag("from")
			if !ok {
				continue
			}
			from = im.Expand(from)
			for _, s := range im.Stages {
				if (strings.EqualFold(s.Name, from) || from == itoa(s.Index)) && !slices.Contains(line, s) {
					return proven(p.at(im.path, in.Line), p.at(im.path, final.Line))
				}
			}
		}
		return unproven("the final stage takes nothing from the other stages", p.at(im.path, final.Line))
	})
}
