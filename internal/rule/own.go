package rule

import (
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// The ids of the engine's own findings.
const (
	SyntaxError     = "AG001"
	RuleFailed      = "AG002"
	IgnoreNoReason  = "AG003"
	IgnoreOfNothing = "AG004"
)

// Own documents the findings that the engine itself makes. These rules have no Check.
func Own() []Rule {
	return []Rule{
		{ID: SyntaxError, Kind: repo.KindCompose, Severity: finding.Error, Reviewer: Code, Doc: Doc{
			Title: "file cannot be read", Since: "0.1.0",
			Why:  "A file that its own tool cannot parse, or that has a key twice, does not do what it says. No other rule runs on a file that cannot be parsed.",
			Bad:  "services:\n  app:\n    image: app:1.0\n    image: app:2.0\n",
			Good: "services:\n  app:\n    image: app:1.0\n",
		}},
		{ID: RuleFailed, Kind: repo.KindCompose, Severity: finding.Error, Reviewer: Code, Doc: Doc{
			Title: "a rule failed", Since: "0.1.0",
			Why: "A rule of AutoGit met something that it cannot handle and stopped. The other rules ran. Please report it with the file.",
		}},
		{ID: IgnoreNoReason, Kind: repo.KindDockerfile, Severity: finding.Warning, Reviewer: Code, Doc: Doc{
			Title: "ignore comment without a reason", Since: "0.1.0",
			Why:  "A reader must be able to judge later whether the exception still holds. Without a reason the comment ignores nothing.",
			Bad:  "# autogit:ignore DK002\nFROM scratch\nCOPY app /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n",
			Good: "FROM scratch\nCOPY app /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n",
		}},
		{ID: IgnoreOfNothing, Kind: repo.KindDockerfile, Severity: finding.Info, Reviewer: Code, Doc: Doc{
			Title: "ignore comment that ignores nothing", Since: "0.1.0",
			Why:  "The fault is gone, or the comment stands at the wrong place. Left there it would hide the next fault.",
			Bad:  "# autogit:ignore DK002 the mirror has no tags\nFROM scratch\nCOPY app /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n",
			Good: "FROM scratch\nCOPY app /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n",
		}},
	}
}
