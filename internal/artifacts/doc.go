// Package artifacts lists the kinds of delivery file that AutoGit writes; each has a folder of its own below this one.
package artifacts
