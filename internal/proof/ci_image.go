package proof

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// imageHits are the places that build an image.
func (p *prover) imageHits() []hit {
	return p.find(func(s *pipeline.Step) bool {
		return strings.HasPrefix(s.Uses.Text, "docker/build-push-action@") || strings.HasPrefix(s.Uses.Text, "docker/bake-action@")
	}, func(c pipeline.Command) bool {
		return buildsImage(c)
	})
}

func buildsImage(c pipeline.Command) bool {
	sub := c.Operands()
	switch c.Tool() {
	case "docker", "podman", "nerdctl":
		return len(sub) > 0 && sub[0] == "build" || len(sub) > 1 && (sub[0] == "buildx" && (sub[1] == "build" || sub[1] == "bake") || sub[0] == "compose" && slices.Contains(sub, "build"))
	case "buildah":
		return len(sub) > 0 && (sub[0] == "bud" || sub[0] == "build")
	case "buildctl", "buildctl-daemonless.sh": // BuildKit without Docker
		return len(sub) > 0 && sub[0] == "build"
	case "executor": // kaniko
		return strings.Contains(c.Name, "kaniko")
	}
	return false
}

// buildctlOpt is the value of "--opt key=value" or of another flag that buildctl takes several times.
func buildctlOpt(c pipeline.Command, flag, key string) string {
	for i, a := range c.Args {
		if v, ok := strings.CutPrefix(a, flag+"="); ok && strings.HasPrefix(v, key+"=") {
			return strings.TrimPrefix(v, key+"=")
		}
		if a == flag && i+1 < len(c.Args) && strings.HasPrefix(c.Args[i+1], key+"=") {
			return strings.TrimPrefix(c.Args[i+1], key+"=")
		}
	}
	return ""
}

// find lists the steps and commands that a test takes.
func (p *prover) find(step func(*pipeline.Step) bool, command func(pipeline.Command) bool) []hit {
	var out []hit
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			for k := range j.Steps {
				s := &j.Steps[k]
				if step(s) {
					out = append(out, p.gated(hit{p: pl, j: j, s: s, ev: []finding.Evidence{p.at(s.File, s.Uses.Line)}}))
				}
				for n := range s.Commands {
					if c := &s.Commands[n]; command(*c) {
						out = append(out, p.gated(hit{p: pl, j: j, s: s, c: c, ev: append([]finding.Evidence{c.Evidence(p.in.Tree)}, c.Via...)}))
					}
				}
			}
		}
	}
	return out
}

// imageBuild proves that an image is built for the platforms asked for.
func imageBuild(p *prover) Result {
	hs := p.imageHits()
	near := nearest(hs, "an image build")
	for _, h := range counting(hs) {
		if why := p.buildFits(h); why != "" {
			near = unproven(why, h.ev...)
			continue
		}
		ev := h.ev
		if h.c == nil && h.s.With["platforms"].Line > 0 {
			ev = append([]finding.Evidence{p.at(h.s.File, h.s.With["platforms"].Line)}, ev...)
		}
		return proven(ev...)
	}
	return near
}

func (p *prover) buildFits(h hit) string {
	want := p.claim.List("platforms")
	have := platforms(h)
	for _, w := range want {
		if !slices.Contains(have, w) {
			return fmt.Sprintf("the image is not built for %s", w)
		}
	}
	if p.claim.Param("multi") != "" && len(have) < 2 {
		return "the image is built for one platform only"
	}
	if len(have) > 1 && !p.hasBuilder(h) {
		return "more than one platform needs buildx with a builder of its own: set it up first"
	}
	if h.c == nil && strings.HasPrefix(h.s.Uses.Text, "docker/build-push-action@") && !p.hasDockerfile(h) {
		return "the Dockerfile that it builds is not there"
	}
	return ""
}

// platforms are those of one build, a matrix filled in.
func platforms(h hit) []string {
	text := ""
	if h.c == nil {
		text = h.s.With["platforms"].Text
	} else {
		text, _ = h.c.Flag("--platform")
		if strings.HasPrefix(h.c.Tool(), "buildctl") {
			text = buildctlOpt(*h.c, "--opt", "platform")
		}
	}
	var out []string
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' && !strings.Contains(text, "${{") }) {
		f = strings.Trim(f, `'" `)
		out = append(out, resolve(h, f)...)
	}
	return out
}

