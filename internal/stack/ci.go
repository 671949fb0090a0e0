package stack

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
)

const maxPipelines = 60

var (
	versionKey = regexp.MustCompile(`^\s*(?:-\s+)?["']?([a-z]+)(?:[-_]version)?["']?\s*:\s*(.*)$`)
	versionNum = regexp.MustCompile(`^v?(\d+(?:\.\d+){0,3})(?:\.[x*])?$`)
	imageLine  = regexp.MustCompile(`^\s*(?:-\s+)?(?:image|container|name)\s*:\s*["']?(?:[\w.-]+(?::\d+)?/)*([a-z][a-z0-9-]*):v?(\d+(?:\.\d+){0,2})[\w.-]*(?:@sha256:[0-9a-f]+)?["']?\s*(?:#.*)?$`)
)

// imageTools are image names whose tag is the version of a tool.
var imageTools = map[string]string{
	"golang": "go", "node": "node", "python": "python", "ruby": "ruby", "php": "php", "rust": "rust",
	"openjdk": "java", "eclipse-temurin": "java", "maven": "", "gradle": "", "sdk": "dotnet", "aspnet": "dotnet", "oven-bun": "bun",
}

// PipelineVersions are the versions of a tool ("go", "node", "python", "java", "ruby", "php", "rust", "dotnet") that the existing
// GitHub and GitLab pipelines use, in setup actions, matrices and images, in the order found.
func PipelineVersions(tree *repo.Tree, tool string) []Fact {
	var out []Fact
	eachVersion(tree, tool, func(f Fact, _ bool) { out = Add(out, f) })
	return out
}

// PipelineVersion is the one version that the pipelines say they use; nil when they use several. A matrix says what is
// tested, not what is run, so it counts only where it has a single version and no job names another.
func PipelineVersion(tree *repo.Tree, tool string) *Fact {
	var named, listed []Fact
	eachVersion(tree, tool, func(f Fact, list bool) {
		if list {
			listed = Add(listed, f)
		} else {
			named = Add(named, f)
		}
	})
	switch {
	case len(named) == 1:
		return &named[0]
	case len(named) == 0 && len(listed) == 1:
		return &listed[0]
	}
	return nil
}

// eachVersion calls found for each version of a tool; list tells the values of a list, which is a matrix.
func eachVersion(tree *repo.Tree, tool string, found func(f Fact, list bool)) {
	for _, file := range pipelines(tree) {
		lines := tree.Lines(file)
		for i, line := range lines {
			versions, list := lineVersions(lines, i, line, tool)
			for _, v := range versions {
				found(Fact{Value: v, Evidence: At(file, i+1, line), Confidence: Declared}, list)
			}
		}
	}
}

func pipelines(tree *repo.Tree) []string {
	var out []string
	for _, f := range tree.Under(".github/workflows") {
		if repo.KindOf(f.Path, nil) == repo.KindWorkflow {
			out = append(out, f.Path)
		}
	}
	for _, name := range []string{".gitlab-ci.yml", ".gitlab-ci.yaml"} {
		if tree.Has(name) {
			out = append(out, name)
		}
	}
	for _, f := range tree.Under(".gitlab") {
		if isYAML(f.Path) && strings.Contains(path.Base(f.Path), "ci") {
			out = append(out, f.Path)
		}
	}
	return out[:min(len(out), maxPipelines)]
}

// lineVersions reads the versions of a tool that a line, or the list below it, gives.
func lineVersions(lines []string, i int, line, tool string) (versions []string, list bool) {
	if m := imageLine.FindStringSubmatch(line); m != nil && imageTools[m[1]] == tool {
		return []string{m[2]}, false
	}
	m := versionKey.FindStringSubmatch(line)
	if m == nil || m[1] != tool {
		return nil, false
	}
	value := strings.TrimSpace(stripComment(m[2]))
	if value == "" {
		return listBelow(lines, i), true
	}
	return numbers(strings.Split(strings.Trim(value, "[]"), ",")), strings.HasPrefix(value, "[")
}

// listBelow reads the items of a block list under line i.
func listBelow(lines []string, i int) []string {
	var items []string
	for _, l := range lines[i+1 : min(i+30, len(lines))] {
		t := strings.TrimSpace(stripComment(l))
		if t == "" {
			continue
		}
		if !strings.HasPrefix(t, "- ") {
			break
		}
		items = append(items, strings.TrimPrefix(t, "- "))
	}
	return numbers(items)
}

func numbers(items []string) []string {
	var out []string
	for _, s := range items {
		if m := versionNum.FindStringSubmatch(strings.Trim(strings.TrimSpace(s), `"'`)); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

func stripComment(s string) string {
	if i := strings.Index(s, " #"); i >= 0 {
		return s[:i]
	}
	if strings.HasPrefix(s, "#") {
		return ""
	}
	return s
}
