package dockerfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// port moves the image to the claimed port where the program can be told to listen there.
func (p *plan) port(r *artifact.Request) error {
	for _, c := range criterion.Find(r.Claims, criterion.Expose) {
		want := c.Param("port")
		if want == "" || want == p.image.Port || !mine(r, p, c) {
			continue
		}
		if p.image.Port == "" {
			return refuse("%s: port %s is asked for, but the survey found nothing in %s that listens; if it does, say where in the source", r.Path, want, p.part.Name)
		}
		if err := p.movePort(r, want); err != nil {
			return err
		}
	}
	return nil
}

// mine tells whether a claim is for this image: in a set of several services each port belongs to one of them.
func mine(r *artifact.Request, p *plan, c criterion.Claim) bool {
	for _, other := range r.Parts() {
		if other.Component != p.part.Component && other.Port.String() != "" && other.Port.String() == c.Param("port") {
			return false
		}
	}
	return true
}

func (p *plan) movePort(r *artifact.Request, want string) error {
	old := p.image.Port
	moved := false
	if v := p.part.PortFromEnv.String(); v != "" {
		p.image.Env = setKV(p.image.Env, v, want)
		moved = true
	}
	for _, args := range [][]string{p.image.Entrypoint, p.image.Cmd} {
		moved = replacePort(args, old, want) || moved
	}
	if !moved {
		at := p.part.Port.Evidence
		return refuse("%s: port %s is asked for, but %s listens on %s (%s:%d) and reads no variable that changes it: change the source or the criterion",
			r.Path, want, p.part.Name, old, at.File, at.Line)
	}
	replacePort(p.image.Health, old, want)
	p.image.Port = want
	p.note("%s listens on %s by default; the image moves it to %s as the task asks", p.part.Name, old, want)
	return nil
}

// replacePort changes a port in the words of a command: "8000", "--port=8000", "0.0.0.0:8000", "http://127.0.0.1:8000/x".
func replacePort(args []string, old, want string) bool {
	if old == "" {
		return false
	}
	re := regexp.MustCompile(`(^|[:=\s])` + regexp.QuoteMeta(old) + `($|[/\s'"?,;)])`)
	changed := false
	for i, a := range args {
		if b := re.ReplaceAllString(a, "${1}"+want+"${2}"); b != a {
			args[i], changed = b, true
		}
	}
	return changed
}

func setKV(list []stack.KV, key, value string) []stack.KV {
	if i := slices.IndexFunc(list, func(kv stack.KV) bool { return kv.Key == key }); i >= 0 {
		list[i].Value = value
		return list
	}
	return append(list, stack.KV{Key: key, Value: value})
}

var uidPattern = regexp.MustCompile(`^[0-9]{1,10}$`)

// user gives the image the claimed user id.
func (p *plan) user(r *artifact.Request) error {
	for _, c := range criterion.Find(r.Claims, criterion.NonRoot) {
		want := c.Param("uid")
		switch {
		case want == "":
			continue
		case want == "0" || want == "root":
			return refuse("%s: user %s is root, and rule DK001 forbids to run as root", r.Path, want)
		case !uidPattern.MatchString(want):
			p.note("the image runs as the numeric user %s, not as %q: Kubernetes' runAsNonRoot can only check a number", p.image.User, want)
			continue
		}
		p.moveUser(want)
	}
	return nil
}

// userStep matches the steps that make a user or give files to one.
var userStep = regexp.MustCompile(`--chown|chown |useradd|adduser|groupadd|addgroup|install -|uid=|gid=`)

// moveUser replaces the user and group id in USER and in the steps that make or use them.
func (p *plan) moveUser(want string) {
	old, _, _ := strings.Cut(p.image.User, ":")
	p.image.User = want + ":" + want
	if old == "" || old == want {
		return
	}
	re := regexp.MustCompile(`\b` + regexp.QuoteMeta(old) + `\b`)
	for i := range p.image.Stages {
		for j := range p.image.Stages[i].Steps {
			step := &p.image.Stages[i].Steps[j]
			if userStep.MatchString(step.Text) {
				step.Text = re.ReplaceAllString(step.Text, want)
			}
		}
	}
}
