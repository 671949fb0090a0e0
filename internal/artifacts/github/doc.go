// Package github writes and changes GitHub Actions workflows. What a pipeline is to do is decided by package plan; this
// package knows how a workflow says it: events, permissions, pinned actions, service containers, expressions.
package github
