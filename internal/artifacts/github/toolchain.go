package github

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/stack"
)

// versionFiles are the files from which an action's *-version-file input reads the same version that AutoGit read there.
var versionFiles = map[string]struct {
	input string
	files []string
}{
	"actions/setup-go":       {"go-version-file", []string{"go.mod", "go.work", ".go-version", ".tool-versions"}},
	"actions/setup-python":   {"python-version-file", []string{".python-version", ".tool-versions"}},
	"actions/setup-node":     {"node-version-file", []string{".nvmrc", ".node-version", ".tool-versions"}},
	"actions/setup-java":     {"java-version-file", []string{".java-version", ".tool-versions"}},
	"actions/setup-dotnet":   {"global-json-file", []string{"global.json"}},
	"shivammathur/setup-php": {"php-version-file", []string{".php-version", ".tool-versions"}},
	"oven-sh/setup-bun":      {"bun-version-file", []string{".bun-version", ".tool-versions"}},
}

// version is what stands for the placeholder: the matrix' version, or the part's own.
func version(part *plan.Part, matrix bool) string {
	if matrix {
		return "${{ matrix." + part.VersionKey() + " }}"
	}
	return part.Version.String()
}

// toolchain writes the steps that bring the language onto the runner.
func (w *writer) toolchain(part *plan.Part, matrix bool) {
	tc := part.Recipe.Toolchain
	if len(tc.Setup) > 0 {
		w.Comment(whys(tc.Setup))
		w.step("Set up "+part.Title(), func() {
			run := runs(tc.Setup)
			if strings.Contains(run, stack.VersionPlaceholder) {
				w.Map("env", func() { w.Key("TOOLCHAIN", version(part, matrix)) })
				run = strings.ReplaceAll(run, stack.VersionPlaceholder, `"$TOOLCHAIN"`)
			}
			w.Text("run", run)
		})
	}
	for _, a := range tc.Actions {
		with := inputs(part, a, matrix)
		w.step(cmp.Or(a.Title, "Set up "+part.Title()), func() {
			w.uses(a.Name)
			if len(with) > 0 {
				w.Map("with", func() {
					for _, kv := range with {
						w.input(kv)
					}
				})
			}
		})
	}
}

// input writes true and false as YAML's own, so that they read as what they are.
func (w *writer) input(kv stack.KV) {
	if kv.Value == "true" || kv.Value == "false" {
		w.Raw(kv.Key, kv.Value)
		return
	}
	if !strings.Contains(kv.Value, "\n") {
		w.Key(kv.Key, kv.Value)
		return
	}
	w.Text(kv.Key, kv.Value)
}

// inputs are an action's inputs for this job: the version from the file that states it, and paths that a part in a folder needs.
func inputs(part *plan.Part, a stack.Action, matrix bool) []stack.KV {
	var out []stack.KV
	for _, kv := range a.With {
		if a.Name == "astral-sh/setup-uv" && kv.Value == stack.VersionPlaceholder && !matrix && part.Version != nil &&
			path.Base(part.Version.Evidence.File) == ".python-version" {
			continue // uv reads the file itself, and a second place for the version would be one that goes stale
		}
		out = append(out, versionInput(part, a, kv, matrix))
	}
	has := func(key string) bool {
		return slices.ContainsFunc(out, func(kv stack.KV) bool { return kv.Key == key })
	}
	keys := part.Recipe.Toolchain.CacheKeys
	if part.Path == "." {
		return out
	}
	switch a.Name {
	case "actions/setup-go", "actions/setup-node", "actions/setup-python":
		caches := a.Name == "actions/setup-go" || has("cache")
		if caches && !has("cache-dependency-path") && len(keys) > 0 {
			out = append(out, stack.KV{Key: "cache-dependency-path", Value: strings.Join(keys, "\n")})
		}
	case "ruby/setup-ruby":
		if !has("working-directory") {
			out = append(out, stack.KV{Key: "working-directory", Value: part.Path})
		}
	}
	return out
}

// versionInput names the file that states the version where the action can read it, so that the version stands in one place.
func versionInput(part *plan.Part, a stack.Action, kv stack.KV, matrix bool) stack.KV {
	if key, ok := strings.CutSuffix(kv.Key, "-version-file"); ok && matrix {
		return stack.KV{Key: key + "-version", Value: version(part, true)}
	}
	if vf, ok := versionFiles[a.Name]; ok && !matrix && kv.Value == stack.VersionPlaceholder && part.Version != nil {
		if f := part.Version.Evidence.File; slices.Contains(vf.files, path.Base(f)) && part.Version.Confidence == stack.Declared {
			return stack.KV{Key: vf.input, Value: f}
		}
	}
	return stack.KV{Key: kv.Key, Value: strings.ReplaceAll(kv.Value, stack.VersionPlaceholder, version(part, matrix))}
}
