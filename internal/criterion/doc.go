// Package criterion understands acceptance criteria: free text in, Claims out. A text that it does not
// understand for certain yields no claim at all, and is reported as not understood.
package criterion
