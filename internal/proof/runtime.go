package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
)

// testsWith: one version needs no matrix, when the job with the tests installs it.
func (p *prover) testsWith(lang, version string) Result {
	for _, h := range counting(p.hits(criterion.Test, "")) {
		for i := range h.j.Steps {
			s := &h.j.Steps[i]
			action, _, _ := strings.Cut(s.Uses.Text, "@")
			for _, input := range setUp[lang].actions[action] {
				if v := s.With[input]; sameVersion(v.Text, version) {
					return proven(p.at(s.File, v.Line), h.ev[0])
				}
			}
		}
		if tagHas(h.j.Image.Text, lang, version) {
			return proven(p.at(h.j.File, h.j.Image.Line), h.ev[0])
		}
	}
	return unproven("no job tests with it")
}

// tagHas tells whether an image is of a language and its tag of a version.
func tagHas(image, lang, version string) bool {
	name, tag := imageParts(image)
	known := false
	for _, b := range setUp[lang].images {
		known = known || name == b[strings.LastIndexByte(b, '/')+1:]
	}
	return known && (tag == version || strings.HasPrefix(tag, version+".") || strings.HasPrefix(tag, version+"-"))
}

// runtimeVersion proves that a language's version is the one asked for wherever the files choose one.
func runtimeVersion(p *prover) Result {
	lang, version := p.claim.Param("language"), p.claim.Param("version")
	if why := p.outsideRange(); why != "" {
		return contradicted(why)
	}
	var ev []finding.Evidence
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			for k := range pl.Jobs[i].Steps {
				s := &pl.Jobs[i].Steps[k]
				action, _, _ := strings.Cut(s.Uses.Text, "@")
				for _, input := range setUp[lang].actions[action] {
					v := s.With[input]
					switch {
					case v.Text == "":
					case !sameVersion(v.Text, version):
						return unproven("another version is set up: "+v.Text, p.at(s.File, v.Line))
					default:
						ev = append(ev, p.at(s.File, v.Line))
					}
				}
			}
			if img := pl.Jobs[i].Image; tagHas(img.Text, lang, version) {
				ev = append(ev, p.at(pl.Jobs[i].File, img.Line))
			}
		}
	}
	for _, im := range p.dockerfiles() {
		for _, b := range im.bases() {
			if tagHas(b.image, lang, version) {
				ev = append(ev, p.at(im.path, b.line))
			} else if name, _ := imageParts(b.image); slices.Contains(setUp[lang].images, name) {
				return unproven("another version is used: "+b.image, p.at(im.path, b.line))
			}
		}
	}
	if len(ev) == 0 {
		return unproven("nothing chooses " + lang + " " + version)
	}
	return proven(ev...)
}
