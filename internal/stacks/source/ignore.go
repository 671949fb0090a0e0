package source

// Ignore are the lines of a .dockerignore: what no image needs, then what the stack adds.
func Ignore(extra ...string) []string {
	lines := []string{
		".git", ".github", ".gitlab", ".gitlab-ci.yml", ".idea", ".vscode", ".DS_Store",
		"Dockerfile*", "docker-compose*", "compose*.y*ml", ".dockerignore", "*.md", "docs",
		".env", ".env.*", "!.env.example", "**/*.pem", "**/*.key",
	}
	return append(lines, extra...)
}
