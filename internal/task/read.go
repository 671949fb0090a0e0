package task

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxSize is the largest input, in bytes, that Read takes; MaxTasks how many tasks it may hold.
const (
	MaxSize  = 4 << 20
	MaxTasks = 1000
	maxItems = 1000 // of one list
	maxText  = 4096 // bytes of one text
)

// Read reads one task, an array of tasks, or several JSON objects one after the other (one a line, say).
func Read(r io.Reader, source string) ([]Task, error) {
	src, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	fault := func(offset int64, format string, args ...any) error {
		return &Error{Source: source, Line: lineAt(src, offset), Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", source, err)
	case len(src) > MaxSize:
		return nil, fault(0, "it is larger than %d bytes: split it into several files", MaxSize)
	case !utf8.Valid(src):
		return nil, fault(0, "it is not valid UTF-8: save it as UTF-8")
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	dec := json.NewDecoder(bytes.NewReader(src))
	var tasks []Task
	for {
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fault(errorOffset(err, dec.InputOffset()), "it is not valid JSON: %v", err)
		}
		start := dec.InputOffset() - int64(len(raw))
		more, err := decodeValue(src, raw, start, source)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, more...)
		if len(tasks) > MaxTasks {
			return nil, fault(start, "it holds more than %d tasks: split it into several files", MaxTasks)
		}
	}
	if len(tasks) == 0 {
		return nil, fault(0, "it holds no task: expected a JSON object with task_id, title and files_to_create")
	}
	return tasks, nil
}

func errorOffset(err error, at int64) int64 {
	var se *json.SyntaxError
	if errors.As(err, &se) {
		return se.Offset
	}
	return at
}

// decodeValue reads one top-level value: a task or an array of tasks.
func decodeValue(src, raw []byte, start int64, source string) ([]Task, error) {
	if raw[0] != '[' {
		t, err := decodeTask(src, raw, start, source)
		return []Task{t}, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var tasks []Task
	for dec.More() {
		var item json.RawMessage
		if err := dec.Decode(&item); err != nil {
			return nil, &Error{Source: source, Line: lineAt(src, start+dec.InputOffset()), Reason: err.Error()}
		}
		t, err := decodeTask(src, item, start+dec.InputOffset()-int64(len(item)), source)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

func decodeTask(src, raw []byte, start int64, source string) (Task, error) {
	t := Task{Source: source, Line: lineAt(src, start)}
	if raw[0] != '{' {
		return t, t.fault("", "expected a JSON object for a task, found %s", jsonKind(raw[0]))
	}
	// The id first, so that every later error can name the task.
	var id struct {
		ID any `json:"task_id"`
	}
	if json.Unmarshal(raw, &id) == nil {
		t.ID, _ = id.ID.(string)
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			f := t.fault(te.Field, "expected %s, found %s", wanted(te.Type.Kind().String()), te.Value)
			f.Line = lineAt(src, start+te.Offset)
			return t, f
		}
		return t, t.fault("", "%v", err)
	}
	if err := t.checkSize(); err != nil {
		return t, err
	}
	t.warnUnknown(raw)
	return t, nil
}

func (t *Task) checkSize() error {
	for _, list := range []struct {
		field string
		items []string
	}{
		{"acceptance_criteria", t.Criteria}, {"files_to_create", t.Create}, {"files_to_modify", t.Modify},
		{"dependencies", t.Dependencies}, {"task_id", []string{t.ID}}, {"title", []string{t.Title}},
	} {
		if len(list.items) > maxItems {
			return t.fault(list.field, "it has %d entries, at most %d are read", len(list.items), maxItems)
		}
		for _, s := range list.items {
			if len(s) > maxText {
				return t.fault(list.field, "an entry is longer than %d bytes", maxText)
			}
		}
	}
	return nil
}

var knownFields = []string{
	"task_id", "title", "type", "acceptance_criteria", "files_to_create", "files_to_modify", "dependencies", "context",
}

func (t *Task) warnUnknown(raw []byte) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return
	}
	var unknown []string
	for name := range fields {
		if !slices.ContainsFunc(knownFields, func(k string) bool { return strings.EqualFold(k, name) }) {
			unknown = append(unknown, fmt.Sprintf("field %q is not known and was ignored", name))
		}
	}
	slices.Sort(unknown)
	t.Warnings = append(t.Warnings, unknown...)
}

func lineAt(src []byte, offset int64) int {
	return 1 + bytes.Count(src[:max(0, min(offset, int64(len(src))))], []byte("\n"))
}

func jsonKind(b byte) string {
	switch b {
	case '"':
		return "a string"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

func wanted(kind string) string {
	switch kind {
	case "slice":
		return "an array of strings"
	case "struct":
		return "an object"
	}
	return "a " + kind
}
