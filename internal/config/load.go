package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const maxSize = 256 << 10

// Error is a fault in a settings file.
type Error struct {
	File   string
	Line   int
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Load reads the settings of the repository at dir. A repository without the file has the defaults.
// The file is read through a root, so that a link leads nowhere outside.
func Load(dir string) (Config, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Config{}, fmt.Errorf("open repository: %w", err)
	}
	defer func() { _ = root.Close() }()
	info, err := root.Lstat(File)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err == nil && !info.Mode().IsRegular() {
		return Config{}, &Error{File: File, Reason: "it is not a regular file"}
	}
	f, err := root.Open(File)
	if err != nil {
		return Config{}, &Error{File: File, Reason: err.Error()}
	}
	defer func() { _ = f.Close() }()
	src, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return Config{}, &Error{File: File, Reason: err.Error()}
	}
	return Parse(src)
}

// Parse reads settings from the bytes of a file.
func Parse(src []byte) (Config, error) {
	c := Default()
	if len(src) > maxSize {
		return c, &Error{File: File, Reason: fmt.Sprintf("it is larger than %d bytes", maxSize)}
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return c, nil
	} else if err != nil {
		return c, syntaxError(err)
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return c, &Error{File: File, Reason: "it holds more than one YAML document"}
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return c, nil
	}
	if err := known(top, reflect.TypeFor[Config](), ""); err != nil {
		return c, err
	}
	if err := top.Decode(&c); err != nil {
		return c, syntaxError(err)
	}
	if key, err := c.check(); err != nil {
		return c, &Error{File: File, Line: lineOf(top, key), Reason: key + ": " + err.Error()}
	}
	return c, nil
}

func syntaxError(err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if te := new(yaml.TypeError); errors.As(err, &te) {
		msg = te.Errors[0]
	}
	var line int
	if n, _ := fmt.Sscanf(msg, "line %d:", &line); n == 1 {
		_, msg, _ = strings.Cut(msg, ": ")
	}
	return &Error{File: File, Line: line, Reason: msg}
}

// known walks a mapping beside the struct that it is for, and finds the first key that the struct has not.
func known(n *yaml.Node, t reflect.Type, at string) error {
	switch {
	case n.Kind == yaml.AliasNode:
		return &Error{File: File, Line: n.Line, Reason: "aliases are not used here: write the value out"}
	case t == reflect.TypeFor[time.Duration]() || (n.Tag == "!!null" && n.Kind == yaml.ScalarNode):
		return nil
	case t.Kind() == reflect.Map || t.Kind() == reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return &Error{File: File, Line: n.Line, Reason: fmt.Sprintf("%s must be a mapping of keys to values", strings.TrimSuffix("the file "+at, " "))}
		}
	default:
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		path := strings.TrimPrefix(at+"."+key.Value, ".")
		elem, names := field(t, key.Value)
		if elem == nil {
			reason := fmt.Sprintf("key %q is not known", path)
			if near := Nearest(key.Value, names); near != "" {
				reason += fmt.Sprintf(": did you mean %q?", near)
			} else {
				reason += ": known are " + strings.Join(names, ", ")
			}
			return &Error{File: File, Line: key.Line, Reason: reason}
		}
		if err := known(n.Content[i+1], elem, path); err != nil {
			return err
		}
	}
	return nil
}

// field is the type of the value under a key, and all keys that there are.
func field(t reflect.Type, key string) (reflect.Type, []string) {
	if t.Kind() == reflect.Map {
		return t.Elem(), nil
	}
	var names []string
	for f := range t.Fields() {
		name := f.Tag.Get("yaml")
		if name == key {
			return f.Type, nil
		}
		names = append(names, name)
	}
	return nil, names
}

func lineOf(n *yaml.Node, key string) int {
	line := n.Line
	for part := range strings.SplitSeq(key, ".") {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				line, n = n.Content[i].Line, n.Content[i+1]
				break
			}
		}
	}
	return line
}
