// Package proof decides claims. It reads the resulting delivery files, never the writer's intentions:
// a claim is proven when a checker finds the lines that make it true.
package proof
