package dockerfile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// healthCheck adds a health check that works in this image, or brings the present one to the claim.
func (p *patch) healthCheck(c criterion.Claim) {
	wanted, ok := p.wantedHealth(c)
	if !ok {
		return
	}
	in := p.own("HEALTHCHECK")
	if in != nil && len(in.Command()) > 0 {
		p.adjustHealth(in, c)
		return
	}
	if wanted == nil || len(wanted.image.Health) == 0 || !p.hasProgram(wanted.image.Health[0]) {
		p.cannot("no health command is known that surely works in this image: add HEALTHCHECK with a program that the image has")
		return
	}
	line := "HEALTHCHECK --interval=" + wanted.health.interval + " --timeout=" + wanted.health.timeout + " --start-period=" +
		wanted.health.start + " --retries=" + wanted.health.retries + " \\\n    CMD " + jsonArray(wanted.image.Health)
	if in != nil { // HEALTHCHECK NONE
		p.replace(in.Start, in.End, strings.ReplaceAll(line, "\n", p.eol))
		return
	}
	p.add(orderHealth, line+"\n")
}

// wantedHealth is the plan with the claim worked in; ok is false when the claim contradicts the source.
func (p *patch) wantedHealth(c criterion.Claim) (wanted *plan, ok bool) {
	if p.plan == nil {
		return nil, true
	}
	sub := *p.r
	sub.Claims = []criterion.Claim{c}
	wanted, err := planFor(&sub, p.plan.part)
	if err != nil {
		p.cannot("%s", strings.TrimPrefix(err.Error(), p.r.Path+": "))
		return nil, false
	}
	return wanted, true
}

// routeIn matches the route of a URL.
var routeIn = regexp.MustCompile(`https?://[^/\s"']+(/[^\s"'|;&)]*)?`)

// adjustHealth changes no more of a health check than its interval and its route.
func (p *patch) adjustHealth(in *syntax.Instruction, c criterion.Claim) {
	if v := c.Param("interval"); durationPattern.MatchString(v) {
		if have, ok := in.Flag("interval"); !ok {
			p.replace(in.Start+len(in.Name), in.Start+len(in.Name), " --interval="+v)
		} else if have != v {
			i := slices.IndexFunc(in.Flags, func(f syntax.Flag) bool { return f.Name == "interval" })
			p.replace(in.Flags[i].Start, in.Flags[i].End, "--interval="+v)
		}
	}
	want := c.Param("path")
	if want == "" {
		return
	}
	m := routeIn.FindStringSubmatchIndex(in.Text)
	switch {
	case m == nil:
		p.cannot("line %d: the health check asks no URL, so %s cannot be put into it: change it by hand", in.Line, want)
	case m[2] < 0:
		at := in.Offset(m[1]-1) + 1
		p.replace(at, at, want)
	case in.Text[m[2]:m[3]] != want:
		p.replace(in.Offset(m[2]), in.Offset(m[3]-1)+1, want)
	}
}

// hasProgram tells whether the final image surely has a program: the language's own, or busybox's.
func (p *patch) hasProgram(name string) bool {
	if artifact.Untouched(p.src) {
		return true
	}
	image := path.Base(strings.ToLower(p.final.Root().Image))
	language := map[string][]string{
		"python": {"python"}, "python3": {"python"}, "node": {"node"}, "ruby": {"ruby"}, "bundle": {"ruby"}, "php": {"php"}, "bun": {"bun"}, "deno": {"deno"},
		"wget": {"alpine", "busybox"}, "java": {"temurin", "openjdk", "corretto"},
	}
	return slices.ContainsFunc(language[path.Base(name)], func(word string) bool { return strings.Contains(image, word) })
}
