package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// floors are the packages from the ground up: a package may import only from floors below its own, or below itself.
// docs/architecture.md has the picture.
var floors = [][]string{
	{"finding", "syntax"},
	{"repo", "actions", "secret"},
	{"edit", "rule", "stack", "pipeline", "verify"},
	{"rules", "stacks", "criterion", "task", "config"},
	{"artifact", "proof", "trial", "review"},
	{"artifacts", "engine"},
	{"agent"},
	{"report"},
	{"cli"},
}

const module = "github.com/autogit/autogit/internal/"

func TestImportsGoOneWay(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go list")
	}
	floor := map[string]int{}
	for i, names := range floors {
		for _, n := range names {
			floor[n] = i
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./internal/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		from := top(p.ImportPath)
		if forTests[from] {
			continue
		}
		if _, ok := floor[from]; !ok {
			t.Errorf("%s stands on no floor: add it to floors and to docs/architecture.md", p.ImportPath)
		}
		for _, i := range p.Imports {
			to := top(i)
			switch {
			case !strings.HasPrefix(i, module) || from == to:
			case forTests[to]:
				t.Errorf("%s imports %s, which is for tests only", p.ImportPath, i)
			case floor[to] >= floor[from]:
				t.Errorf("%s imports %s, which does not stand below it", p.ImportPath, i)
			}
		}
	}
}

// forTests are packages that only tests import.
var forTests = map[string]bool{"dockertest": true, "e2e": true}

// top is the first folder below internal: syntax for internal/syntax/yaml.
func top(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
	return name
}