var expression = regexp.MustCompile(`\$\{\{\s*(matrix|env|vars|inputs)\.([A-Za-z0-9_-]+)\s*\}\}`)

// resolve fills in what a matrix or the environment says; more than one value for a matrix.
func resolve(h hit, text string) []string {
	m := expression.FindStringSubmatch(text)
	if m == nil {
		return []string{text}
	}
	switch m[1] {
	case "matrix":
		var out []string
		for _, a := range legs(h.j) {
			if a.Name == m[2] {
				for _, v := range a.Values {
					for _, part := range strings.Split(v.Text, ",") {
						out = append(out, strings.Replace(text, m[0], strings.TrimSpace(part), 1))
					}
				}
			}
		}
		return out
	case "env":
		for _, e := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
			if v, ok := e[m[2]]; ok && !strings.Contains(v.Text, m[0]) {
				var out []string
				for _, part := range strings.Split(v.Text, ",") {
					out = append(out, strings.Replace(text, m[0], strings.TrimSpace(part), 1))
				}
				return out
			}
		}
	}
	return []string{text}
}

func (p *prover) hasBuilder(h hit) bool {
	for i := range h.j.Steps {
		s := &h.j.Steps[i]
		if strings.HasPrefix(s.Uses.Text, "docker/setup-buildx-action@") {
			return true
		}
		for _, c := range s.Commands {
			if ops := c.Operands(); c.Tool() == "docker" && len(ops) > 1 && ops[0] == "buildx" && ops[1] == "create" {
				return true
			}
		}
		if s == h.s {
			break
		}
	}
	return h.c != nil && h.c.Tool() != "docker"
}

func (p *prover) hasDockerfile(h hit) bool {
	dir, file := h.s.With["context"].Text, h.s.With["file"].Text
	if strings.Contains(dir+file, "${{") || strings.Contains(dir, "://") {
		return true // said by an expression: not known here
	}
	if file == "" {
		file = path.Join(dir, "Dockerfile")
	}
	file = strings.TrimPrefix(path.Clean(file), "./")
	if p.in.Tree.Has(file) || slices.Contains(p.in.Files, file) {
		return true
	}
	return false
}

// pushes are the places that may push an image to a registry.
func (p *prover) pushes() []hit {
	return p.find(func(s *pipeline.Step) bool {
		switch name, _, _ := strings.Cut(s.Uses.Text, "@"); name {
		case "docker/build-push-action", "docker/bake-action":
			return pushInput(s) != "" && pushInput(s) != "false"
		case "redhat-actions/push-to-registry":
			return true
		}
		return false
	}, pushesImage)
}

// pushInput is what decides whether a build is pushed: "true", "false" or an expression.
func pushInput(s *pipeline.Step) string {
	if out := s.With["outputs"].Text; strings.Contains(out, "type=registry") || strings.Contains(out, "push=true") {
		return "true"
	}
	return strings.TrimSpace(s.With["push"].Text)
}

// pushOutput: an output of buildx that goes to a registry. A cache in a registry is none.
func pushOutput(c pipeline.Command) bool {
	for _, f := range []string{"--output", "-o"} {
		if v, ok := c.Flag(f); ok && (strings.Contains(v, "registry") || strings.Contains(v, "push=true")) {
			return true
		}
	}
	return slices.ContainsFunc(c.Args, func(a string) bool {
		return strings.HasPrefix(a, "--output=") && (strings.Contains(a, "registry") || strings.Contains(a, "push=true"))
	})
}

func pushesImage(c pipeline.Command) bool {
	ops := c.Operands()
	has := func(words ...string) bool { return len(ops) >= len(words) && slices.Equal(ops[:len(words)], words) }
	switch c.Tool() {
	case "docker", "podman", "nerdctl", "buildah":
		if has("push") || has("image", "push") || has("manifest", "push") || has("compose") && slices.Contains(ops, "push") {
			return true
		}
		if has("buildx", "imagetools", "create") {
			return true
		}
		return buildsImage(c) && (c.Has("--push") || pushOutput(c))
	case "buildctl", "buildctl-daemonless.sh":
		return buildsImage(c) && slices.ContainsFunc(c.Args, func(a string) bool { return strings.Contains(a, "push=true") })
	case "skopeo", "crane", "oras", "ko", "regctl":
		return slices.Contains(ops, "copy") || slices.Contains(ops, "push") || slices.Contains(ops, "build") || slices.Contains(ops, "publish")
	case "executor":
		return strings.Contains(c.Name, "kaniko") && !c.Has("--no-push")
	case "mvn", "gradle":
		return slices.ContainsFunc(ops, func(o string) bool {
			return o == "jib" || strings.HasSuffix(o, "jib:build") || o == "bootBuildImage" && c.Has("--publishImage")
		})
	}
	return false
}

