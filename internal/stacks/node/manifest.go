package node

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// manifest is a package.json with the places of what it says.
type manifest struct {
	file  string
	lines []string

	Name                 string            `json:"name"`
	Main                 string            `json:"main"`
	Type                 string            `json:"type"`
	PackageManager       string            `json:"packageManager"`
	Private              bool              `json:"private"`
	Bin                  present           `json:"bin"`
	Exports              present           `json:"exports"`
	Workspaces           present           `json:"workspaces"`
	Scripts              map[string]string `json:"scripts"`
	Engines              map[string]string `json:"engines"`
	Volta                map[string]string `json:"volta"`
	Dependencies         map[string]string `json:"dependencies"`
	DevDependencies      map[string]string `json:"devDependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
	Jest                 present           `json:"jest"`
	ESLint               present           `json:"eslintConfig"`
	Prettier             present           `json:"prettier"`
}

// present is a value of which only matters whether it is there, and its text.
type present struct {
	set bool
	raw string
}

// UnmarshalJSON takes any value.
func (p *present) UnmarshalJSON(b []byte) error {
	p.set, p.raw = string(b) != "null" && string(b) != "[]" && string(b) != "{}", string(b)
	return nil
}

// readManifest reads the folder's package.json. One that is no JSON object is no package. A field of a wrong type is passed over.
func readManifest(s *stack.Scan) (*manifest, bool) {
	if !s.Has("package.json") {
		return nil, false
	}
	m := &manifest{file: s.Path("package.json"), lines: s.Lines("package.json")}
	src := strings.TrimPrefix(s.Text("package.json"), "\ufeff")
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(src), &fields) != nil || fields == nil {
		return nil, false
	}
	for name, target := range map[string]any{
		"name": &m.Name, "main": &m.Main, "type": &m.Type, "packageManager": &m.PackageManager, "private": &m.Private, "bin": &m.Bin, "exports": &m.Exports,
		"workspaces": &m.Workspaces, "scripts": &m.Scripts, "engines": &m.Engines, "volta": &m.Volta, "dependencies": &m.Dependencies,
		"devDependencies": &m.DevDependencies, "optionalDependencies": &m.OptionalDependencies, "jest": &m.Jest, "eslintConfig": &m.ESLint, "prettier": &m.Prettier,
	} {
		if raw, ok := fields[name]; ok {
			_ = json.Unmarshal(raw, target) // a field of a wrong type says nothing
		}
	}
	return m, true
}

func (m *manifest) script(name string) string { return strings.TrimSpace(m.Scripts[name]) }

// has tells whether the package depends on another, in whatever way.
func (m *manifest) has(dep string) bool {
	if m == nil {
		return false
	}
	_, a := m.Dependencies[dep]
	_, b := m.DevDependencies[dep]
	return a || b
}

// names are all dependencies, sorted.
func (m *manifest) names() []string {
	var out []string
	for _, list := range []map[string]string{m.Dependencies, m.DevDependencies} {
		for d := range list {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// at is the line that a key stands on.
func (m *manifest) at(key string) finding.Evidence {
	re := regexp.MustCompile(`^\s*\{?\s*"` + regexp.QuoteMeta(key) + `"\s*:`)
	for i, l := range m.lines {
		if re.MatchString(l) {
			return stack.At(m.file, i+1, l)
		}
	}
	for i, l := range m.lines { // all on one line
		if strings.Contains(l, `"`+key+`"`) {
			return stack.At(m.file, i+1, l)
		}
	}
	return finding.Evidence{File: m.file, Line: 1}
}

// scriptAt is the line of a script: the key after "scripts", since other objects may have the same one.
func (m *manifest) scriptAt(name string) finding.Evidence {
	re := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `"\s*:\s*"`)
	inside := false
	for i, l := range m.lines {
		inside = inside || strings.Contains(l, `"scripts"`)
		if inside && re.MatchString(l) {
			return stack.At(m.file, i+1, l)
		}
	}
	return m.at(name)
}
