// Package artifact is the kinds of delivery file that AutoGit can write. Each kind is a value of
// Artifact in a folder of its own: facts and claims in, one file out.
package artifact