// pushesOn tells whether a place pushes on an event, from one of the usual branches.
func (p *prover) pushesOn(h hit, e pipeline.Event) pipeline.Truth { return p.pushesFrom(h, e, "") }

// pushesFrom tells whether a place pushes on an event from a branch; empty is any of the usual ones.
func (p *prover) pushesFrom(h hit, e pipeline.Event, branch string) pipeline.Truth {
	best := pipeline.False
	branches := usualBranches
	if branch != "" {
		branches = []string{branch}
	}
	for _, b := range branches {
		o := pipeline.Occasion{Event: e, Branch: b}
		t := h.p.Runs(h.j, o).And(h.p.StepRuns(h.s, o))
		if h.c == nil && pushInput(h.s) != "" {
			t = t.And(h.p.Holds(pushInput(h.s), o))
		}
		if h.c != nil && h.c.Conditional {
			t = t.And(pipeline.Unknown)
		}
		if t == pipeline.True {
			return t
		}
		if t == pipeline.Unknown {
			best = t
		}
	}
	return best
}

// noPush proves that no image leaves for a registry from a pull request.
func noPush(p *prover) Result {
	r := p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		if len(pl.Problems) > 0 {
			return unproven(pl.Problems[0], p.at(pl.File, 1))
		}
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if j.Calls.Text != "" && !strings.HasPrefix(j.Calls.Text, "./") && pl.Runs(j, pipeline.Occasion{Event: pipeline.PullRequest}) != pipeline.False {
				return unproven("what the called workflow pushes is not known", p.at(j.File, j.Line))
			}
		}
		return proven(p.at(pl.File, 1))
	})
	if r.Status != Proven {
		return r
	}
	var ev []finding.Evidence
	for _, h := range p.pushes() {
		if p.pushesOn(h, pipeline.PullRequest) != pipeline.False {
			return unproven("an image may be pushed from a pull request here", pushEvidence(p, h)...)
		}
		ev = append(ev, pushEvidence(p, h)...)
	}
	for _, h := range p.imageHits() {
		if h.c == nil {
			ev = append(ev, pushEvidence(p, h)...)
		}
	}
	if len(ev) == 0 {
		return r // nothing pushes at all
	}
	return proven(ev...)
}

func pushEvidence(p *prover, h hit) []finding.Evidence {
	if h.c == nil && h.s.With["push"].Line > 0 {
		return []finding.Evidence{p.at(h.s.File, h.s.With["push"].Line)}
	}
	return h.ev
}

// publish proves that an image is pushed to a registry, logged in, on the event asked for.
func publish(p *prover) Result {
	registry := p.claim.Param("registry")
	near := unproven("nothing pushes an image")
	for _, h := range p.pushes() {
		if why := p.publishFits(h, registry); why != "" {
			near = unproven(why, h.ev...)
			continue
		}
		return proven(append(pushEvidence(p, h), h.ev...)...)
	}
	return near
}

func (p *prover) publishFits(h hit, registry string) string {
	if h.s.Soft || h.j.Soft || h.c != nil && h.c.Swallowed {
		return "a failed push goes unnoticed"
	}
	events := p.claim.List("on")
	for _, e := range events {
		for _, b := range branchesOf(p.claim) {
			if p.pushesFrom(h, eventOf(e), b) != pipeline.True {
				return "it does not push on " + e
			}
		}
	}
	if len(events) == 0 && p.pushesOn(h, pipeline.Push) != pipeline.True && p.pushesOn(h, pipeline.Tag) != pipeline.True && p.pushesOn(h, pipeline.Release) != pipeline.True {
		return "it pushes on no event"
	}
	if p.pushesOn(h, pipeline.PullRequest) != pipeline.False {
		return "it may also push from a pull request"
	}
	if why := p.publishesElse(h, events); why != "" {
		return why
	}
	if registry == "" {
		return ""
	}
	if !strings.Contains(destination(h), registry) {
		return "it does not push to " + registry
	}
	if !logsIn(h.j, h, registry) {
		return "nothing logs in to " + registry
	}
	if perm := h.j.Permissions; registry == "ghcr.io" && h.p.System == pipeline.GitHub {
		if perm == nil {
			perm = h.p.Permissions
		}
		if perm != nil && perm.All != "write-all" && perm.Scopes["packages"].Text != "write" {
			return "the job's token may not write packages: permissions lack packages: write"
		}
	}
	return ""
}

