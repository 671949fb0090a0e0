// Package engine is who writes: the built-in writer, and any agent's command line in a private copy of the repository.
// An engine only proposes; every proposal goes through the same gates.
package engine
