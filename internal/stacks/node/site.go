package node

import (
	"path"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/pages"
)

// siteImage builds the pages once, on the build machine, and serves them without Node.
func (p *project) siteImage() *stack.Image {
	s := pages.Site{
		Args:   []stack.KV{{Key: "NODE_IMAGE", Value: image(p.c.Version.String(), p.manager.name)}},
		Stages: []stack.Stage{p.dependencies(), p.sourceStage(), p.buildStage()},
		From:   "build", Dir: path.Join(p.workdir(), p.c.Output.String()), App: true, Ignore: p.ignore(),
	}
	switch p.bundled.name {
	case "vite":
		s.Hashed = "assets"
	case "create-react-app":
		s.Hashed = "static"
	case "astro", "gatsby", "docusaurus", "vitepress":
		s.App = false // one page a route
	}
	img := pages.Image(s)
	if p.member() {
		img.Context = p.root.Dir
	}
	return img
}
