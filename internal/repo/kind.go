package repo

import (
	"bytes"
	"path"
	"strings"
)

// Kind says what format of delivery configuration a file is. The empty Kind is any other file.
type Kind string

// The kinds that AutoGit knows.
const (
	KindDockerfile   Kind = "dockerfile"
	KindDockerignore Kind = "dockerignore"
	KindCompose      Kind = "compose"
	KindWorkflow     Kind = "github-workflow"
	KindAction       Kind = "github-action"
	KindGitLabCI     Kind = "gitlab-ci"
	KindMakefile     Kind = "makefile"
	KindKubernetes   Kind = "kubernetes"
	KindHelmChart    Kind = "helm-chart"
	KindShell        Kind = "shell"
	KindTerraform    Kind = "terraform"
)

// KindOf tells a file's kind by its path and, where the name says too little, by its content
// (head may be nil: then only the name decides).
func KindOf(p string, head []byte) Kind {
	base := path.Base(p)
	if k := kindByName(p, base); k != "" {
		return k
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".yml", ".yaml":
		return yamlKind(head)
	}
	return ""
}

func kindByName(p, base string) Kind {
	lower := strings.ToLower(base)
	switch {
	case lower == ".dockerignore" || strings.HasSuffix(lower, ".dockerignore"):
		return KindDockerignore
	case isDockerfileName(base, lower):
		return KindDockerfile
	case isYAML(lower) && (strings.HasPrefix(lower, "docker-compose") || strings.HasPrefix(lower, "compose.") || strings.HasPrefix(lower, "compose-")):
		return KindCompose
	case isYAML(lower) && path.Dir(p) == ".github/workflows":
		return KindWorkflow
	case lower == "action.yml" || lower == "action.yaml":
		return KindAction
	case isYAML(lower) && (strings.HasSuffix(lower, ".gitlab-ci.yml") || strings.HasSuffix(lower, ".gitlab-ci.yaml")):
		return KindGitLabCI
	case lower == "makefile" || lower == "gnumakefile" || strings.HasSuffix(lower, ".mk"):
		return KindMakefile
	case base == "Chart.yaml":
		return KindHelmChart
	case strings.HasSuffix(lower, ".tf"):
		return KindTerraform
	case strings.HasSuffix(lower, ".sh") || strings.HasSuffix(lower, ".bash"):
		return KindShell
	}
	return ""
}

func isYAML(lower string) bool {
	return strings.HasSuffix(lower, ".yml") || strings.HasSuffix(lower, ".yaml")
}

// isDockerfileName: dockerfile.go and dockerfile.json are code and data, so a name before other endings must be capital.
func isDockerfileName(base, lower string) bool {
	return lower == "dockerfile" || lower == "containerfile" ||
		strings.HasPrefix(base, "Dockerfile.") || strings.HasPrefix(base, "Containerfile.") ||
		strings.HasSuffix(lower, ".dockerfile")
}

// yamlKind looks for the top-level keys that only one format has.
func yamlKind(head []byte) Kind {
	switch {
	case hasKey(head, "apiVersion") && hasKey(head, "kind"):
		return KindKubernetes
	case hasKey(head, "services") && !hasKey(head, "jobs"):
		return KindCompose
	}
	return ""
}

func hasKey(b []byte, key string) bool {
	return bytes.HasPrefix(b, []byte(key+":")) || bytes.Contains(b, []byte("\n"+key+":"))
}
