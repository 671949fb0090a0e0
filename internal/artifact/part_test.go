package artifact

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
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
