// Package gitlab writes and changes .gitlab-ci.yml. What a pipeline is to do is decided by package plan; this package knows how
// GitLab says it: stages and needs, workflow rules, job images, caches, services and reports.
package gitlab
