// Package trial tries proposed delivery files for real: it builds the image and starts the Compose stack from a private
// copy of the repository, waits for health, and removes everything that it made.
package trial
