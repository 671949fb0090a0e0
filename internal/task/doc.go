// Package task is what AutoGit is asked to do: reading tasks as JSON, checking them before anything happens, and
// putting them in the order of their dependencies.
package task
