// Package compose writes Compose files: a development stack that builds from source and reloads, or a production
// stack that runs a given image, hardened. Components become services; what they need beside them comes from the
// catalogue of package stack; the claims of the task shape the result.
package compose
