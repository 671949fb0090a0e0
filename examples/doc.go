// Package examples holds small services that start and answer. The tests and the demo write delivery files for them.
// Each folder would be a repository of its own; its tests here run on a copy, so that the folder stays clean.
package examples
