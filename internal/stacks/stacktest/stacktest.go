// Package stacktest is what the tests of the stacks share: surveys of repositories in memory, golden surveys of whole
// repositories, and checks that every image plan must pass.
package stacktest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

var update = flag.Bool("update", false, "write the golden files")

// Survey is what a stack says of the files: facts and recipes.
func Survey(files map[string]string, stacks ...stack.Stack) (*stack.Facts, []stack.Recipe) {
	tree := repo.Memory(files)
	facts := stack.Detect(tree, stacks)
	return facts, stack.Recipes(tree, facts, stacks)
}

// Result is a survey that found one component.
type Result struct {
	stack.Component
	Recipe stack.Recipe
	Facts  *stack.Facts
}

// One surveys files that must be one component.
func One(t *testing.T, s stack.Stack, files map[string]string) Result {
	t.Helper()
	facts, recipes := Survey(files, s)
	if len(facts.Components) != 1 {
		t.Fatalf("got %d components, want 1: %+v", len(facts.Components), facts.Components)
	}
	CheckImage(t, recipes[0].Image)
	return Result{facts.Components[0], recipes[0], facts}
}

// None surveys files that must be no component of the stack.
func None(t *testing.T, s stack.Stack, files map[string]string) {
	t.Helper()
	if facts, _ := Survey(files, s); len(facts.Components) != 0 {
		t.Fatalf("got %d components, want none: %+v", len(facts.Components), facts.Components)
	}
}

// HasNote tells whether one of the notes holds the text.
func (r Result) HasNote(text string) bool {
	for _, n := range r.Notes {
		if strings.Contains(n.Value, text) {
			return true
		}
	}
	return false
}

// Variable is the environment variable of that name; its zero value when there is none.
func (r Result) Variable(name string) stack.Variable {
	for _, v := range r.Env {
		if v.Name == name {
			return v
		}
	}
	return stack.Variable{}
}

// Dockerfile is the image plan as text: enough to look for a line in.
func (r Result) Dockerfile() string { return Text(r.Recipe.Image) }

// Text is an image plan as the lines of a Dockerfile.
func Text(img *stack.Image) string {
	if img == nil {
		return ""
	}
	var b strings.Builder
	for _, a := range img.Args {
		b.WriteString("ARG " + a.Key + "=" + a.Value + "\n")
	}
	for _, s := range img.Stages {
		b.WriteString("FROM " + s.From + " AS " + s.Name + "\n")
		for _, st := range s.Steps {
			b.WriteString(st.Text + "\n")
		}
	}
	return b.String()
}

// Golden surveys the repositories in testdata/*.txtar and compares facts and recipes with the .json beside each.
func Golden(t *testing.T, stacks ...stack.Stack) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden repositories in testdata: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			facts, recipes := Survey(Archive(t, file), stacks...)
			for i := range recipes {
				CheckImage(t, recipes[i].Image)
			}
			compare(t, filepath.Join("testdata", name+".json"), map[string]any{"facts": facts, "recipes": recipes})
		})
	}
}

// Archive reads a repository from a text archive: "-- path --" lines, each followed by the file.
func Archive(t testing.TB, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file) //nolint:gosec // the test names its own data
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	name := ""
	for line := range strings.Lines(string(b)) {
		if p, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(p, " --") {
			name = strings.TrimSuffix(p, " --")
			out[name] = ""
			continue
		}
		if name != "" {
			out[name] += line
		}
	}
	return out
}

func compare(t *testing.T, file string, v any) {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // the test names its own data
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("survey differs (-want +got):\n%s", d)
	}
}
