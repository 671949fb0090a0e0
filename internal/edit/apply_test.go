package edit_test

import (
	"bytes"
	"testing"

	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
	"pgregory.net/rapid"
)

func TestApply(t *testing.T) {
	tests := []struct {
		name  string
		edits []finding.Edit
		want  string
		bad   bool
	}{
		{name: "none", want: "abcdef"},
		{name: "replace", edits: []finding.Edit{{Start: 1, End: 3, New: "X"}}, want: "aXdef"},
		{name: "any order", edits: []finding.Edit{{Start: 4, End: 5, New: "Y"}, {Start: 0, End: 1, New: "X"}}, want: "XbcdYf"},
		{name: "insertions at one place keep their order", edits: []finding.Edit{{Start: 2, End: 2, New: "1"}, {Start: 2, End: 2, New: "2"}}, want: "ab12cdef"},
		{name: "insertion before a replacement at the same place", edits: []finding.Edit{{Start: 2, End: 4, New: "X"}, {Start: 2, End: 2, New: "1"}}, want: "ab1Xef"},
		{name: "overlap", edits: []finding.Edit{{Start: 0, End: 3}, {Start: 2, End: 4}}, bad: true},
		{name: "outside", edits: []finding.Edit{{Start: 5, End: 9}}, bad: true},
		{name: "backwards", edits: []finding.Edit{{Start: 3, End: 2}}, bad: true},
		{name: "negative", edits: []finding.Edit{{Start: -1, End: 2}}, bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := edit.Apply([]byte("abcdef"), tt.edits)
			if (err != nil) != tt.bad {
				t.Fatalf("error = %v, want one: %v", err, tt.bad)
			}
			if err == nil && string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Bytes outside the edits stay, whatever the edits are.
func TestApplyKeepsBytesOutsideEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "src")
		var edits []finding.Edit
		var kept []byte
		at := 0
		for at < len(src) {
			start := rapid.IntRange(at, len(src)).Draw(t, "start")
			end := rapid.IntRange(start, len(src)).Draw(t, "end")
			edits = append(edits, finding.Edit{Start: start, End: end})
			kept = append(kept, src[at:start]...)
			at = end
			if rapid.Bool().Draw(t, "stop") {
				break
			}
		}
		kept = append(kept, src[at:]...)
		got, err := edit.Apply(src, edits)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, kept) {
			t.Fatalf("got %q, want %q", got, kept)
		}
	})
}