// publishesElse says on what else a place pushes, where the claim allows nothing else.
func (p *prover) publishesElse(h hit, events []string) string {
	if p.claim.Param("only") == "" {
		return ""
	}
	for _, e := range []pipeline.Event{pipeline.Push, pipeline.Tag, pipeline.Release, pipeline.Schedule, pipeline.Manual} {
		if !slices.Contains(events, string(e)) && p.pushesOn(h, e) != pipeline.False {
			return "it also pushes on " + string(e)
		}
	}
	if b := p.claim.List("branches"); len(b) > 0 {
		for _, x := range append([]string{"some-other-branch"}, usualBranches...) {
			if !slices.Contains(b, x) && p.pushesFrom(h, pipeline.Push, x) != pipeline.False {
				return "it also pushes from other branches"
			}
		}
	}
	return ""
}

var stepOutput = regexp.MustCompile(`steps\.([A-Za-z0-9_-]+)\.outputs`)

// destination is the text that names the image, with the metadata step and the environment filled in.
func destination(h hit) string {
	text := ""
	if h.c != nil {
		text = h.c.Raw.String()
	} else {
		text = h.s.With["tags"].Text + " " + h.s.With["outputs"].Text + " " + h.s.With["images"].Text + " " + h.s.With["registry"].Text
	}
	for _, m := range stepOutput.FindAllStringSubmatch(text, -1) {
		for i := range h.j.Steps {
			if s := &h.j.Steps[i]; s.ID == m[1] && strings.HasPrefix(s.Uses.Text, "docker/metadata-action@") {
				text += " " + s.With["images"].Text
			}
		}
	}
	if h.p.System == pipeline.GitLab {
		text = strings.NewReplacer("$CI_REGISTRY_IMAGE", "registry.gitlab.com", "${CI_REGISTRY_IMAGE}", "registry.gitlab.com", "$CI_REGISTRY", "registry.gitlab.com").Replace(text)
	}
	return fill(h, text)
}

func fill(h hit, text string) string {
	for range 10 {
		m := expression.FindString(text)
		if m == "" {
			return shellEnv(h, text)
		}
		r := resolve(h, m)
		if len(r) == 0 || r[0] == m || len(text)+len(r[0]) > 1<<16 {
			r = []string{""}
		}
		text = strings.ReplaceAll(text, m, r[0])
	}
	return shellEnv(h, text)
}

// shellEnv fills in $NAME from the environment that the file sets.
func shellEnv(h hit, text string) string {
	for _, e := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
		for k, v := range e {
			if len(text)+len(v.Text) > 1<<16 {
				return text
			}
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${"+k+"}", v.Text), "$"+k, v.Text)
		}
	}
	return text
}

func logsIn(j *pipeline.Job, h hit, registry string) bool {
	for i := range j.Steps {
		s := &j.Steps[i]
		if strings.HasPrefix(s.Uses.Text, "docker/login-action@") {
			r := fill(hit{p: h.p, j: j, s: s}, s.With["registry"].Text)
			if strings.Contains(r, registry) || registry == "docker.io" && strings.TrimSpace(r) == "" {
				return true
			}
		}
		for _, c := range s.Commands {
			if slices.Contains([]string{"docker", "podman", "skopeo", "crane", "oras", "buildah"}, c.Tool()) && slices.Contains(c.Operands(), "login") {
				text := c.Raw.String()
				if h.p.System == pipeline.GitLab {
					text = strings.ReplaceAll(text, "$CI_REGISTRY", "registry.gitlab.com")
				}
				if strings.Contains(shellEnv(hit{p: h.p, j: j, s: s}, text), registry) {
					return true
				}
			}
		}
	}
	return false
}
