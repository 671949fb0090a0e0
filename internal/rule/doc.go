// Package rule is the engine of the rulebook. A Rule is a value: what it reads, how bad it is, its documentation and its check.
// On a file a rule is broken (a Finding, perhaps with a Fix), or it holds (Evidence), or it does not apply.
package rule
