package dockerfile

import (
	"path"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact writes Dockerfiles.
func Artifact() artifact.Artifact {
	return artifact.Artifact{
		Name: "dockerfile", Alias: []string{"docker", "image", "container", "containerfile"},
		Title:    "Dockerfile: a small multi-stage image that runs as a numeric user",
		Kind:     repo.KindDockerfile,
		Match:    func(p string) bool { return repo.KindOf(p, nil) == repo.KindDockerfile },
		Paths:    paths,
		Standard: standard,
		Write:    Write,
		Modify:   Modify,
	}
}

// Ignore writes .dockerignore files.
func Ignore() artifact.Artifact {
	return artifact.Artifact{
		Name:  "dockerignore",
		Title: ".dockerignore: keeps secrets and local files out of the build context",
		Kind:  repo.KindDockerignore,
		Match: func(p string) bool { return repo.KindOf(p, nil) == repo.KindDockerignore },
		Paths: func(facts *stack.Facts) []string {
			var out []string
			seen := map[string]bool{}
			for i := range facts.Components {
				if p := ignorePath(facts.Components[i].Path); imageable(&facts.Components[i]) && !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
			}
			return out
		},
		Standard: func(*stack.Facts) []string { return []string{"No secrets in the image"} },
		Write:    writeIgnore,
		Modify:   modifyIgnore,
	}
}

// paths are one Dockerfile for each component that runs; where two share a folder, the later ones carry their name.
func paths(facts *stack.Facts) []string {
	var out []string
	taken := map[string]bool{}
	for i := range facts.Components {
		c := &facts.Components[i]
		if !imageable(c) {
			continue
		}
		p := path.Join(c.Path, "Dockerfile")
		if taken[p] {
			p += "." + artifact.Slug(c.Name)
		}
		if !taken[p] {
			taken[p] = true
			out = append(out, p)
		}
	}
	return out
}

// standard are the criteria that each Dockerfile is held against when nobody says more.
func standard(facts *stack.Facts) []string {
	out := []string{
		"Non-root user for security", "Pin base image versions", "No secrets in the image",
		"No build tools in the final image", "Proper signal handling", "Labels with source and version",
	}
	runs, locked, health, built := 0, 0, 0, 0
	for i := range facts.Components {
		c := &facts.Components[i]
		if !imageable(c) {
			continue
		}
		runs++
		if c.Kind != stack.KindStatic || c.Build != nil {
			built++ // pages that nothing builds need one stage only
		}
		if c.LockFile != nil {
			locked++
		}
		if c.Health != nil && c.Port != nil {
			health++
		}
	}
	if runs > 0 && built == runs {
		out = append(out, "Multi-stage build for smaller image")
	}
	if runs > 0 && locked == runs {
		out = append(out, "Use the lock file")
	}
	if runs > 0 && health == runs {
		out = append(out, "Health check endpoint")
	}
	if runs == 1 {
		if p := onlyPort(facts); p != "" {
			out = append(out, "Expose port "+p)
		}
	}
	return out
}

// onlyPort is the port of the one component that runs.
func onlyPort(facts *stack.Facts) string {
	for i := range facts.Components {
		if c := &facts.Components[i]; imageable(c) {
			return c.Port.String()
		}
	}
	return ""
}

// Write makes a whole Dockerfile.
func Write(r *artifact.Request) (*artifact.Output, error) {
	p, err := newPlan(r)
	if err != nil {
		return nil, err
	}
	out := &artifact.Output{Content: artifact.InLineEndsOf(r.Existing(), p.render(r)), Notes: p.notes}
	if f := suggestIgnore(r, p.context); f != nil {
		out.Suggested = append(out.Suggested, *f)
	}
	return out, nil
}
