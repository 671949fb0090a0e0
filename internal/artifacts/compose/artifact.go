package compose

import (
	"fmt"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact writes Compose files.
func Artifact() artifact.Artifact {
	return artifact.Artifact{
		Name: "compose", Alias: []string{"docker-compose"},
		Title:    "Compose files: a development stack that reloads, and a hardened production stack",
		Kind:     repo.KindCompose,
		Match:    func(p string) bool { return repo.KindOf(p, nil) == repo.KindCompose },
		Paths:    paths,
		Standard: standard,
		Write:    Write,
		Modify:   Modify,
	}
}

// paths are both stacks where something keeps running, and the development stack alone where only servers are needed.
func paths(facts *stack.Facts) []string {
	servers := false
	for i := range facts.Components {
		c := &facts.Components[i]
		if c.Kind == stack.KindService || c.Kind == stack.KindWorker || c.Kind == stack.KindStatic {
			return []string{"docker-compose.yml", "docker-compose.prod.yml"}
		}
		servers = servers || len(c.Services) > 0
	}
	if servers {
		return []string{"docker-compose.yml"}
	}
	return nil
}

// standard are the criteria that each Compose file is held against when nobody says more.
func standard(facts *stack.Facts) []string {
	out := []string{
		"No hard-coded passwords", "Only the app port is published", "Log rotation", "No new privileges",
	}
	service := ""
	for i := range facts.Components {
		for _, f := range facts.Components[i].Services {
			if _, known := stack.ServiceFor(f.Value); known { // another one is the user's to run
				service = f.Value
			}
		}
	}
	if service != "" {
		out = append(out, fmt.Sprintf("App waits for %s to be healthy", service), "Pin image versions", "Separate networks for frontend and backend")
	}
	return out
}

// Write makes a whole Compose file.
func Write(r *artifact.Request) (*artifact.Output, error) {
	if isOverride(r.Path) {
		return nil, refuse("%s: an override file is laid over another one and is not whole by itself; ask for compose.yaml or compose.prod.yaml", r.Path)
	}
	b, err := newProject(r)
	if err != nil {
		return nil, err
	}
	return &artifact.Output{Content: artifact.InLineEndsOf(r.Existing(), b.p.render()), Suggested: b.suggestions(), Notes: b.p.notes}, nil
}
