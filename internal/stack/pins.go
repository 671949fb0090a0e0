package stack

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
)

var (
	procLine = regexp.MustCompile(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)
	envLine  = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)
	miseLine = regexp.MustCompile(`^\s*["']?([a-z]+)["']?\s*=\s*(?:\{\s*version\s*=\s*)?\[?\s*["']v?([0-9][\w.]*)["']`)
)

// ToolVersion is the version of a tool that asdf's .tool-versions or mise's file pins, in the folder or the nearest above it.
func ToolVersion(tree *repo.Tree, dir string, names ...string) *Fact {
	for _, d := range append([]string{dir}, ancestors(dir)...) {
		s := Scan{Tree: tree, Dir: d}
		for i, line := range s.Lines(".tool-versions") {
			line, _, _ = strings.Cut(line, "#")
			w := strings.Fields(line)
			if len(w) >= 2 && slices.Contains(names, w[0]) && leadNum.MatchString(w[1]) {
				return DeclaredFact(strings.TrimPrefix(w[1], "v"), At(s.Path(".tool-versions"), i+1, line))
			}
		}
		for _, name := range []string{"mise.toml", ".mise.toml"} {
			if f := miseVersion(&s, name, names); f != nil {
				return f
			}
		}
	}
	return nil
}

func miseVersion(s *Scan, name string, tools []string) *Fact {
	in := false
	for i, line := range s.Lines(name) {
		t := strings.TrimSpace(line)
		if strings.HasPrefix(t, "[") {
			in = t == "[tools]"
			continue
		}
		if m := miseLine.FindStringSubmatch(line); in && m != nil && slices.Contains(tools, m[1]) {
			return DeclaredFact(m[2], At(s.Path(name), i+1, line))
		}
	}
	return nil
}

// VersionFile is the first version in a file such as .python-version or .nvmrc, in the folder or the nearest above it. Comments
// and empty lines are passed over; what is no version ("lts/*", "system") is nothing.
func VersionFile(tree *repo.Tree, dir, name string) *Fact {
	for _, d := range append([]string{dir}, ancestors(dir)...) {
		s := Scan{Tree: tree, Dir: d}
		if !s.Has(name) {
			continue
		}
		for i, line := range s.Lines(name) {
			text, _, _ := strings.Cut(line, "#")
			text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
			if text == "" {
				continue
			}
			for _, prefix := range []string{"python-", "cpython-", "node-", "ruby-"} {
				text = strings.TrimPrefix(text, prefix)
			}
			if m := leadNum.FindStringSubmatch(text); m != nil {
				return DeclaredFact(m[1], At(s.Path(name), i+1, line))
			}
			return nil
		}
		return nil
	}
	return nil
}

// Process is one line of a Procfile.
type Process struct {
	Name string // web, worker, release
	Fact Fact   // its command
}

// Procfile reads the processes that a Procfile names.
func Procfile(tree *repo.Tree, dir string) []Process {
	s := Scan{Tree: tree, Dir: dir}
	var out []Process
	for i, line := range s.Lines("Procfile") {
		if m := procLine.FindStringSubmatch(line); m != nil && len(out) < 50 {
			out = append(out, Process{Name: m[1], Fact: *DeclaredFact(strings.TrimSpace(m[2]), At(s.Path("Procfile"), i+1, line))})
		}
	}
	return out
}

// EnvExample reads the variables of an example environment file; real .env files hold secrets and are not read.
func EnvExample(tree *repo.Tree, dir string) []Variable {
	s := Scan{Tree: tree, Dir: dir}
	name, ok := s.First(".env.example", ".env.sample", ".env.template", ".env.dist", "env.example")
	if !ok {
		return nil
	}
	var out []Variable
	for i, line := range s.Lines(name) {
		m := envLine.FindStringSubmatch(line)
		if m == nil || len(out) >= 200 {
			continue
		}
		value := strings.Trim(strings.TrimSpace(stripComment(m[2])), `"'`)
		out = append(out, NewVariable(m[1], value, At(s.Path(name), i+1, line)))
	}
	return out
}

// ComposeServices are the servers ("postgres", "redis") whose images the Compose files of a folder start.
func ComposeServices(tree *repo.Tree, dir string) []Fact {
	s := Scan{Tree: tree, Dir: dir}
	var out []Fact
	for _, f := range []string{"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"} {
		for i, line := range s.Lines(f) {
			if m := composeImage.FindStringSubmatch(line); m != nil {
				if name := ServiceOfImage(m[1]); name != "" {
					out = Add(out, *DeclaredFact(name, At(s.Path(f), i+1, line)))
				}
			}
		}
	}
	return out
}

var composeImage = regexp.MustCompile(`^\s+image:\s*["']?([\w./-]+(?::\d+/[\w./-]+)?)(?:[:@][^"'\s]*)?["']?\s*(?:#.*)?$`)
