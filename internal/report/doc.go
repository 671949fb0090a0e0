// Package report shows progress, results and surveys to people. Programs get JSON, which the packages that own the
// values define.
package report
