package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/autogit/autogit/internal/edit"
)

// File is the name of the settings file in a repository's root.
const File = ".autogit.yaml"

// Config is everything that .autogit.yaml can say. The zero value of a field means its default.
type Config struct {
	Boundary Boundary          `yaml:"boundary"`
	Defaults Defaults          `yaml:"defaults"`
	Engines  map[string]Engine `yaml:"engines"`
}

// Boundary replaces the default path patterns: a list that is given replaces that list, one that is not keeps it.
type Boundary struct {
	May   []string `yaml:"may"`
	Never []string `yaml:"never"`
}

// Defaults are what the flags of run and write are when they are not given.
type Defaults struct {
	Engine        string `yaml:"engine"`         // builtin, or a name under engines
	Rounds        int    `yaml:"rounds"`         // repair rounds, 1 to 10
	Signal        string `yaml:"signal"`         // cursor, claude, gemini, none
	WithSuggested bool   `yaml:"with_suggested"` // also write the files that a result suggests
}

// Engine is an agent's command line.
type Engine struct {
	Command     []string      `yaml:"command"`     // program and arguments; the prompt is added as the last one
	Timeout     time.Duration `yaml:"timeout"`     // such as 10m
	Environment []string      `yaml:"environment"` // names of the variables that it may see
}

// Default is the configuration of a repository without a file.
func Default() Config {
	b := edit.DefaultBoundary()
	return Config{
		Boundary: Boundary{May: b.May, Never: b.Never},
		Defaults: Defaults{Engine: "builtin", Rounds: 3, Signal: "cursor"},
	}
}

// Signals are the forms of the completion signal.
var Signals = []string{"cursor", "claude", "gemini", "none"}

// EditBoundary is the boundary as package edit enforces it.
func (c Config) EditBoundary() edit.Boundary {
	return edit.Boundary{May: c.Boundary.May, Never: c.Boundary.Never}
}

// check tells which value cannot be used; key is its path in the file.
func (c Config) check() (key string, err error) {
	if err := c.EditBoundary().Validate(); err != nil {
		return "boundary", err
	}
	if c.Defaults.Rounds < 1 || c.Defaults.Rounds > 10 {
		return "defaults.rounds", fmt.Errorf("%d is not from 1 to 10", c.Defaults.Rounds)
	}
	if !slices.Contains(Signals, c.Defaults.Signal) {
		return "defaults.signal", fmt.Errorf("%q is not one of %s", c.Defaults.Signal, strings.Join(Signals, ", "))
	}
	if _, ok := c.Engines[c.Defaults.Engine]; !ok && c.Defaults.Engine != "builtin" {
		return "defaults.engine", fmt.Errorf("%q is neither builtin nor one of engines", c.Defaults.Engine)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Engines)) {
		switch e := c.Engines[name]; {
		case name == "builtin" || name == "command":
			return "engines." + name, fmt.Errorf("the name is taken: choose another")
		case len(e.Command) == 0:
			return "engines." + name, fmt.Errorf("it has no command: give the program and its arguments as a list")
		case e.Timeout < 0:
			return "engines." + name + ".timeout", fmt.Errorf("%s is negative", e.Timeout)
		}
	}
	return "", nil
}
