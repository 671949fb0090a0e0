// Package makefile writes Makefiles: targets that run the repository's own commands, so that a laptop and a pipeline do
// the same. An existing Makefile keeps every byte that the task does not ask to change.
package makefile
