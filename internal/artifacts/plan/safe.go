package plan

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
)

// What a pipeline file repeats from the repository or the task must not mean anything in it: no expression, no variable, no quote.
var (
	safePath     = regexp.MustCompile(`^[\p{L}\p{N}_./ @+=,()\[\]~-]+$`)
	safeBranch   = regexp.MustCompile(`^[\p{L}\p{N}_./*@+-]+$`)
	safeVersion  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+_-]*$`)
	safeRegistry = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._/-]*)?$`)
	safeEnv      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// safe refuses a repository whose names would be read as more than names.
func (p *Plan) safe(req *artifact.Request) error {
	var paths []string
	for _, part := range p.Parts {
		paths = append(paths, part.Path)
		paths = append(paths, part.Recipe.Toolchain.CacheKeys...)
		if f := part.Recipe.CoverageFile; f != "" {
			paths = append(paths, f)
		}
		for _, v := range part.Component.Env {
			if v.Service != "" && !safeEnv.MatchString(v.Name) {
				return refuse("the source of %s reads a variable whose name %q cannot be written into a pipeline", part.Name, v.Name)
			}
		}
	}
	for _, path := range append(paths, dockerfiles(req)...) {
		if !safePath.MatchString(path) || strings.HasPrefix(path, "-") || strings.Contains(path, "..") {
			return refuse("the path %q has characters that mean something in a pipeline: rename it", path)
		}
	}
	return nil
}
