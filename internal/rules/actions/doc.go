// Package actions has the rules for one format of the rulebook. (Another engineer is writing this folder now: leave it to them.)
package actions
