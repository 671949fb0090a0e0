// Package config is the project's settings in .autogit.yaml: what they may be, their defaults, and strict loading.
// A key that is not known is an error with its line and the nearest known name.
package config
