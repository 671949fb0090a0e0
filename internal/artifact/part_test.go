package artifact

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/stack"
)

func TestMentionsWholeWordsOnly(t *testing.T) {
	tests := []struct {
		text, name string
		want       bool
	}{
		{"Create a Dockerfile for the API", "api", true},
		{"rapid start", "api", false},
		{"api-gateway image", "api", false},
		{"rapid api", "api", true},
		{"api", "api", true},
		{"the (api)", "api", true},
		{"größe", "gr", false},
		{"anything", "", false},
	}
	for _, tt := range tests {
		if got := Mentions(tt.text, tt.name); got != tt.want {
			t.Errorf("Mentions(%q, %q) = %v, want %v", tt.text, tt.name, got, tt.want)
		}
	}
}

func TestSlug(t *testing.T) {
	tests := map[string]string{
		"Notes API": "notes-api", "@scope/web": "scope-web", "--x__y--": "x-y", "Größe": "gr-e", "日本": "", "a": "a",
	}
	for in, want := range tests {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got := Slug(rapid.String().Draw(t, "name"))
		if got != Slug(got) || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.Contains(got, "--") ||
			strings.HasPrefix(got, "-") || strings.HasSuffix(got, "-") {
			t.Fatalf("not a slug: %q", got)
		}
	})
}

func TestPartsPairsComponentsWithRecipes(t *testing.T) {
	r := &Request{Path: "a/Dockerfile", Facts: &stack.Facts{Components: []stack.Component{{Name: "a"}, {Name: "b"}}}, Recipes: []stack.Recipe{{DevTarget: "x"}}}
	parts := r.Parts()
	if len(parts) != 2 || parts[0].Recipe.DevTarget != "x" || parts[1].Recipe == nil || parts[1].Name != "b" {
		t.Errorf("%+v", parts)
	}
	if r.Dir() != "a" || (&Request{Path: "Dockerfile"}).Dir() != "." || (&Request{}).Parts() != nil {
		t.Error("the folder of a path, or the parts of no facts")
	}
}

func TestInside(t *testing.T) {
	for _, tt := range []struct {
		dir, base string
		want      bool
	}{{"a/b", "a", true}, {"a", "a", true}, {"ab", "a", false}, {"a", "a/b", false}, {"x", ".", true}} {
		if got := Inside(tt.dir, tt.base); got != tt.want {
			t.Errorf("Inside(%q, %q) = %v", tt.dir, tt.base, got)
		}
	}
}

func TestWordsHoldNothingThatEndsAComment(t *testing.T) {
	if got := strings.Join(Words("a\nRUN\x00b\u2028c\ufeff  d\xff"), " "); got != "a RUN b c d" {
		t.Errorf("%q", got)
	}
}
