package source

import "strings"

// Plain tells whether a name or path from a repository is written into commands as it is: no shell, Make, YAML or Dockerfile
// gives any of its bytes a meaning, it does not look like an option and it does not lead out of its folder.
func Plain(s string) bool {
	if s == "" || len(s) > 200 || s[0] == '-' || s[0] == '/' || s[0] == '~' {
		return false
	}
	for _, part := range strings.Split(s, "/") {
		if part == ".." {
			return false
		}
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !((r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') || strings.ContainsRune("._/@+~-", r))
	}) < 0
}

// Route tells whether a health route from a repository can be written into a command as it is.
func Route(s string) bool { return strings.HasPrefix(s, "/") && (s == "/" || Plain(s[1:])) }
