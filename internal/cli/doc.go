// Package cli is the command line: one file a command, the streams, and the exit codes. Results go to standard
// output, everything for people to standard error.
package cli
