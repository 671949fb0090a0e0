package dockerfile

import (
	"path"
	"regexp"

	"github.com/autogit/autogit/internal/artifact"
)

const forges = `(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)`

var (
	// declaredURL is how manifests name the repository that they lie in.
	declaredURL = regexp.MustCompile(`(?mi)^\s*"?(?:repository|source|source code|url)"?\s*[:=]\s*"(?:git\+)?(https://` + forges + `/[\w.-]+/[\w.-]+?)(?:\.git)?/?"`)
	modulePath  = regexp.MustCompile(`(?m)^module\s+"?(` + forges + `/[\w.-]+/[\w.-]+)`)
)

// sourceURL is where the source is published, as a manifest of the component or of the repository says; empty when none does.
func sourceURL(r *artifact.Request, dir string) string {
	for _, d := range []string{dir, "."} {
		for _, name := range []string{"package.json", "pyproject.toml", "Cargo.toml", "composer.json"} {
			if m := declaredURL.FindStringSubmatch(r.Tree.Text(path.Join(d, name))); m != nil {
				return m[1]
			}
		}
		if m := modulePath.FindStringSubmatch(r.Tree.Text(path.Join(d, "go.mod"))); m != nil {
			return "https://" + m[1]
		}
	}
	return ""
}
