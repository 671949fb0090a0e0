package golang

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// recipe is how to work with a Go module. Tools run from their modules at a fixed version: nothing is installed beside Go.
func recipe(tree *repo.Tree, c *stack.Component) stack.Recipe {
	scan := &stack.Scan{Tree: tree, Dir: c.Path}
	r := stack.Recipe{
		Toolchain:    toolchain(c),
		Install:      []stack.Command{{Run: "go mod download", Tool: "go"}},
		Test:         []stack.Command{{Run: "go test -race -coverprofile=coverage.out ./...", Tool: "go", Why: "The race detector finds what only load would show."}},
		Audit:        []stack.Command{{Run: "go run " + govulncheck + " ./...", Tool: "govulncheck", Why: "Reports only vulnerabilities whose code is really reached."}},
		CoverageFile: "coverage.out",
		Matrix:       matrix(c),
	}
	check, format := gofmt(scan)
	r.FormatCheck = []stack.Command{{Run: check, Tool: "gofmt", Why: "Prints the files that gofmt would change, and fails when there are any."}}
	r.Format = []stack.Command{{Run: format, Tool: "gofmt"}}
	r.Build = []stack.Command{{Run: build(c), Tool: "go"}}
	if tag := integrationTag(scan); tag != "" {
		r.Integration = []stack.Command{{Run: "go test -race -tags=" + tag + " ./...", Tool: "go", Why: "Tests behind the build tag " + tag + " need the services."}}
	}
	r.Clean = []stack.Command{{Run: "rm -rf bin coverage.out", Tool: "rm"}, {Run: "go clean", Tool: "go"}}
	r.Tools = tools(scan, c, check)
	for _, t := range r.Tools {
		if (t.Name == "golangci-lint" || t.Name == "staticcheck") && t.Known {
			r.Lint = append(r.Lint, t.Commands...)
		}
	}
	if len(r.Lint) == 0 {
		r.Lint = []stack.Command{{Run: "go vet ./...", Tool: "go vet"}, r.FormatCheck[0]}
	}
	if c.Start != nil {
		r.Start = []stack.Command{{Run: start(c), Tool: "go"}}
		r.Dev = []stack.Command{{Run: c.Dev.String(), Tool: "go"}}
	}
	if c.Entry != nil {
		r.Image = image(scan, c)
		src := path.Join("/src", stack.Rel(contextOf(scan), c.Path))
		r.DevTarget, r.DevMounts = "build", []string{"./:" + src}
		r.DevCommand = strings.Fields(c.Dev.String())
		r.DevReload = strings.Contains(c.Dev.String(), "air-verse/air")
	}
	return r
}

var integrationLine = regexp.MustCompile(`^//go:build (integration|e2e|integration_test)\s*$`)

// integrationTag is the build tag that keeps tests out of a plain run.
func integrationTag(scan *stack.Scan) string {
	for _, f := range scan.Tree.Under(scan.Dir) {
		if !strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		for _, l := range scan.Tree.Lines(f.Path) {
			if strings.HasPrefix(l, "package ") {
				break
			}
			if m := integrationLine.FindStringSubmatch(l); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

func build(c *stack.Component) string {
	if c.Entry == nil {
		return "go build ./..."
	}
	return c.Build.String()
}

// start is the production start from a checkout, where Build leaves the program in bin.
func start(c *stack.Component) string {
	return "./bin/" + strings.TrimPrefix(c.Start.String(), "./")
}

func toolchain(c *stack.Component) stack.Toolchain {
	with := []stack.KV{{Key: "go-version", Value: stack.VersionPlaceholder}}
	t := stack.Toolchain{
		GitLabImage: "golang:" + stack.VersionPlaceholder + "-" + codename(c.Version.String()),
		CachePaths:  []string{".cache/go-mod/", ".cache/go-build/"},
		CacheEnv:    []stack.KV{{Key: "GOMODCACHE", Value: "$CI_PROJECT_DIR/.cache/go-mod"}, {Key: "GOCACHE", Value: "$CI_PROJECT_DIR/.cache/go-build"}},
	}
	if c.LockFile != nil {
		with = append(with, stack.KV{Key: "cache-dependency-path", Value: c.LockFile.Value})
		t.CacheKeys = []string{c.LockFile.Value}
	} else {
		with = append(with, stack.KV{Key: "cache-dependency-path", Value: path.Join(c.Path, "go.mod")})
		t.CacheKeys = []string{path.Join(c.Path, "go.mod")}
	}
	t.Actions = []stack.Action{{Name: "actions/setup-go", Title: "Set up Go", With: with}}
	return t
}

// gofmt is the check and the formatting of the module's own files: neither hidden folders (caches) nor vendored code.
func gofmt(scan *stack.Scan) (check, format string) {
	args := ""
	dirs := false
	for _, f := range scan.Tree.Under(scan.Dir) {
		rel := stack.Rel(scan.Dir, f.Path)
		if !strings.HasSuffix(rel, ".go") || strings.HasPrefix(rel, ".") {
			continue
		}
		if strings.Contains(rel, "/") {
			dirs = true
		} else if args == "" {
			args = "*.go"
		}
	}
	if dirs {
		args = strings.TrimSpace(args + " */")
	}
	if scan.Tree.HasDir(scan.Path("vendor")) {
		find := `find . -name '*.go' -not -path './vendor/*' -not -path './.*' -exec gofmt `
		return `test -z "$(` + find + `-l {} + | tee /dev/stderr)"`, find + `-w {} +`
	}
	return `test -z "$(gofmt -l ` + args + ` | tee /dev/stderr)"`, "gofmt -w " + args
}

var golangciV2 = regexp.MustCompile(`(?m)^\s*"?version"?\s*[:=]\s*["']?2`)

// golangci is the linter's module: version 2 refuses a configuration of version 1, which does not say its version.
func golangci(scan *stack.Scan) string {
	name, ok := scan.First(golangciFiles...)
	if ok && !golangciV2.MatchString(scan.Text(name)) {
		return golangciLint1
	}
	return golangciLint
}

func tools(scan *stack.Scan, c *stack.Component, fmtCheck string) []stack.Tool {
	known := func(name string) bool { return stack.HasValue(c.Tools, name) }
	cmd := func(tool, run string) []stack.Command { return []stack.Command{{Run: run, Tool: tool}} }
	return []stack.Tool{
		{Name: "golangci-lint", Job: "lint", Known: known("golangci-lint"), Commands: cmd("golangci-lint", "go run "+golangci(scan)+" run ./...")},
		{Name: "go vet", Job: "lint", Known: true, Commands: cmd("go vet", "go vet ./...")},
		{Name: "staticcheck", Job: "lint", Known: known("staticcheck"), Commands: cmd("staticcheck", "go run "+staticcheck+" ./...")},
		{Name: "gofmt", Job: "format", Known: true, Commands: cmd("gofmt", fmtCheck)},
		{Name: "go test", Job: "test", Known: true, Commands: cmd("go", "go test -race -coverprofile=coverage.out ./...")},
		{Name: "govulncheck", Job: "audit", Known: known("govulncheck"), Commands: cmd("govulncheck", "go run "+govulncheck+" ./...")},
	}
}

// contextOf is the folder that the image is built from: the workspace's, when other modules are part of the program.
func contextOf(scan *stack.Scan) string {
	if m, ok := readModule(scan); ok {
		if w := workspace(scan, m); w != "" {
			return w
		}
	}
	return scan.Dir
}
