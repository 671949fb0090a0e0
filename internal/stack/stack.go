package stack

import "github.com/autogit/autogit/internal/repo"

// Stack is what AutoGit knows of one language and its tools. Adding one is a folder under stacks/ and a line in stacks.All.
type Stack struct {
	Name string // "golang", "python", …
	// Manifests are base names or base-name globs ("go.mod", "*.csproj") that make a folder worth a look.
	Manifests []string
	// Detect returns the components rooted in scan.Dir; none when the manifest is a decoy or a part of another component.
	Detect func(scan *Scan) []Component
	// Recipe says how to work with a component that this Stack detected.
	Recipe func(tree *repo.Tree, c *Component) Recipe
	// BaseImage is the pinned image that builds a component of this Stack; nil when it never builds a part of another's.
	BaseImage func(c *Component) string
}

// Scan is what a Stack sees while it looks at one folder.
type Scan struct {
	Tree *repo.Tree
	Dir  string // "." or a folder that has one of the Manifests
	// Contradict reports a fact that the repository states in more than one way; the first value is the one used.
	Contradict func(fact string, values ...Fact)
}
