package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// plan is an image as it will be written: the stack's stages with the task's claims worked in.
type plan struct {
	part    artifact.Part
	image   stack.Image
	context string // folder that the build reads, as a repository path
	health  probe
	labels  []stack.KV
	args    []stack.KV // build arguments of the final stage
	notes   []string
}

// probe is how often the image's health is asked for.
type probe struct{ interval, timeout, start, retries string }

// newPlan works the request's claims into the image of the component that the path is for.
func newPlan(r *artifact.Request) (*plan, error) {
	part, err := choose(r)
	if err != nil {
		return nil, err
	}
	if name := otherProgram(r, part); name != "" {
		return nil, refuse("%s: %s is a program of %s beside its main one; AutoGit writes one image for both, which starts %s: ask for %s, and run %s from it with a command of its own",
			r.Path, name, part.Name, part.Name, path.Join(part.Path, "Dockerfile"), name)
	}
	return planFor(r, part)
}

// Image is the image of a component with the request's claims worked in, for artifacts that must agree with its Dockerfile.
func Image(r *artifact.Request, part artifact.Part) (*stack.Image, error) {
	p, err := planFor(r, part)
	if err != nil {
		return nil, err
	}
	return &p.image, nil
}

func planFor(r *artifact.Request, part artifact.Part) (*plan, error) {
	p := &plan{
		part: part, image: clone(part.Recipe.Image),
		health: probe{interval: "30s", timeout: "5s", start: "10s", retries: "3"},
	}
	p.context = p.image.Context
	if p.context == "" {
		p.context = part.Path
	}
	for _, step := range []func(*artifact.Request) error{p.listen, p.port, p.healthCheck, p.user, p.platforms, p.label, p.forbidden} {
		if err := step(r); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// clone copies an image, so that claims change the copy and not the recipe that other artifacts read.
func clone(im *stack.Image) stack.Image {
	c := *im
	c.Args, c.Env = slices.Clone(im.Args), slices.Clone(im.Env)
	c.Entrypoint, c.Cmd, c.Health = slices.Clone(im.Entrypoint), slices.Clone(im.Cmd), slices.Clone(im.Health)
	c.Stages = slices.Clone(im.Stages)
	for i := range c.Stages {
		c.Stages[i].Steps = slices.Clone(c.Stages[i].Steps)
	}
	return c
}

// listen makes a program that listens on the loopback address reachable from outside its container, or says that it is not.
func (p *plan) listen(*artifact.Request) error {
	address := p.part.Listen
	if address.String() == "" || !loopback(address.Value) {
		return nil
	}
	where := fmt.Sprintf("%s:%d", address.Evidence.File, address.Evidence.Line)
	if v := p.part.ListenFromEnv.String(); v != "" {
		if !slices.ContainsFunc(p.image.Env, func(kv stack.KV) bool { return kv.Key == v }) {
			p.image.Env = append(p.image.Env, stack.KV{Key: v, Value: "0.0.0.0"})
		}
		p.note("%s listens on %s by default (%s); the image sets %s=0.0.0.0, because nothing outside a container reaches its loopback address",
			p.part.Name, address.Value, where, v)
		return nil
	}
	if slices.ContainsFunc(slices.Concat(p.image.Entrypoint, p.image.Cmd), func(a string) bool { return strings.Contains(a, "0.0.0.0") }) {
		return nil // the stack's start command overrides it
	}
	p.note("%s listens on %s (%s) and reads no variable that changes it: nothing outside the container will reach it until the source listens on 0.0.0.0",
		p.part.Name, address.Value, where)
	return nil
}

func loopback(address string) bool {
	return strings.HasPrefix(address, "127.") || address == "localhost" || address == "::1" || address == "[::1]"
}

// platforms holds the claimed platforms against those that the bases exist for.
func (p *plan) platforms(r *artifact.Request) error {
	for _, name := range []string{criterion.Platform, criterion.ImageBuild} {
		for _, c := range criterion.Find(r.Claims, name) {
			for _, want := range c.List("platforms") {
				if len(p.image.Platforms) > 0 && !slices.Contains(p.image.Platforms, want) && name == criterion.Platform {
					return refuse("%s: %s is asked for, but the base images (%s) exist only for %s; a base for it must be named first",
						r.Path, want, bases(&p.image), strings.Join(p.image.Platforms, ", "))
				}
			}
		}
	}
	return nil
}

func bases(im *stack.Image) string {
	var out []string
	for _, a := range im.Args {
		if strings.ContainsAny(a.Value, ":@/") {
			out = append(out, a.Value)
		}
	}
	return strings.Join(out, ", ")
}

// label collects the labels of the image: the standard ones, and those that a claim names beside them.
func (p *plan) label(r *artifact.Request) error {
	const oci = "org.opencontainers.image."
	p.args = []stack.KV{
		{Key: artifact.ArgVersion, Value: "dev"}, {Key: artifact.ArgRevision, Value: "unknown"}, {Key: artifact.ArgSource, Value: sourceURL(r, p.part.Path)},
	}
	p.labels = []stack.KV{
		{Key: oci + "title", Value: p.part.Name},
		{Key: oci + "source", Value: "${" + artifact.ArgSource + "}"},
		{Key: oci + "version", Value: "${" + artifact.ArgVersion + "}"},
		{Key: oci + "revision", Value: "${" + artifact.ArgRevision + "}"},
	}
	for _, c := range criterion.Find(r.Claims, criterion.Labels) {
		for _, key := range c.List("keys") {
			full := strings.TrimSpace(key)
			if !strings.Contains(full, ".") {
				full = oci + artifact.Slug(full)
			}
			if full == oci || slices.ContainsFunc(p.labels, func(kv stack.KV) bool { return kv.Key == full }) {
				continue
			}
			arg := argName(full)
			p.args = append(p.args, stack.KV{Key: arg})
			p.labels = append(p.labels, stack.KV{Key: full, Value: "${" + arg + "}"})
		}
	}
	return nil
}

// argName makes a build argument's name of a label's last word: org.opencontainers.image.vendor -> VENDOR.
func argName(label string) string {
	last := strings.TrimPrefix(path.Ext("x."+label), ".")
	return strings.ToUpper(strings.ReplaceAll(artifact.Slug(last), "-", "_"))
}

// forbidden refuses the claims that the rulebook forbids outright.
func (p *plan) forbidden(r *artifact.Request) error {
	for _, c := range r.Claims {
		if c.Name == criterion.NonRoot && c.Not {
			return refuse("%s: running as root is asked for, and rule DK001 forbids it; name what needs root, and it can be given that alone", r.Path)
		}
		if c.Name == criterion.BasePinned && c.Not {
			return refuse("%s: base images that follow latest are asked for, and rules DK002 and DK003 forbid them: a build must be repeatable", r.Path)
		}
	}
	return nil
}

func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func refuse(format string, args ...any) error {
	return &artifact.Refusal{Reason: fmt.Sprintf(format, args...)}
}
