package task_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/task"
	"github.com/google/go-cmp/cmp"
)

const good = `{"task_id":"T1","title":"CI","files_to_create":[".github/workflows/ci.yml"]}`

func TestReadForms(t *testing.T) {
	other := strings.Replace(good, "T1", "T2", 1)
	tests := []struct {
		name, in string
		want     []string
	}{
		{"one object", good, []string{"T1"}},
		{"an array", "[" + good + ",\n" + other + "]", []string{"T1", "T2"}},
		{"one a line", good + "\n" + other + "\n", []string{"T1", "T2"}},
		{"byte order mark", "\ufeff" + good, []string{"T1"}},
		{"blank lines", "\n\n" + good + "\n\n", []string{"T1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tasks, err := task.Read(strings.NewReader(tt.in), "tasks.json")
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, task := range tasks {
				ids = append(ids, task.ID)
			}
			if diff := cmp.Diff(tt.want, ids); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", "tasks.json:1: it holds no task"},
		{"broken", "{\n\"task_id\": \"T1\",\n oops}", "tasks.json:3: it is not valid JSON"},
		{"cut off", `{"task_id": "T1"`, "not valid JSON"},
		{"a number", "7", "expected a JSON object for a task, found a number"},
		{"array of strings", `["a"]`, "found a string"},
		{"wrong type", "{\"task_id\":\"T1\",\n\"title\":\"x\",\n\"files_to_create\":\"Dockerfile\"}", "tasks.json:3: task T1: files_to_create: expected an array of strings, found string"},
		{"wrong type inside", `{"task_id":"T1","title":"x","files_to_create":[1]}`, "task T1: files_to_create: expected a string, found number"},
		{"id is a number", `{"task_id":7,"title":"x","files_to_create":["Dockerfile"]}`, "task_id: expected a string, found number"},
		{"not UTF-8", "{\"task_id\":\"\xff\"}", "not valid UTF-8"},
		{"huge", `{"task_id":"` + strings.Repeat("x", task.MaxSize) + `"}`, "larger than"},
		{"deep", strings.Repeat("[", 20000), "not valid JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := task.Read(strings.NewReader(tt.in), "tasks.json")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestReadWarnsOfUnknownFields(t *testing.T) {
	tasks, err := task.Read(strings.NewReader(`{"task_id":"T1","title":"x","files_to_create":["Dockerfile"],"priority":3}`), "t")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`field "priority" is not known and was ignored`}, tasks[0].Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		tasks []task.Task
		want  string // empty: no error
	}{
		{"good", []task.Task{{ID: "a", Title: "t", Create: []string{"Dockerfile"}}}, ""},
		{"no id", []task.Task{{Title: "t", Create: []string{"Dockerfile"}}}, "task_id"},
		{"no title", []task.Task{{ID: "a", Create: []string{"Dockerfile"}}}, "title"},
		{"no file", []task.Task{{ID: "a", Title: "t"}}, "files_to_create"},
		{"empty criterion", []task.Task{{ID: "a", Title: "t", Create: []string{"Dockerfile"}, Criteria: []string{"x", ""}}}, "acceptance_criteria[1]"},
		{"absolute path", []task.Task{{ID: "a", Title: "t", Create: []string{"/etc/Dockerfile"}}}, "files_to_create[0]"},
		{"dot dot", []task.Task{{ID: "a", Title: "t", Modify: []string{"Makefile", "../Makefile"}}}, "files_to_modify[1]"},
		{"outside the boundary", []task.Task{{ID: "a", Title: "t", Create: []string{"src/ci.yml"}}}, "task a: files_to_create[0]"},
		{"same id twice", []task.Task{{ID: "a", Title: "t", Create: []string{"Dockerfile"}}, {ID: "a", Title: "t", Create: []string{"Makefile"}}}, "used twice"},
		{"cycle", []task.Task{
			{ID: "a", Title: "t", Create: []string{"Dockerfile"}, Dependencies: []string{"b"}},
			{ID: "b", Title: "t", Create: []string{"Makefile"}, Dependencies: []string{"a"}},
		}, "depends on itself"},
		{"own dependency", []task.Task{{ID: "a", Title: "t", Create: []string{"Dockerfile"}, Dependencies: []string{"a"}}}, "depends on itself"},
		{"dependency elsewhere", []task.Task{{ID: "a", Title: "t", Create: []string{"Dockerfile"}, Dependencies: []string{"T039"}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := task.Check(tt.tasks, edit.DefaultBoundary())
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var te *task.Error
			if !errors.As(err, &te) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v (%T), want %q in it", err, err, tt.want)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	ordered, err := task.Order([]task.Task{{ID: "c", Dependencies: []string{"a", "b"}}, {ID: "b", Dependencies: []string{"a"}}, {ID: "a"}, {ID: "d"}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range ordered {
		ids = append(ids, o.ID)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, ids); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{good, "[" + good + "]", "{}", `{"task_id":7}`, "[[", "\ufeff{}", `{"context":{"existing_patterns":[1]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tasks, err := task.Read(strings.NewReader(string(b)), "fuzz")
		if err == nil && len(tasks) == 0 {
			t.Error("no task and no error")
		}
		_ = task.Check(tasks, edit.DefaultBoundary())
	})
}
