package rules_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules"
)

// Every rule's own examples: Bad breaks it, Good does not, and the fix mends Bad.
func TestExamplesOfEveryRule(t *testing.T) { ruletest.Docs(t, rules.All()) }
