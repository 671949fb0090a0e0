package repo

// Ignores tells whether the lines of a .gitignore in the root ignore a path. For fuzzing.
func Ignores(rules, name string) bool {
	return ignored([]ignoreFile{parseIgnore(".", rules)}, name, false)
}
