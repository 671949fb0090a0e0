// Package node is what AutoGit knows of JavaScript and TypeScript: servers, sites and libraries under npm, pnpm, yarn
// and bun. Sources are read as text, never run.
package node
