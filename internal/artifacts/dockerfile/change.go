package dockerfile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// nonRoot makes the final stage run as a numeric user.
func (p *patch) nonRoot(c criterion.Claim) {
	want := c.Param("uid")
	if want == "0" || want == "root" {
		p.cannot("user %s is root, and rule DK001 forbids to run as root", want)
		return
	}
	user := p.userID()
	if uidPattern.MatchString(want) {
		user = want + ":" + want
	}
	last := p.final.Last("USER")
	name := ""
	if last != nil && len(last.Words) > 0 {
		name, _, _ = strings.Cut(last.Words[0], ":")
	}
	switch {
	case name != "" && name != "root" && name != "0" && (want == "" || name == want || !uidPattern.MatchString(want)):
		return
	case last != nil && slices.Contains(p.final.Body, last) && p.renumber(name, want):
		start, end := last.Place(0)
		p.replace(start, end, want) // the group is the one that the user was made with
	case last != nil && slices.Contains(p.final.Body, last) && !p.changesFilesAfter(last):
		start, end := last.Place(0)
		p.replace(start, end, user)
	default:
		p.add(orderUser, "# Numeric, because an orchestrator that demands a user other than root can check only a number.\nUSER "+user+"\n")
	}
	p.note("%s now runs as %s: whatever it writes must be in a folder that this user may write to", p.r.Path, user)
}

// renumber gives the user that the file itself makes another number, so that the files that it owns stay its own.
func (p *patch) renumber(name, want string) bool {
	if name == "" || want == "" || uidPattern.MatchString(name) {
		return false
	}
	re := regexp.MustCompile(`\b(?:useradd|adduser)\b[^&|;]*?(?:--uid[= ]|-u ?)([0-9]+)\b[^&|;]*\b` + regexp.QuoteMeta(name) + `\b`)
	for _, in := range p.final.Body {
		s, ok := in.Script()
		if !ok || in.Name != "RUN" {
			continue
		}
		if m := re.FindStringSubmatchIndex(s.Text); m != nil {
			p.replace(s.Offset(m[2]), s.Offset(m[3]-1)+1, want)
			return true
		}
	}
	return false
}

// userID is the number of the user that the final base brings along, else one that no base uses.
func (p *patch) userID() string {
	image := strings.ToLower(p.final.Root().Image)
	base := path.Base(image)
	switch {
	case strings.Contains(image, "distroless"):
		return "65532:65532"
	case strings.HasPrefix(base, "node:"), base == "node":
		return "1000:1000"
	case strings.Contains(base, "nginx-unprivileged"):
		return "101:101"
	}
	return "10001:10001"
}

// changesFilesAfter tells whether a step after in needs the rights that in gave.
func (p *patch) changesFilesAfter(in *syntax.Instruction) bool {
	after := false
	for _, other := range p.final.Body {
		if after && (other.Name == "RUN" || other.Name == "WORKDIR") {
			return true
		}
		after = after || other == in
	}
	return false
}

