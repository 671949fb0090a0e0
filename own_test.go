package main_test

import (
	"os"
	"testing"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/task"
)

// AutoGit's own delivery files are what it writes from tasks/delivery.json: doing the tasks again changes nothing.
func TestOwnDeliveryFiles(t *testing.T) {
	f, err := os.Open("tasks/delivery.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	tasks, err := task.Read(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, tk := range tasks {
		for _, p := range tk.Files() {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if !artifact.Untouched(b) {
				t.Errorf("%s was changed by hand: change tasks/delivery.json or what writes it, then run bin/autogit run tasks/delivery.json", p)
			}
		}
	}
	a := agent.New(agent.Options{
		Dir: ".", Boundary: edit.DefaultBoundary(), Engine: engine.Builtin{Artifacts: artifacts.All()}, Stacks: stacks.All(),
		Artifacts: artifacts.All(), Rules: rules.All(), DryRun: true,
	})
	err = a.Run(t.Context(), tasks, func(r *agent.Result) error {
		if r.Status != agent.Done {
			t.Errorf("task %s is %s: %+v", r.TaskID, r.Status, r.Failure)
		}
		if r.Diff != "" {
			t.Errorf("bin/autogit run tasks/delivery.json would change:\n%s", r.Diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
