// Package pipeline is one model of a CI pipeline, read from GitHub workflows and GitLab CI files: when it runs, which jobs
// it has, what they need, and which commands they run in the end. It runs nothing, and what it cannot know stays unknown.
package pipeline
