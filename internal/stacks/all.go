// Package stacks lists the languages that AutoGit knows. Each is a folder of its own; adding one is that folder and a line here.
package stacks

import (
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/dotnet"
	"github.com/autogit/autogit/internal/stacks/golang"
	"github.com/autogit/autogit/internal/stacks/java"
	"github.com/autogit/autogit/internal/stacks/node"
	"github.com/autogit/autogit/internal/stacks/php"
	"github.com/autogit/autogit/internal/stacks/python"
	"github.com/autogit/autogit/internal/stacks/ruby"
	"github.com/autogit/autogit/internal/stacks/rust"
	"github.com/autogit/autogit/internal/stacks/static"
)

// All is every stack. Where two find something in one folder, the earlier is named first.
func All() []stack.Stack {
	return []stack.Stack{
		golang.Stack(),
		python.Stack(),
		node.Stack(),
		java.Stack(),
		rust.Stack(),
		ruby.Stack(),
		php.Stack(),
		dotnet.Stack(),
		static.Stack(),
	}
}

// Survey is what a repository is, by all stacks.
func Survey(tree *repo.Tree) *stack.Facts { return stack.Detect(tree, All()) }

// Recipes are the recipes of facts.Components, in order.
func Recipes(tree *repo.Tree, facts *stack.Facts) []stack.Recipe {
	return stack.Recipes(tree, facts, All())
}
