package makefile

import (
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
)

// lineWidth is where comments and lists are wrapped.
const lineWidth = 110

// versionLine asks Git when the version is first used: ?= keeps the right side as it is until then.
const versionLine = `VERSION ?= $(or $(shell git describe --tags --always --dirty 2>/dev/null | tr '/+' '--'),dev)`

// Write makes the whole Makefile.
func Write(r *artifact.Request) (*artifact.Output, error) {
	p, err := newPlan(r)
	if err != nil {
		return nil, err
	}
	return &artifact.Output{Content: artifact.Seal([]byte(p.render())), Notes: p.notes}, nil
}

func (p *plan) render() string {
	w := &writer{}
	w.comment("Each target runs the repository's own commands, so that a laptop and a pipeline do the same. `make` lists the targets.")
	w.blank()
	p.variables(w)
	w.line(".DEFAULT_GOAL := " + p.defaultTarget())
	w.blank()
	w.comment("No target is a file: without this a file of the same name would stop it from running.")
	w.wrapped(".PHONY:", p.order())
	for _, t := range p.targets {
		w.blank()
		p.target(w, t)
	}
	return w.b.String()
}

func (p *plan) defaultTarget() string {
	for _, c := range p.claims(criterion.DefaultTarget) {
		if n := c.Param("name"); n != "" {
			return n
		}
	}
	return "help"
}

func (p *plan) order() []string {
	var out []string
	for _, t := range p.targets {
		out = append(out, t.name)
	}
	return out
}

// variables are what a person may want to replace; only those that some target uses.
func (p *plan) variables(w *writer) {
	if p.docker {
		example := "deploy"
		if p.images {
			example = p.imageTarget()
		}
		w.comment("Another engine with the same commands does as well: make " + example + " DOCKER=podman")
		w.line("DOCKER ?= docker")
	}
	if p.images {
		if p.parts[0].id == "" {
			w.comment("The image's name; a registry goes before it.")
			w.line("IMAGE ?= " + p.imageName())
		} else {
			w.comment("What stands before each image's name, a registry for example: IMAGE_PREFIX=registry.example.com/team/")
			w.line("IMAGE_PREFIX ?=")
		}
		w.comment("Git is asked when an image is built and not before. A tag of an image can hold neither / nor +.")
		w.line(versionLine)
	}
	if p.docker || p.images {
		w.blank()
	}
}

func (p *plan) imageName() string {
	if s := artifact.Slug(p.parts[0].Name); s != "" {
		return s
	}
	return "app"
}

func (p *plan) target(w *writer, t *target) {
	for _, why := range t.why {
		w.comment(why)
	}
	head := t.name + ":"
	if len(t.needs) > 0 {
		head += " " + strings.Join(t.needs, " ")
	}
	w.line(head + " ## " + docText(t.doc))
	lines := t.lines
	if t.name == "help" {
		lines = []string{helpRecipe(p.width())}
	}
	for _, l := range lines {
		w.line("\t" + l)
	}
}

// helpRecipe prints the targets of this file with what stands behind their ##. It uses awk alone, and no color, so
// that it reads the same in a log as in a terminal.
func helpRecipe(width int) string {
	return fmt.Sprintf(`@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %%-%ds %%s\n", $$1, $$2}' $(MAKEFILE_LIST)`, width)
}

func (p *plan) width() int {
	n := 0
	for _, t := range p.targets {
		n = max(n, len(t.name))
	}
	return n + 1
}

// docText is a help text without the marks that help is found by.
func docText(s string) string { return strings.TrimSpace(strings.ReplaceAll(plain(s), "#", "")) }

// writer puts lines together.
type writer struct{ b strings.Builder }

func (w *writer) line(s string) { w.b.WriteString(s + "\n") }

func (w *writer) blank() { w.line("") }

// comment writes a comment, wrapped between words.
func (w *writer) comment(s string) {
	line := "#"
	for _, word := range strings.Fields(plain(s)) {
		if len(line)+1+len(word) > lineWidth && line != "#" {
			w.line(line)
			line = "#"
		}
		line += " " + word
	}
	w.line(strings.TrimRight(line, `\`))
}

// wrapped writes a list of words over as many lines as it needs.
func (w *writer) wrapped(head string, words []string) {
	line := head
	for _, word := range words {
		if len(line)+3+len(word) > lineWidth {
			w.line(line + ` \`)
			line = "       "
		}
		line += " " + word
	}
	w.line(line)
}
