package proof

import (
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// imagesPinned proves that no image among the files may be another tomorrow.
func imagesPinned(p *prover) Result {
	if len(p.of(repo.KindDockerfile)) > 0 {
		return basePinned(p)
	}
	if len(p.ci) > 0 {
		return jobImagesPinned(p)
	}
	return p.everyStack(func(f *stackFile) Result {
		var ev []finding.Evidence
		for _, s := range f.services {
			n := s.node.Get("image")
			if n == nil {
				if !s.node.Has("build") {
					return unproven("service "+s.name+" has no image", p.at(f.path, s.line))
				}
				continue
			}
			ref := s.image()
			why := pinned(ref)
			if why != "" && s.app() && strings.Contains(ref, ":?") {
				why = "" // whoever starts it must say which version
			}
			if why != "" && s.node.Has("build") && !strings.Contains(ref, "latest") {
				why = "" // the name of what is built here
			}
			if why != "" {
				return unproven(fmt.Sprintf("service %s: %s: %s", s.name, ref, why), p.at(f.path, n.Line))
			}
			ev = append(ev, p.at(f.path, n.Line))
		}
		if len(ev) == 0 {
			return unproven("no service has an image", p.at(f.path, f.services[0].line))
		}
		return proven(ev...)
	})
}

func jobImagesPinned(p *prover) Result {
	var ev []finding.Evidence
	for _, pl := range p.ci {
		for _, j := range pl.Jobs {
			list := []struct {
				text string
				line int
			}{{j.Image.Text, j.Image.Line}}
			for _, s := range j.Services {
				list = append(list, struct {
					text string
					line int
				}{s.Image.Text, max(s.Image.Line, s.Line)})
			}
			for _, x := range list {
				if x.text == "" {
					continue
				}
				if why := pinned(x.text); why != "" && !strings.Contains(x.text, "$") {
					return unproven(x.text+": "+why, p.at(j.File, x.line))
				}
				ev = append(ev, p.at(j.File, x.line))
			}
		}
	}
	if len(ev) == 0 {
		return unproven("no job has an image")
	}
	return proven(ev...)
}

// pinned says why an image reference may be another image tomorrow; empty when it is fixed.
func pinned(ref string) string {
	switch {
	case ref == "scratch":
		return ""
	case strings.Contains(ref, "$"):
		return "its version comes from a variable without a default"
	case strings.Contains(ref, "@sha256:"):
		return ""
	}
	last := ref[strings.LastIndexByte(ref, '/')+1:]
	_, tag, ok := strings.Cut(last, ":")
	switch {
	case !ok || tag == "":
		return "it has no tag, which means latest"
	case tag == "latest" || strings.HasPrefix(tag, "latest-") || strings.HasSuffix(tag, "-latest"):
		return "its tag is latest"
	case !strings.ContainsAny(tag, "0123456789"):
		return "its tag " + tag + " moves with every release"
	}
	return ""
}

func basePinned(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		out := Result{Status: Proven}
		for _, b := range im.bases() {
			if why := pinned(b.image); why != "" {
				return unproven(b.image+": "+why, p.at(im.path, b.line))
			}
			out.Evidence = append(out.Evidence, p.at(im.path, b.line))
		}
		return out
	})
}
