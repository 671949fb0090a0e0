package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// languageWords are the names by which people call what a stack handles.
var languageWords = map[string][]string{
	"golang": {"go", "golang"},
	"node":   {"node", "nodejs", "node.js", "javascript", "typescript", "js", "ts", "bun"},
	"java":   {"java", "kotlin", "jdk", "jvm"},
	"dotnet": {"dotnet", ".net", "csharp", "c#", "f#", "net"},
}

func isLanguage(part *Part, name string) bool {
	name = strings.ToLower(name)
	return name == part.Stack || name == strings.ToLower(part.Language.String()) || slices.Contains(languageWords[part.Stack], name)
}

func languageOf(part *Part) string { return cmp.Or(part.Language.String(), part.Stack) }

// versions sets the versions that tests run on: those of the task, else those that the repository's own range admits.
func (p *Plan) versions(req *artifact.Request) error {
	for _, part := range p.Parts {
		if len(part.Recipe.Matrix) > 1 {
			part.Matrix = part.Recipe.Matrix
		}
	}
	for _, c := range criterion.Find(req.Claims, criterion.Matrix) {
		if err := p.matrix(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) matrix(c criterion.Claim) error {
	lang, versions := c.Param("language"), c.List("versions")
	for _, v := range versions {
		if !safeVersion.MatchString(v) {
			return refuse("the task asks for a matrix with %q, which is no version", v)
		}
	}
	var parts []*Part
	for _, part := range p.Parts {
		if lang == "" || isLanguage(part, lang) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return refuse("the task asks for a matrix of %s versions, and the repository has %s", lang, p.list())
	}
	if lang == "" && len(parts) > 1 {
		parts = slices.DeleteFunc(parts, func(q *Part) bool { return !overlap(q, versions) })
		if len(parts) != 1 && len(versions) > 0 {
			return refuse("the task asks for a matrix of %s without saying of what, and the repository has %s: name the language",
				strings.Join(versions, ", "), p.list())
		}
	}
	for _, part := range parts {
		if len(versions) > 0 {
			part.Matrix = versions
		} else if len(part.Matrix) == 0 && part.Version != nil {
			part.Matrix = []string{part.Version.Value}
		}
	}
	return nil
}

func overlap(part *Part, versions []string) bool {
	return slices.ContainsFunc(versions, func(v string) bool { return slices.Contains(part.Recipe.Matrix, v) || v == part.Version.String() })
}

// Versioned tells whether some step of getting the language takes the version, so that a matrix has an effect.
func (part *Part) Versioned() bool {
	has := func(s string) bool { return strings.Contains(s, stack.VersionPlaceholder) }
	for _, a := range part.Recipe.Toolchain.Actions {
		if slices.ContainsFunc(a.With, func(kv stack.KV) bool { return has(kv.Value) }) {
			return true
		}
	}
	return has(part.Recipe.Toolchain.GitLabImage)
}

// languageTitles are how the languages write themselves.
var languageTitles = map[string]string{
	"golang": "Go", "python": "Python", "node": "Node", "java": "Java", "rust": "Rust", "ruby": "Ruby", "php": "PHP", "dotnet": ".NET", "static": "Node",
}

// Title is the name of the part's language for people.
func (part *Part) Title() string {
	return cmp.Or(languageTitles[part.Stack], part.Language.String(), part.Stack)
}

// VersionKey names the dimension that the versions of a matrix make: the input of the action that takes the version.
func (part *Part) VersionKey() string {
	for _, a := range part.Recipe.Toolchain.Actions {
		for _, kv := range a.With {
			if kv.Value == stack.VersionPlaceholder {
				return kv.Key
			}
			if v, ok := strings.CutSuffix(kv.Key, "-version-file"); ok {
				return v + "-version"
			}
		}
	}
	return cmp.Or(artifact.Slug(languageOf(part)), "language") + "-version"
}

// versionVariables are the variables by which setup actions make a tool use the version of the job, whatever a version file
// says. Where a job has no such action, it must set them itself.
var versionVariables = map[string]string{"astral-sh/setup-uv": "UV_PYTHON"}

// VersionVariable is the variable that a matrix must set where no setup action does; empty when the image alone decides.
func (part *Part) VersionVariable() string {
	for _, a := range part.Recipe.Toolchain.Actions {
		if v := versionVariables[a.Name]; v != "" {
			return v
		}
	}
	return ""
}
