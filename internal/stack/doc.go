// Package stack finds out what a repository is. A Stack is the knowledge of one language and its
// tools; Detect runs every Stack over a Tree and returns Facts, each with the Evidence that it rests on.
// A fact that is not known is absent, never guessed.
package stack
