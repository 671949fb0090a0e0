// Package agent does tasks: read, survey, plan, write, verify, review, prove, result. Nothing reaches the disk before
// every gate has passed, and then all files of a task or none.
package agent
