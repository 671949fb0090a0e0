package engine

import (
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/autogit/autogit/internal/secret"
)

// tail is a writer that keeps the last maxOutput bytes, however much is written.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > 2*maxOutput {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-maxOutput:]...)
	}
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf[max(0, len(t.buf)-maxOutput):]
}

// last is the end of what was printed, masked before it is cut: half of a secret is not recognised any more.
func (t *tail) last(n int, masked func(string) string) string {
	b := t.bytes()
	s := masked(string(b[max(0, len(b)-16*n):]))
	return clip(s[max(0, len(s)-n):], n)
}

// masked is text without the secrets that can be told: the values of the variables that were handed to the command by name,
// and what has the form of a token. A result is kept in logs that many people read.
func (c Command) masked(text string) string {
	for _, name := range c.Environment {
		if v := os.Getenv(name); len(v) >= 6 {
			text = strings.ReplaceAll(text, v, secret.Masked(v))
		}
	}
	matches := secret.Find(text)
	slices.SortFunc(matches, func(a, b secret.Match) int { return b.Start - a.Start })
	end := len(text)
	for _, m := range matches {
		if m.End <= end {
			text, end = text[:m.Start]+secret.Masked(text[m.Start:m.End])+text[m.End:], m.Start
		}
	}
	return text
}
