package criterion

import (
	"strings"
	"testing"
	"time"
)

func BenchmarkUnderstand(b *testing.B) {
	for b.Loop() {
		for _, e := range examples {
			Understand(e)
		}
	}
}

// TestIntricateTextEnds: a text made to be read in many ways costs no more than a bounded time.
func TestIntricateTextEnds(t *testing.T) {
	for _, part := range []string{"run tests and ", "no secrets, and password or ", "3.10, ", "install, ", "(run ", "push and pr on ", "for speed and security ", "app waits for the database and redis, "} {
		start := time.Now()
		words := strings.Fields(strings.Repeat(part, 60))
		Understand(strings.Join(words[:min(100, len(words))], " "))
		if d := time.Since(start); d > 60*time.Second {
			t.Errorf("%q: %s", part, d)
		}
	}
}