var (
	plainCommand = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:=@%+,-]*( +[A-Za-z0-9_./:=@%+,-]+)*$`)
	assignment   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// expose brings EXPOSE to the claimed port, if the program listens there.
func (p *patch) expose(c criterion.Claim) {
	want := c.Param("port")
	if want == "" {
		return
	}
	if p.plan == nil || p.plan.image.Port != want {
		listens := "nothing that the survey found"
		if p.plan != nil && p.plan.image.Port != "" {
			listens = p.plan.image.Port
		}
		p.cannot("port %s is asked for, but the program listens on %s: change the program first", want, listens)
		return
	}
	in := p.own("EXPOSE")
	switch {
	case in == nil:
		p.add(orderExpose, "EXPOSE "+want+"\n")
	case len(in.Words) == 1:
		start, end := in.Place(0)
		p.replace(start, end, want)
	case !slices.Contains(in.Words, want):
		p.replace(in.End, in.End, " "+want)
	}
}

// labels adds the labels that are missing.
func (p *patch) labels(c criterion.Claim) {
	wanted := &plan{}
	if p.plan != nil {
		wanted.part = p.plan.part
	} else {
		wanted.part = artifact.Part{Component: &stack.Component{Name: "app"}}
	}
	sub := *p.r
	sub.Claims = []criterion.Claim{c}
	_ = wanted.label(&sub) // it refuses nothing
	have := map[string]bool{}
	for _, in := range p.final.All("LABEL") {
		for _, v := range in.Vars {
			have[strings.Trim(v.Name, `"'`)] = true
		}
	}
	declared := map[string]bool{}
	for _, in := range p.final.Body {
		if in.Name == "ARG" {
			for _, v := range in.Vars {
				declared[v.Name] = true
			}
		}
	}
	w := &writer{}
	missing := slices.DeleteFunc(slices.Clone(wanted.labels), func(kv stack.KV) bool { return have[kv.Key] })
	if len(missing) == 0 {
		return
	}
	w.comment("Told by the pipeline.")
	for _, a := range wanted.args {
		if !declared[a.Key] && slices.ContainsFunc(missing, func(kv stack.KV) bool { return kv.Value == "${"+a.Key+"}" }) {
			w.line("ARG " + assign(a))
		}
	}
	w.labels(missing)
	p.add(orderLabel, w.b.String())
}

// anyPlatform takes fixed platforms out of FROM, so that the image can be built for others.
func (p *patch) anyPlatform(c criterion.Claim) {
	found := false
	for _, s := range p.file.Stages {
		for _, f := range s.From.Flags {
			if f.Name == "platform" && !strings.Contains(f.Value, "$") {
				end := f.End
				for end < len(p.src) && p.src[end] == ' ' {
					end++
				}
				p.replace(f.Start, end, "")
				found = true
			}
		}
	}
	if !found && p.plan != nil {
		for _, want := range c.List("platforms") {
			if len(p.plan.image.Platforms) > 0 && !slices.Contains(p.plan.image.Platforms, want) {
				p.cannot("no base image for %s is known", want)
			}
		}
	}
}

// noSecrets takes secrets out that every holder of the image could read.
func (p *patch) noSecrets(criterion.Claim) {
	for _, in := range p.file.Instructions {
		switch in.Name {
		case "ENV", "ARG":
			p.withoutSecret(in)
		case "COPY", "ADD":
			p.withoutSecretFile(in)
		}
	}
}

func (p *patch) withoutSecret(in *syntax.Instruction) {
	var secret []syntax.Var
	for _, v := range in.Vars {
		if v.Text != "" && !strings.HasPrefix(v.Text, "$") && stack.NewVariable(v.Name, "", finding.Evidence{}).Secret {
			secret = append(secret, v)
		}
	}
	switch {
	case len(secret) == 0:
		return
	case len(secret) == len(in.Vars):
		p.remove(in)
	default:
		p.cannot("line %d: %s sets %s together with others: take it out by hand", in.Line, in.Name, secret[0].Name)
		return
	}
	for _, v := range secret {
		p.note("%s is no longer in the image: give it when the container starts; the old value is in Git and in every image built, so change it", v.Name)
	}
}

// secretFile matches files that must not enter an image.
var secretFile = regexp.MustCompile(`(^|/)(\.env(\.[A-Za-z]+)?|id_(rsa|ed25519|ecdsa)|\.npmrc|\.netrc|kubeconfig|[^/]+\.(pem|key))$`)

func (p *patch) withoutSecretFile(in *syntax.Instruction) {
	if _, from := in.Flag("from"); from || len(in.Words) < 2 || len(in.Heredocs) > 0 {
		return
	}
	sources := in.Words[:len(in.Words)-1]
	n := 0
	for _, s := range sources {
		if secretFile.MatchString(s) && !strings.HasSuffix(s, ".env.example") {
			n++
		}
	}
	switch {
	case n == 0:
	case n == len(sources):
		p.remove(in)
		p.note("%s is no longer copied into the image: mount it when the container starts, or as a build secret (RUN --mount=type=secret)", strings.Join(sources, ", "))
	default:
		p.cannot("line %d copies a secret file together with others: take it out by hand", in.Line)
	}
}
