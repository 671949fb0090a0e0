package makefile

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Artifact is the Makefile as a kind of delivery file.
func Artifact() artifact.Artifact {
	return artifact.Artifact{
		Name:     "makefile",
		Alias:    []string{"make"},
		Title:    "Makefile with the repository's own commands as targets",
		Kind:     repo.KindMakefile,
		Match:    Match,
		Paths:    func(*stack.Facts) []string { return []string{"Makefile"} },
		Standard: Standard,
		Write:    Write,
		Modify:   Modify,
	}
}

// Match tells whether the path is that of a Makefile.
func Match(p string) bool {
	switch base := path.Base(p); base {
	case "Makefile", "makefile", "GNUmakefile":
		return true
	default:
		return strings.HasSuffix(base, ".mk")
	}
}

// Standard are the criteria for a Makefile of these facts: nothing is promised that the repository has no command for.
func Standard(facts *stack.Facts) []string {
	criteria := []string{"Default target is help", "help target lists all targets"}
	deploys := false
	for _, c := range facts.Components {
		deploys = deploys || deployable(c.Kind)
	}
	names := []string{"install", "test", "lint", "format", "build", "clean"}
	has := map[string]bool{"clean": true, "build": deploys}
	for _, c := range facts.Components {
		has["install"] = has["install"] || c.Install != nil
		has["test"] = has["test"] || c.Test != nil
		has["lint"] = has["lint"] || c.Lint != nil
		has["format"] = has["format"] || c.Format != nil
		has["build"] = has["build"] || c.Build != nil
	}
	var list []string
	for _, n := range names {
		if has[n] {
			list = append(list, n)
		}
	}
	criteria = append(criteria, strings.Join(list, ", ")+" targets")
	production := slices.ContainsFunc(facts.Delivery, func(d stack.Delivery) bool { return path.Base(d.File) == "docker-compose.prod.yml" })
	if deploys && production { // without the file the target only says what is missing
		criteria = append(criteria, "deploy uses the production compose file")
	}
	return append(criteria, "No target runs as root")
}

// deployable tells whether a component of this kind runs somewhere after it is built.
func deployable(kind string) bool {
	return kind == stack.KindService || kind == stack.KindWorker || kind == stack.KindStatic
}
