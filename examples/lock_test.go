package examples_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

type uvDependency struct {
	Name  string   `toml:"name"`
	Extra []string `toml:"extra"`
}

type uvFile struct {
	URL  string `toml:"url"`
	Hash string `toml:"hash"`
}

type uvPackage struct {
	Name         string                    `toml:"name"`
	Version      string                    `toml:"version"`
	Source       map[string]string         `toml:"source"`
	Dependencies []uvDependency            `toml:"dependencies"`
	Dev          map[string][]uvDependency `toml:"dev-dependencies"`
	Optional     map[string][]uvDependency `toml:"optional-dependencies"`
	Sdist        uvFile                    `toml:"sdist"`
	Wheels       []uvFile                  `toml:"wheels"`
}

type uvLock struct {
	Requires string      `toml:"requires-python"`
	Packages []uvPackage `toml:"package"`
}

type pyproject struct {
	Project struct {
		Name     string   `toml:"name"`
		Requires string   `toml:"requires-python"`
		Needs    []string `toml:"dependencies"`
	} `toml:"project"`
	Groups map[string][]string `toml:"dependency-groups"`
}

func decodeTOML(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := toml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestUVLockFitsItself: every dependency that the lock names is in the lock, nothing in it is unused, and every file has a hash.
func TestUVLockFitsItself(t *testing.T) {
	var lock uvLock
	decodeTOML(t, "python-api/uv.lock", &lock)
	var manifest pyproject
	decodeTOML(t, "python-api/pyproject.toml", &manifest)
	if lock.Requires != manifest.Project.Requires {
		t.Errorf("requires-python is %q in the lock and %q in pyproject.toml", lock.Requires, manifest.Project.Requires)
	}
	byName := map[string]uvPackage{}
	for _, p := range lock.Packages {
		byName[p.Name] = p
		checkFiles(t, p)
	}
	seen := map[string]bool{}
	var follow func(from string, deps []uvDependency)
	follow = func(from string, deps []uvDependency) {
		for _, d := range deps {
			p, ok := byName[d.Name]
			if !ok {
				t.Errorf("%s needs %s, which is not in the lock", from, d.Name)
			}
			for _, e := range d.Extra {
				follow(p.Name+"["+e+"]", p.Optional[e])
			}
			if ok && !seen[d.Name] {
				seen[d.Name] = true
				follow(d.Name, p.Dependencies)
			}
		}
	}
	root := byName[manifest.Project.Name]
	seen[root.Name] = true
	follow(root.Name, root.Dependencies)
	follow("dev", root.Dev["dev"])
	for name := range byName {
		if !seen[name] {
			t.Errorf("%s is in the lock and nothing needs it", name)
		}
	}
	sameNames(t, manifest.Project.Needs, root.Dependencies)
	sameNames(t, manifest.Groups["dev"], root.Dev["dev"])
}

func checkFiles(t *testing.T, p uvPackage) {
	t.Helper()
	if p.Source["registry"] == "" {
		return
	}
	if len(p.Wheels) == 0 {
		t.Errorf("%s has no wheel", p.Name)
	}
	hash := regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	for _, f := range append(slices.Clone(p.Wheels), p.Sdist) {
		if !hash.MatchString(f.Hash) || f.URL == "" {
			t.Errorf("%s: %s has the hash %q", p.Name, f.URL, f.Hash)
		}
	}
}

func sameNames(t *testing.T, declared []string, locked []uvDependency) {
	t.Helper()
	name := regexp.MustCompile(`^[a-z0-9-]+`)
	var want, got []string
	for _, d := range declared {
		want = append(want, name.FindString(d))
	}
	for _, d := range locked {
		got = append(got, d.Name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("pyproject.toml needs %v, the lock has %v", want, got)
	}
}
