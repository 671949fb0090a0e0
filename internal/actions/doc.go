// Package actions is the table of GitHub actions that AutoGit writes into workflows, each pinned to a full commit.
// A tag can be moved to other code after a review; a commit cannot. A pair of version and commit stands here only
// when at least two public sources name it.
package actions
