package actions

import (
	"regexp"
	"slices"
	"testing"
)

func TestTableShape(t *testing.T) {
	name := regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	version := regexp.MustCompile(`^v?\d+\.\d+\.\d+$`)
	commit := regexp.MustCompile(`^[0-9a-f]{40}$`)
	commits := map[string]Pin{}
	for i, p := range All() {
		if !name.MatchString(p.Name) || !version.MatchString(p.Version) || !commit.MatchString(p.Commit) {
			t.Errorf("entry %d is malformed: %+v", i, p)
		}
		// Parts of one repository share a commit; two repositories, or two versions, never do.
		if q, ok := commits[p.Commit]; ok && (q.Version != p.Version || owner(q.Name) != owner(p.Name)) {
			t.Errorf("%s %s and %s %s share commit %s", p.Name, p.Version, q.Name, q.Version, p.Commit)
		}
		commits[p.Commit] = p
	}
	sorted := slices.IsSortedFunc(All(), func(a, b Pin) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		ma, _ := majorOf(a.Version)
		mb, _ := majorOf(b.Version)
		return len(mb)*100 + int(mb[0]) - len(ma)*100 - int(ma[0])
	})
	if !sorted {
		t.Error("the table must be sorted by name, and newest first within a name: Find relies on it")
	}
}

func owner(name string) string {
	return regexp.MustCompile(`^[^/]+/[^/]+`).FindString(name)
}

func TestFindNewest(t *testing.T) {
	p, ok := Find("Actions/Checkout")
	if !ok || p.Version != "v7.0.1" {
		t.Fatalf("Find(actions/checkout) = %+v, %v; want v7.0.1", p, ok)
	}
	if want := "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"; p.Ref() != want {
		t.Errorf("Ref() = %q, want %q", p.Ref(), want)
	}
	if _, ok := Find("actions/no-such-action"); ok {
		t.Error("Find found an action that is not in the table")
	}
}

func TestSameMajor(t *testing.T) {
	tests := []struct{ name, tag, want string }{
		{"actions/checkout", "v4", "v4.3.1"},
		{"actions/checkout", "v4.1.0", "v4.3.1"},
		{"actions/checkout", "4.1", "v4.3.1"},
		{"actions/checkout", "v7.0.9", ""}, // a pin never downgrades
		{"actions/checkout", "v3", ""},     // a major that the table does not have
		{"actions/checkout", "main", ""},
		{"actions/checkout", "v4-beta", ""},
		{"actions/checkout", "", ""},
		{"actions/checkout", "v4.x", ""},
		{"aquasecurity/trivy-action", "0.28.0", ""}, // before 1.0 a minor version may break
		{"aquasecurity/trivy-action", "0.36.0", "v0.36.0"},
		{"shivammathur/setup-php", "v2", "2.37.0"},
		{"nobody/nothing", "v1", ""},
	}
	for _, tt := range tests {
		p, ok := SameMajor(tt.name, tt.tag)
		if p.Version != tt.want || ok != (tt.want != "") {
			t.Errorf("SameMajor(%s, %s) = %q, %v; want %q", tt.name, tt.tag, p.Version, ok, tt.want)
		}
	}
}
