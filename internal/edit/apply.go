package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
)

// Apply returns src with the edits made. Edits may come in any order; they must lie inside src and not overlap.
// Several insertions at one place keep their order.
func Apply(src []byte, edits []finding.Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out strings.Builder
	at := 0
	for _, e := range sorted {
		switch {
		case e.Start < 0 || e.End < e.Start || e.End > len(src):
			return nil, fmt.Errorf("edit of bytes %d to %d is outside the file of %d bytes", e.Start, e.End, len(src))
		case e.Start < at:
			return nil, fmt.Errorf("edit of bytes %d to %d overlaps one that ends at %d", e.Start, e.End, at)
		}
		out.Write(src[at:e.Start])
		out.WriteString(e.New)
		at = e.End
	}
	out.Write(src[at:])
	return []byte(out.String()), nil
}
