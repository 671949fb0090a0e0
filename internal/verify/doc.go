// Package verify asks the real parser of each format whether it can read a file: BuildKit, actionlint, compose-go, and
// AutoGit's own readers where no such program can be had as a library. Nothing of the repository is run.
package verify
