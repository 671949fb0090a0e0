package proof

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// pushes are the places that may push an image to a registry.
func (p *prover) pushes() []hit {
	return p.find(func(s *pipeline.Step) bool {
		switch name, _, _ := strings.Cut(s.Uses.Text, "@"); name {
		case "docker/build-push-action", "docker/bake-action":
			return pushInput(s) != "" && pushInput(s) != "false"
		case "redhat-actions/push-to-registry", "mr-smithers-excellent/docker-build-push", "elgohr/Publish-Docker-Github-Action", "macbre/push-to-ghcr", "whoan/docker-build-with-cache-action":
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
	if set := s.With["set"].Text; strings.Contains(set, "type=registry") || strings.Contains(set, "push=true") {
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
func (p *prover) pushesOn(h hit, e pipeline.Event) pipeline.Truth {
	return p.pushesWhen(h, pipeline.Occasion{Event: e})
}

// mayPush tells whether a place pushes on any run of an event, unusual ones included.
func (p *prover) mayPush(h hit, e pipeline.Event, branch string) bool {
	branches := []string{branch}
	if branch == "" {
		branches = append(branches, namedBranches(h)...)
	}
	return slices.ContainsFunc(branches, func(b string) bool {
		return p.pushesWhen(h, pipeline.Occasion{Event: e, Branch: b, Possible: true}) != pipeline.False
	})
}

var branchName = regexp.MustCompile(`refs/heads/([\w./-]+)|ref_name\s*==\s*'([^']+)'`)

// namedBranches are branches that the pipeline itself speaks of: what happens on one of them alone happens.
func namedBranches(h hit) []string {
	var out []string
	for _, t := range h.p.Triggers {
		for _, b := range t.Branches {
			if !strings.ContainsAny(b, "*?[!+") {
				out = append(out, b)
			}
		}
	}
	conds := slices.Clone(h.j.Conds)
	if h.s != nil {
		conds = append(append(conds, h.s.Conds...), pipeline.Condition{Text: pushInput(h.s)})
	}
	for _, c := range conds {
		for _, m := range branchName.FindAllStringSubmatch(c.Text, 20) {
			out = append(out, m[1]+m[2])
		}
	}
	return out
}

// pushesWhen tells whether a place pushes on an occasion; an empty branch is any of the usual ones.
func (p *prover) pushesWhen(h hit, o pipeline.Occasion) pipeline.Truth {
	best := pipeline.False
	branches := usualBranches
	if o.Branch != "" {
		branches = []string{o.Branch}
	}
	for _, b := range branches {
		o.Branch = b
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
			if j.Calls.Text != "" && !strings.HasPrefix(j.Calls.Text, "./") && pl.Runs(j, pipeline.Occasion{Event: pipeline.PullRequest, Possible: true}) != pipeline.False {
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
		if p.mayPush(h, pipeline.PullRequest, "") {
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
			if p.pushesWhen(h, pipeline.Occasion{Event: eventOf(e), Branch: b}) != pipeline.True {
				return "it does not push on " + e
			}
		}
	}
	if len(events) == 0 && p.pushesOn(h, pipeline.Push) != pipeline.True && p.pushesOn(h, pipeline.Tag) != pipeline.True && p.pushesOn(h, pipeline.Release) != pipeline.True {
		return "it pushes on no event"
	}
	if p.mayPush(h, pipeline.PullRequest, "") {
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
		if !slices.Contains(events, string(e)) && p.mayPush(h, e, "") {
			return "it also pushes on " + string(e)
		}
	}
	if b := p.claim.List("branches"); len(b) > 0 {
		for _, x := range append([]string{"some-other-branch"}, usualBranches...) {
			if !slices.Contains(b, x) && p.mayPush(h, pipeline.Push, x) {
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
