package static

import (
	"testing"

	"github.com/autogit/autogit/internal/stacks/golang"
	"github.com/autogit/autogit/internal/stacks/node"
	"github.com/autogit/autogit/internal/stacks/ruby"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) {
	stacktest.Golden(t, golang.Stack(), node.Stack(), ruby.Stack(), Stack())
}
