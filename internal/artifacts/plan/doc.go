// Package plan decides what a pipeline is to do, before any format: which jobs, in which order, with which commands, services
// and images. The writers of GitHub workflows and of GitLab CI both write from a Plan, so that a team that has both has one pipeline.
package plan
