// Package e2e holds tests of the built program on the example services: what it writes is built, started and run as a
// user's machine or a pipeline would.
package e2e
