// Package crossfile holds the rules that hold files against each other.
package crossfile

import (
	"path"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// All are the rules across files.
func All() []rule.Rule { return []rule.Rule{x03(), x06(), x08()} }

// builtFrom is the Dockerfile and the stage that a Compose service is built from; nil when the Tree lacks them.
func builtFrom(p *rule.Pass, service *yaml.Node) (*rule.Source, *dockerfile.Stage) {
	b := service.Get("build")
	if b == nil {
		return nil, nil
	}
	context, file := b.Text(), b.Get("dockerfile").Text()
	if context == "" {
		context = b.Get("context").Text()
	}
	if file == "" {
		file = "Dockerfile"
	}
	src := p.Other(path.Join(path.Dir(p.Path), context, file))
	if src == nil {
		return nil, nil
	}
	f := src.Dockerfile()
	if t := b.Get("target").Text(); t != "" {
		return src, f.StageByName(t)
	}
	return src, f.Final()
}
