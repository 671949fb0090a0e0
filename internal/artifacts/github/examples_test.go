package github

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/proof"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
)

// examples calls test with the real survey of each of the repository's examples.
func examples(t *testing.T, test func(t *testing.T, req *artifact.Request)) {
	t.Helper()
	entries, err := os.ReadDir("../../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "tasks" {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			tree, err := repo.Open("../../../examples/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			facts := stacks.Survey(tree)
			if len(facts.Components) == 0 {
				t.Skip("no stack knows it")
			}
			req := &artifact.Request{Path: Artifact().Paths(facts)[0], Tree: tree, Facts: facts, Recipes: stacks.Recipes(tree, facts)}
			for _, c := range facts.Components {
				req.Siblings = append(req.Siblings, dockerfileOf(c.Path))
			}
			test(t, req)
		})
	}
}

func dockerfileOf(dir string) string {
	if dir == "." {
		return "Dockerfile"
	}
	return dir + "/Dockerfile"
}

// What the writer's own standard asks for must be understood, or `autogit write` could never be done.
func TestStandardIsUnderstood(t *testing.T) {
	examples(t, func(t *testing.T, req *artifact.Request) {
		for _, text := range Standard(req.Facts) {
			if u := criterion.Understand(text); len(u.Claims) == 0 {
				t.Errorf("%q is not understood: %s", text, u.Why)
			}
		}
	})
}

// The real surveys of the real examples make workflows that actionlint finds nothing in, and whose actions are all pinned.
func TestWriteExamples(t *testing.T) {
	examples(t, func(t *testing.T, req *artifact.Request) {
		content := write(t, req)
		lint(t, req.Path, content)
		pinned(t, content)
	})
}

// What the writer writes is proven by those who only read the file: its own standard, and what people often ask for besides.
func TestExamplesAreProven(t *testing.T) {
	examples(t, func(t *testing.T, req *artifact.Request) {
		files := map[string][]byte{}
		for _, d := range req.Siblings {
			files[d] = []byte("FROM scratch\n")
		}
		for _, text := range append(Standard(req.Facts), []string{"Check markdown links", "Jobs must time out after 15 minutes", "Build multi-arch images for amd64 and arm64", "Do not push images from pull requests", "Run integration tests against Postgres 16", "Publish the image to GHCR on tags", "Nightly run at 02:00 UTC"}...) {
			req.Claims = append(req.Claims, criterion.Understand(text).Claims...)
		}
		files[req.Path] = write(t, req)
		in := proof.Input{Tree: req.Tree.With(files), Files: []string{req.Path}, Facts: req.Facts}
		for _, c := range req.Claims {
			if r := proof.Prove(in, c); r.Status != proof.Proven {
				t.Errorf("%s is %s: %s %v", c, r.Status, r.Reason, r.Evidence)
			}
		}
	})
}

// The rulebook holds for what AutoGit writes, its strict profile too.
func TestGoldensAreClean(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		path := Artifact().Paths(nil)[0]
		tree := repo.Memory(map[string]string{path: string(b)})
		found, err := rule.Run(context.Background(), tree, []string{path}, rules.All(), rule.Options{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range found {
			t.Errorf("%s:%d: %s %s: %s", f, x.Span.Start.Line, x.Rule, x.Severity, x.Message)
		}
	}
}

// A file that people wrote, and that meets little of what is asked, meets all of it after the change: those say so who only read it.
func TestModifyIsProven(t *testing.T) {
	texts := []string{"Check markdown links", "Jobs must time out after 15 minutes", "Build multi-arch images for amd64 and arm64", "Do not push images from pull requests",
		"Upload coverage to Codecov", "Publish the image to GHCR on tags", "Nightly run at 02:00 UTC", "Run integration tests against Postgres 16", "Cache docker layers"}
	for _, tt := range []struct{ example, file string }{{"python-api", "python"}, {"node-api", "node"}} {
		tree, err := repo.Open("../../../examples/" + tt.example)
		if err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile("testdata/modify/" + tt.file + ".before.yml")
		if err != nil {
			t.Fatal(err)
		}
		facts := stacks.Survey(tree)
		path := Artifact().Paths(facts)[0]
		files := map[string][]byte{path: src, "Dockerfile": []byte("FROM scratch\n")}
		req := &artifact.Request{Path: path, Tree: tree.With(files), Facts: facts, Recipes: stacks.Recipes(tree, facts), Siblings: []string{"Dockerfile"}}
		for _, text := range append(Standard(facts), texts...) {
			req.Claims = append(req.Claims, criterion.Understand(text).Claims...)
		}
		unproven := func(content []byte) (out []criterion.Claim, reasons []string) {
			files[path] = content
			for _, c := range req.Claims {
				if r := proof.Prove(proof.Input{Tree: tree.With(files), Files: []string{path}, Facts: facts}, c); r.Status != proof.Proven {
					out, reasons = append(out, c), append(reasons, c.String()+": "+r.Reason)
				}
			}
			return out, reasons
		}
		req.Unproven, _ = unproven(src)
		out, err := Modify(req)
		if err != nil {
			t.Fatal(err)
		}
		if left, reasons := unproven(out.Content); len(left) > 0 || len(req.Unproven) < 10 {
			t.Errorf("%s: %d unproven before, %d after: %q\n%s", tt.example, len(req.Unproven), len(left), reasons, out.Content)
		}
	}
}
