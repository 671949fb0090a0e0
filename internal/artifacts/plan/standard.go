package plan

import (
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Standard are the criteria that hold for a good pipeline of these facts on either platform: nothing is promised that the
// repository has no command for. changes names the platform's events: "push and PR".
func Standard(facts *stack.Facts, changes string) []string {
	var test, lint, locked, image bool
	for _, c := range facts.Components {
		test = test || c.Test != nil
		lint = lint || c.Lint != nil
		locked = locked || c.LockFile != nil
	}
	for _, d := range facts.Delivery {
		image = image || (d.Kind == string(repo.KindDockerfile) && !strings.Contains(d.File, "/."))
	}
	var out []string
	if test {
		out = append(out, "Run tests on "+changes)
	}
	if lint {
		out = append(out, "Run linting")
	}
	if test && lint {
		out = append(out, "Lint before tests")
	}
	if locked { // a cache is keyed by the lock file
		out = append(out, "Cache dependencies for speed")
	}
	out = append(out, "Cancel outdated runs", "Every job has a timeout",
		"Scan for vulnerabilities with Trivy", "Only critical and high vulnerabilities fail the build")
	if image {
		out = append(out, "Build multi-arch images for amd64 and arm64", "Do not push images from pull requests")
	}
	return out
}
