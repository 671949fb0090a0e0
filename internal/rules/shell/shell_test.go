package shell_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/shell"
)

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"SH003": {
			{"into a file", "curl -o x https://y\n", nil},
			{"with a substitution", "sh -c \"$(wget -qO- https://x)\"\n", []string{"1:1"}},
			{"mode", "chmod -R 777 /x\nchmod 755 /y\n", []string{"1:1"}},
			{"said, not done", "echo 'curl https://x | sh'\n", nil},
		},
		"SH005": {
			{"exported", "export DB_PASSWORD='hunter2'\n", []string{"1:20"}},
			{"from a command", "TOKEN=$(cat /run/secrets/t)\nPASSWORD=${PASSWORD:?}\n", nil},
			{"before a command", "PGPASSWORD=x API_KEY=abc12345 run\n", []string{"1:22"}},
			{"Makefile", "-- Makefile --\nTOKEN := abc12345\nKEY_FILE = x\nSECRET ?= $(shell cat x)\n", []string{"1:1"}},
		},
	}
	for _, r := range shell.All() {
		t.Run(r.ID, func(t *testing.T) { ruletest.Table(t, r, tests[r.ID]) })
	}
}
