package dockertest_test

import (
	"os"
	"testing"

	"github.com/autogit/autogit/internal/dockertest"
)

// TestRequireChild is run by TestRequireWithoutAnEngine in a process that can reach no engine.
func TestRequireChild(t *testing.T) {
	if os.Getenv("AUTOGIT_TEST_CHILD") != "1" {
		t.Skip("run by TestRequireWithoutAnEngine")
	}
	dockertest.Require(t)
	t.Fatal("Require returned without an engine")
}
