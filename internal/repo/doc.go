// Package repo is a read-only view of a repository's work tree: which files there are, what kind
// each is, and what they hold. A Tree is walked once, obeys ignore rules, never follows a link and
// reads no file larger than its cap. Proposed changes are laid over a Tree with With, so that every
// later step sees the repository as it would be.
package repo
