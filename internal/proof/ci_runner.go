package proof

import (
	"fmt"
	"slices"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// runnerTags proves that every job goes to runners that have the tags: GitLab's tags, GitHub's runs-on.
func runnerTags(p *prover) Result {
	return p.everyPipeline(func(pl *pipeline.Pipeline) Result {
		var ev []finding.Evidence
		for i := range pl.Jobs {
			j := &pl.Jobs[i]
			if j.Calls.Text != "" {
				return unproven("the runners of a called workflow are not known", p.at(j.File, j.Line))
			}
			for _, tag := range p.claim.List("tags") {
				if !slices.Contains(j.Tags, tag) {
					return unproven(fmt.Sprintf("job %s does not ask for a runner with the tag %s", j.ID, tag), p.at(j.File, j.Line))
				}
			}
			ev = append(ev, p.at(j.File, j.Line))
		}
		return proven(ev...)
	})
}
