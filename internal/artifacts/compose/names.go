package compose

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// isProduction tells by the file's name whether it is run on a server: compose.prod.yaml, docker-compose.production.yml.
func isProduction(p string) bool {
	base := strings.ToLower(path.Base(p))
	for _, word := range strings.FieldsFunc(base, func(c rune) bool { return c == '.' || c == '-' || c == '_' }) {
		switch word {
		case "prod", "production", "stage", "staging", "live", "deploy":
			return true
		}
	}
	return false
}

// isOverride tells whether the file is laid over another one, and so never whole.
func isOverride(p string) bool { return strings.Contains(strings.ToLower(path.Base(p)), "override") }

// names hands out service names, each once.
type names map[string]bool

func (n names) take(want, fallback string) string {
	want = artifact.Slug(want)
	if want == "" {
		want = fallback
	}
	name := want
	for i := 2; n[name]; i++ {
		name = want + "-" + strconv.Itoa(i)
	}
	n[name] = true
	return name
}

// hostPorts hands out ports of the host, each once.
type hostPorts map[int]bool

func (h hostPorts) take(port string) string {
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return port
	}
	for h[n] && n < 65535 {
		n++
	}
	h[n] = true
	return strconv.Itoa(n)
}

// relative is the way from the folder of the Compose file to a path of the repository, as Compose wants it: with a leading dot.
func relative(from, to string) string {
	rel, err := filepath.Rel(filepath.FromSlash(from), filepath.FromSlash(to))
	if err != nil {
		return to // both are repository paths, so this cannot be
	}
	rel = filepath.ToSlash(rel)
	if rel == "." || strings.HasPrefix(rel, "../") || rel == ".." {
		return rel
	}
	return "./" + rel
}

// contextOf is the folder that the image of a component is built from.
func contextOf(p artifact.Part) string {
	if p.Recipe.Image != nil && p.Recipe.Image.Context != "" {
		return p.Recipe.Image.Context
	}
	return p.Path
}

// envName makes a variable's name: notes-api -> NOTES_API.
func envName(name string) string {
	return strings.ToUpper(strings.ReplaceAll(artifact.Slug(name), "-", "_"))
}

// runnable tells whether a component is something that a stack keeps running.
func runnable(p artifact.Part) bool {
	if p.Recipe.Image == nil || len(p.Recipe.Image.Stages) == 0 {
		return false
	}
	switch p.Kind {
	case stack.KindService, stack.KindWorker, stack.KindStatic:
		return true
	}
	return false
}

// escapeDollar keeps Compose from reading a dollar sign as the start of a variable.
func escapeDollar(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ReplaceAll(w, "$", "$$")
	}
	return out
}
