package task

import (
	"fmt"
	"slices"

	"github.com/autogit/autogit/internal/edit"
)

// Task is one thing to do in a repository.
type Task struct {
	ID           string   `json:"task_id"`
	Title        string   `json:"title"`
	Type         string   `json:"type,omitempty"`
	Criteria     []string `json:"acceptance_criteria,omitempty"`
	Create       []string `json:"files_to_create,omitempty"`
	Modify       []string `json:"files_to_modify,omitempty"`
	Dependencies []string `json:"dependencies,omitempty"`
	Context      Context  `json:"context,omitzero"`

	// Source is where the task was read: a file's name, or "standard input".
	Source string `json:"-"`
	// Line is where in Source it begins.
	Line int `json:"-"`
	// Warnings are what was odd about the task, and did not stop it.
	Warnings []string `json:"-"`
}

// Context is what the task's author believes of the repository. It is a hint: what the repository shows wins.
type Context struct {
	ProjectType      string   `json:"project_type,omitempty"`
	Framework        string   `json:"framework,omitempty"`
	ExistingPatterns []string `json:"existing_patterns,omitempty"`
}

// Files are all files that the task lists, each once, in its order.
func (t *Task) Files() []string {
	var out []string
	for _, p := range slices.Concat(t.Create, t.Modify) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// Error says what is wrong with a task, and where.
type Error struct {
	Source string
	Line   int
	Task   string // id, when it is known
	Field  string // "files_to_create[0]"
	Reason string
}

func (e *Error) Error() string {
	s := e.Source
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Task != "" {
		s += fmt.Sprintf(": task %s", e.Task)
	}
	if e.Field != "" {
		s += ": " + e.Field
	}
	return s + ": " + e.Reason
}

func (t *Task) fault(field, format string, args ...any) *Error {
	return &Error{Source: t.Source, Line: t.Line, Task: t.ID, Field: field, Reason: fmt.Sprintf(format, args...)}
}

// Check tells what is wrong with the tasks as a set, before anything is written: each by itself, duplicate ids and cycles.
func Check(tasks []Task, boundary edit.Boundary) error {
	seen := map[string]*Task{}
	for i := range tasks {
		t := &tasks[i]
		if err := t.check(boundary); err != nil {
			return err
		}
		if first, ok := seen[t.ID]; ok {
			return t.fault("task_id", "the id is used twice; first at %s:%d", first.Source, first.Line)
		}
		seen[t.ID] = t
	}
	_, err := Order(tasks)
	return err
}

func (t *Task) check(boundary edit.Boundary) error {
	switch {
	case t.ID == "":
		return t.fault("task_id", "it is missing or empty: give the task an id, such as \"T001\"")
	case t.Title == "":
		return t.fault("title", "it is missing or empty: say in a few words what is to be done")
	case len(t.Create)+len(t.Modify) == 0:
		return t.fault("files_to_create", "the task lists no file: name at least one in files_to_create or files_to_modify")
	}
	for i, c := range t.Criteria {
		if c == "" {
			return t.fault(fmt.Sprintf("acceptance_criteria[%d]", i), "the criterion is empty: remove it or say what must hold")
		}
	}
	for _, list := range []struct {
		field string
		paths []string
	}{{"files_to_create", t.Create}, {"files_to_modify", t.Modify}} {
		for i, p := range list.paths {
			if err := boundary.Check(p); err != nil {
				return t.fault(fmt.Sprintf("%s[%d]", list.field, i), "%v", err)
			}
		}
	}
	return nil
}

// Order sorts tasks so that each comes after those it depends on, and otherwise as given. A dependency that is not
// among them is taken for done elsewhere; a cycle is an error.
func Order(tasks []Task) ([]Task, error) {
	index := map[string]int{}
	for i, t := range tasks {
		index[t.ID] = i
	}
	const unseen, open, closed = 0, 1, 2
	state := make([]int, len(tasks))
	out := make([]Task, 0, len(tasks))
	var visit func(i int) error
	visit = func(i int) error {
		switch state[i] {
		case closed:
			return nil
		case open:
			return tasks[i].fault("dependencies", "the task depends on itself, directly or through others: remove one dependency of the cycle")
		}
		state[i] = open
		for _, d := range tasks[i].Dependencies {
			if j, ok := index[d]; ok {
				if err := visit(j); err != nil {
					return err
				}
			}
		}
		state[i] = closed
		out = append(out, tasks[i])
		return nil
	}
	for i := range tasks {
		if err := visit(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}
