package edit

import "github.com/aymanbagabas/go-udiff"

// Diff is the unified diff from old to new; a nil old is a file that is not there yet. It is empty when nothing changes.
func Diff(path string, old, now []byte) string {
	from := "a/" + path
	if old == nil {
		from = "/dev/null"
	}
	return udiff.Unified(from, "b/"+path, string(old), string(now))
}
