// Package finding holds the words that every other package speaks: where something is (Span),
// what rests on it (Evidence), what is wrong with it (Finding) and how to mend it (Fix, Edit).
// It imports the standard library only.
package finding
