package main_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/task"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated parts of the documentation")

// fences returns the bodies of the fenced blocks of a language in a Markdown file.
func fences(t *testing.T, file, language string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		t.Fatalf("%s has no %s block", file, language)
	}
	return out
}

func TestTaskProtocolExamples(t *testing.T) {
	for _, src := range fences(t, "docs/task-protocol.md", "json") {
		tasks, err := task.Read(strings.NewReader(src), "docs/task-protocol.md")
		if err != nil {
			t.Fatal(err)
		}
		if err := task.Check(tasks, edit.DefaultBoundary()); err != nil {
			t.Error(err)
		}
		if len(tasks[0].Warnings) > 0 {
			t.Error(tasks[0].Warnings)
		}
	}
}

func TestConfigurationExamples(t *testing.T) {
	for _, src := range fences(t, "docs/configuration.md", "yaml") {
		if _, err := config.Parse([]byte(src)); err != nil {
			t.Error(err)
		}
	}
}

// The table of wordings in docs/criteria.md is what the program understands.
func TestCriteriaTable(t *testing.T) {
	const file = "docs/criteria.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), "-update` -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- end of wordings -->")
	if !ok || !ok2 {
		t.Fatal("docs/criteria.md has lost the marks around its table")
	}
	var table strings.Builder
	table.WriteString("| criterion | claims |\n| --- | --- |\n")
	for _, e := range criterion.Examples() {
		u := criterion.Understand(e)
		if !u.Understood {
			t.Errorf("%q is not understood: %s", e, u.Why)
		}
		fmt.Fprintf(&table, "| %s | `%s` |\n", e, criterion.Describe(u.Claims))
	}
	want := before + "-update` -->\n" + table.String() + "<!-- end of wordings -->" + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("docs/criteria.md is not what the program understands (go test . -run Criteria -update):\n%s", diff)
	}
}
