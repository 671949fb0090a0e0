// Package bench measures AutoGit on an ordinary repository and on one of 100,000 files: surveys, the writing of a full
// set of delivery files, and the peak memory of the whole program. "make bench" prints the table.
package bench
