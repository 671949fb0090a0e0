package stacktest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/autogit/autogit/internal/stack"
)

var (
	numericUser = regexp.MustCompile(`^[1-9]\d*:\d+$`)
	digest      = regexp.MustCompile(`^[\w./-]+(:[\w.-]+)?@sha256:[0-9a-f]{64}$`)
	argRef      = regexp.MustCompile(`^\$\{(\w+)\}$`)
	pinned      = regexp.MustCompile(`^[\w./-]+(?::\d+/[\w./-]+)?:[A-Za-z]*[\w.-]*\d[\w.-]*$`)
	copyFrom    = regexp.MustCompile(`(?m)--from=(\S+)`)
)

// CheckImage checks what must hold for every image plan: it is a Dockerfile that BuildKit reads, its bases are pinned and
// replaceable, it runs as a numeric user that is not root, in exec form, and copies only from stages that there are.
func CheckImage(t *testing.T, img *stack.Image) {
	t.Helper()
	if img == nil {
		return
	}
	if _, err := parse(Text(img)); err != nil {
		t.Errorf("BuildKit does not read the plan: %v\n%s", err, Text(img))
	}
	if !numericUser.MatchString(img.User) {
		t.Errorf("user %q is not numeric and not root", img.User)
	}
	args := map[string]string{}
	for _, a := range img.Args {
		args[a.Key] = a.Value
		if !pinned.MatchString(a.Value) && !digest.MatchString(a.Value) || strings.HasSuffix(a.Value, ":latest") {
			t.Errorf("ARG %s=%s is not pinned", a.Key, a.Value)
		}
	}
	checkStages(t, img, args)
	if len(img.Entrypoint)+len(img.Cmd) == 0 {
		t.Error("the image runs nothing")
	}
	if img.Port != "" && img.Health == nil && !img.StaticFinal {
		t.Errorf("port %s has no health check", img.Port)
	}
	if !slices.Contains(img.Platforms, "linux/amd64") || !slices.Contains(img.Platforms, "linux/arm64") {
		t.Errorf("platforms %v", img.Platforms)
	}
	for _, want := range []string{".git", ".env"} {
		if !slices.Contains(img.Ignore, want) {
			t.Errorf(".dockerignore lacks %s", want)
		}
	}
}

func checkStages(t *testing.T, img *stack.Image, args map[string]string) {
	t.Helper()
	names := []string{}
	for _, s := range img.Stages {
		if m := argRef.FindStringSubmatch(s.From); m != nil {
			if args[m[1]] == "" {
				t.Errorf("stage %s is from %s, which is no ARG", s.Name, s.From)
			}
		} else if s.From != "scratch" && !slices.Contains(names, s.From) {
			t.Errorf("stage %s is from %q: neither an ARG nor a stage", s.Name, s.From)
		}
		for _, st := range s.Steps {
			for _, m := range copyFrom.FindAllStringSubmatch(st.Text, -1) {
				from := m[1]
				if r := argRef.FindStringSubmatch(from); r == nil && !slices.Contains(names, from) {
					t.Errorf("stage %s copies from %q, which is no stage before it", s.Name, from)
				}
			}
		}
		names = append(names, s.Name)
	}
}

func parse(text string) ([]instructions.Stage, error) {
	ast, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	stages, _, err := instructions.Parse(ast.AST, nil)
	return stages, err
}
