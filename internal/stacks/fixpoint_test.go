package stacks_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

// A survey reads pipelines and Dockerfiles too. What AutoGit itself has written there must not change what the survey says,
// or a second run would write something else.
func TestSurveyIsTheSameAfterEverythingIsWritten(t *testing.T) {
	for name, tree := range repositories(t) {
		t.Run(name, func(t *testing.T) {
			facts := stacks.Survey(tree)
			written := writeAll(t, tree, facts)
			if len(facts.Components) > 0 && len(written) < 3 {
				t.Fatalf("only %v was written", slices.Sorted(maps.Keys(written)))
			}
			again := stacks.Survey(tree.With(written))
			ignore := cmp.Options{
				cmpopts.IgnoreTypes(finding.Evidence{}), cmpopts.IgnoreFields(stack.Fact{}, "Confidence"), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(stack.Facts{}, "Delivery"),
			}
			if d := cmp.Diff(facts, again, ignore); d != "" {
				t.Errorf("the survey changed (-before +after):\n%s", d)
			}
			if d := cmp.Diff(stacks.Recipes(tree, facts), stacks.Recipes(tree.With(written), again), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("the recipes changed (-before +after):\n%s", d)
			}
		})
	}
}

// writeAll is every file that the artifacts write of their own accord.
func writeAll(t *testing.T, tree *repo.Tree, facts *stack.Facts) map[string][]byte {
	t.Helper()
	recipes := stacks.Recipes(tree, facts)
	out := map[string][]byte{}
	for _, a := range artifacts.All() {
		if a.Paths == nil || a.Write == nil {
			continue
		}
		for _, p := range a.Paths(facts) {
			if tree.Has(p) {
				continue
			}
			o, err := a.Write(&artifact.Request{Path: p, Title: "all", Tree: tree, Facts: facts, Recipes: recipes})
			if err != nil {
				t.Logf("%s is not written: %v", p, err)
				continue
			}
			out[p] = o.Content
		}
	}
	return out
}

// repositories are the examples and the test repositories of all stacks.
func repositories(t *testing.T) map[string]*repo.Tree {
	t.Helper()
	out := map[string]*repo.Tree{}
	dirs, _ := filepath.Glob("../../examples/*")
	for _, d := range dirs {
		if info, err := os.Stat(d); err != nil || !info.IsDir() {
			continue
		}
		tree, err := repo.Open(d)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(d)] = tree
	}
	archives, _ := filepath.Glob("*/testdata/*.txtar")
	for _, a := range archives {
		out[a] = repo.Memory(stacktest.Archive(t, a))
	}
	for name, files := range plain {
		out[name] = repo.Memory(files)
	}
	if len(out) < 8 {
		t.Fatalf("only %v", slices.Sorted(maps.Keys(out)))
	}
	return out
}

// plain are repositories that say little, so that the survey leans on what it finds in delivery files.
var plain = map[string]map[string]string{
	"express without versions": {
		"package.json": `{"name":"shop","scripts":{"start":"node server.js","test":"node --test"},"dependencies":{"express":"^5","pg":"^8"},"engines":{"node":">=20"}}`,
		"server.js":    "const app = require('express')();\napp.get('/health', (q, r) => r.send('ok'));\napp.listen(process.env.PORT || 3000);\n",
	},
	"node without engines": {
		"package.json": `{"name":"shop","scripts":{"start":"node server.js"},"dependencies":{"koa":"^3"}}`, "server.js": "new (require('koa'))().listen(process.env.PORT);\n",
	},
	"flask without versions":  {"requirements.txt": "flask\nredis\n", "app.py": "app = Flask(__name__)\n", "tests/test_app.py": "def test_a(): ...\n"},
	"fastapi with a range":    {"pyproject.toml": "[project]\nname='x'\nrequires-python='>=3.11'\ndependencies=['fastapi','uvicorn']\n", "main.py": "app = FastAPI()\n"},
	"go without a directive":  {"go.mod": "module x\n", "main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil) }\n"},
	"go with mysql and pages": {"go.mod": "module x\n\ngo 1.26\n\nrequire github.com/go-sql-driver/mysql v1\n", "main.go": "package main\n\nimport (\n\"net/http\"\n_ \"github.com/go-sql-driver/mysql\"\n)\n\nfunc main() { http.Handle(\"/\", http.FileServer(http.Dir(\"static\"))); http.ListenAndServe(\":8080\", nil) }\n", "static/a.css": "a"},
}
