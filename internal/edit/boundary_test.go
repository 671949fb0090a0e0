package edit_test

import (
	"errors"
	"testing"

	"github.com/autogit/autogit/internal/edit"
)

func TestDefaultBoundary(t *testing.T) {
	tests := []struct {
		path string
		ok   bool
	}{
		{".github/workflows/ci.yml", true},
		{".github/dependabot.yml", true},
		{"Dockerfile", true},
		{"Dockerfile.prod", true},
		{"services/api/Dockerfile", true},
		{"docker-compose.yml", true},
		{"docker-compose.prod.yml", true},
		{"compose.yaml", true},
		{".gitlab-ci.yml", true},
		{"Makefile", true},
		{"scripts/deploy.sh", true},
		{".dockerignore", true},

		{"src/main.yml", false},
		{"SRC/main.yml", false},
		{"tests/ci.yaml", false},
		{"src/Dockerfile", false},
		{"main.go", false},
		{"dockerfile", false},
		{"makefile", false},
		{"", false},
		{".", false},
		{"..", false},
		{"../Dockerfile", false},
		{"a/../Dockerfile", false},
		{".github/../src/x.yml", false},
		{"./Dockerfile", false},
		{"/Dockerfile", false},
		{"//Dockerfile", false},
		{".github//workflows/ci.yml", false},
		{".github/workflows/", false},
		{`..\Dockerfile`, false},
		{`C:\Dockerfile`, false},
		{"C:/Dockerfile", false},
		{"Dockerfile\n", false},
		{"scripts/a\nb", false},
		{"scripts/a\x00b", false},
		{"scripts/\u202eyml.sh", false},
		{"scripts/a\xff", false},
		{".git/config.yml", false},
		{".GIT/hooks/x.yml", false},
		{"sub/.git/x.yml", false},
		{"scripts/.git/hooks/pre-commit", false},
		{"scripts/x.", false},
		{"scripts /x.sh", false},
		{".git./x.yml", false},
		{"Dockerfile:stream", false},
	}
	b := edit.DefaultBoundary()
	for _, tt := range tests {
		err := b.Check(tt.path)
		if (err == nil) != tt.ok {
			t.Errorf("Check(%q) = %v, want allowed: %v", tt.path, err, tt.ok)
		}
		var be *edit.BoundaryError
		if err != nil && !errors.As(err, &be) {
			t.Errorf("Check(%q) is a %T, want a *BoundaryError", tt.path, err)
		}
	}
}

func TestNeverWinsOverMay(t *testing.T) {
	b := edit.Boundary{May: []string{"**"}, Never: []string{"secrets/**"}}
	if err := b.Check("secrets/a.yml"); err == nil {
		t.Error("a forbidden path was allowed")
	}
	if err := b.Check("other/a.txt"); err != nil {
		t.Errorf("an allowed path was refused: %v", err)
	}
	if err := b.Check(".git/config"); err == nil {
		t.Error("no configuration may open .git")
	}
}

func FuzzBoundary(f *testing.F) {
	for _, s := range []string{"Dockerfile", "../x.yml", ".git/x", "a\nb.yml"} {
		f.Add(s)
	}
	b := edit.DefaultBoundary()
	f.Fuzz(func(t *testing.T, p string) {
		if b.Check(p) == nil && edit.Malformed(p) != "" {
			t.Errorf("%q is malformed and was allowed", p)
		}
	})
}
