// Package dockerfile writes Dockerfiles and the .dockerignore beside them: the stages come from the component's
// stack, the claims of the task shape them, and this package knows how a good Dockerfile reads.
package dockerfile
