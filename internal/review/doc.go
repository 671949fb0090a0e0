// Package review is one run of the reviewer over a work tree: which files, which rules, what is known already, what can be
// mended, and the forms in which programs read the outcome. What a person reads is in package report.
package review
