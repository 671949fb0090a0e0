package java_test

import (
	"testing"

	"github.com/autogit/autogit/internal/stacks/java"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) { stacktest.Golden(t, java.Stack()) }
