package php

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// composer is what composer.json and composer.lock say. PHP writes an empty table as an empty list, so nothing is taken
// for granted of a value's type.
type composer struct {
	tree    *repo.Tree
	file    string
	lock    string
	table   map[string]any
	locked  map[string]any
	hasLock bool
}

func readComposer(tree *repo.Tree, dir string) *composer {
	c := &composer{tree: tree, file: path.Join(dir, "composer.json"), lock: path.Join(dir, "composer.lock")}
	c.table = readJSON(tree, c.file)
	c.hasLock = tree.Has(c.lock)
	c.locked = readJSON(tree, c.lock)
	return c
}

func readJSON(tree *repo.Tree, file string) map[string]any {
	b, err := tree.Read(file)
	if err != nil {
		return nil
	}
	t := map[string]any{}
	if json.Unmarshal(b, &t) != nil {
		return nil
	}
	return t
}

func table(v any) map[string]any { m, _ := v.(map[string]any); return m }

func text(v any) string { s, _ := v.(string); return s }

// require is the constraint of a package or of an extension that production has.
func (c *composer) require(name string) string { return text(table(c.table["require"])[name]) }

// requires tells whether production has one of the packages, and which.
func (c *composer) requires(names ...string) string {
	for _, n := range names {
		if _, ok := table(c.table["require"])[n]; ok {
			return n
		}
	}
	return ""
}

// has is requires for packages of any kind, development's too.
func (c *composer) has(names ...string) string {
	if n := c.requires(names...); n != "" {
		return n
	}
	for _, n := range names {
		if _, ok := table(c.table["require-dev"])[n]; ok {
			return n
		}
	}
	return ""
}

// at is the line of composer.json that names something.
func (c *composer) at(name string) finding.Evidence {
	return stack.FindText(c.tree, c.file, `"`+name+`"`)
}

// version is the locked version of a package, else the number in its constraint.
func (c *composer) version(name string) string {
	for _, p := range packages(c.locked["packages"]) {
		if text(p["name"]) == name {
			return strings.TrimPrefix(text(p["version"]), "v")
		}
	}
	return strings.TrimLeft(c.require(name), "^~>=v ")
}

func packages(v any) []map[string]any {
	list, _ := v.([]any)
	out := make([]map[string]any, 0, len(list))
	for _, x := range list {
		if m := table(x); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// script tells whether composer.json has a script of that name.
func (c *composer) script(name string) bool {
	_, ok := table(c.table["scripts"])[name]
	return ok
}

// extensions are those that the project and its locked packages require, sorted.
func (c *composer) extensions() []string {
	seen := map[string]bool{}
	add := func(req map[string]any) {
		for n := range req {
			if e, ok := strings.CutPrefix(n, "ext-"); ok && len(seen) < 60 {
				seen[strings.ToLower(strings.ReplaceAll(e, "zend-", ""))] = true
			}
		}
	}
	add(table(c.table["require"]))
	for _, p := range packages(c.locked["packages"]) {
		add(table(p["require"]))
	}
	return slices.Sorted(maps.Keys(seen))
}
