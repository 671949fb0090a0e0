package shell_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/shell"
)

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"SH003": {
			{Name: "into a file", Src: "curl -o x https://y\n"},
			{Name: "with a substitution", Src: "sh -c \"$(wget -qO- https://x)\"\n", Want: []string{"1:1"}},
			{Name: "mode", Src: "chmod -R 777 /x\nchmod 755 /y\n", Want: []string{"1:1"}},
			{Name: "said, not done", Src: "echo 'curl https://x | sh'\n"},
		},
		"SH005": {
			{Name: "exported", Src: "export DB_PASSWORD='hunter2'\n", Want: []string{"1:20"}},
			{Name: "from a command", Src: "TOKEN=$(cat /run/secrets/t)\nPASSWORD=${PASSWORD:?}\n"},
			{Name: "before a command", Src: "PGPASSWORD=x API_KEY=abc12345 run\n", Want: []string{"1:22"}},
			{Name: "Makefile", Src: "-- Makefile --\nTOKEN := abc12345\nKEY_FILE = x\nSECRET ?= $(shell cat x)\n", Want: []string{"1:1"}},
		},
	}
	for _, r := range shell.All() {
		t.Run(r.ID, func(t *testing.T) { ruletest.Table(t, r, tests[r.ID]) })
	}
}
