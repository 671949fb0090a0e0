// Package edit changes files. Edits are byte ranges, so that every byte outside them stays; a Boundary says which
// paths may be written; Commit writes a set of files through os.Root, all of them or none.
package edit
