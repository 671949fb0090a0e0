// Package rules is the rulebook: one folder a format, one file a rule.
package rules

import (
	"slices"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/actions"
	"github.com/autogit/autogit/internal/rules/compose"
	"github.com/autogit/autogit/internal/rules/crossfile"
	"github.com/autogit/autogit/internal/rules/docker"
	"github.com/autogit/autogit/internal/rules/gitlabci"
	"github.com/autogit/autogit/internal/rules/makefile"
	"github.com/autogit/autogit/internal/rules/shell"
)

// All is every rule, in the order of the rulebook.
func All() []rule.Rule {
	return slices.Concat(
		rule.Own(), docker.All(), compose.All(), actions.All(), gitlabci.All(), makefile.All(), shell.All(), crossfile.All(),
	)
}
